//! The devices of a case.

use cockpit::Hal;
use cockpit::hal::{Answer, Refused, Text};
use cockpit::state::PINS;

use crate::outcome::Call;

/// Devices that answer what they are given, refuse nothing, and pass on what is done to them. There is one type of them, so
/// that the VM is compiled once for each profile.
pub struct Board<'b> {
    /// Levels, by pin.
    pub digital: [bool; PINS],
    /// Samples, by pin.
    pub analog: [u16; PINS],
    /// Which buttons are held, by number.
    pub buttons: [bool; 256],
    /// What the clock says.
    pub millis: u32,
    /// What the clock says.
    pub micros: u32,
    /// Is told of what was done, in order.
    pub done: &'b mut dyn FnMut(&Call<'_>),
}

impl<'b> Board<'b> {
    /// Devices of which a case says nothing.
    pub fn new(done: &'b mut dyn FnMut(&Call<'_>)) -> Self {
        Board {
            digital: [false; PINS],
            analog: [512; PINS],
            buttons: [false; 256],
            millis: 1000,
            micros: 1_000_000,
            done,
        }
    }

    fn tell(&mut self, call: &Call<'_>) -> Answer<()> {
        (self.done)(call);
        Ok(())
    }
}

impl Hal for Board<'_> {
    fn pin_mode(&mut self, pin: u8, mode: u8) -> Answer<()> {
        self.tell(&Call::PinMode(pin, mode))
    }

    fn digital_write(&mut self, pin: u8, value: u8) -> Answer<()> {
        self.tell(&Call::DigitalWrite(pin, value))
    }

    fn digital_read(&mut self, pin: u8) -> Answer<bool> {
        self.digital.get(usize::from(pin)).copied().ok_or(Refused)
    }

    fn analog_write(&mut self, pin: u8, duty: u16) -> Answer<()> {
        self.tell(&Call::AnalogWrite(pin, duty))
    }

    fn analog_read(&mut self, pin: u8) -> Answer<u16> {
        self.analog.get(usize::from(pin)).copied().ok_or(Refused)
    }

    fn delay_ms(&mut self, ms: u32) {
        (self.done)(&Call::Delay(ms));
    }

    fn millis(&mut self) -> u32 {
        self.millis
    }

    fn micros(&mut self) -> u32 {
        self.micros
    }

    fn print(&mut self, text: &[u8]) -> Answer<()> {
        self.tell(&Call::Print(text))
    }

    fn button(&mut self, button: u8) -> bool {
        self.buttons[usize::from(button)]
    }

    fn display_clear(&mut self) -> Answer<()> {
        self.tell(&Call::DisplayClear)
    }

    fn display_text(&mut self, x: i32, y: i32, text: Text<'_>) -> Answer<()> {
        self.tell(&Call::DisplayText(x, y, text.number))
    }

    fn display_update(&mut self) -> Answer<()> {
        self.tell(&Call::DisplayUpdate)
    }

    fn led_morse(&mut self, text: Text<'_>) -> Answer<()> {
        self.tell(&Call::LedMorse(text.number))
    }
}
