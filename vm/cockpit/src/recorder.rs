//! Hardware for hosts: inputs are given, and what is done is written down.

use alloc::vec::Vec;

use crate::hal::{Answer, Hal, Refused, Text};
use crate::state::PINS;

/// Something that was done to the outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// The mode of a pin was set.
    PinMode {
        /// 0 to 19.
        pin: u8,
        /// As the program gave it.
        mode: u8,
    },
    /// The level of a pin was set.
    DigitalWrite {
        /// 0 to 19.
        pin: u8,
        /// Low if 0.
        value: u8,
    },
    /// The duty of a pin was set.
    AnalogWrite {
        /// 0 to 19.
        pin: u8,
        /// In 65535ths.
        value: u16,
    },
    /// The program waited.
    Delay {
        /// Milliseconds.
        ms: u32,
    },
    /// Text was written to the console.
    Print {
        /// At most 255 bytes, none of them 0. `%c` can make any other, so it need not be UTF-8.
        text: Vec<u8>,
    },
    /// The display's buffer was cleared.
    DisplayClear,
    /// A string was drawn into the display's buffer.
    DisplayText {
        /// Column.
        x: i32,
        /// Row.
        y: i32,
        /// Number in the table of strings.
        string: u8,
    },
    /// The display's buffer was shown.
    DisplayUpdate,
    /// A string was blinked.
    LedMorse {
        /// Number in the table of strings.
        string: u8,
    },
}

/// Hardware that has every device, answers what it was told to answer and refuses nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorder {
    /// What was done, in order.
    pub calls: Vec<Call>,
    /// Levels, by pin.
    pub digital: [bool; PINS],
    /// Samples, by pin.
    pub analog: [u16; PINS],
    /// Which buttons are held, by number.
    pub buttons: [bool; 256],
    /// What the clock says all through the run.
    pub millis: u32,
    /// What the clock says all through the run.
    pub micros: u32,
}

impl Default for Recorder {
    /// The reference's mock: all levels low, all samples 512, no button held, the clock at 1 s.
    fn default() -> Self {
        Recorder {
            calls: Vec::new(),
            digital: [false; PINS],
            analog: [512; PINS],
            buttons: [false; 256],
            millis: 1000,
            micros: 1_000_000,
        }
    }
}

impl Recorder {
    fn record(&mut self, call: Call) -> Answer<()> {
        self.calls.push(call);
        Ok(())
    }
}

impl Hal for Recorder {
    fn pin_mode(&mut self, pin: u8, mode: u8) -> Answer<()> {
        self.record(Call::PinMode { pin, mode })
    }

    fn digital_write(&mut self, pin: u8, value: u8) -> Answer<()> {
        self.record(Call::DigitalWrite { pin, value })
    }

    fn digital_read(&mut self, pin: u8) -> Answer<bool> {
        self.digital.get(usize::from(pin)).copied().ok_or(Refused)
    }

    fn analog_write(&mut self, pin: u8, duty: u16) -> Answer<()> {
        self.record(Call::AnalogWrite { pin, value: duty })
    }

    fn analog_read(&mut self, pin: u8) -> Answer<u16> {
        self.analog.get(usize::from(pin)).copied().ok_or(Refused)
    }

    fn delay_ms(&mut self, ms: u32) {
        self.calls.push(Call::Delay { ms });
    }

    fn millis(&mut self) -> u32 {
        self.millis
    }

    fn micros(&mut self) -> u32 {
        self.micros
    }

    fn print(&mut self, text: &[u8]) -> Answer<()> {
        self.record(Call::Print { text: text.to_vec() })
    }

    fn button(&mut self, button: u8) -> bool {
        self.buttons[usize::from(button)]
    }

    fn display_clear(&mut self) -> Answer<()> {
        self.record(Call::DisplayClear)
    }

    fn display_text(&mut self, x: i32, y: i32, text: Text<'_>) -> Answer<()> {
        self.record(Call::DisplayText { x, y, string: text.number })
    }

    fn display_update(&mut self) -> Answer<()> {
        self.record(Call::DisplayUpdate)
    }

    fn led_morse(&mut self, text: Text<'_>) -> Answer<()> {
        self.record(Call::LedMorse { string: text.number })
    }
}
