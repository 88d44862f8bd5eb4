//! Duty: channels of TIM2, TIM3 and TIM8, at 244 Hz.

use crate::bus::Bus;
use crate::pins::Pwm;
use crate::rcc;

const CR1: u32 = 0x00;
const EGR: u32 = 0x14;
const CCMR1: u32 = 0x18;
const CCER: u32 = 0x20;
const ARR: u32 = 0x2C;
const CCR1: u32 = 0x34;
const BDTR: u32 = 0x44;

/// High while the counter is below what is compared with; that is taken over when a period begins.
const PWM: u32 = 6 << 4 | 1 << 3;
/// A counter of 16 bits that never comes to 65535, so that a duty of 65535 is always high.
const LAST: u32 = 65_534;
/// The outputs of a timer that can switch all of them off are on.
const OUTPUTS: u32 = 1 << 15;

const fn base(timer: u32) -> u32 {
    match timer {
        2 => 0x4000_0000,
        3 => 0x4000_0400,
        _ => 0x4001_3400,
    }
}

/// Starts the timers.
pub fn open(bus: impl Bus) {
    bus.set(rcc::APB1ENR1, 0b11);
    bus.set(rcc::APB2ENR, 1 << 13);
    for timer in [2, 3, 8].map(base) {
        bus.write(timer + ARR, LAST);
        bus.write(timer + EGR, 1);
        bus.write(timer + CR1, 1);
    }
    bus.write(base(8) + BDTR, OUTPUTS);
}

/// Sets the duty of a channel, in 65535ths.
pub fn set_duty(bus: impl Bus, pwm: &Pwm, duty: u16) {
    let (timer, at) = (base(pwm.timer), pwm.channel - 1);
    let (mode, shift) = (timer + CCMR1 + 4 * (at / 2), 8 * (at % 2));
    bus.write(timer + CCR1 + 4 * at, duty.into());
    bus.modify(mode, 0xFF << shift, PWM << shift);
    bus.set(timer + CCER, 1 << (4 * at));
}
