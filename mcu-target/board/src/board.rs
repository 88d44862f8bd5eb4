//! The board: all devices, as a program sees them.

use cockpit::Hal;
use cockpit::hal::{Answer, Refused, Text};

use crate::bus::Bus;
use crate::clock::Clock;
use crate::display::Display;
use crate::morse::Morse;
use crate::pins::{self, BUTTON, LED, Pin};
use crate::port::{Mode, Pull};
use crate::{adc, console, pwm, rcc};

/// The number of the board's only button.
const USER_BUTTON: u8 = 0;

/// The devices of the board.
pub struct Board<B> {
    bus: B,
    clock: Clock<B>,
    display: Display<B>,
    morse: Morse,
}

impl<B: Bus> Board<B> {
    /// Switches everything on. To be called once, after a reset.
    pub fn open(bus: B) -> Self {
        // Ports A, B and C.
        bus.set(rcc::AHB2ENR, 0b111);
        let clock = Clock::start(bus);
        console::open(bus);
        adc::open(bus);
        pwm::open(bus);
        BUTTON.become_mode(bus, Mode::Input);
        Board { bus, clock, display: Display::open(bus), morse: Morse::silent() }
    }

    /// Does what is due: to be called again and again, at least every few milliseconds.
    pub fn poll(&mut self) {
        if let Some(is_on) = self.morse.change(self.clock.millis()) {
            LED.become_mode(self.bus, Mode::Output);
            LED.write(self.bus, is_on);
        }
    }

    fn pin(number: u8) -> Answer<&'static Pin> {
        pins::get(number).ok_or(Refused)
    }
}

impl<B: Bus> Hal for Board<B> {
    fn pin_mode(&mut self, pin: u8, mode: u8) -> Answer<()> {
        let line = Self::pin(pin)?.line;
        let (mode, pull) = match mode {
            0 => (Mode::Input, Pull::None),
            1 => (Mode::Output, Pull::None),
            2 => (Mode::Input, Pull::Up),
            3 => (Mode::Input, Pull::Down),
            _ => return Err(Refused),
        };
        line.pull(self.bus, pull);
        line.become_mode(self.bus, mode);
        Ok(())
    }

    fn digital_write(&mut self, pin: u8, value: u8) -> Answer<()> {
        let line = Self::pin(pin)?.line;
        line.write(self.bus, value != 0);
        // It may have had a duty before.
        line.become_mode(self.bus, Mode::Output);
        Ok(())
    }

    fn digital_read(&mut self, pin: u8) -> Answer<bool> {
        Ok(Self::pin(pin)?.line.is_high(self.bus))
    }

    fn analog_write(&mut self, pin: u8, duty: u16) -> Answer<()> {
        let Pin { line, pwm, .. } = Self::pin(pin)?;
        let pwm = pwm.as_ref().ok_or(Refused)?;
        pwm::set_duty(self.bus, pwm, duty);
        line.function(self.bus, pwm.function);
        Ok(())
    }

    fn analog_read(&mut self, pin: u8) -> Answer<u16> {
        let Pin { line, adc, .. } = Self::pin(pin)?;
        let channel = adc.ok_or(Refused)?;
        // A digital input would draw current from what is measured.
        let before = line.mode(self.bus);
        line.become_mode(self.bus, Mode::Analog);
        let sample = adc::sample(self.bus, channel);
        line.restore_mode(self.bus, before);
        Ok(sample)
    }

    fn delay_ms(&mut self, ms: u32) {
        let end = self.clock.micros() + 1000 * u64::from(ms);
        while self.clock.micros() < end {
            self.poll();
        }
    }

    fn millis(&mut self) -> u32 {
        self.clock.millis() as u32
    }

    fn micros(&mut self) -> u32 {
        self.clock.micros() as u32
    }

    fn print(&mut self, text: &[u8]) -> Answer<()> {
        console::send(self.bus, text);
        Ok(())
    }

    fn button(&mut self, button: u8) -> bool {
        button == USER_BUTTON && BUTTON.is_high(self.bus)
    }

    fn display_clear(&mut self) -> Answer<()> {
        self.display.clear()
    }

    fn display_text(&mut self, x: i32, y: i32, text: Text<'_>) -> Answer<()> {
        self.display.text(x, y, text.bytes)
    }

    fn display_update(&mut self) -> Answer<()> {
        self.display.update()
    }

    fn led_morse(&mut self, text: Text<'_>) -> Answer<()> {
        self.morse.begin(text.bytes, self.clock.millis());
        self.poll();
        Ok(())
    }
}
