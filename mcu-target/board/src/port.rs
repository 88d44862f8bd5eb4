//! Lines of ports as inputs and outputs.

use crate::bus::Bus;

/// A line of a port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Line {
    port: u32,
    number: u32,
}

/// What a line is used as: the bits of its register of modes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Read as high or low.
    Input = 0,
    /// Driven high or low.
    Output = 1,
    /// A peripheral's.
    Function = 2,
    /// The ADC's, or nobody's.
    Analog = 3,
}

/// What holds a line that nobody drives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    /// Nothing.
    None = 0,
    /// A resistor to the supply.
    Up = 1,
    /// A resistor to ground.
    Down = 2,
}

const MODER: u32 = 0x00;
const OTYPER: u32 = 0x04;
const PUPDR: u32 = 0x0C;
const IDR: u32 = 0x10;
const BSRR: u32 = 0x18;
const AFRL: u32 = 0x20;

impl Line {
    /// A line of port A.
    pub const fn a(number: u32) -> Self {
        Line { port: 0x4800_0000, number }
    }

    /// A line of port B.
    pub const fn b(number: u32) -> Self {
        Line { port: 0x4800_0400, number }
    }

    /// A line of port C.
    pub const fn c(number: u32) -> Self {
        Line { port: 0x4800_0800, number }
    }

    /// Uses it so.
    pub fn become_mode(self, bus: impl Bus, mode: Mode) {
        bus.modify(self.port + MODER, 3 << (2 * self.number), (mode as u32) << (2 * self.number));
    }

    /// What it is used as: the bits of its register.
    pub fn mode(self, bus: impl Bus) -> u32 {
        bus.read(self.port + MODER) >> (2 * self.number) & 3
    }

    /// Uses it as `bits` say, which [`Line::mode`] gave.
    pub fn restore_mode(self, bus: impl Bus, bits: u32) {
        bus.modify(self.port + MODER, 3 << (2 * self.number), bits << (2 * self.number));
    }

    /// Connects or disconnects its resistors.
    pub fn pull(self, bus: impl Bus, pull: Pull) {
        bus.modify(self.port + PUPDR, 3 << (2 * self.number), (pull as u32) << (2 * self.number));
    }

    /// Gives it to the peripheral that is this alternate function.
    pub fn function(self, bus: impl Bus, function: u32) {
        let (register, shift) = (self.port + AFRL + 4 * (self.number / 8), 4 * (self.number % 8));
        bus.modify(register, 15 << shift, function << shift);
        self.become_mode(bus, Mode::Function);
    }

    /// Drives it low only, so that others can drive it too.
    pub fn open_drain(self, bus: impl Bus) {
        bus.set(self.port + OTYPER, 1 << self.number);
    }

    /// Drives it.
    pub fn write(self, bus: impl Bus, is_high: bool) {
        let shift = if is_high { self.number } else { self.number + 16 };
        bus.write(self.port + BSRR, 1 << shift);
    }

    /// Whether it is high.
    pub fn is_high(self, bus: impl Bus) -> bool {
        bus.read(self.port + IDR) >> self.number & 1 != 0
    }
}
