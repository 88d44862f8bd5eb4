//! The pins of a program: where each is on the chip, and what it can do.

use crate::port::Line;

/// A pin of a program.
pub struct Pin {
    /// Where it is.
    pub line: Line,
    /// The ADC, 1 or 2, and its channel, if there is one.
    pub adc: Option<(u32, u32)>,
    /// The PWM, if there is one.
    pub pwm: Option<Pwm>,
}

/// A channel of a timer.
pub struct Pwm {
    /// 2, 3 or 8.
    pub timer: u32,
    /// 1 to 4.
    pub channel: u32,
    /// The alternate function of the pin that is the channel.
    pub function: u32,
}

const fn pin(line: Line, adc: Option<(u32, u32)>, pwm: Option<(u32, u32, u32)>) -> Pin {
    let pwm = match pwm {
        Some((timer, channel, function)) => Some(Pwm { timer, channel, function }),
        None => None,
    };
    Pin { line, adc, pwm }
}

/// The pins 0 to 16; 17 to 19 are nowhere on the board. No two share a channel of a timer.
const PINS: [Pin; 17] = [
    pin(Line::a(0), Some((1, 1)), Some((2, 1, 1))),
    pin(Line::a(1), Some((1, 2)), Some((2, 2, 1))),
    pin(Line::a(2), Some((1, 3)), Some((2, 3, 1))),
    pin(Line::a(3), Some((1, 4)), Some((2, 4, 1))),
    pin(Line::a(4), Some((2, 17)), None),
    pin(Line::a(5), Some((2, 13)), None),
    pin(Line::a(6), Some((2, 3)), Some((3, 1, 2))),
    pin(Line::a(7), Some((2, 4)), Some((3, 2, 2))),
    pin(Line::b(0), Some((1, 15)), Some((3, 3, 2))),
    pin(Line::b(1), Some((1, 12)), Some((3, 4, 2))),
    pin(Line::b(2), Some((2, 12)), None),
    pin(Line::b(3), None, None),
    pin(Line::b(4), None, None),
    pin(LED, None, Some((8, 1, 4))),
    pin(Line::c(7), None, Some((8, 2, 4))),
    pin(Line::c(8), None, Some((8, 3, 4))),
    pin(BUTTON, None, None),
];

/// The LED: pin 13.
pub const LED: Line = Line::c(6);
/// The button, pin 16: high while it is held.
pub const BUTTON: Line = Line::c(13);

/// The pin of this number.
pub fn get(number: u8) -> Option<&'static Pin> {
    const { &PINS }.get(usize::from(number))
}
