//! Pins, delay, console, buttons, display and LED.

use crate::error::Check;
use crate::format::{MAX_ARGUMENTS, Output};
use crate::hal::{Answer, Hal, Text};
use crate::profile::{Profile, Switch};
use crate::state::{OUTPUT, PINS};
use crate::vm::Vm;

/// What a device answered, or that it refused.
#[inline(always)]
pub(super) fn done<T>(answer: Answer<T>) -> Result<T, Check> {
    answer.map_err(|_| Check::Device)
}

/// The operand if it is at most `max`.
fn in_range(operand: i32, max: u16) -> Result<u16, Check> {
    match u16::try_from(operand) {
        Ok(value) if value <= max => Ok(value),
        _ => Err(Check::Operand),
    }
}

/// The number of the string that an immediate means.
pub(crate) fn string_number(immediate: u16) -> usize {
    usize::from(immediate & 0xFF)
}

/// The greatest value that `DIGITAL_WRITE` takes.
pub(crate) fn max_level(profile: impl Profile) -> u8 {
    if profile.plan(Switch::DigitalValue) { 1 } else { 255 }
}

/// The greatest mode that `PIN_MODE` takes.
pub(crate) fn max_mode(profile: impl Profile) -> u8 {
    if profile.plan(Switch::PinModes) { 3 } else { 255 }
}

/// How many units of `DELAY` are a millisecond.
pub(crate) fn units_per_ms(profile: impl Profile) -> u32 {
    if profile.plan(Switch::DelayUnit) { 1_000_000 } else { 17_000 }
}

/// The greatest number of a pin that [`Check::PinNumber`] lets through.
fn max_pin(profile: impl Profile) -> u8 {
    if profile.plan(Switch::PinError) { PINS as u8 - 1 } else { 255 }
}

impl<'a, P: Profile, H: Hal> Vm<'a, P, H> {
    pub(super) fn pin_mode(&mut self) -> Result<(), Check> {
        let (pin, mode) = self.pop_pin_and_value(max_mode(self.profile).into())?;
        // The operand is at most 255.
        let mode = mode as u8;
        let slot = self.state.pins.get_mut(usize::from(pin)).ok_or(Check::PinPresent)?;
        done(self.hal.pin_mode(pin, mode))?;
        *slot = mode;
        Ok(())
    }

    pub(super) fn digital_write(&mut self) -> Result<(), Check> {
        let (pin, value) = self.pop_pin_and_value(max_level(self.profile).into())?;
        self.check_output(pin)?;
        // The operand is at most 255.
        done(self.hal.digital_write(pin, value as u8))
    }

    pub(super) fn analog_write(&mut self) -> Result<(), Check> {
        let (pin, duty) = self.pop_pin_and_value(u16::MAX)?;
        self.check_output(pin)?;
        done(self.hal.analog_write(pin, duty))
    }

    pub(super) fn digital_read(&mut self) -> Result<(), Check> {
        let pin = self.pop_pin()?;
        let level = done(self.hal.digital_read(pin))?;
        self.push(level.into())
    }

    pub(super) fn analog_read(&mut self) -> Result<(), Check> {
        let pin = self.pop_pin()?;
        let sample = done(self.hal.analog_read(pin))?;
        self.push(sample.into())
    }

    pub(super) fn delay(&mut self) -> Result<(), Check> {
        let units = u32::try_from(self.pop()?).map_err(|_| Check::Operand)?;
        self.hal.delay_ms(units / units_per_ms(self.profile));
        Ok(())
    }

    pub(super) fn print(&mut self, immediate: u16) -> Result<(), Check> {
        let count = usize::try_from(self.pop()?).map_err(|_| Check::Operand)?;
        let mut arguments = [0; MAX_ARGUMENTS];
        let arguments = arguments.get_mut(..count).ok_or(Check::Operand)?;
        for argument in arguments.iter_mut().rev() {
            *argument = self.pop()?;
        }
        let format = self.program.strings.get(string_number(immediate)).ok_or(Check::Text)?;
        let output = Output::of(format, arguments)?;
        done(self.hal.print(output.printed()))
    }

    pub(super) fn button(&mut self, held: bool) -> Result<(), Check> {
        let button = in_range(self.pop()?, 255)?;
        // The operand is at most 255.
        let answer = self.hal.button(button as u8) == held;
        self.push(answer.into())
    }

    pub(super) fn display_text(&mut self) -> Result<(), Check> {
        let number = self.pop()?;
        let y = self.pop()?;
        let x = self.pop()?;
        let text = self.text(number)?;
        done(self.hal.display_text(x, y, text))
    }

    pub(super) fn led_morse(&mut self) -> Result<(), Check> {
        let number = self.pop()?;
        let text = self.text(number)?;
        done(self.hal.led_morse(text))
    }

    /// Pops the value (on top) and the pin. The pin is checked first.
    fn pop_pin_and_value(&mut self, max: u16) -> Result<(u8, u16), Check> {
        let value = self.pop()?;
        let pin = self.pop()?;
        Ok((self.pin_number(pin)?, in_range(value, max)?))
    }

    /// Pops a pin that is there.
    fn pop_pin(&mut self) -> Result<u8, Check> {
        let pin = self.pop()?;
        let pin = self.pin_number(pin)?;
        if usize::from(pin) < PINS { Ok(pin) } else { Err(Check::PinPresent) }
    }

    fn pin_number(&self, operand: i32) -> Result<u8, Check> {
        match u8::try_from(operand) {
            Ok(pin) if pin <= max_pin(self.profile) => Ok(pin),
            _ => Err(Check::PinNumber),
        }
    }

    fn check_output(&self, pin: u8) -> Result<(), Check> {
        match self.state.pins.get(usize::from(pin)) {
            Some(&OUTPUT) => Ok(()),
            Some(_) => Err(Check::PinOutput),
            None => Err(Check::PinPresent),
        }
    }

    fn text(&self, operand: i32) -> Result<Text<'a>, Check> {
        let number = u8::try_from(operand).map_err(|_| Check::Operand)?;
        let bytes = self.program.strings.get(usize::from(number)).ok_or(Check::Operand)?;
        Ok(Text { number, bytes })
    }
}
