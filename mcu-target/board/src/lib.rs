//! CockpitVM's devices on a board with an STM32G474 (reference manual RM0440): pins, ADC, PWM, clock, console, button,
//! display and LED.
//!
//! The pins are those of the board that the reference was made for (its `platform/stm32g4`). Registers are reached through
//! a [`Bus`], so that all of it also runs on a host, where a test is the chip. The core runs at 16 MHz from its internal
//! oscillator, as after a reset.
#![no_std]
#![forbid(unsafe_code)]

mod adc;
mod board;
mod bus;
mod clock;
mod console;
mod display;
mod i2c;
mod morse;
mod pins;
mod port;
mod pwm;

pub use board::Board;
pub use bus::Bus;

/// The core's clock, which is that of all peripherals too, in Hz.
const CLOCK: u32 = 16_000_000;

/// Registers that switch the clocks of peripherals on.
mod rcc {
    const RCC: u32 = 0x4002_1000;
    /// Ports, in their order from bit 0; ADC1 and ADC2, bit 13.
    pub const AHB2ENR: u32 = RCC + 0x4C;
    /// TIM2, TIM3 and TIM5, bits 0, 1 and 3.
    pub const APB1ENR1: u32 = RCC + 0x58;
    /// TIM8 and USART1, bits 13 and 14.
    pub const APB2ENR: u32 = RCC + 0x60;
}
