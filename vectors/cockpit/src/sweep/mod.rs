//! Sweeps: every opcode at its edges, enumerated. Each case is one instruction, or two in a row.
//!
//! Operands of arithmetic are swept over the values at which signs, carries and wraps change; numbers of globals, arrays,
//! cells, pins, buttons and strings around the ends of their ranges; targets around the ends of programs; and every byte
//! as an opcode with stacks that are empty, nearly empty, nearly full and full.

mod devices;
mod memory;
mod start;

use std::iter;

use cockpit::stack::CAPACITY;
use cockpit::{Instruction, Opcode};
use itertools::iproduct;

use crate::case::Case;
use start::{Cases, furnished, one, stack_of};

/// At which 32-bit arithmetic changes its mind.
const VALUES: [i32; 66] = [
    0,
    1,
    -1,
    2,
    -2,
    3,
    -3,
    4,
    -4,
    5,
    7,
    -7,
    8,
    9,
    10,
    -10,
    15,
    16,
    17,
    19,
    20,
    30,
    31,
    32,
    33,
    63,
    64,
    65,
    100,
    127,
    128,
    -128,
    -129,
    254,
    255,
    256,
    257,
    -256,
    1000,
    17_000,
    0x7FFF,
    0x8000,
    -0x8000,
    -0x8001,
    46_340,
    46_341,
    -46_341,
    0xFFFE,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    -0x1_0000,
    1_000_000,
    0x1234_5678,
    0x3FFF_FFFF,
    0x4000_0000,
    -0x4000_0000,
    0x5555_5555,
    -0x5555_5556,
    0x7FFF_0000,
    -0x7FFF_0000,
    i32::MAX - 1,
    i32::MAX,
    i32::MIN,
    i32::MIN + 1,
    1 << 24,
];

/// Every case of the sweep, always in the same order.
pub fn cases() -> impl Iterator<Item = Case> + Send {
    operands()
        .chain(pushes())
        .chain(bytes())
        .chain(ignored_bits())
        .chain(jumps())
        .chain(returns())
        .chain(pairs())
        .chain(ends())
        .chain(memory::cases())
        .chain(devices::cases())
}

/// Every opcode that computes, over all values of its operands.
fn operands() -> Cases {
    let computes = |op: &Opcode| op.pushes() == 1 && (op.pops() == 2 || op.pops() == 1) && !reads(*op);
    Box::new(Opcode::ALL.iter().copied().filter(computes).flat_map(|op| -> Cases {
        match op.pops() {
            2 => Box::new(iproduct!(VALUES, VALUES).map(move |(a, b)| one(op, 0, &[9, a, b]))),
            _ => Box::new(VALUES.iter().map(move |&a| one(op, 0, &[9, a]))),
        }
    }))
}

/// Whether the result comes from memory or a device, so that the operand is a number of something.
fn reads(op: Opcode) -> bool {
    use cockpit::isa::Family;
    matches!(op.family(), Family::Memory | Family::Pins | Family::Buttons | Family::Control)
}

fn pushes() -> Cases {
    let all = (0..=u16::MAX).step_by(257).chain([1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE]);
    Box::new(all.map(|immediate| one(Opcode::Push, immediate, &[])))
}

/// Every byte as an opcode, on stacks of all depths that matter.
fn bytes() -> Cases {
    let depths = [0, 1, 2, 3, 9, 10, CAPACITY - 1, CAPACITY];
    let cases = iproduct!(0..=u8::MAX, depths, [0, 1, 2, -1], [0u8, 1, 0xFF]);
    Box::new(
        cases.filter(|&(_, depth, top, immediate)| depth < CAPACITY - 1 || (top < 2 && immediate == 0)).map(
            |(byte, depth, top, low)| Case {
                stack: [stack_of(depth.saturating_sub(3), &[]), vec![top; depth.min(3)]].concat(),
                code: vec![byte, 0, low, 0],
                max_steps: 1,
                ..furnished()
            },
        ),
    )
}

/// Every opcode with bits set that it may ignore.
fn ignored_bits() -> Cases {
    let immediates = [0, 1, 0x100, 0x101, 0x8000, 0xFF00, 0xFFFF];
    let cases = iproduct!(Opcode::ALL, [0, 1, 2, 4, 8, 0x10, 0x20, 0x80, 0xFF], immediates, [0, 1]);
    Box::new(cases.map(|(&op, flags, immediate, top)| {
        Case {
            code: [Instruction { op, flags, immediate }.encode(), Instruction::new(Opcode::Halt, 0).encode()]
                .as_flattened()
                .to_vec(),
            stack: vec![3, top, top, top],
            max_steps: 1,
            ..furnished()
        }
    }))
}

/// Jumps and calls from everywhere to everywhere in short programs.
fn jumps() -> Cases {
    use Opcode::{Call, Jmp, JmpFalse, JmpTrue};
    let of_size = |size: u16| {
        let targets = (0..=size + 1).chain([0xFF, 0x100, 0xFFFF]);
        let stacks =
            [vec![], vec![0], vec![1], vec![7, -1], vec![8, 2], vec![i32::MIN], stack_of(CAPACITY, &[1])];
        iproduct!([Jmp, JmpTrue, JmpFalse, Call], 0..size, targets, stacks).map(
            move |(op, at, target, stack)| {
                let mut words = vec![Instruction::new(Opcode::Halt, 0).encode(); size.into()];
                words[usize::from(at)] = Instruction::new(op, target).encode();
                Case { pc: at.into(), max_steps: 1, stack, ..Case::of_words(&words) }
            },
        )
    };
    Box::new([1, 2, 3, 6].into_iter().flat_map(of_size))
}

/// Returns to everywhere, and everywhere beyond.
fn returns() -> Cases {
    let of_size = |size: i32| {
        let targets =
            (-2..=size + 2).chain([0xFF, 0x100, 0xFFFF, 0x1_0000, i32::MAX, i32::MIN, i32::MIN + 1]);
        iproduct!(0..size, targets, [1, 2, CAPACITY]).map(move |(at, target, depth)| {
            let mut words = vec![Instruction::new(Opcode::Halt, 0).encode(); size as usize];
            words[at as usize] = Instruction::new(Opcode::Ret, 0).encode();
            let stack = stack_of(depth, &[target]);
            Case { pc: at as u32, max_steps: 1, stack, ..Case::of_words(&words) }
        })
    };
    Box::new([1, 2, 3, 6].into_iter().flat_map(of_size))
}

/// Every two opcodes in a row, so that what one leaves is seen by the next.
fn pairs() -> Cases {
    let cases = iproduct!(Opcode::ALL, Opcode::ALL, [0, 1]);
    Box::new(cases.map(|(&first, &second, immediate)| {
        let words = [first, second, Opcode::Halt].map(|op| Instruction::new(op, immediate).encode());
        Case {
            stack: vec![2, 1, 1, 0, 1, 1],
            code: words.as_flattened().to_vec(),
            max_steps: 3,
            ..furnished()
        }
    }))
}

/// How programs begin and end.
fn ends() -> Cases {
    let of_size = |size: usize| {
        iproduct!(0..=size as u32, 1..=4, [Opcode::Push, Opcode::Halt, Opcode::Pop]).map(
            move |(pc, max_steps, op)| {
                let words = vec![Instruction::new(op, 3).encode(); size];
                Case { pc, max_steps, ..Case::of_words(&words) }
            },
        )
    };
    Box::new(iter::empty().chain((0..4).flat_map(of_size)))
}
