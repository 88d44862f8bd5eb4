//! Results and flags of the integer instructions at 8 bits of width, in every profile.
//!
//! The VM has no such width, so each byte is put where it decides everything: at the top of a register, with the 24 bits
//! below it all 0 or all 1, so that carry, sign and overflow are those of the byte, with a carry into it or without; and at
//! the bottom, with zeros or with its sign above it, so that zero, products, quotients and amounts of shifts are. All pairs
//! of bytes, in all pairs of places, under all flags.

use minivm::Fault;
use oracle::inputs::{Chunk, Part};

use super::device::{Device, Ended, Interpreter, Machines, State, code, compare, memories, word};
use super::integers::{self, Operation};
use crate::MiniVm;

/// Where a byte is put.
const PLACES: [fn(u8) -> u32; 4] = [
    |byte| u32::from(byte) << 24,
    |byte| u32::from(byte) << 24 | 0x00FF_FFFF,
    |byte| byte.into(),
    |byte| byte as i8 as u32,
];

/// What the reference leaves in R0 if it divides by 0.
const DIVIDED_BY_0: u32 = 0xFFFF_FF05;

/// A chunk for each first byte.
const CHUNKS: u64 = 256;

pub(super) fn part() -> Part<MiniVm> {
    let places = (PLACES.len() * PLACES.len()) as u64;
    Part {
        name: "flags",
        about: "integer instructions on all pairs of bytes, at top and bottom of a register, under all flags, in every \
                profile, against 64-bit arithmetic",
        inputs: Operation::ALL.len() as u64 * 0x1_0000 * places * 16,
        chunks: CHUNKS,
        run: Box::new(|number, chunk| {
            for operation in Operation::ALL {
                of_byte(&Interpreter, operation, number as u8, chunk);
            }
        }),
    }
}

/// Runs an instruction on all inputs whose first operand is a byte.
pub(super) fn of_byte(device: &impl Device, operation: Operation, first: u8, chunk: &mut Chunk<MiniVm>) {
    let word = word(operation as u8, 3, 1, 2);
    let code = code([word]);
    let mut memories = memories();
    let mut machines = Machines::new(&code, &mut memories);
    for second in 0..=0xFF {
        for (place, other) in PLACES.into_iter().flat_map(|one| PLACES.map(|other| (one, other))) {
            for psw in 0..16 {
                let mut regs = [0x5A5A_5A5A; 16];
                (regs[1], regs[2]) = (place(first), other(second));
                let start = State { regs, psw };
                let results = machines.run(device, &start, 1);
                let expected = expected(operation, &start);
                chunk.result(results.map(|it| u64::from(it.state.regs[3]) << 8 | u64::from(it.state.psw)));
                if results != expected {
                    compare(chunk, word, &start, &results, &expected);
                }
            }
        }
    }
}

fn expected(operation: Operation, start: &State) -> [Ended; 3] {
    let of =
        |textbook: bool| match integers::result(operation, start.regs[1], start.regs[2], start.psw, textbook)
        {
            Some(result) => {
                let mut state = State { psw: result.psw, ..*start };
                state.regs[3] = result.rd.unwrap_or(state.regs[3]);
                Ended::retired(state, 1)
            }
            None => {
                let mut state = *start;
                if !textbook {
                    state.regs[0] = DIVIDED_BY_0;
                }
                Ended { state, pc: 0, fault: Some(Fault::DivideByZero) }
            }
        };
    let (reference, textbook) = (of(false), of(true));
    [reference, textbook, textbook]
}
