//! The outside of a machine, as its owner provides it.
//!
//! The shapes are those of `embedded-hal` if it has one (levels of pins, duty of a PWM, `delay_ms`), except that a pin
//! is a number: a program computes which one it means.

/// The device did not do what it was asked for. The instruction fails with [`Check::Device`](crate::Check::Device).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// What a device answers.
pub type Answer<T> = Result<T, Refused>;

/// A string of the program's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// Its number in the table.
    pub number: u8,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Pins, ADC, PWM, clock, console, buttons, display and LED. Pins are 0 to 19; the machine has checked that, and that
/// the mode of a pin which is written is output.
pub trait Hal {
    /// Sets the mode of a pin: 0 input, 1 output, 2 input with pull-up, 3 input with pull-down; head lets through
    /// others too.
    ///
    /// # Errors
    /// If the pin has no such mode.
    fn pin_mode(&mut self, pin: u8, mode: u8) -> Answer<()>;

    /// Sets the level of a pin: low if `value` is 0.
    ///
    /// # Errors
    /// If the pin can not be written.
    fn digital_write(&mut self, pin: u8, value: u8) -> Answer<()>;

    /// Whether the level of a pin is high.
    ///
    /// # Errors
    /// If the pin can not be read.
    fn digital_read(&mut self, pin: u8) -> Answer<bool>;

    /// Sets the duty of a pin, in 65535ths.
    ///
    /// # Errors
    /// If the pin has no PWM.
    fn analog_write(&mut self, pin: u8, duty: u16) -> Answer<()>;

    /// A sample of a pin.
    ///
    /// # Errors
    /// If the pin has no ADC.
    fn analog_read(&mut self, pin: u8) -> Answer<u16>;

    /// Waits.
    fn delay_ms(&mut self, ms: u32);

    /// Milliseconds since the start, wrapping.
    fn millis(&mut self) -> u32;

    /// Microseconds since the start, wrapping.
    fn micros(&mut self) -> u32;

    /// Writes to the console, at most 255 bytes, none of them 0.
    ///
    /// # Errors
    /// If there is no console.
    fn print(&mut self, text: &[u8]) -> Answer<()>;

    /// Whether a button is held; one that does not exist is not.
    fn button(&mut self, button: u8) -> bool;

    /// Clears the display's buffer.
    ///
    /// # Errors
    /// If there is no display.
    fn display_clear(&mut self) -> Answer<()>;

    /// Draws a string into the display's buffer at column `x` and row `y`, any of which may lie outside it.
    ///
    /// # Errors
    /// If there is no display.
    fn display_text(&mut self, x: i32, y: i32, text: Text<'_>) -> Answer<()>;

    /// Shows the display's buffer.
    ///
    /// # Errors
    /// If there is no display.
    fn display_update(&mut self) -> Answer<()>;

    /// Starts blinking a string in Morse code, without waiting for its end.
    ///
    /// # Errors
    /// If there is no LED.
    fn led_morse(&mut self, text: Text<'_>) -> Answer<()>;
}
