//! Rules for outcomes that hold for every implementation, in every profile.

use cockpit::arrays::{self, MAX_LENGTH};
use cockpit::state::{GLOBALS, PINS};
use cockpit::vm::MAX_STRINGS;

use crate::case::Case;
use crate::outcome::{Call, Outcome, Stop};

/// Whether the outcome can be one of this case.
pub(crate) fn outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let end = case.words().len() as u32;
    let is_possible = match outcome.stop {
        Stop::Budget {} => outcome.steps == case.max_steps,
        Stop::Halt {} => (1..=case.max_steps).contains(&outcome.steps),
        Stop::End {} => outcome.steps <= case.max_steps && outcome.pc == end,
        Stop::Error { .. } => outcome.steps < case.max_steps,
    };
    if !is_possible {
        let (steps, pc) = (outcome.steps, outcome.pc);
        return Err(format!("stop: {} after {steps} of {} steps at {pc}", outcome.stop, case.max_steps));
    }
    ascending("globals", &outcome.globals, GLOBALS, |value| *value != 0)?;
    ascending("arrays", &outcome.arrays, arrays::COUNT, |array| (1..=MAX_LENGTH).contains(&array.len()))?;
    ascending("pins", &outcome.pins, PINS, |mode| *mode != 0)?;
    outcome
        .calls
        .iter()
        .enumerate()
        .try_for_each(|(at, call)| call_of(call).map_err(|why| format!("calls[{at}].{why}")))
}

fn call_of(call: &Call) -> Result<(), String> {
    match call {
        Call::PinMode { pin, .. } | Call::DigitalWrite { pin, .. } | Call::AnalogWrite { pin, .. }
            if usize::from(*pin) >= PINS =>
        {
            Err(format!("pin: {pin}"))
        }
        Call::Print { text } if !text.chars().all(|it| matches!(it, '\u{1}'..='\u{FF}')) => {
            Err(format!("text: {text:?} has characters that are no byte"))
        }
        Call::DisplayText { string, .. } | Call::LedMorse { string }
            if usize::from(*string) >= MAX_STRINGS =>
        {
            Err(format!("string: {string}"))
        }
        _ => Ok(()),
    }
}

/// Whether numbers ascend below `count`, and each value may stand there.
fn ascending<T>(
    key: &str,
    entries: &[(u8, T)],
    count: usize,
    is_possible: impl Fn(&T) -> bool,
) -> Result<(), String> {
    let in_order = entries.is_sorted_by(|one, other| one.0 < other.0);
    let bad = entries.iter().find(|(number, value)| usize::from(*number) >= count || !is_possible(value));
    match bad {
        Some((number, _)) => Err(format!("{key}: {number} can not stand there")),
        None if !in_order => Err(format!("{key}: out of order")),
        None => Ok(()),
    }
}
