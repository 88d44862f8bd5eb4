//! Coverage points: each can be hit, by a search among edges.

#![cfg(feature = "alloc")]

use std::collections::BTreeSet;

use cockpit::instruction::Word;
use cockpit::points::{Point, Row, Step};
use cockpit::{Instruction, Opcode, Program, Recorder, Stack, State, SwitchSet, Vm};

/// Cells that lie at some edge.
const CELLS: &[i32] = &[
    0,
    0,
    1,
    1,
    -1,
    2,
    3,
    4,
    7,
    8,
    9,
    13,
    19,
    20,
    31,
    32,
    63,
    64,
    65,
    255,
    256,
    0x200,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    17_000,
    17_001,
    1_000_000,
    1_000_001,
    i32::MAX,
    i32::MIN,
];
const IMMEDIATES: &[u16] =
    &[0, 0, 1, 2, 3, 4, 5, 8, 15, 16, 63, 64, 255, 256, 257, 300, 1021, 1022, 1023, 0xFFFF];
const DEPTHS: &[usize] = &[0, 1, 1, 2, 2, 3, 3, 4, 9, 10, 1022, 1023];
const TEXTS: &[&[u8]] = &[b"", b"ab", b"%d", b"%x", b"%c", b"%d%x%c", b"100%", b"%s%%"];
const MODES: &[u8] = &[0, 1, 1, 2, 3, 255];

/// Draws the same on every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, count: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count
    }

    fn of<T: Copy>(&mut self, pool: &[T]) -> T {
        pool[self.below(pool.len())]
    }

    fn state(&mut self, instructions: usize) -> State {
        let mut state = State::new();
        // The end of the program is among them.
        state.pc = self.below(instructions + 1) as u32;
        let depth = self.of(DEPTHS);
        let mut cells = vec![0; depth];
        for cell in cells.iter_mut().rev().take(10) {
            *cell = self.of(CELLS);
        }
        state.stack = Stack::from_cells(&cells).unwrap();
        for number in [0, 1, 15] {
            let length = self.of(&[0, 1, 2, 64]);
            for element in state.arrays.create(number, length).into_iter().flatten() {
                *element = self.of(CELLS);
            }
        }
        for number in [0, 1, 63] {
            state.globals[number] = self.of(CELLS);
        }
        state.pins.fill_with(|| self.of(MODES));
        state
    }

    fn recorder(&mut self) -> Recorder {
        let mut recorder = Recorder::default();
        recorder.digital.fill_with(|| self.of(&[false, true]));
        recorder.analog.fill_with(|| self.of(&[0, 512, 0xFFFF]));
        recorder.buttons.fill_with(|| self.of(&[false, true]));
        recorder.millis = self.of(&[0, 1000, u32::MAX]);
        recorder.micros = self.of(&[0, 1000, u32::MAX]);
        recorder
    }
}

/// Runs single instructions until every point of `row` was hit; gives those that were not after many.
fn never_hit(row: Row, profile: SwitchSet) -> BTreeSet<Point> {
    let mut missing: BTreeSet<_> = row.points(profile).collect();
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    for _ in 0..200_000 {
        if missing.is_empty() {
            break;
        }
        let word = match row {
            Row::Op(op) => {
                let flags = draw.of(&[0, 0, 0xFF]);
                Instruction { op, flags, immediate: draw.of(IMMEDIATES) }.encode()
            }
            Row::Illegal => [draw.below(256) as u8, 0, 0, 0],
            Row::Program => Instruction::new(draw.of(Opcode::ALL), 0).encode(),
        };
        let code: Vec<Word> = vec![word; draw.below(6)];
        let strings: Vec<&[u8]> = (0..draw.below(4)).map(|_| draw.of(TEXTS)).collect();
        let program = Program { code: &code, strings: &strings };
        let before = draw.state(code.len());
        let mut after = before.clone();
        let run = Vm::new(profile, program, &mut after, &mut draw.recorder()).step();
        Step { program, profile, before: &before, after: &after, run }.hits(|hit, point| {
            assert!(point.applies(hit, profile), "{hit:?} {point:?}");
            if hit == row {
                missing.remove(&point);
            }
        });
    }
    missing
}

#[test]
fn every_point_of_head_can_be_hit() {
    for row in Row::all() {
        assert_eq!(never_hit(row, SwitchSet::HEAD), BTreeSet::new(), "{}", row.name());
    }
}

#[test]
fn every_point_of_plan_can_be_hit() {
    for row in Row::all() {
        assert_eq!(never_hit(row, SwitchSet::PLAN), BTreeSet::new(), "{}", row.name());
    }
}

#[test]
fn opcodes_that_a_profile_has_not_have_no_points_in_it() {
    assert_eq!(Row::Op(Opcode::BitwiseAnd).points(SwitchSet::HEAD).count(), 0);
    assert!(Point::PlannedOpcode.applies(Row::Illegal, SwitchSet::HEAD));
    assert!(!Point::PlannedOpcode.applies(Row::Illegal, SwitchSet::PLAN));
}
