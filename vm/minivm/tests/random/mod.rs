//! Random programs with the structure that programs have, and with what an interpreter that decodes ahead may get wrong:
//! jumps into the middle of anything, literals that are instructions, code that ends in the middle of one, faults,
//! loops, calls, stacks at their ends.

use std::fmt;

use minivm::memory::LoadStore;
use minivm::{CallStack, Context, Instruction, Memory, Opcode, Profile, Reg, Switch, SwitchSet, Vm};
use proptest::prelude::*;

/// Return addresses, as many as there is room for.
#[derive(Clone, Debug, PartialEq)]
pub struct Calls {
    pub addresses: Vec<u32>,
    pub capacity: usize,
}

impl CallStack for Calls {
    fn push(&mut self, address: u32) -> bool {
        let has_room = self.addresses.len() < self.capacity;
        if has_room {
            self.addresses.push(address);
        }
        has_room
    }

    fn pop(&mut self) {
        self.addresses.pop();
    }

    fn depth(&self) -> usize {
        self.addresses.len()
    }

    fn room(&self) -> usize {
        self.capacity.saturating_sub(self.addresses.len())
    }
}

/// A complete starting state.
#[derive(Clone)]
pub struct Start {
    pub code: Vec<u8>,
    pub profile: SwitchSet,
    pub regs: [u32; 16],
    pub pc: u32,
    pub sp: u32,
    pub stack_limit: u32,
    pub psw: u8,
    pub wp: u16,
    /// Calls in progress.
    pub calls: Vec<u32>,
    /// Return addresses that there is room for.
    pub capacity: usize,
    /// Bytes of memory, from address 0xFF00 on up to its end and from 0 on.
    pub memory: Vec<u8>,
}

impl Start {
    /// Makes memory what it is at the start, but for registers that live in it.
    pub fn fill(&self, memory: &mut Memory) {
        memory.reset();
        let (top, bottom) = self.memory.split_at(0x100);
        memory.write_block(0xFF00, top).expect("it fits");
        memory.write_block(0, bottom).expect("it fits");
    }

    /// A machine at the start.
    pub fn machine<'a, P: Profile, M: LoadStore>(
        &self,
        profile: P,
        code: &'a [u8],
        memory: &'a mut M,
    ) -> Vm<'a, P, Calls, M> {
        let Start { pc, sp, psw, wp, stack_limit, .. } = *self;
        let context = Context { pc, sp, psw, wp, stack_limit, fault_code: 0 };
        let calls = Calls { addresses: self.calls.clone(), capacity: self.capacity };
        let mut vm = Vm::with_memory(profile, code, memory, calls, context);
        for (reg, value) in Reg::all().zip(self.regs) {
            vm.set_reg(reg, value);
        }
        vm
    }
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Start { profile, pc, sp, stack_limit, psw, wp, calls, capacity, .. } = self;
        writeln!(f, "{profile:?} pc {pc:#x} sp {sp:#x} limit {stack_limit:#x} psw {psw} wp {wp:#x}")?;
        writeln!(f, "calls {calls:x?} of {capacity}, registers {:x?}", self.regs)?;
        for (at, word) in self.code.chunks(4).enumerate() {
            let op = word.try_into().ok().and_then(|word| Instruction::decode(u32::from_be_bytes(word)));
            writeln!(f, "{:4x}  {word:02x?} {:?}", at * 4, op.map(|instruction| instruction.op))?;
        }
        let memory = self.memory.iter().enumerate().filter(|&(_, &byte)| byte != 0);
        memory.into_iter().try_for_each(|(at, byte)| write!(f, "{:x}: {byte:x} ", (at + 0xFF00) & 0xFFFF))
    }
}

/// A piece of a program. `target` is a number that becomes an address of the code when its length is known.
#[derive(Clone, Debug)]
enum Piece {
    Word(u32),
    Jump {
        op: Opcode,
        target: u32,
        misaligned: bool,
    },
    Call {
        target: u32,
    },
    Literal {
        rd: u32,
        literal: u32,
    },
    /// A literal that is an address of the code.
    Address {
        rd: u32,
        target: u32,
    },
}

impl Piece {
    fn words(&self) -> usize {
        if matches!(self, Piece::Literal { .. } | Piece::Address { .. }) { 2 } else { 1 }
    }

    fn write(&self, code: &mut Vec<u8>, length: u32) {
        let address = |target: u32| target % (length + 2) * 4;
        let here = code.len() as u32;
        let words = match *self {
            Piece::Word(word) => [Some(word), None],
            Piece::Jump { op, target, misaligned } => {
                [Some(word(op, 0, 0, 0, address(target) + u32::from(misaligned) * (1 + target % 3))), None]
            }
            Piece::Call { target } => {
                let distance = (address(target).wrapping_sub(here) as i32 / 4) as u32;
                [Some(word(Opcode::Call, 0, 0, 0, distance)), None]
            }
            Piece::Literal { rd, literal } => [Some(word(Opcode::Ldi32, rd, 0, 0, 0)), Some(literal)],
            Piece::Address { rd, target } => [Some(word(Opcode::Ldi32, rd, 0, 0, 0)), Some(address(target))],
        };
        words.iter().flatten().for_each(|word| code.extend(word.to_be_bytes()));
    }
}

fn word(op: Opcode, rd: u32, rs1: u32, rs2: u32, imm: u32) -> u32 {
    let reg = |number: u32| Reg::new(number as u8 & 15).expect("below 16");
    let imm = imm as u16 & 0xFFF;
    Instruction { op, rd: reg(rd), rs1: reg(rs1), rs2: reg(rs2), imm }.encode()
}

/// Mostly few registers, so that instructions meet.
fn reg() -> impl Strategy<Value = u32> {
    prop_oneof![6 => 0u32..4, 1 => 4u32..15, 1 => Just(15)]
}

/// Numbers at which something changes.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![
        3 => 0u32..8,
        2 => prop::sample::select(vec![
            31, 32, 33, 0x3FC, 0x3FF, 0x400, 0x7FFC, 0x8000, 0xFFF8, 0xFFFC, 0xFFFD, 0xFFFF, 0x1_0000, 0x7C00, 0x7E00,
            0x3C00, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF,
        ]),
        1 => 0u32..0x1_0000,
        1 => any::<u32>(),
    ]
}

fn imm() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0u32..4, 4 => (0u32..16).prop_map(|imm| imm * 4), 1 => any::<u32>(), 1 => Just(0xFFC)]
}

const ARITHMETIC: [Opcode; 14] = [
    Opcode::Add,
    Opcode::Sub,
    Opcode::Cmp,
    Opcode::Adc,
    Opcode::Sbc,
    Opcode::Mul,
    Opcode::Div,
    Opcode::And,
    Opcode::Or,
    Opcode::Xor,
    Opcode::Not,
    Opcode::Lsl,
    Opcode::Lsr,
    Opcode::Asr,
];
const ACCESSES: [Opcode; 6] = [Opcode::Ld, Opcode::St, Opcode::Ldb, Opcode::Stb, Opcode::Ldh, Opcode::Sth];
const JUMPS: [Opcode; 4] = [Opcode::Jz, Opcode::Jnz, Opcode::Jnz, Opcode::Jmp];
const OTHERS: [Opcode; 7] =
    [Opcode::Fadd, Opcode::Fsub, Opcode::Fmul, Opcode::Fdiv, Opcode::I2f, Opcode::F2i, Opcode::Not];

fn instruction() -> impl Strategy<Value = u32> {
    let op = prop_oneof![
        12 => prop::sample::select(&ARITHMETIC[..]),
        5 => prop::sample::select(&ACCESSES[..]),
        3 => Just(Opcode::Mov),
        3 => Just(Opcode::Ldi),
        2 => prop::sample::select(vec![Opcode::Push, Opcode::Pop]),
        1 => prop::sample::select(&OTHERS[..]),
    ];
    (op, reg(), reg(), reg(), imm()).prop_map(|(op, rd, rs1, rs2, imm)| word(op, rd, rs1, rs2, imm))
}

fn jump() -> impl Strategy<Value = Piece> {
    (prop::sample::select(&JUMPS[..]), any::<u32>(), prop::bool::weighted(0.03))
        .prop_map(|(op, target, misaligned)| Piece::Jump { op, target, misaligned })
}

/// Whatever may become one with what follows it.
fn group() -> impl Strategy<Value = Vec<Piece>> {
    prop_oneof![
        10 => instruction().prop_map(|word| vec![Piece::Word(word)]),
        // Arithmetic, then a jump on it.
        6 => (prop::collection::vec(instruction(), 1..3), jump())
            .prop_map(|(words, jump)| words.into_iter().map(Piece::Word).chain([jump]).collect()),
        2 => jump().prop_map(|jump| vec![jump]),
        2 => (reg(), prop_oneof![number(), instruction()])
            .prop_map(|(rd, literal)| vec![Piece::Literal { rd, literal }]),
        1 => (reg(), any::<u32>()).prop_map(|(rd, target)| vec![Piece::Address { rd, target }]),
        2 => any::<u32>().prop_map(|target| vec![Piece::Call { target }]),
        1 => (reg(), imm()).prop_map(|(rs1, imm)| vec![Piece::Word(word(Opcode::Call, 0, rs1, 0, imm))]),
        2 => Just(vec![Piece::Word(word(Opcode::Ret, 0, 0, 0, 0))]),
        1 => any::<u32>().prop_map(|any| vec![Piece::Word(any >> 4)]),
        1 => (prop::sample::select(vec![Opcode::Svc, Opcode::Brk]), any::<u32>())
            .prop_map(|(op, imm)| vec![Piece::Word(word(op, 0, 0, 0, imm))]),
    ]
}

fn code() -> impl Strategy<Value = Vec<u8>> {
    (prop::collection::vec(group(), 1..16), prop_oneof![8 => Just(0usize), 1 => 1usize..8]).prop_map(
        |(groups, cut)| {
            let pieces: Vec<Piece> = groups.into_iter().flatten().collect();
            let length = pieces.iter().map(Piece::words).sum::<usize>() as u32;
            let mut code = Vec::new();
            pieces.iter().for_each(|piece| piece.write(&mut code, length));
            code.truncate(code.len().saturating_sub(cut));
            code
        },
    )
}

fn profile() -> impl Strategy<Value = SwitchSet> {
    let flipped = |set: SwitchSet| {
        prop::sample::select(Switch::ALL).prop_map(move |switch| set.flipped(switch)).boxed()
    };
    prop_oneof![
        3 => Just(SwitchSet::REFERENCE),
        3 => Just(SwitchSet::STRICT),
        1 => flipped(SwitchSet::REFERENCE),
        1 => flipped(SwitchSet::STRICT),
    ]
}

fn sp() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0x8000), 1 => 0u32..24, 1 => 0xFFF0u32..0x1_0008, 1 => number()]
}

/// A starting state with a random program.
pub fn start() -> impl Strategy<Value = Start> {
    let place = (
        prop_oneof![6 => Just(0u32), 3 => (0u32..8).prop_map(|at| 4 * at), 1 => 0u32..32],
        sp(),
        prop_oneof![4 => Just(0), 1 => Just(0x7FF0), 1 => number()],
        0u8..16,
        prop_oneof![12 => Just(0u16), 1 => any::<u16>()],
    );
    let calls = (prop::collection::vec((0u32..32).prop_map(|at| 4 * at), 0..3), 2usize..40);
    let regs = prop::array::uniform16(number());
    let memory = prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0x140);
    (code(), profile(), regs, place, calls, memory).prop_map(
        |(code, profile, regs, (pc, sp, stack_limit, psw, wp), (calls, capacity), memory)| Start {
            code,
            profile,
            regs,
            pc,
            sp,
            stack_limit,
            psw,
            wp,
            calls,
            capacity,
            memory,
        },
    )
}
