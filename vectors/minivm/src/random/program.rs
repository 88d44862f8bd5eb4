//! Random programs, written fragment by fragment.

use minivm::instruction::Reg;
use minivm::isa::Operands;
use minivm::{Instruction, Opcode};
use oracle::random::{Rng, one_in, pick};

use super::instruction::{any_instruction, bytes, operation, register};
use super::state::{address, edgy, state};
use crate::case::Case;

use Opcode::*;

pub(super) const MIN_WORDS: usize = 5;
pub(super) const MAX_WORDS: usize = 200;
/// Room for the longest fragment, the ends of the loops that it lies in, and the returns.
const RESERVE: usize = 5 + 3 * DEPTH as usize + 4;
/// How deep jumps and loops may lie in each other.
const DEPTH: u32 = 3;

const ARITHMETIC: &[Opcode] =
    &[Add, Sub, Mul, Div, And, Or, Xor, Not, Cmp, Lsl, Lsr, Asr, Adc, Sbc, Mov, Ldi, I2f, F2i];
const FLOAT: &[Opcode] = &[Fadd, Fsub, Fmul, Fdiv, I2f, Fadd, Fmul];
const MEMORY: &[Opcode] = &[Ld, Ldh, Ldb, St, Sth, Stb];
const STACK: &[Opcode] = &[Push, Pop, Push, Pop, Ret];

/// A program of 5 to 200 words in a random state.
pub fn program(rng: &mut Rng) -> Case {
    // A budget may end anywhere, or far enough away for a program to end before it.
    let max_steps = if rng.bool() { rng.u32(1..=300) } else { 400 };
    Case { code: bytes(&Writer::write(rng)), max_steps, pc: 0, ..state(rng) }
}

/// A program that is being written: main, an `RET` (at depth 0 the end), then functions.
struct Writer<'r> {
    rng: &'r mut Rng,
    words: Vec<u32>,
    /// Where each function starts, in words.
    functions: Vec<usize>,
    calls: Vec<PendingCall>,
}

/// A call to fill in once it is known where functions are.
struct PendingCall {
    at: usize,
    function: usize,
    /// Whether it goes through a register, not relative to pc.
    by_register: bool,
}

impl Writer<'_> {
    fn write(rng: &mut Rng) -> Vec<u32> {
        let mut writer = Writer { rng, words: Vec::new(), functions: Vec::new(), calls: Vec::new() };
        let (main, functions) = (writer.rng.usize(2..40), writer.rng.usize(..4));
        writer.function(main, 0);
        for number in 1..=functions {
            writer.functions.push(writer.words.len());
            let fragments = writer.rng.usize(1..5);
            // It calls only those behind it, so calls nest and end.
            writer.function(fragments, number);
        }
        while writer.words.len() < MIN_WORDS {
            writer.words.push(Instruction::new(Brk).encode());
        }
        writer.resolve_calls();
        writer.words
    }

    /// So many fragments, and a return. They call the function of this number and those behind it.
    fn function(&mut self, fragments: usize, first_callable: usize) {
        self.fragments(fragments, DEPTH, first_callable);
        self.words.push(Instruction::new(Ret).encode());
    }

    fn fragments(&mut self, count: usize, depth: u32, first_callable: usize) {
        for _ in 0..count {
            if self.words.len() + RESERVE > MAX_WORDS {
                return;
            }
            match depth > 0 && one_in(self.rng, 3) {
                true if self.rng.bool() => self.skip(depth - 1, first_callable),
                true => self.repeat(depth - 1, first_callable),
                false => self.leaf(first_callable),
            }
        }
    }

    /// A jump, with a condition or without, over fragments.
    fn skip(&mut self, depth: u32, first_callable: usize) {
        let op = pick(self.rng, &[Jmp, Jz, Jnz]);
        let at = self.words.len();
        self.words.push(0);
        self.body(depth, first_callable);
        self.words[at] = jump(op, self.words.len());
    }

    /// A loop that ends.
    fn repeat(&mut self, depth: u32, first_callable: usize) {
        let counter = Reg::new(13).expect("below 16");
        let one = Reg::new(14).expect("below 16");
        let load = |rd, imm| Instruction { rd, imm, ..Instruction::new(Ldi) }.encode();
        let rounds = self.rng.u16(1..5);
        self.words.push(load(counter, rounds));
        let start = self.words.len();
        self.body(depth, first_callable);
        let count = Instruction { rd: counter, rs1: counter, rs2: one, ..Instruction::new(Sub) }.encode();
        self.words.extend([load(one, 1), count, jump(Jnz, start)]);
    }

    fn body(&mut self, depth: u32, first_callable: usize) {
        let fragments = self.rng.usize(1..5);
        self.fragments(fragments, depth, first_callable);
    }

    /// A fragment with no other in it.
    fn leaf(&mut self, first_callable: usize) {
        match self.rng.u8(..31) {
            0..8 => self.operations(ARITHMETIC, 1..4),
            8..11 => {
                let literal = [ldi32(register(self.rng)), edgy(self.rng)];
                self.words.extend(literal);
            }
            11..13 => self.chain(Add, Adc),
            13..15 => self.chain(Sub, Sbc),
            15..17 => self.operations(FLOAT, 2..6),
            17..21 => self.through_pointer(),
            21..23 => self.operations(MEMORY, 1..4),
            23..25 => self.balanced(),
            25..27 => self.operations(STACK, 1..4),
            27..30 => {
                let function = first_callable + self.rng.usize(..4);
                self.calls.push(PendingCall { at: self.words.len(), function, by_register: self.rng.bool() });
                self.words.extend([0, 0]);
            }
            _ => {
                let word = any_instruction(self.rng);
                self.words.push(word);
            }
        }
    }

    fn operations(&mut self, opcodes: &[Opcode], count: std::ops::Range<usize>) {
        for _ in 0..self.rng.usize(count) {
            let word = operation(self.rng, opcodes);
            self.words.push(word);
        }
    }

    /// Arithmetic on numbers of several words.
    fn chain(&mut self, first: Opcode, then: Opcode) {
        for index in 0..self.rng.usize(2..5) {
            let op = if index == 0 { first } else { then };
            let [rd, rs1, rs2] = [(); 3].map(|()| register(self.rng));
            self.words.push(Instruction { rd, rs1, rs2, ..Instruction::new(op) }.encode());
        }
    }

    /// An address in a register, and two accesses there.
    fn through_pointer(&mut self) {
        let base = register(self.rng);
        let through_base = |word: u32| word & !0x000F_0000 | (base.index() as u32) << 16;
        let address = address(self.rng);
        let accesses = [(); 2].map(|()| through_base(operation(self.rng, MEMORY)));
        self.words.extend([ldi32(base), address]);
        self.words.extend(accesses);
    }

    /// A push and a pop, with something in between.
    fn balanced(&mut self) {
        let push = Instruction { rs1: register(self.rng), ..Instruction::new(Push) }.encode();
        let between = operation(self.rng, ARITHMETIC);
        let pop = Instruction { rd: register(self.rng), ..Instruction::new(Pop) }.encode();
        self.words.extend([push, between, pop]);
    }

    /// Calls of functions that do not exist become calls of the next instruction.
    fn resolve_calls(&mut self) {
        let base = Reg::new(12).expect("below 16");
        for &PendingCall { at, function, by_register } in &self.calls {
            let fits = |words: usize| (words as u16).min(0x1FF);
            let (first, second) = match self.functions.get(function).copied() {
                Some(target) if by_register => (
                    Instruction { rd: base, imm: fits(target) * 4, ..Instruction::new(Ldi) },
                    Instruction { rs1: base, ..Instruction::new(Call) },
                ),
                Some(target) => (
                    Instruction { rd: base, ..Instruction::new(Mov) },
                    Instruction { imm: (target - at - 1) as u16 & 0xFFF, ..Instruction::new(Call) },
                ),
                None => (Instruction { imm: 1, ..Instruction::new(Call) }, Instruction::new(Mov)),
            };
            self.words[at] = first.encode();
            self.words[at + 1] = second.encode();
        }
    }
}

fn ldi32(rd: Reg) -> u32 {
    Instruction { rd, ..Instruction::new(Ldi32) }.encode()
}

fn jump(op: Opcode, target: usize) -> u32 {
    debug_assert_eq!(op.operands(), Operands::Target);
    Instruction { imm: (4 * target) as u16 & 0xFFF, ..Instruction::new(op) }.encode()
}
