//! Cases and vectors as text, for people and for files.

use std::fmt::{Display, Write as _};

use cockpit::disasm::Disassembly;
use serde_json::Value;

use crate::case::Case;
use crate::outcome::Outcome;

/// The starting state and the code, as a vector would say it.
pub(crate) fn listing(case: &Case) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "given: {{{}}}, {} step(s)", given_text(case), case.max_steps);
    for (at, &word) in (0..).zip(case.words()) {
        let mark = if at == case.pc { '>' } else { ' ' };
        let _ = writeln!(text, "{mark}{at:4}  {}", Disassembly(word));
    }
    text
}

/// The case as a vector would say it, everything about it said.
pub(crate) fn write_case(case: &Case) -> String {
    let mut text = String::new();
    if case.code.is_empty() {
        text.push_str("hex: \"\"\n");
    } else {
        text.push_str("code: |\n");
        for &word in case.words() {
            let _ = writeln!(text, "  {}", Disassembly(word));
        }
    }
    let _ = writeln!(text, "steps: {}\ngiven: {{{}}}", case.max_steps, given_text(case));
    text
}

fn given_text(case: &Case) -> String {
    let plain = Case::default();
    let mut parts = Vec::new();
    if case.pc != 0 {
        parts.push(format!("pc: {}", case.pc));
    }
    parts.extend(stack_text(&case.stack));
    numbered(&mut parts, "globals", &case.globals);
    numbered(&mut parts, "arrays", &shown(&case.arrays));
    if !case.strings.is_empty() {
        let strings: Vec<String> = case.strings.iter().map(|text| quoted(text)).collect();
        parts.push(format!("strings: [{}]", strings.join(", ")));
    }
    numbered(&mut parts, "pins", &case.pins);
    numbered(&mut parts, "digital", &case.digital);
    numbered(&mut parts, "analog", &case.analog);
    numbered(&mut parts, "buttons", &case.buttons);
    if case.millis != plain.millis {
        parts.push(format!("millis: {}", case.millis));
    }
    if case.micros != plain.micros {
        parts.push(format!("micros: {}", case.micros));
    }
    parts.join(", ")
}

/// The outcome as a vector would say it, everything about it said that is not as it was.
pub(crate) fn write_outcome(case: &Case, outcome: &Outcome) -> String {
    let mut parts = vec![
        format!("stop: {}", outcome.stop),
        format!("steps: {}", outcome.steps),
        format!("pc: {}", outcome.pc),
    ];
    if outcome.stack != case.stack {
        parts.extend(stack_text(&outcome.stack).or(Some("stack: []".into())));
    }
    numbered(&mut parts, "globals", &changes(&case.globals, &outcome.globals, Some(0)));
    numbered(&mut parts, "arrays", &shown(&changes(&case.arrays, &outcome.arrays, None)));
    numbered(&mut parts, "pins", &changes(&case.pins, &outcome.pins, Some(0)));
    if !outcome.calls.is_empty() {
        let calls: Vec<String> = outcome.calls.iter().map(|call| braced(&call.to_string())).collect();
        parts.push(format!("calls: [{}]", calls.join(", ")));
    }
    format!("{{{}}}", parts.join(", "))
}

/// A text in quotes. JSON strings are YAML, but for characters that YAML wants to be escaped.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for character in Value::from(text).to_string().chars() {
        match character {
            '\u{7F}'..='\u{9F}' => {
                let _ = write!(quoted, "\\u{:04x}", character as u32);
            }
            _ => quoted.push(character),
        }
    }
    quoted
}

/// A mapping of one key in braces, so that it can stand in a list.
fn braced(call: &str) -> String {
    if call.contains(':') { format!("{{{call}}}") } else { call.into() }
}

/// The cells of a stack, zeros at the bottom as a depth if they are many; nothing if it is empty.
fn stack_text(stack: &[i32]) -> Option<String> {
    const MANY: usize = 8;
    let zeros = stack.iter().take_while(|cell| **cell == 0).count();
    match stack {
        [] => None,
        cells if zeros < MANY => Some(format!("stack: {}", Value::from(cells))),
        cells => Some(format!("depth: {}, stack: {}", cells.len(), Value::from(&cells[zeros..]))),
    }
}

fn shown(arrays: &[(u8, Vec<i32>)]) -> Vec<(u8, Value)> {
    arrays.iter().map(|(number, elements)| (*number, Value::from(elements.clone()))).collect()
}

fn numbered<V: Display>(parts: &mut Vec<String>, key: &str, entries: &[(u8, V)]) {
    if !entries.is_empty() {
        let entries: Vec<String> =
            entries.iter().map(|(number, value)| format!("{number}: {value}")).collect();
        parts.push(format!("{key}: {{{}}}", entries.join(", ")));
    }
}

/// What is other than before. What is gone has become `nothing`, if there is such a value.
fn changes<V: Clone + PartialEq>(before: &[(u8, V)], after: &[(u8, V)], nothing: Option<V>) -> Vec<(u8, V)> {
    let new = after.iter().filter(|entry| !before.contains(entry)).cloned();
    let is_gone = |number: &u8| after.iter().all(|(left, _)| left != number);
    let gone = before.iter().filter(|(number, value)| is_gone(number) && Some(value) != nothing.as_ref());
    let gone = gone.filter_map(|(number, _)| Some((*number, nothing.clone()?)));
    new.chain(gone).collect()
}
