//! Changing inputs without knowing their format: bytes and values.

use crate::random::{Rng, pick};

/// Values at which things change.
const EDGES: [u32; 15] = [
    0,
    1,
    2,
    4,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFC,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
];

/// A value, more often than not at an edge.
pub fn edgy(rng: &mut Rng) -> u32 {
    match rng.u8(..4) {
        0 => rng.u32(..),
        1 => (1u32 << rng.u32(..32)).wrapping_add(rng.u32(..5)).wrapping_sub(2),
        2 => 0x100 * rng.u32(..4) + rng.u32(..24),
        _ => pick(rng, &EDGES),
    }
}

/// A value near this one, or another.
pub fn nudged(rng: &mut Rng, value: u32) -> u32 {
    match rng.u8(..4) {
        0 => value.wrapping_add(rng.u32(..9)).wrapping_sub(4),
        1 => value ^ 1 << rng.u32(..32),
        _ => edgy(rng),
    }
}

/// Changes bytes, as libFuzzer does, for those who run without it.
pub fn bytes(rng: &mut Rng, input: &mut Vec<u8>) {
    let at = rng.usize(..=input.len());
    match rng.u8(..7) {
        0 if at < input.len() => input[at] ^= 1 << rng.u8(..8),
        1 if at < input.len() => input[at] = rng.u8(..),
        2 if at < input.len() => input[at] = pick(rng, &[0, 1, 0x7F, 0x80, 0xFF]),
        3 => {
            let end = (at + rng.usize(1..9)).min(input.len());
            input.drain(at..end);
        }
        4 if at + 4 <= input.len() => {
            let value = edgy(rng).to_be_bytes();
            input[at..at + 4].copy_from_slice(&value);
        }
        5 if !input.is_empty() => {
            let start = rng.usize(..input.len());
            let end = (start + rng.usize(1..33)).min(input.len());
            let piece = input[start..end].to_vec();
            input.splice(at..at, piece);
        }
        _ => input.insert(at, rng.u8(..)),
    }
}
