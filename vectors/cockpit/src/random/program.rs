//! Programs with a structure.
//!
//! Random words alone stop after a step or two. So a program is grown from statements, each of which leaves the stack as
//! deep as it found it: values are computed and stored, shown or dropped; loops are bounded by a counter in a global of
//! their own; functions call later functions, and keep the return address, which lies on the data stack, under what they
//! compute. Now and then a statement is any instruction at all.

use cockpit::instruction::Word;
use cockpit::{Instruction, Opcode};
use oracle::random::Rng;

use super::surroundings::{cell, surroundings};
use crate::case::Case;

/// No program is longer, give or take a statement.
const MAX_WORDS: usize = 160;
/// Instructions to complete at most.
const MAX_STEPS: u32 = 400;
/// The arrays that programs use.
const ARRAYS: u16 = 2;
/// Indices of the elements that they use are below.
const INDICES: u16 = 4;
/// The first global that counts rounds; those before are for everything else.
const COUNTERS: u16 = 50;

pub(super) fn case(rng: &mut Rng) -> Case {
    let mut case = surroundings(rng);
    if rng.u32(0..6) != 0 {
        // Operands for what counts from the top.
        case.stack = (0..rng.usize(3..6)).map(|_| cell(rng)).collect();
    }
    let has_plan = rng.u32(0..6) == 0;
    let arrays = case.arrays.iter().fold(0u32, |there, (number, _)| there | 1 << number);
    let formats = case.strings.iter().map(|text| text.matches('%').count() as u16).collect();
    let mut writer =
        Writer { rng, words: Vec::new(), calls: Vec::new(), loops: 0, arrays, formats, has_plan };
    writer.program();
    Case { code: writer.words.as_flattened().to_vec(), max_steps: MAX_STEPS, ..case }
}

/// A program in the making.
struct Writer<'r> {
    rng: &'r mut Rng,
    words: Vec<Word>,
    /// Calls to fill in: where, and which function.
    calls: Vec<(usize, usize)>,
    /// How many loops are around what is written.
    loops: u16,
    /// Which arrays the case has, a bit each.
    arrays: u32,
    /// How many arguments each string may want.
    formats: Vec<u16>,
    /// Opcodes that only the plan has may occur.
    has_plan: bool,
}

use Opcode as Op;

impl Writer<'_> {
    fn program(&mut self) {
        for array in 0..ARRAYS {
            if self.arrays & 1 << array == 0 {
                let length = self.rng.u16(INDICES..INDICES + 6);
                self.push(length);
                self.emit(Op::CreateArray, array);
            }
        }
        let functions = self.rng.usize(0..4);
        let statements = self.rng.usize(2..14);
        self.statements(statements, 0, functions);
        if functions > 0 || self.rng.bool() {
            self.emit(Op::Halt, 0);
        }
        let mut starts = Vec::new();
        for number in 0..functions {
            starts.push(self.words.len());
            let statements = self.rng.usize(1..5);
            // A function calls only those behind it, so calls nest and end.
            self.statements(statements, number + 1, functions);
            self.emit(Op::Ret, 0);
        }
        for (at, function) in std::mem::take(&mut self.calls) {
            self.words[at] = Instruction::new(Op::Call, starts[function] as u16).encode();
        }
    }

    fn emit(&mut self, op: Opcode, immediate: u16) {
        self.words.push(Instruction::new(op, immediate).encode());
    }

    fn push(&mut self, value: u16) {
        self.emit(Op::Push, value);
    }

    fn one_of(&mut self, ops: &[Opcode]) -> Opcode {
        ops[self.rng.usize(..ops.len())]
    }

    fn statements(&mut self, count: usize, first_function: usize, functions: usize) {
        for _ in 0..count {
            if self.words.len() < MAX_WORDS {
                self.statement(first_function, functions);
            }
        }
    }

    fn statement(&mut self, first_function: usize, functions: usize) {
        match self.rng.u32(0..100) {
            0..30 => self.assignment(),
            30..42 => self.skip(first_function, functions),
            42..52 if self.loops < 3 => self.repeat(first_function, functions),
            52..64 if first_function < functions => {
                self.calls.push((self.words.len(), self.rng.usize(first_function..functions)));
                self.emit(Op::Call, 0);
            }
            64..84 => self.device(),
            84..90 => self.element(),
            90..97 => {
                self.value(2);
                self.emit(Op::Pop, 0);
            }
            97 => self.anything(),
            _ => self.local(),
        }
    }

    fn assignment(&mut self) {
        self.value(3);
        let global = self.rng.u16(0..6);
        self.emit(Op::StoreGlobal, global);
    }

    /// Changes a cell below: an operand of the case, a return address, or nothing that is there.
    fn local(&mut self) {
        self.value(1);
        let distance = self.rng.u16(0..3);
        self.emit(Op::StoreLocal, distance);
    }

    fn element(&mut self) {
        self.value(2);
        let (index, array) = (self.rng.u16(0..INDICES), self.rng.u16(0..ARRAYS));
        self.push(index);
        self.emit(Op::StoreArray, array);
    }

    /// A conditional or unconditional jump over statements.
    fn skip(&mut self, first_function: usize, functions: usize) {
        let op = self.one_of(&[Op::JmpTrue, Op::JmpFalse, Op::JmpTrue, Op::JmpFalse, Op::Jmp]);
        if op != Op::Jmp {
            self.value(2);
        }
        let at = self.words.len();
        self.emit(op, 0);
        let statements = self.rng.usize(1..4);
        self.statements(statements, first_function, functions);
        // The target is behind them, so something has to stand there.
        let target = self.words.len() as u16;
        self.words[at] = Instruction::new(op, target).encode();
        self.assignment();
    }

    /// Statements, a few times.
    fn repeat(&mut self, first_function: usize, functions: usize) {
        // A called function has loops of its own, so its counters are others than its callers'.
        let counter = COUNTERS + self.loops + 3 * first_function as u16;
        let rounds = self.rng.u16(1..5);
        self.push(rounds);
        self.emit(Op::StoreGlobal, counter);
        let start = self.words.len() as u16;
        self.loops += 1;
        let statements = self.rng.usize(1..4);
        self.statements(statements, first_function, functions);
        self.loops -= 1;
        self.emit(Op::LoadGlobal, counter);
        self.push(1);
        self.emit(Op::Sub, 0);
        self.emit(Op::LoadLocal, 0);
        self.emit(Op::StoreGlobal, counter);
        self.emit(Op::JmpTrue, start);
    }

    /// Something for the outside.
    fn device(&mut self) {
        let pin = if self.rng.u32(0..40) == 0 { 20 } else { self.rng.u16(0..20) };
        match self.rng.u32(0..10) {
            0..4 => {
                self.push(pin);
                self.push(1);
                self.emit(Op::PinMode, 0);
                self.push(pin);
                let op = self.one_of(&[Op::DigitalWrite, Op::AnalogWrite]);
                let value = if op == Op::AnalogWrite { self.rng.u16(..) } else { self.rng.u16(0..2) };
                self.push(value);
                self.emit(op, 0);
            }
            4 => {
                self.push(pin);
                let mode = self.rng.u16(0..4);
                self.push(mode);
                self.emit(Op::PinMode, 0);
            }
            5..7 => {
                let time = self.rng.u16(..);
                self.push(time);
                if self.rng.bool() {
                    self.push(1000);
                    self.emit(Op::Mul, 0);
                }
                self.emit(Op::Delay, 0);
            }
            7 if self.has_plan => {
                let string = self.rng.u16(0..3);
                match self.rng.u32(0..4) {
                    0 => self.emit(Op::DisplayClear, 0),
                    1 => self.emit(Op::DisplayUpdate, 0),
                    2 => {
                        self.push(string);
                        self.emit(Op::LedMorse, 0);
                    }
                    _ => {
                        self.value(1);
                        self.value(1);
                        self.push(string);
                        self.emit(Op::DisplayText, 0);
                    }
                }
            }
            _ => self.print(),
        }
    }

    fn print(&mut self) {
        if self.formats.is_empty() {
            return self.assignment();
        }
        let string = self.rng.usize(..self.formats.len());
        // Now and then an argument is missing, or one is left over.
        let count = match self.rng.u32(0..16) {
            0 => self.rng.u16(0..9),
            _ => self.formats[string].min(8),
        };
        for _ in 0..count {
            self.value(1);
        }
        self.push(count);
        self.emit(Op::Printf, string as u16);
    }

    /// Leaves a value on top of the stack, of at most so many operations in a row.
    fn value(&mut self, depth: u32) {
        const BINARY: [Opcode; 20] = [
            Op::Add,
            Op::Sub,
            Op::Mul,
            Op::Add,
            Op::Sub,
            Op::Mul,
            Op::Eq,
            Op::Ne,
            Op::Lt,
            Op::Gt,
            Op::Le,
            Op::Ge,
            Op::LtSigned,
            Op::GtSigned,
            Op::LeSigned,
            Op::GeSigned,
            Op::EqSigned,
            Op::NeSigned,
            Op::And,
            Op::Or,
        ];
        const BITS: [Opcode; 3] = [Op::BitwiseAnd, Op::BitwiseOr, Op::BitwiseXor];
        match if depth == 0 { 0 } else { self.rng.u32(0..20) } {
            0..8 => self.leaf(),
            8..10 => {
                // A divisor that is not 0.
                self.value(depth - 1);
                let divisor = self.rng.u16(1..50);
                self.push(divisor);
                let op = self.one_of(&[Op::Div, Op::Mod]);
                self.emit(op, 0);
            }
            10 => {
                self.value(depth - 1);
                self.value(depth - 1);
                let op = self.one_of(&[Op::Div, Op::Mod]);
                self.emit(op, 0);
            }
            11 => {
                self.value(depth - 1);
                self.emit(Op::Not, 0);
            }
            12 if self.has_plan => {
                self.value(depth - 1);
                self.value(depth - 1);
                let op = self.one_of(&BITS);
                self.emit(op, 0);
            }
            13 if self.has_plan => {
                self.value(depth - 1);
                let amount = self.rng.u16(0..32);
                self.push(amount);
                let op = self.one_of(&[Op::ShiftLeft, Op::ShiftRight]);
                self.emit(op, 0);
            }
            _ => {
                self.value(depth - 1);
                self.value(depth - 1);
                let op = self.one_of(&BINARY);
                self.emit(op, 0);
            }
        }
    }

    fn leaf(&mut self) {
        match self.rng.u32(0..20) {
            0..8 => {
                let small = self.rng.u16(0..10);
                let value = if self.rng.bool() { small } else { self.rng.u16(..) };
                self.push(value);
            }
            8..13 => {
                let global = self.rng.u16(0..6);
                self.emit(Op::LoadGlobal, global);
            }
            13..15 => {
                // A negative number, which no single instruction gives.
                self.push(0);
                let value = self.rng.u16(0..20);
                self.push(value);
                self.emit(Op::Sub, 0);
            }
            15 => {
                let distance = self.rng.u16(0..3);
                self.emit(Op::LoadLocal, distance);
            }
            16 => {
                let (index, array) = (self.rng.u16(0..INDICES), self.rng.u16(0..ARRAYS));
                self.push(index);
                self.emit(Op::LoadArray, array);
            }
            17 => {
                let op = self.one_of(&[Op::Millis, Op::Micros]);
                self.emit(op, 0);
            }
            18 if self.has_plan => {
                let button = self.rng.u16(0..9);
                self.push(button);
                let op = self.one_of(&[Op::ButtonPressed, Op::ButtonReleased, Op::ButtonRead]);
                self.emit(op, 0);
            }
            _ => {
                let pin = self.rng.u16(0..20);
                self.push(pin);
                let op = self.one_of(&[Op::DigitalRead, Op::AnalogRead]);
                self.emit(op, 0);
            }
        }
    }

    /// Any instruction at all.
    fn anything(&mut self) {
        let [low, high] = self.rng.u16(0..80).to_le_bytes();
        let op = Opcode::ALL[self.rng.usize(..Opcode::ALL.len())];
        let byte = if self.rng.u32(0..4) == 0 { self.rng.u8(..) } else { op as u8 };
        self.words.push([byte, self.rng.u8(..), low, high]);
    }
}
