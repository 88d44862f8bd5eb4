//! From a vector as written to a case and what is expected of it.

use std::path::Path;
use std::sync::Arc;

use cockpit::asm;
use oracle::Profile;
use oracle::suite::text::Pairs;
use oracle::suite::{Expectation, Partial, Problem, Text, beside};
use serde_saphyr::Spanned;

use crate::case::{Case, MAX_STEPS};
use crate::cases::Cockpit;
use crate::keys::{Expect, Given, Start};
use crate::listing;
use crate::outcome::{Call, Outcome, Stop};

/// The YAML of `cockpit`.
#[derive(Clone, Copy, Debug)]
pub struct Vectors;

impl Text<Cockpit> for Vectors {
    type Given = Given;
    type Expect = Expect;
    /// Whether the case is a whole program, of which only what is stated counts.
    type Context = bool;

    fn case(&self, given: &Given, name: &Spanned<String>, folder: &Path) -> Result<(Case, bool), Problem> {
        let program = program(given, name, folder)?;
        let start = given.given.clone().unwrap_or_default();
        if start.strings.is_some() && !program.strings.is_empty() {
            return Err(Problem::at(name, "given.strings: the code has strings of its own"));
        }
        let straight = if program.whole { MAX_STEPS } else { (program.code.len() / 4).max(1) as u32 };
        let whole = program.whole;
        let complain = |why: String| Problem::at(name, why);
        let case = starting_state(start, program, given.steps.unwrap_or(straight)).map_err(complain)?;
        Ok((case, whole))
    }

    fn expectation(
        &self,
        case: &Case,
        whole: &bool,
        layers: &[&Expect],
        profile: Profile,
    ) -> Result<Expectation<Cockpit>, String> {
        if *whole && layers.iter().all(|layer| layer.stop.is_none()) {
            return Err("a program says how it stops".into());
        }
        let outcome = outcome(case, layers, *whole)?;
        let partial = whole.then(|| partial(&outcome, Stated::by(layers)));
        Ok(Expectation { profile, outcome, partial })
    }

    fn write_case(&self, case: &Case) -> String {
        listing::write_case(case)
    }

    fn write_outcome(&self, case: &Case, outcome: &Outcome) -> String {
        listing::write_outcome(case, outcome)
    }
}

/// Code with its strings.
struct Program {
    code: Vec<u8>,
    strings: Vec<String>,
    /// It runs as it likes, and what is not stated is open.
    whole: bool,
}

impl Program {
    fn of(source: asm::Source, whole: bool) -> Self {
        let strings = source.strings.iter().map(|text| text.iter().copied().map(char::from).collect());
        Program { code: source.code.as_flattened().to_vec(), strings: strings.collect(), whole }
    }
}

fn program(given: &Given, name: &Spanned<String>, folder: &Path) -> Result<Program, Problem> {
    match (&given.code, &given.hex, &given.program) {
        (Some(source), None, None) => match asm::assemble(&source.value) {
            Ok(program) => Ok(Program::of(program, false)),
            Err(error) => Err(Problem::at(source, format!("code {error}"))),
        },
        (None, Some(hex), None) => {
            Ok(Program { code: hex.value.0.clone(), strings: Vec::new(), whole: false })
        }
        (None, None, Some(file)) => Ok(Program::of(beside(folder, file, asm::assemble)?, true)),
        _ => Err(Problem::at(name, "one of `code` (assembly), `hex` and `program` (a file) is wanted")),
    }
}

fn starting_state(given: Start, program: Program, max_steps: u32) -> Result<Case, String> {
    let plain = Case::default();
    Ok(Case {
        code: program.code,
        max_steps,
        pc: given.pc.unwrap_or(plain.pc),
        stack: cells("given", given.depth, given.stack.as_deref())?.unwrap_or_default(),
        globals: pairs(given.globals),
        arrays: pairs(given.arrays),
        strings: given.strings.unwrap_or(program.strings),
        pins: pairs(given.pins),
        digital: pairs(given.digital),
        analog: pairs(given.analog),
        buttons: pairs(given.buttons),
        millis: given.millis.unwrap_or(plain.millis),
        micros: given.micros.unwrap_or(plain.micros),
    })
}

fn pairs<V>(pairs: Option<Pairs<u8, V>>) -> Vec<(u8, V)> {
    pairs.map(|pairs| pairs.0).unwrap_or_default()
}

/// The cells of a stack of `depth`, of which `named` are the uppermost; nothing if neither is stated.
fn cells(key: &str, depth: Option<usize>, named: Option<&[i32]>) -> Result<Option<Vec<i32>>, String> {
    let Some(depth) = depth.or(named.map(<[i32]>::len)) else { return Ok(None) };
    let named = named.unwrap_or(&[]);
    // A stack cannot hold more; a case that says so is refused by the limits of its format.
    let below = depth.min(1 << 16).checked_sub(named.len());
    let below = below.ok_or_else(|| format!("{key}.stack: more cells than {key}.depth says"))?;
    Ok(Some([&vec![0; below][..], named].concat()))
}

/// The whole outcome: the starting state, changed as the layers say, the last layer last.
fn outcome(case: &Case, layers: &[&Expect], whole: bool) -> Result<Outcome, String> {
    let latest = |pick: fn(&Expect) -> Option<u32>| layers.iter().rev().find_map(|layer| pick(layer));
    let stop = layers.iter().rev().find_map(|layer| layer.stop).map_or(Stop::End {}, |stop| stop.0);
    let end = case.words().len() as u32;
    let (steps, pc) = match stop {
        Stop::Budget {} => (Some(case.max_steps), None),
        Stop::End {} => (Some(case.max_steps), Some(end)),
        Stop::Halt {} => (Some(case.max_steps), Some(end.saturating_sub(1))),
        Stop::Error { .. } => (Some(case.max_steps - 1), Some(end.saturating_sub(1))),
    };
    let wanted =
        |key: &str| format!("expect.{key}: it does not follow from how it stops, so it has to be said");
    let pc = latest(|layer| layer.pc).or(pc).or(whole.then_some(0)).ok_or_else(|| wanted("pc"))?;
    // A layer that speaks of the stack speaks of all of it.
    let stack = layers
        .iter()
        .rev()
        .find_map(|layer| cells("expect", layer.depth, layer.stack.as_deref()).transpose());
    let calls = layers.iter().rev().find_map(|layer| layer.calls.clone()).unwrap_or_default();
    let changed = |pick: fn(&Expect) -> Option<&Pairs<u8, i32>>| {
        layers.iter().filter_map(|layer| pick(layer)).flat_map(|pairs| pairs.0.clone()).collect::<Vec<_>>()
    };
    let arrays = layers.iter().filter_map(|layer| layer.arrays.as_ref());
    let arrays: Vec<(u8, Vec<i32>)> = arrays.flat_map(|pairs| pairs.0.clone()).collect();
    let pins = layers.iter().filter_map(|layer| layer.pins.as_ref());
    let pins: Vec<(u8, u8)> = pins.flat_map(|pairs| pairs.0.clone()).collect();
    Ok(Outcome {
        stop,
        steps: latest(|layer| layer.steps).or(steps).ok_or_else(|| wanted("steps"))?,
        pc,
        stack: stack.transpose()?.unwrap_or_else(|| case.stack.clone()),
        globals: overlaid(&case.globals, &changed(|layer| layer.globals.as_ref()), |value| *value != 0),
        arrays: overlaid(&case.arrays, &arrays, |_| true),
        pins: overlaid(&case.pins, &pins, |mode| *mode != 0),
        calls: calls.into_iter().map(Call::from).collect(),
    })
}

/// Entries with changes over them, ascending, as far as an outcome names them.
fn overlaid<V: Clone>(before: &[(u8, V)], changes: &[(u8, V)], is_named: fn(&V) -> bool) -> Vec<(u8, V)> {
    let all: std::collections::BTreeMap<u8, V> = before.iter().chain(changes).cloned().collect();
    all.into_iter().filter(|(_, value)| is_named(value)).collect()
}

/// The fields that count of a program's outcome, all others being open.
#[derive(Clone, Debug, Default, PartialEq)]
struct Stated {
    steps: bool,
    pc: bool,
    stack: bool,
    globals: Vec<(u8, i32)>,
    arrays: Vec<(u8, Vec<i32>)>,
    pins: Vec<(u8, u8)>,
    calls: bool,
}

impl Stated {
    fn by(layers: &[&Expect]) -> Self {
        let mut stated = Stated::default();
        for layer in layers {
            stated.steps |= layer.steps.is_some();
            stated.pc |= layer.pc.is_some();
            stated.stack |= layer.stack.is_some() || layer.depth.is_some();
            stated.calls |= layer.calls.is_some();
            stated.globals.extend(pairs(layer.globals.clone()));
            stated.arrays.extend(pairs(layer.arrays.clone()));
            stated.pins.extend(pairs(layer.pins.clone()));
        }
        stated
    }
}

/// An expectation of what is stated only.
fn partial(expected: &Outcome, stated: Stated) -> Partial<Cockpit> {
    let expected = expected.clone();
    let text = format!("{stated:?}");
    Partial { stated: text, complete: Arc::new(move |got| complete(&expected, &stated, got)) }
}

/// The expected outcome, with what is not stated taken from `got`.
fn complete(expected: &Outcome, stated: &Stated, got: &Outcome) -> Outcome {
    Outcome {
        stop: expected.stop,
        steps: if stated.steps { expected.steps } else { got.steps },
        pc: if stated.pc { expected.pc } else { got.pc },
        stack: if stated.stack { &expected.stack } else { &got.stack }.clone(),
        globals: overlaid(&got.globals, &stated.globals, |value| *value != 0),
        arrays: overlaid(&got.arrays, &stated.arrays, |_| true),
        pins: overlaid(&got.pins, &stated.pins, |mode| *mode != 0),
        calls: if stated.calls { &expected.calls } else { &got.calls }.clone(),
    }
}
