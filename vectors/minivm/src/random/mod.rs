//! Random cases: single instructions in random states, and programs that have a structure.
//!
//! Random words alone stop after a step or two. So a program is grown from fragments: arithmetic on few registers,
//! carry chains, binary16 chains, loads and stores at few addresses, balanced and unbalanced stack traffic, jumps
//! forward, loops that end, and functions that call later functions. The strategies are proptest's; a case is fixed by
//! the campaign's seed and its index alone, so every shard and every machine draws the same.

use minivm::instruction::Reg;
use minivm::isa::Operands;
use minivm::{Instruction, Opcode};
use proptest::prelude::*;

use crate::case::{Block, Case};

/// One instruction, mostly legal, in a random state.
pub fn single_instruction() -> impl Strategy<Value = Case> {
    (any_instruction(), edgy(), state()).prop_map(|(word, literal, state)| Case {
        code: [word, literal].iter().flat_map(|word| word.to_be_bytes()).collect(),
        max_steps: 1,
        ..state
    })
}

/// A program of 5 to 200 instructions in a random state.
pub fn program() -> impl Strategy<Value = Case> {
    // A budget may end anywhere, or far enough away for a program to end before it.
    let max_steps = prop_oneof![1 => 1u32..=300, 1 => Just(400)];
    let (main, functions) =
        (prop::collection::vec(fragment(), 2..40), prop::collection::vec(function(), 0..4));
    (main, functions, state(), max_steps).prop_map(|(main, functions, state, max_steps)| {
        let words = lay_out(&main, &functions);
        Case { code: words.iter().flat_map(|word| word.to_be_bytes()).collect(), max_steps, pc: 0, ..state }
    })
}

const MAX_WORDS: usize = 200;
const MIN_WORDS: usize = 5;

// States.

/// A 32-bit value, more often than not one at an edge.
fn edgy() -> impl Strategy<Value = u32> {
    prop_oneof![
        3 => any::<u32>(),
        2 => prop::sample::select(vec![0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF]),
        2 => address(),
        1 => (0u32..32, -2i32..3).prop_map(|(bit, delta)| (1u32 << bit).wrapping_add_signed(delta)),
        2 => (any::<u16>(), any::<u16>()).prop_map(|(high, low)| u32::from(high & 0x8001) << 16 | u32::from(low)),
    ]
}

/// A data address, most of them in few places so that accesses meet.
fn address() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => prop::sample::select(vec![0x100u32, 0x2000, 0x7FF0]).prop_flat_map(|hot| hot..hot + 24),
        1 => 0u32..0x1_0000,
        1 => 0xFFF0u32..0x1_0008,
    ]
}

fn state() -> impl Strategy<Value = Case> {
    let sp = prop_oneof![5 => Just(0x8000u32), 2 => address(), 1 => 0u32..16, 1 => 0xFFF4u32..0x1_0005];
    let stack_limit = prop_oneof![4 => Just(0u32), 1 => Just(0x7FE8u32), 1 => address()];
    let reg_base = prop_oneof![6 => Just(0u16), 1 => Just(0x100u16), 1 => Just(0x7FD0u16), 1 => 1u16..0xFFC1];
    let call_stack =
        prop_oneof![3 => Just(vec![]), 1 => prop::collection::vec((0u32..100).prop_map(|n| 4 * n), 1..3)];
    let pc = prop_oneof![30 => Just(0u32), 1 => 0u32..12];
    let regs = prop::array::uniform16(edgy());
    let mem = prop::collection::vec((address(), prop::collection::vec(any::<u8>(), 1..12)), 0..4);
    (sp, stack_limit, reg_base, call_stack, pc, regs, mem, 0u8..16).prop_map(
        |(sp, stack_limit, reg_base, call_stack, pc, regs, mem, psw)| Case {
            sp,
            stack_limit,
            reg_base,
            call_stack,
            pc,
            regs,
            psw,
            mem: mem.into_iter().map(|(address, bytes)| Block(address.min(0xFFF0), bytes)).collect(),
            ..Case::default()
        },
    )
}

// Instructions.

/// A word: any opcode with any fields, canonical fields, or no opcode at all.
fn any_instruction() -> impl Strategy<Value = u32> {
    let opcode = prop::sample::select(Opcode::ALL);
    prop_oneof![
        20 => (opcode.clone(), any::<u32>()).prop_map(|(op, bits)| {
            (op as u32) << 24 | bits & op.operands().used_bits() & 0x00FF_FFFF
        }),
        4 => (opcode, any::<u32>()).prop_map(|(op, bits)| (op as u32) << 24 | bits & 0x00FF_FFFF),
        1 => any::<u32>(),
    ]
}

/// Few registers, so that results are used again. R13 counts loops and is left alone.
fn register() -> impl Strategy<Value = Reg> {
    prop_oneof![12 => 0u8..6, 2 => 6u8..13, 1 => 14u8..16]
        .prop_map(|number| Reg::new(number).expect("below 16"))
}

fn operation(opcodes: &'static [Opcode]) -> impl Strategy<Value = u32> {
    let fields = (register(), register(), register(), -16i32..17);
    (prop::sample::select(opcodes), fields).prop_map(|(op, (rd, rs1, rs2, imm))| {
        Instruction { op, rd, rs1, rs2, imm: imm as u16 & 0xFFF }.encode() & op.operands().used_bits()
    })
}

use Opcode::*;

const ARITHMETIC: &[Opcode] =
    &[Add, Sub, Mul, Div, And, Or, Xor, Not, Cmp, Lsl, Lsr, Asr, Adc, Sbc, Mov, Ldi, I2f, F2i];
const FLOAT: &[Opcode] = &[Fadd, Fsub, Fmul, Fdiv, I2f, Fadd, Fmul];
const MEMORY: &[Opcode] = &[Ld, Ldh, Ldb, St, Sth, Stb];
const STACK: &[Opcode] = &[Push, Pop, Push, Pop, Ret];

// Fragments.

#[derive(Clone, Debug)]
enum Fragment {
    /// These words.
    Words(Vec<u32>),
    /// A conditional or unconditional jump over these fragments.
    Skip(Opcode, Vec<Fragment>),
    /// These fragments, this many times.
    Loop(u8, Vec<Fragment>),
    /// A call of the function with this number, relative to pc or to a register.
    Call(u8, bool),
}

fn words(strategy: impl Strategy<Value = Vec<u32>> + 'static) -> BoxedStrategy<Fragment> {
    strategy.prop_map(Fragment::Words).boxed()
}

fn fragment() -> impl Strategy<Value = Fragment> {
    let one = |opcodes| prop::collection::vec(operation(opcodes), 1..4);
    let chain = |first: Opcode, then: Opcode| {
        prop::collection::vec((register(), register(), register()), 2..5).prop_map(move |operands| {
            let op = |index| if index == 0 { first } else { then };
            let encode = |(index, (rd, rs1, rs2))| {
                Instruction { rd, rs1, rs2, ..Instruction::new(op(index)) }.encode()
            };
            operands.into_iter().enumerate().map(encode).collect()
        })
    };
    let literal = (register(), edgy()).prop_map(|(rd, value)| vec![ldi32(rd), value]);
    let pointer = (register(), address(), operation(MEMORY), operation(MEMORY)).prop_map(
        |(base, address, first, second)| {
            let through_base = |word: u32| word & !0x000F_0000 | (base.index() as u32) << 16;
            vec![ldi32(base), address, through_base(first), through_base(second)]
        },
    );
    let balanced = (register(), register(), operation(ARITHMETIC)).prop_map(|(pushed, popped, between)| {
        let push = Instruction { rs1: pushed, ..Instruction::new(Push) }.encode();
        let pop = Instruction { rd: popped, ..Instruction::new(Pop) }.encode();
        vec![push, between, pop]
    });
    let leaf = prop_oneof![
        8 => words(one(ARITHMETIC)),
        3 => words(literal),
        2 => words(chain(Add, Adc)),
        2 => words(chain(Sub, Sbc)),
        2 => words(prop::collection::vec(operation(FLOAT), 2..6)),
        4 => words(pointer),
        2 => words(one(MEMORY)),
        2 => words(balanced),
        2 => words(one(STACK)),
        3 => (0u8..4, any::<bool>()).prop_map(|(function, by_register)| Fragment::Call(function, by_register)),
        1 => words(prop::collection::vec(any_instruction(), 1..2)),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let body = prop::collection::vec(inner, 1..5);
        prop_oneof![
            (prop::sample::select(&[Jmp, Jz, Jnz][..]), body.clone())
                .prop_map(|(op, body)| Fragment::Skip(op, body)),
            (1u8..5, body).prop_map(|(rounds, body)| Fragment::Loop(rounds, body)),
        ]
    })
}

fn function() -> impl Strategy<Value = Vec<Fragment>> {
    prop::collection::vec(fragment(), 1..5)
}

fn ldi32(rd: Reg) -> u32 {
    Instruction { rd, ..Instruction::new(Ldi32) }.encode()
}

// Layout.

/// The words of a program: main, an `RET` (at depth 0 the end), then the functions.
fn lay_out(main: &[Fragment], functions: &[Vec<Fragment>]) -> Vec<u32> {
    let mut layout = Layout::default();
    layout.fragments(main, 0);
    layout.end();
    for (number, function) in functions.iter().enumerate() {
        layout.functions.push(layout.words.len());
        // A function calls only those behind it, so calls nest and end.
        layout.fragments(function, number + 1);
        layout.end();
    }
    while layout.words.len() < MIN_WORDS {
        layout.words.push(Instruction::new(Brk).encode());
    }
    layout.resolve_calls();
    layout.words
}

#[derive(Default)]
struct Layout {
    words: Vec<u32>,
    /// Where each function starts, in words.
    functions: Vec<usize>,
    /// Calls to fill in: where, which function, through a register.
    calls: Vec<(usize, usize, bool)>,
}

impl Layout {
    fn end(&mut self) {
        self.words.push(Instruction::new(Ret).encode());
    }

    fn is_full(&self) -> bool {
        // Room for the returns, and for the longest fragment.
        self.words.len() + 16 > MAX_WORDS
    }

    fn fragments(&mut self, fragments: &[Fragment], first_callable: usize) {
        for fragment in fragments {
            if self.is_full() {
                return;
            }
            self.fragment(fragment, first_callable);
        }
    }

    fn fragment(&mut self, fragment: &Fragment, first_callable: usize) {
        match fragment {
            Fragment::Words(words) => self.words.extend(words),
            Fragment::Skip(op, body) => {
                let at = self.words.len();
                self.words.push(0);
                self.fragments(body, first_callable);
                self.words[at] = jump(*op, self.words.len());
            }
            Fragment::Loop(rounds, body) => {
                let counter = Reg::new(13).expect("below 16");
                let one = Reg::new(14).expect("below 16");
                let load = |rd, value| Instruction { rd, imm: value, ..Instruction::new(Ldi) }.encode();
                self.words.push(load(counter, u16::from(*rounds)));
                let start = self.words.len();
                self.fragments(body, first_callable);
                let count =
                    Instruction { rd: counter, rs1: counter, rs2: one, ..Instruction::new(Sub) }.encode();
                self.words.extend([load(one, 1), count, jump(Jnz, start)]);
            }
            Fragment::Call(function, by_register) => {
                self.calls.push((self.words.len(), first_callable + usize::from(*function), *by_register));
                self.words.extend([0, 0]);
            }
        }
    }

    /// Calls of functions that do not exist become calls of the next instruction.
    fn resolve_calls(&mut self) {
        for &(at, function, by_register) in &self.calls {
            let base = Reg::new(12).expect("below 16");
            let target = self.functions.get(function).copied();
            let fits = |words: usize| (words as u16).min(0x1FF);
            let (first, second) = match (target, by_register) {
                (Some(target), true) => (
                    Instruction { rd: base, imm: fits(target) * 4, ..Instruction::new(Ldi) },
                    Instruction { rs1: base, ..Instruction::new(Call) },
                ),
                (Some(target), false) => (
                    Instruction { rd: base, ..Instruction::new(Mov) },
                    Instruction { imm: (target - at - 1) as u16 & 0xFFF, ..Instruction::new(Call) },
                ),
                (None, _) => (Instruction { imm: 1, ..Instruction::new(Call) }, Instruction::new(Mov)),
            };
            self.words[at] = first.encode();
            self.words[at + 1] = second.encode();
        }
    }
}

fn jump(op: Opcode, target: usize) -> u32 {
    debug_assert_eq!(op.operands(), Operands::Target);
    Instruction { imm: (4 * target) as u16 & 0xFFF, ..Instruction::new(op) }.encode()
}

#[cfg(test)]
mod tests {
    use oracle::Cases;
    use oracle::random::draw;

    use super::*;
    use crate::cases::MiniVm;

    #[test]
    fn programs_keep_their_limits_and_come_again_with_the_same_seed() {
        let (program, single) = (program(), single_instruction());
        for index in 0..500 {
            let case = draw(&program, 7, index);
            assert!((MIN_WORDS..=MAX_WORDS).contains(&(case.code.len() / 4)), "{}", case.code.len() / 4);
            MiniVm::check_case(&case).unwrap();
            MiniVm::check_case(&draw(&single, 7, index)).unwrap();
            assert_eq!(case, draw(&super::program(), 7, index));
        }
        assert_ne!(draw(&program, 7, 0), draw(&program, 8, 0));
    }
}
