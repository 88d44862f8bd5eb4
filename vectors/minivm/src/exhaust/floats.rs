//! All pairs of binary16 operands of `FADD`, `FSUB`, `FMUL` and `FDIV`, all integers of `I2F`, all binary16 operands of
//! `F2I`, in every profile.

use std::ops::Range;

use minivm::Fault;
use oracle::inputs::{Chunk, Part};

use super::binary16::{self, Operation, Rounded};
use super::device::{Device, Ended, Interpreter, Machines, State, code, compare, memories, word};
use crate::MiniVm;

const I2F: u8 = 0x54;
const F2I: u8 = 0x55;

/// How many results a batch gives: a register each, R0 being the first operand of all.
const BATCH: usize = 15;
/// Into how many chunks 2^32 inputs are cut.
pub(super) const CHUNKS: u64 = 1024;

pub(super) fn parts() -> Vec<Part<MiniVm>> {
    let operations = [
        ("FADD", Operation::Add, 0x50),
        ("FSUB", Operation::Sub, 0x51),
        ("FMUL", Operation::Mul, 0x52),
        ("FDIV", Operation::Div, 0x53),
    ];
    let pairs = operations.into_iter().map(|(name, operation, opcode)| {
        let values = binary16::values();
        Part {
            name,
            about: "all pairs of operands, in every profile, against binary64 rounded once",
            inputs: 1 << 32,
            chunks: CHUNKS,
            run: Box::new(move |number, chunk| {
                let first = number as u32 * 64;
                pairs(&Interpreter, (operation, opcode), &values, first..first + 64, chunk);
            }),
        }
    });
    let from_integer = Part {
        name: "I2F",
        about: "all integers, in every profile, against binary64 rounded once",
        inputs: 1 << 32,
        chunks: CHUNKS,
        run: Box::new(|number, chunk| {
            let each = (1u64 << 32) / CHUNKS;
            integers(&Interpreter, number * each..(number + 1) * each, chunk);
        }),
    };
    let to_integer = Part {
        name: "F2I",
        about: "all binary16 numbers, in every profile, against their values cut off",
        inputs: 1 << 16,
        chunks: 1,
        run: Box::new(|_, chunk| to_integers(&Interpreter, &binary16::values(), chunk)),
    };
    pairs.chain([from_integer, to_integer]).collect()
}

/// Runs an operation on all pairs whose first operand is one of `first`.
pub(super) fn pairs(
    device: &impl Device,
    (operation, opcode): (Operation, u8),
    values: &[f64],
    first: Range<u32>,
    chunk: &mut Chunk<MiniVm>,
) {
    // Each takes its second operand from its destination, the upper half of which is to be kept (or not).
    let words: Vec<u32> = (1..=BATCH as u32).map(|reg| word(opcode, reg, 0, reg)).collect();
    let code = code(words.iter().copied());
    let mut memories = memories();
    let mut machines = Machines::new(&code, &mut memories);
    for a in first {
        let value = values[a as usize];
        for start in (0..=0xFFFFu32).step_by(BATCH) {
            let count = BATCH.min(0x1_0000 - start as usize);
            // What else is in the registers changes from batch to batch.
            let above = a.wrapping_mul(0x9E37_79B9) ^ start.wrapping_mul(0x85EB_CA6B);
            let state = state(a | above & 0xFFFF_0000, |at| (start + at) & 0xFFFF | above << 16, above);
            let expected = |at: usize| binary16::result(operation, value, values[start as usize + at]);
            batch(device, &mut machines, &words[..count], &state, expected, chunk);
        }
    }
}

/// Converts the integers of a range of 32 bits.
fn integers(device: &impl Device, range: Range<u64>, chunk: &mut Chunk<MiniVm>) {
    let words: Vec<u32> = (1..=BATCH as u32).map(|reg| word(I2F, reg, reg, 0)).collect();
    let code = code(words.iter().copied());
    let mut memories = memories();
    let mut machines = Machines::new(&code, &mut memories);
    for start in range.clone().step_by(BATCH) {
        let count = BATCH.min((range.end - start) as usize);
        let start = start as u32;
        let state = state(start, |at| start.wrapping_add(at), start);
        let expected = |at: usize| binary16::round(f64::from(start.wrapping_add(at as u32) as i32));
        batch(device, &mut machines, &words[..count], &state, expected, chunk);
    }
}

/// A state with R0, R1 and on by position, and flags from somewhere.
fn state(first: u32, other: impl Fn(u32) -> u32, flags: u32) -> State {
    let mut regs = [first; 16];
    for (reg, at) in regs[1..].iter_mut().zip(0..) {
        *reg = other(at);
    }
    State { regs, psw: (flags >> 28) as u8 }
}

/// Runs a batch, the results of which go to R1 and on, in every profile.
#[inline(always)]
fn batch(
    device: &impl Device,
    machines: &mut Machines<'_>,
    words: &[u32],
    start: &State,
    expected: impl Fn(usize) -> Rounded,
    chunk: &mut Chunk<MiniVm>,
) {
    let steps = words.len() as u32;
    let (mut reference, mut textbook, mut portable) = (*start, *start, *start);
    for at in 0..words.len() {
        let rounded = expected(at);
        let reg = at + 1;
        let upper = start.regs[reg] & 0xFFFF_0000;
        reference.regs[reg] = upper | u32::from(rounded.reference);
        textbook.regs[reg] = upper | u32::from(rounded.textbook);
        portable.regs[reg] = u32::from(rounded.textbook);
    }
    let results = machines.run(device, start, steps);
    for reg in 1..=words.len() {
        let [a, b, c] = results.map(|it| u64::from(it.state.regs[reg]));
        chunk.result([a | b << 32, c]);
    }
    let expected = [reference, textbook, portable].map(|state| Ended::retired(state, steps));
    if results != expected {
        one_by_one(device, words, start, (&results, &expected), chunk);
    }
}

/// Says which instructions of a batch are wrong; the batch as such if each alone is right.
#[cold]
fn one_by_one(
    device: &impl Device,
    words: &[u32],
    start: &State,
    (results, expected): (&[Ended; 3], &[Ended; 3]),
    chunk: &mut Chunk<MiniVm>,
) {
    let before = chunk.wrong;
    for (word, reg) in words.iter().zip(1..) {
        let code = code([*word]);
        let mut memories = memories();
        let mut single = Machines::new(&code, &mut memories);
        let results = single.run(device, start, 1);
        let expected = expected.map(|whole| {
            let mut state = *start;
            state.regs[reg] = whole.state.regs[reg];
            Ended::retired(state, 1)
        });
        compare(chunk, *word, start, &results, &expected);
    }
    if chunk.wrong == before {
        compare(chunk, words[0], start, results, expected);
    }
}

/// Converts all binary16 numbers, under two upper halves.
pub(super) fn to_integers(device: &impl Device, values: &[f64], chunk: &mut Chunk<MiniVm>) {
    let word = word(F2I, 1, 2, 0);
    let code = code([word]);
    let mut memories = memories();
    let mut machines = Machines::new(&code, &mut memories);
    for (bits, value) in (0..).zip(values) {
        for upper in [0, 0xA5A5_0000] {
            let mut regs = [0xDEAD_BEEF; 16];
            regs[2] = upper | bits;
            let start = State { regs, psw: (bits & 15) as u8 };
            let converted = |value: f64| {
                let mut state = start;
                state.regs[1] = value as i64 as u32;
                Ended::retired(state, 1)
            };
            // The textbook saturates, and makes 0 of what is no number. The reference has no result for either.
            let limits = (f64::from(i32::MIN), f64::from(i32::MAX));
            let textbook =
                converted(if value.is_nan() { 0.0 } else { value.clamp(limits.0, limits.1).trunc() });
            let reference = if value.is_finite() {
                textbook
            } else {
                Ended { state: start, pc: 0, fault: Some(Fault::InvalidConversion) }
            };
            let results = machines.run(device, &start, 1);
            compare(chunk, word, &start, &results, &[reference, textbook, textbook]);
            if upper == 0 {
                chunk.result(
                    results.map(|it| u64::from(it.state.regs[1]) | u64::from(it.fault.is_some()) << 32),
                );
            }
        }
    }
}
