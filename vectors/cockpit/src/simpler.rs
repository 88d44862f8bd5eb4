//! Making a case smaller while it still shows what it shows.

use std::ops::Range;

use cockpit::Instruction;
use cockpit::instruction::Word;
use oracle::target::simpler::{fewer, pieces};

use crate::case::Case;

/// Simpler cases, boldest first: less code, fewer steps, then a plainer state.
pub(crate) fn candidates(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    found.extend(only_the_first_instruction(case));
    found.extend(without_code_ranges(case));
    found.extend(fewer(case.max_steps).map(|max_steps| Case { max_steps, ..case.clone() }));
    found.extend(plainer_instruction(case));
    found.extend(smaller_stack(case));
    found.extend(plainer_state(case));
    found.extend(plainer_values(case));
    found.retain(|candidate| candidate != case && candidate.check().is_ok());
    found
}

/// The instruction at pc, alone at index 0.
fn only_the_first_instruction(case: &Case) -> Option<Case> {
    let word = *case.words().get(case.pc as usize)?;
    Some(Case { code: word.to_vec(), pc: 0, max_steps: 1, ..case.clone() })
}

/// Drops instructions: halves first, then ever smaller pieces, from the end so that targets before stay.
fn without_code_ranges(case: &Case) -> Vec<Case> {
    let without = |words: Range<usize>| {
        let mut code = case.code.clone();
        code.drain(4 * words.start..4 * words.end);
        Case { code, ..case.clone() }
    };
    pieces(case.words().len(), 200).map(without).collect()
}

/// The instruction at pc without what it ignores, and with its immediate nearer to 0.
fn plainer_instruction(case: &Case) -> Vec<Case> {
    let Some(&word) = case.words().get(case.pc as usize) else { return Vec::new() };
    let Some(instruction) = Instruction::decode(word) else { return Vec::new() };
    let mut words: Vec<Word> = vec![Instruction { flags: 0, ..instruction }.encode()];
    let lower = [0, 1, instruction.immediate & 0xFF, instruction.immediate / 2];
    let lower = lower.into_iter().filter(|&immediate| immediate < instruction.immediate);
    words.extend(lower.map(|immediate| Instruction { immediate, ..instruction }.encode()));
    let with = |word: Word| {
        let mut code = case.code.clone();
        code[4 * case.pc as usize..][..4].copy_from_slice(&word);
        Case { code, ..case.clone() }
    };
    words.into_iter().map(with).collect()
}

/// Drops cells from the bottom: all but a few, then half, then one.
fn smaller_stack(case: &Case) -> Vec<Case> {
    let depth = case.stack.len();
    let kept = [0, 1, 2, 3, depth / 2, depth.saturating_sub(1)].into_iter().filter(|&kept| kept < depth);
    kept.map(|kept| Case { stack: case.stack[depth - kept..].to_vec(), ..case.clone() }).collect()
}

/// Without the devices, the memory and the strings, each whole and each piece by piece.
fn plainer_state(case: &Case) -> Vec<Case> {
    let plain = Case::default();
    let mut found = vec![
        Case { globals: Vec::new(), ..case.clone() },
        Case { arrays: Vec::new(), ..case.clone() },
        Case { strings: Vec::new(), ..case.clone() },
        Case { pins: Vec::new(), ..case.clone() },
        Case { digital: Vec::new(), ..case.clone() },
        Case { analog: Vec::new(), ..case.clone() },
        Case { buttons: Vec::new(), ..case.clone() },
        Case { millis: plain.millis, micros: plain.micros, ..case.clone() },
    ];
    found.extend(without_one(&case.globals).map(|globals| Case { globals, ..case.clone() }));
    found.extend(without_one(&case.arrays).map(|arrays| Case { arrays, ..case.clone() }));
    found.extend(without_one(&case.pins).map(|pins| Case { pins, ..case.clone() }));
    found.extend(without_one(&case.digital).map(|digital| Case { digital, ..case.clone() }));
    found.extend(without_one(&case.analog).map(|analog| Case { analog, ..case.clone() }));
    found.extend(without_one(&case.buttons).map(|buttons| Case { buttons, ..case.clone() }));
    // Strings are known by their positions: only the last can go, but each can be emptied.
    if let Some((_, strings)) = case.strings.split_last() {
        found.push(Case { strings: strings.to_vec(), ..case.clone() });
    }
    for (at, text) in case.strings.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        for shorter in [0, text.len() / 2, text.len() - 1] {
            let mut strings = case.strings.clone();
            strings[at].truncate(shorter);
            found.push(Case { strings, ..case.clone() });
        }
    }
    for (at, (_, elements)) in case.arrays.iter().enumerate() {
        for shorter in [1, elements.len() / 2, elements.len() - 1] {
            let mut arrays = case.arrays.clone();
            arrays[at].1.truncate(shorter);
            found.push(Case { arrays, ..case.clone() });
        }
    }
    found
}

fn without_one<T: Clone>(entries: &[T]) -> impl Iterator<Item = Vec<T>> {
    (0..entries.len()).map(|gone| {
        let kept = entries.iter().enumerate().filter(|(at, _)| *at != gone);
        kept.map(|(_, entry)| entry.clone()).collect()
    })
}

/// Cells, globals and elements nearer to 0, the uppermost cells first.
fn plainer_values(case: &Case) -> Vec<Case> {
    const MOST: usize = 16;
    let zeros = case.arrays.iter().map(|(number, elements)| (*number, vec![0; elements.len()])).collect();
    let mut found = vec![
        Case { stack: vec![0; case.stack.len()], ..case.clone() },
        Case { arrays: zeros, ..case.clone() },
    ];
    for at in (0..case.stack.len()).rev().take(MOST) {
        for value in nearer_to_0(case.stack[at]) {
            let mut stack = case.stack.clone();
            stack[at] = value;
            found.push(Case { stack, ..case.clone() });
        }
    }
    for at in (0..case.globals.len()).take(MOST) {
        for value in nearer_to_0(case.globals[at].1) {
            let mut globals = case.globals.clone();
            globals[at].1 = value;
            found.push(Case { globals, ..case.clone() });
        }
    }
    for (array, at) in (0..case.arrays.len())
        .flat_map(|array| (0..case.arrays[array].1.len().min(MOST)).map(move |at| (array, at)))
    {
        for value in nearer_to_0(case.arrays[array].1[at]) {
            let mut arrays = case.arrays.clone();
            arrays[array].1[at] = value;
            found.push(Case { arrays, ..case.clone() });
        }
    }
    found
}

fn nearer_to_0(value: i32) -> impl Iterator<Item = i32> {
    let nearer = [0, value.signum(), value / 2, value - value.signum()];
    nearer.into_iter().filter(move |nearer| nearer.unsigned_abs() < value.unsigned_abs())
}
