//! Globals, locals and arrays around the ends of their ranges.

use cockpit::Opcode;
use cockpit::arrays::MAX_LENGTH;
use cockpit::stack::CAPACITY;
use itertools::iproduct;

use super::start::{Cases, FEW, one, stack_of};
use crate::case::Case;

/// Numbers of globals and arrays: both ends, and what only the low byte makes right.
const NUMBERS: [u16; 20] =
    [0, 1, 2, 14, 15, 16, 17, 62, 63, 64, 65, 127, 255, 256, 258, 271, 272, 319, 0xFF02, 0xFFFF];

/// Indices of elements: both ends of arrays of 3 and 64, and what only the low 16 bits make right.
const INDICES: [i32; 20] = [
    i32::MIN,
    -0x1_0000,
    -65,
    -1,
    0,
    1,
    2,
    3,
    4,
    62,
    63,
    64,
    65,
    255,
    256,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    0x1_003F,
    i32::MAX,
];

pub(super) fn cases() -> Cases {
    Box::new(globals().chain(locals()).chain(elements()).chain(creations()))
}

fn globals() -> Cases {
    let full = || (0..64).map(|number| (number, i32::from(number) * 3 - 90)).collect();
    let stacks = [vec![], vec![4], vec![8, -9], stack_of(CAPACITY - 1, &[]), stack_of(CAPACITY, &[])];
    let cases = iproduct!([Opcode::LoadGlobal, Opcode::StoreGlobal], NUMBERS, stacks, [false, true]);
    let edges = cases.map(move |(op, number, stack, is_full)| Case {
        globals: if is_full { full() } else { vec![] },
        ..one(op, number, &stack)
    });
    let values = iproduct!(FEW, FEW, [0, 31, 63]).map(|(old, new, number)| Case {
        globals: vec![(number, old)],
        ..one(Opcode::StoreGlobal, number.into(), &[new])
    });
    Box::new(edges.chain(values))
}

fn locals() -> Cases {
    let depths = [0, 1, 2, 3, 4, 6, CAPACITY - 1, CAPACITY];
    let distances = [0, 1, 2, 3, 4, 5, 6, 255, 256, 257, 1020, 1021, 1022, 1023, 1024, 0x8000, 0xFFFF];
    let cases = iproduct!([Opcode::LoadLocal, Opcode::StoreLocal], depths, distances, [7, 0, i32::MIN]);
    Box::new(cases.map(|(op, depth, distance, top)| {
        one(op, distance, &stack_of(depth, if depth > 0 { std::slice::from_ref(&top) } else { &[] }))
    }))
}

fn arrays() -> Vec<(u8, Vec<i32>)> {
    vec![(0, vec![i32::MIN]), (2, vec![5, -6, 7]), (15, (-3..MAX_LENGTH as i32 - 3).collect())]
}

fn elements() -> Cases {
    let below = [&[][..], &[9], &[9, i32::MIN]];
    let cases = iproduct!([Opcode::LoadArray, Opcode::StoreArray], NUMBERS, INDICES, below);
    Box::new(cases.map(|(op, number, index, below)| Case {
        arrays: arrays(),
        ..one(op, number, &[below, &[index]].concat())
    }))
}

fn creations() -> Cases {
    let cases = iproduct!(NUMBERS, INDICES, [false, true], [2, CAPACITY]);
    let few = cases.filter(|&(_, length, with_others, depth)| depth == 2 || (length == 1 && !with_others));
    Box::new(few.map(|(number, length, with_others, depth)| Case {
        arrays: if with_others { arrays() } else { vec![] },
        ..one(Opcode::CreateArray, number, &stack_of(depth, &[length]))
    }))
}
