//! What is around a random program: cells, memory, strings and devices.

use cockpit::vm::MAX_STRING_LENGTH;
use oracle::random::Rng;

use crate::case::Case;

/// A cell, more often than not one at an edge.
pub(super) fn cell(rng: &mut Rng) -> i32 {
    const EDGES: [i32; 16] =
        [0, 1, -1, 2, 3, 19, 20, 31, 32, 63, 64, 255, 0xFFFF, 0x1_0000, i32::MAX, i32::MIN];
    match rng.u32(0..10) {
        0..3 => rng.i32(..),
        3..6 => EDGES[rng.usize(..EDGES.len())],
        6..8 => rng.i32(-8..24),
        8 => (1i32 << rng.u32(0..32)).wrapping_add(rng.i32(-2..3)),
        _ => rng.i32(-70_000..70_000),
    }
}

/// The state around a program: memory, strings and devices, each there or not.
pub(super) fn surroundings(rng: &mut Rng) -> Case {
    let mut case = Case::default();
    if rng.u32(0..3) == 0 {
        let numbers = some_of(rng, 64, 6);
        case.globals = numbers.into_iter().map(|number| (number, cell(rng))).collect();
    }
    if rng.u32(0..3) == 0 {
        for number in some_of(rng, 16, 3) {
            let length = if rng.u32(0..12) == 0 { 64 } else { rng.usize(1..9) };
            case.arrays.push((number, (0..length).map(|_| cell(rng)).collect()));
        }
    }
    for _ in 0..rng.u32(0..4) {
        case.strings.push(text(rng));
    }
    case.pins = some_of(rng, 20, 5).into_iter().map(|pin| (pin, mode(rng))).collect();
    if rng.u32(0..3) == 0 {
        case.digital = some_of(rng, 20, 6).into_iter().map(|pin| (pin, rng.u8(0..2))).collect();
        case.analog = some_of(rng, 20, 6).into_iter().map(|pin| (pin, rng.u16(..))).collect();
        case.buttons = some_of(rng, 8, 4).into_iter().map(|button| (button, rng.u8(0..2))).collect();
    }
    if rng.u32(0..6) == 0 {
        (case.millis, case.micros) = (rng.u32(..), rng.u32(..));
    }
    case
}

/// Up to `most` numbers below `count`, ascending.
fn some_of(rng: &mut Rng, count: u8, most: usize) -> Vec<u8> {
    let mut numbers: Vec<u8> = (0..rng.usize(0..=most)).map(|_| rng.u8(0..count)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// A mode of a pin, most often output.
fn mode(rng: &mut Rng) -> u8 {
    if rng.u32(0..4) == 0 { rng.u8(..) } else { 1 }
}

/// A format.
fn text(rng: &mut Rng) -> String {
    const PIECES: [&str; 14] =
        ["%d", "%x", "%c", "%d", "%x", "%c", "%%", "%s", "%", "n = ", "-", " ", "\n", "\u{1}"];
    let pieces = if rng.u32(0..40) == 0 { 60 } else { rng.usize(0..6) };
    let mut text: String = (0..pieces).map(|_| PIECES[rng.usize(..PIECES.len())]).collect();
    text.truncate(MAX_STRING_LENGTH);
    text
}
