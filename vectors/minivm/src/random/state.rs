//! Random states.

use oracle::random::{Rng, one_in, pick};

use crate::case::{Block, Case};

/// A 32-bit value, more often than not one at an edge.
pub(super) fn edgy(rng: &mut Rng) -> u32 {
    const EDGES: [u32; 9] = [0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];
    match rng.u8(..10) {
        0..3 => rng.u32(..),
        3..5 => pick(rng, &EDGES),
        5..7 => address(rng),
        7 => (1u32 << rng.u32(..32)).wrapping_add_signed(rng.i32(-2..3)),
        _ => rng.u32(..) & 0x8001_FFFF,
    }
}

/// A data address, most of them in few places so that accesses meet.
pub(super) fn address(rng: &mut Rng) -> u32 {
    match rng.u8(..8) {
        0..6 => pick(rng, &[0x100, 0x2000, 0x7FF0]) + rng.u32(..24),
        6 => rng.u32(..0x1_0000),
        _ => rng.u32(0xFFF0..0x1_0008),
    }
}

/// A state, without code.
pub(super) fn state(rng: &mut Rng) -> Case {
    Case {
        sp: match rng.u8(..9) {
            0..5 => 0x8000,
            5..7 => address(rng),
            7 => rng.u32(..16),
            _ => rng.u32(0xFFF4..0x1_0005),
        },
        stack_limit: match rng.u8(..6) {
            0..4 => 0,
            4 => 0x7FE8,
            _ => address(rng),
        },
        reg_base: match rng.u8(..9) {
            0..6 => 0,
            6 => 0x100,
            7 => 0x7FD0,
            _ => rng.u16(1..0xFFC1),
        },
        call_stack: match rng.u8(..4) {
            0..3 => Vec::new(),
            _ => (0..rng.usize(1..3)).map(|_| 4 * rng.u32(..100)).collect(),
        },
        pc: if one_in(rng, 31) { rng.u32(..12) } else { 0 },
        regs: std::array::from_fn(|_| edgy(rng)),
        psw: rng.u8(..16),
        mem: (0..rng.usize(..4)).map(|_| block(rng)).collect(),
        ..Case::default()
    }
}

fn block(rng: &mut Rng) -> Block {
    Block(address(rng).min(0xFFF0), (0..rng.usize(1..12)).map(|_| rng.u8(..)).collect())
}
