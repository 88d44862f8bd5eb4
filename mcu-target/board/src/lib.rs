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
mod rcc;

pub use board::Board;
pub use bus::Bus;
