//! What the cases of the sweep are made with.

use cockpit::arrays::MAX_LENGTH;
use cockpit::{Instruction, Opcode};

use crate::case::Case;

/// A few values of all kinds.
pub(super) const FEW: [i32; 8] = [0, 1, -1, 2, 255, 0x1_0000, i32::MAX, i32::MIN];

/// Cases of a part of the sweep.
pub(super) type Cases = Box<dyn Iterator<Item = Case> + Send>;

/// An instruction alone on this stack.
pub(super) fn one(op: Opcode, immediate: u16, stack: &[i32]) -> Case {
    Case { stack: stack.to_vec(), ..Case::of_words(&[Instruction::new(op, immediate).encode()]) }
}

/// A stack of `depth` cells, no two alike, with `top` uppermost; only `top` if that is deeper.
pub(super) fn stack_of(depth: usize, top: &[i32]) -> Vec<i32> {
    let below = depth.saturating_sub(top.len()) as i32;
    (0..below).map(|at| 1000 + at).chain(top.iter().copied()).collect()
}

/// A state in which most opcodes have what they need.
pub(super) fn furnished() -> Case {
    Case {
        globals: vec![(0, 5), (1, -6), (63, 7)],
        arrays: vec![(0, vec![10, -20, 30]), (15, (0..MAX_LENGTH as i32).collect())],
        strings: vec!["a".into(), "%d, %x, %c".into(), String::new()],
        pins: vec![(0, 1), (1, 1), (2, 2), (19, 1)],
        digital: vec![(1, 1), (19, 1)],
        analog: vec![(1, 0), (2, 65535)],
        buttons: vec![(1, 1), (255, 1)],
        ..Case::default()
    }
}
