//! The state of a case and of an outcome, field by field.

use oracle::subject::{Path, State, Value};

use crate::case::Case;
use crate::listing::quoted;
use crate::outcome::{Call, Outcome};

/// The state that a case starts from.
pub(crate) fn start(case: &Case) -> State {
    let mut state = State::default();
    state.push(Path::of("pc"), Value::integer(case.pc));
    memory(&mut state, &case.stack, (&case.globals, &case.arrays), &case.pins);
    state
}

/// An outcome, the most telling field first.
pub(crate) fn end(outcome: &Outcome) -> State {
    let mut state = State::default();
    state.push(Path::of("stop"), Value::text(outcome.stop.to_string()));
    state.push(Path::of("pc"), Value::integer(outcome.pc));
    memory(&mut state, &outcome.stack, (&outcome.globals, &outcome.arrays), &outcome.pins);
    for (at, call) in (0..).zip(&outcome.calls) {
        state.push(Path::at("calls[#]", at), Value::text(call.to_string()));
    }
    state.push(Path::of("steps"), Value::integer(outcome.steps));
    state
}

type Numbered<T> = Vec<(u8, T)>;

fn memory(
    state: &mut State,
    stack: &[i32],
    (globals, arrays): (&Numbered<i32>, &Numbered<Vec<i32>>),
    pins: &Numbered<u8>,
) {
    for (at, &cell) in (0..).zip(stack) {
        state.push(Path::at("stack[#]", at), Value::integer(cell));
    }
    // What is 0 is not named, as an outcome does not name it.
    for &(number, value) in globals.iter().filter(|(_, value)| *value != 0) {
        state.push(Path::at("globals[#]", number.into()), Value::integer(value));
    }
    for (number, elements) in arrays {
        let elements = elements.iter().map(|&element| Value::integer(element)).collect();
        state.push(Path::at("arrays[#]", (*number).into()), Value::List(elements));
    }
    for &(pin, mode) in pins.iter().filter(|(_, mode)| *mode != 0) {
        state.push(Path::at("pins[#]", pin.into()), Value::integer(mode));
    }
}

impl std::fmt::Display for Call {
    /// As vectors write it, e.g. `digital_write: [13, 1]`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Call::PinMode { pin, mode } => write!(f, "pin_mode: [{pin}, {mode}]"),
            Call::DigitalWrite { pin, value } => write!(f, "digital_write: [{pin}, {value}]"),
            Call::AnalogWrite { pin, value } => write!(f, "analog_write: [{pin}, {value}]"),
            Call::Delay { ms } => write!(f, "delay: {ms}"),
            Call::Print { text } => write!(f, "print: {}", quoted(text)),
            Call::DisplayClear {} => f.write_str("display_clear"),
            Call::DisplayText { x, y, string } => write!(f, "display_text: [{x}, {y}, {string}]"),
            Call::DisplayUpdate {} => f.write_str("display_update"),
            Call::LedMorse { string } => write!(f, "led_morse: {string}"),
        }
    }
}
