//! Sweeps: every opcode at its edges, enumerated. Each case is one instruction.
//!
//! Immediates of 12 bits and binary16 operands of conversions are swept whole; 32-bit operands over the values where
//! signs, carries and wraps change; addresses and stack pointers around the ends of memory; and every opcode with
//! registers used twice, ignored bits set, and registers that live in memory under its accesses.

use std::iter;

use itertools::iproduct;
use minivm::instruction::Reg;
use minivm::isa::{Access, FlagEffect, Operands};
use minivm::{Instruction, Opcode};

use crate::case::{Block, Case};

/// Where 32-bit arithmetic changes its mind.
const VALUES: [u32; 16] = [
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFE,
    0x7FFF_FFFF,
    0x8000_0000,
    0x8000_0001,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
];

/// Shift amounts around 0, 31 and the mask of 5 bits.
const AMOUNTS: [u32; 14] = [0, 1, 2, 7, 15, 16, 30, 31, 32, 33, 63, 64, 0x8000_0000, 0xFFFF_FFFF];

/// binary16: zeros, subnormals, the edge of the normal, ones, halves, the largest, infinities, NaNs.
const FLOATS: [u32; 32] = [
    0x0000, 0x8000, 0x0001, 0x8001, 0x0200, 0x03FF, 0x83FF, 0x0400, 0x8400, 0x0401, 0x07FF, 0x0800, 0x1400,
    0x2C00, 0x3555, 0x3800, 0x3BFF, 0x3C00, 0xBC00, 0x3C01, 0x4000, 0x4200, 0x4248, 0x63FF, 0x6400, 0x7BFF,
    0xFBFF, 0x7C00, 0xFC00, 0x7E00, 0xFE01, 0x7C01,
];

/// Data addresses around the ends of memory, of the sign and of the address space.
const ADDRESSES: [u32; 24] = [
    0,
    1,
    2,
    3,
    4,
    5,
    0x7FFE,
    0x7FFF,
    0x8000,
    0xFFF8,
    0xFFFA,
    0xFFFB,
    0xFFFC,
    0xFFFD,
    0xFFFE,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    0x1_0004,
    0x1_FFFC,
    0x8000_0000,
    0xFFFF_FFFC,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
];

const OFFSETS: [i32; 9] = [0, 1, -1, 2, 3, 4, -4, 2047, -2048];

/// Stack pointers around both ends of memory, in and out of step.
const STACK_POINTERS: [u32; 20] = [
    0,
    1,
    3,
    4,
    5,
    7,
    8,
    0x0FFE,
    0x1000,
    0x1004,
    0x8000,
    0xFFFA,
    0xFFFC,
    0xFFFD,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    0x1_0004,
    0x8000_0000,
    0xFFFF_FFFC,
];

const FEW_FLAGS: [u8; 4] = [0, 2, 13, 15];

/// Every case of the sweep, always in the same order.
pub fn cases() -> impl Iterator<Item = Case> + Send {
    Opcode::ALL.iter().flat_map(|&op| of_opcode(op)).chain(illegal_opcodes()).chain(fetches())
}

type Cases = Box<dyn Iterator<Item = Case> + Send>;

fn of_opcode(op: Opcode) -> impl Iterator<Item = Case> + Send {
    let by_access = match op.access() {
        Access::Load(_) | Access::Store(_) => data_accesses(op),
        Access::Push | Access::Pop => stack_accesses(op),
        Access::Nothing => Box::new(iter::empty()),
    };
    values(op)
        .chain(aliases(op))
        .chain(immediates(op))
        .chain(by_access)
        .chain(ignored_bits(op))
        .chain(windows(op))
}

/// rd, rs1 and rs2 all different; every register holds something of its own.
fn plain(op: Opcode) -> (Instruction, Case) {
    let instruction = Instruction { rd: reg(1), rs1: reg(2), rs2: reg(3), ..Instruction::new(op) };
    let word = instruction.encode() & op.operands().used_bits();
    let mut case = Case { max_steps: 1, call_stack: vec![0x40], ..Case::default() };
    for (number, value) in case.regs.iter_mut().enumerate() {
        *value = 0x5A5A_0000 | (number as u32 * 0x1101);
    }
    (Instruction::decode(word).expect("the opcode was legal"), case)
}

fn reg(number: u8) -> Reg {
    Reg::new(number).expect("register numbers are below 16")
}

/// The case with `instruction` as its code; `LDI32` with a literal.
fn with_code(instruction: Instruction, case: Case) -> Case {
    with_literal(instruction, 0xCAFE_F00D, case)
}

fn with_literal(instruction: Instruction, literal: u32, case: Case) -> Case {
    let mut code = instruction.encode().to_be_bytes().to_vec();
    if instruction.op == Opcode::Ldi32 {
        code.extend(literal.to_be_bytes());
    }
    Case { code, ..case }
}

fn with_regs(case: &Case, changes: &[(Reg, u32)]) -> Case {
    let mut changed = case.clone();
    for &(reg, value) in changes {
        changed.regs[reg.index()] = value;
    }
    changed
}

// Operand values.

fn values(op: Opcode) -> Cases {
    use Opcode::*;
    match op {
        Fadd | Fsub | Fmul | Fdiv => binary(op, &FLOATS, &FLOATS, vec![0, 15]),
        I2f => Box::new(integers().flat_map(move |value| unary(op, value))),
        F2i => Box::new((0..=0xFFFF).flat_map(move |value| unary(op, value))),
        Lsl | Lsr | Asr => binary(op, &VALUES, &AMOUNTS, (0..16).collect()),
        _ => match (op.operands(), op.flags()) {
            (_, FlagEffect::Keep) => Box::new(VALUES.into_iter().flat_map(move |value| unary(op, value))),
            (Operands::RdRs1, _) => binary(op, &VALUES, &[0], (0..16).collect()),
            _ => binary(op, &VALUES, &VALUES, (0..16).collect()),
        },
    }
}

/// Integers that binary16 holds exactly, those around its rounding and its range, and the extremes.
fn integers() -> impl Iterator<Item = u32> {
    let around = [4096, 8192, 16384, 32768, 65504, 65520, 65536, 70000, 1 << 24, i32::MAX - 9].into_iter();
    let near = around.flat_map(|centre: i32| (-9..=9).map(move |delta| centre.wrapping_add(delta)));
    (0..=2100).chain(near).chain([i32::MIN]).flat_map(|n: i32| [n as u32, n.wrapping_neg() as u32])
}

/// One operand, flags clear and set. The upper half of the destination and of a float operand is not blank.
fn unary(op: Opcode, value: u32) -> impl Iterator<Item = Case> {
    let (i, case) = plain(op);
    let value = if op == Opcode::F2i { value | 0xDEAD_0000 } else { value };
    let psw = if value & 1 == 0 { 0 } else { 15 };
    iter::once(with_code(i, Case { psw, ..with_regs(&case, &[(i.rs1, value)]) }))
}

fn binary(op: Opcode, first: &'static [u32], second: &'static [u32], flags: Vec<u8>) -> Cases {
    let (i, case) = plain(op);
    Box::new(
        iproduct!(first, second, flags).map(move |(&a, &b, psw)| {
            with_code(i, Case { psw, ..with_regs(&case, &[(i.rs1, a), (i.rs2, b)]) })
        }),
    )
}

// Operand registers.

/// Registers used twice and three times, and R0 and R15 in every place.
fn aliases(op: Opcode) -> Cases {
    let choices: [[u8; 3]; 11] = [
        [1, 1, 3],
        [1, 2, 1],
        [1, 2, 2],
        [1, 1, 1],
        [0, 2, 3],
        [1, 0, 3],
        [1, 2, 0],
        [15, 2, 3],
        [1, 15, 3],
        [1, 2, 15],
        [15, 15, 15],
    ];
    let (_, case) = plain(op);
    let values =
        if matches!(op, Opcode::Fadd | Opcode::Fsub | Opcode::Fmul | Opcode::Fdiv) { FLOATS } else { WIDE };
    Box::new(iproduct!(choices, values, FEW_FLAGS).map(move |([rd, rs1, rs2], value, psw)| {
        let (rd, rs1, rs2) = (reg(rd), reg(rs1), reg(rs2));
        let word = Instruction { rd, rs1, rs2, ..Instruction::new(op) }.encode() & op.operands().used_bits();
        let i = Instruction::decode(word).expect("the opcode was legal");
        let regs = [(rd, 0x1234_5678), (rs2, value.rotate_left(7) | 1), (rs1, value)];
        with_code(i, Case { psw, mem: pattern(value), ..with_regs(&case, &regs) })
    }))
}

/// [`VALUES`], and as many addresses again.
const WIDE: [u32; 32] = {
    let mut wide = [0; 32];
    let mut at = 0;
    while at < 16 {
        wide[at] = VALUES[at];
        wide[16 + at] = ADDRESSES[at + 4];
        at += 1;
    }
    wide
};

/// Something to read around an address, all bytes different, the top bit set in some.
fn pattern(address: u32) -> Vec<Block> {
    let start = (address & 0xFFFF).saturating_sub(3);
    let bytes = [0x81, 0x42, 0xC3, 0x24, 0xA5, 0x66, 0xE7, 0x18, 0x99, 0x5A];
    let room = 0x1_0000 - start as usize;
    vec![Block(start, bytes[..bytes.len().min(room)].to_vec())]
}

// Immediates.

fn immediates(op: Opcode) -> Cases {
    let (i, case) = plain(op);
    let all = (0..=0xFFFu16).map(move |imm| Instruction { imm, ..i });
    match op.operands() {
        Operands::RdImm | Operands::Svc | Operands::Code => {
            Box::new(all.map(move |i| with_code(i, Case { psw: (i.imm & 15) as u8, ..case.clone() })))
        }
        Operands::Target => Box::new(
            iproduct!(all, [0u8, 1, 14, 15]).map(move |(i, psw)| with_code(i, Case { psw, ..case.clone() })),
        ),
        Operands::RdMem | Operands::MemRs2 => Box::new(all.map(move |i| {
            let address = 0x8000u32.wrapping_add_signed(i.word().signed_imm());
            with_code(i, Case { mem: pattern(address), ..with_regs(&case, &[(i.rs1, 0x8000)]) })
        })),
        Operands::Call => Box::new(iproduct!(all, [None, Some(0u32), Some(0x8000), Some(0xFFFF_FFFE)]).map(
            move |(i, base)| match base {
                None => with_code(Instruction { rs1: Reg::R0, ..i }, case.clone()),
                Some(base) => with_code(i, with_regs(&case, &[(i.rs1, base)])),
            },
        )),
        Operands::RdImm32 => {
            let literals = VALUES.into_iter().chain((0..32).map(|bit| 1 << bit));
            let truncated = (4..8).map({
                let case = case.clone();
                move |length| {
                    let whole = with_code(i, case.clone());
                    Case { code: whole.code[..length].to_vec(), ..whole }
                }
            });
            let whole = iproduct!(literals, 0..16u8).map(move |(literal, rd)| {
                with_literal(Instruction { rd: reg(rd), ..i }, literal, Case { psw: rd, ..case.clone() })
            });
            Box::new(whole.chain(truncated))
        }
        _ => Box::new(iter::empty()),
    }
}

// Memory.

fn data_accesses(op: Opcode) -> Cases {
    let (i, case) = plain(op);
    Box::new(iproduct!(ADDRESSES, OFFSETS, FEW_FLAGS).map(move |(base, offset, psw)| {
        let i = Instruction { imm: offset as u16 & 0xFFF, ..i };
        let mem = pattern(base.wrapping_add_signed(offset));
        with_code(i, Case { psw, mem, ..with_regs(&case, &[(i.rs1, base), (i.rs2, 0x89AB_CDEF)]) })
    }))
}

fn stack_accesses(op: Opcode) -> Cases {
    let (i, case) = plain(op);
    let limits = [0, 4, 0x1000, 0x7FFC, 0x7FFD, 0xFFFC, 0x1_0000];
    let depths = [vec![], vec![0x44], vec![0x44, 0x88, 0xFFFF_FFFF]];
    let registers = [0u8, 2, 15];
    Box::new(iproduct!(STACK_POINTERS, limits, depths, registers).map(
        move |(sp, stack_limit, call_stack, number)| {
            let used = op.operands().used_bits();
            let word = Instruction { rd: reg(number), rs1: reg(number), ..i }.encode() & (used | 0xFF00_0000);
            let i = Instruction::decode(word).expect("the opcode was legal");
            with_code(i, Case { sp, stack_limit, call_stack, mem: pattern(sp), ..case.clone() })
        },
    ))
}

/// Registers in memory: windows aligned and not, at both ends, and under the instruction's own access.
fn windows(op: Opcode) -> Cases {
    let (i, case) = plain(op);
    let bases = [1u16, 2, 4, 0x100, 0x7FC0, 0x7FFC, 0x8000, 0xFFBF, 0xFFC0];
    Box::new(iproduct!(bases, 0..18u32, FEW_FLAGS).map(move |(reg_base, slot, psw)| {
        // The access goes to a register of the window, to its edges, or just beside it.
        let address = u32::from(reg_base).wrapping_add(4 * slot).wrapping_sub(2) & 0xFFFF;
        let changed = with_regs(&case, &[(i.rs1, address)]);
        with_code(i, Case { psw, reg_base, sp: address, mem: pattern(address), ..changed })
    }))
}

// What decoding ignores, and what it cannot decode.

fn ignored_bits(op: Opcode) -> Cases {
    let (i, case) = plain(op);
    let ignored = !op.operands().used_bits();
    let masks =
        iter::once(u32::MAX).chain((0..24).map(|bit| 1 << bit)).filter(move |mask| mask & ignored != 0);
    Box::new(iproduct!(masks, [0u8, 15]).map(move |(mask, psw)| {
        let i = Instruction::decode(i.encode() | mask & ignored).expect("the opcode was legal");
        with_code(i, Case { psw, ..with_regs(&case, &[(i.rs1, 6), (i.rs2, 3)]) })
    }))
}

fn illegal_opcodes() -> impl Iterator<Item = Case> {
    let (_, case) = plain(Opcode::Brk);
    let bytes = (0..=255u8).filter(|&byte| Opcode::from_byte(byte).is_none());
    iproduct!(bytes, [0u32, 0x0012_3456, 0x00FF_FFFF], FEW_FLAGS).map(move |(byte, operands, psw)| Case {
        code: (u32::from(byte) << 24 | operands).to_be_bytes().to_vec(),
        psw,
        ..case.clone()
    })
}

/// Code of 0 to 13 bytes, entered at every place in and around it, and far away.
fn fetches() -> impl Iterator<Item = Case> {
    let (_, case) = plain(Opcode::Brk);
    let code = [0x01, 0x10, 0x01, 0x60, 0x20, 0x04, 0x30, 0x10, 0x10, 0x60, 0x10, 0x7F, 0x25];
    let near = iproduct!(0..=code.len(), 0..16u32);
    let far = iproduct!(
        0..=code.len(),
        [0xFFFC, 0x1_0000, 0x1_0004, 0x7FFF_FFFC, 0xFFFF_FFFC, 0xFFFF_FFFE, u32::MAX]
    );
    let whole = [0xFFF8, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF, 0x1_0000].into_iter().map({
        let case = case.clone();
        move |pc| Case { code: vec![0x01; 0x1_0000], pc, ..case.clone() }
    });
    near.chain(far)
        .map(move |(length, pc)| Case { code: code[..length].to_vec(), pc, ..case.clone() })
        .chain(whole)
}

#[cfg(test)]
mod tests {
    use oracle::Cases;

    use super::*;
    use crate::cases::MiniVm;

    #[test]
    fn every_case_keeps_the_limits_and_every_opcode_has_some() {
        let mut topics = std::collections::BTreeMap::<_, usize>::new();
        for case in cases() {
            MiniVm::check_case(&case).unwrap_or_else(|reason| panic!("{reason}: {case:?}"));
            *topics.entry(MiniVm::topics(&case)[0]).or_default() += 1;
        }
        assert_eq!(topics.len(), 40, "38 opcodes, illegal and fetch");
        assert!(topics.values().all(|&count| count > 100), "{topics:?}");
    }
}
