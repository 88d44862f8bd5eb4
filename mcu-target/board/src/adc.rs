//! Samples: ADC1 and ADC2, 12 bits, one conversion at a time.

use crate::bus::Bus;
use crate::clock::wait;
use crate::rcc;

/// The first ADC; the second lies behind it.
const ADC: u32 = 0x5000_0000;
const BEHIND: u32 = 0x100;
const ISR: u32 = 0x00;
const CR: u32 = 0x08;
const SMPR1: u32 = 0x14;
const SMPR2: u32 = 0x18;
const SQR1: u32 = 0x30;
const DR: u32 = 0x40;
/// Of both: how they are clocked.
const CCR: u32 = ADC + 0x308;

const READY: u32 = 1;
const CONVERTED: u32 = 1 << 2;
const ENABLE: u32 = 1;
const START: u32 = 1 << 2;
const REGULATOR: u32 = 1 << 28;
const CALIBRATE: u32 = 1 << 31;
/// The core's clock, undivided.
const SYNCHRONOUS: u32 = 1 << 16;
/// 47.5 cycles to sample, of every channel: 3 us, enough for sources of some kiloohms.
const SAMPLING: u32 = 0o4_444_444_444;
/// What the regulator takes to come up, in microseconds.
const START_UP: u32 = 20;

/// Switches both on. The clock must run.
pub fn open(bus: impl Bus) {
    bus.set(rcc::AHB2ENR, 1 << 13);
    bus.modify(CCR, 3 << 16, SYNCHRONOUS);
    for adc in [ADC, ADC + BEHIND] {
        // Out of deep power-down, in which it is after a reset.
        bus.write(adc + CR, 0);
        bus.write(adc + CR, REGULATOR);
        wait(bus, START_UP);
        bus.write(adc + CR, REGULATOR | CALIBRATE);
        while bus.read(adc + CR) & CALIBRATE != 0 {}
        // A few cycles must lie between the two; this is a few.
        wait(bus, 1);
        bus.write(adc + ISR, READY);
        bus.write(adc + CR, REGULATOR | ENABLE);
        bus.wait_for(adc + ISR, READY);
        bus.write(adc + SMPR1, SAMPLING);
        bus.write(adc + SMPR2, SAMPLING & 0x07FF_FFFF);
    }
}

/// A sample of a channel of ADC 1 or 2: 0 to 4095.
pub fn sample(bus: impl Bus, (adc, channel): (u32, u32)) -> u16 {
    let adc = ADC + BEHIND * (adc - 1);
    bus.write(adc + SQR1, channel << 6);
    bus.write(adc + CR, REGULATOR | ENABLE | START);
    bus.wait_for(adc + ISR, CONVERTED);
    // Reading it clears what says that it is there.
    bus.read(adc + DR) as u16
}
