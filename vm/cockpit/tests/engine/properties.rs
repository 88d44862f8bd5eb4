//! What holds for all code and all states.

use cockpit::instruction::Word;
use cockpit::points::Step;
use cockpit::{Head, Opcode, Plan, Program, Recorder, Stack, State, Stop, SwitchSet, Vm};
use proptest::prelude::*;

use super::machine::{BOTH, PLAN};

/// Opcodes that exist and small immediates, mostly.
fn word() -> impl Strategy<Value = Word> {
    let byte = prop_oneof![
        9 => prop::sample::select(Opcode::ALL).prop_map(|op| op as u8),
        1 => any::<u8>(),
    ];
    let immediate = prop_oneof![4 => 0..20u16, 1 => any::<u16>()];
    (byte, any::<u8>(), immediate).prop_map(|(byte, flags, immediate)| {
        let [low, high] = immediate.to_le_bytes();
        [byte, flags, low, high]
    })
}

fn cell() -> impl Strategy<Value = i32> {
    prop_oneof![3 => -2..24i32, 1 => any::<i32>(), 1 => prop::sample::select(&[i32::MIN, i32::MAX, 64, 65, 255, 256])]
}

fn state() -> impl Strategy<Value = State> {
    let stack = prop_oneof![
        9 => prop::collection::vec(cell(), 0..12),
        1 => prop::collection::vec(cell(), 1018..=1023),
    ];
    (0..16u32, stack, any::<[u8; 20]>(), prop::collection::vec(cell(), 0..=64)).prop_map(
        |(pc, stack, pins, elements)| {
            let mut state = State::new();
            state.pc = pc;
            state.stack = Stack::from_cells(&stack).unwrap();
            state.pins = pins.map(|mode| mode % 3);
            if let Ok(array) = state.arrays.create(1, elements.len()) {
                array.copy_from_slice(&elements);
            }
            state
        },
    )
}

fn code() -> impl Strategy<Value = Vec<Word>> {
    prop::collection::vec(word(), 0..16)
}

const STRINGS: &[&[u8]] = &[b"", b"%d %x %c%", b"%s"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_makes_the_machine_panic(code: Vec<Word>, state in state(), set in 0..1u16 << 14) {
        let mut profile = SwitchSet::HEAD;
        for (bit, &switch) in cockpit::Switch::ALL.iter().enumerate() {
            profile = if set >> bit & 1 == 1 { profile.flipped(switch) } else { profile };
        }
        let mut after = state.clone();
        let program = Program { code: &code, strings: STRINGS };
        let run = Vm::new(profile, program, &mut after, &mut Recorder::default()).run(200);
        prop_assert!(run.steps <= 200);
        prop_assert!(run.stop.is_some() || run.steps == 200);
        prop_assert!(after.pc as usize <= code.len().max(state.pc as usize));
    }

    #[test]
    fn steps_one_by_one_are_a_run(code in code(), start in state(), steps in 0..60u32) {
        for profile in BOTH {
            let program = Program { code: &code, strings: STRINGS };
            let (mut ran, mut ran_hal) = (start.clone(), Recorder::default());
            let run = Vm::new(profile, program, &mut ran, &mut ran_hal).run(steps);
            let (mut stepped, mut stepped_hal) = (start.clone(), Recorder::default());
            let mut vm = Vm::new(profile, program, &mut stepped, &mut stepped_hal);
            let (mut count, mut stop) = (0, None);
            for _ in 0..steps {
                let step = vm.step();
                count += step.steps;
                stop = step.stop;
                if stop.is_some() {
                    break;
                }
            }
            prop_assert_eq!((run.steps, run.stop), (count, stop));
            prop_assert_eq!(ran, stepped);
            prop_assert_eq!(ran_hal, stepped_hal);
        }
    }

    #[test]
    fn profiles_answer_the_same_at_compile_time_and_at_run_time(code in code(), start in state()) {
        let program = Program { code: &code, strings: STRINGS };
        let mut states = [(); 4].map(|()| (start.clone(), Recorder::default()));
        let [head, head_set, plan, plan_set] = &mut states;
        let mut runs = [
            Vm::new(Head, program, &mut head.0, &mut head.1).run(50),
            Vm::new(SwitchSet::HEAD, program, &mut head_set.0, &mut head_set.1).run(50),
            Vm::new(Plan, program, &mut plan.0, &mut plan.1).run(50),
            Vm::new(SwitchSet::PLAN, program, &mut plan_set.0, &mut plan_set.1).run(50),
        ].into_iter();
        prop_assert_eq!(runs.next(), runs.next());
        prop_assert_eq!(runs.next(), runs.next());
        prop_assert_eq!(&states[0], &states[1]);
        prop_assert_eq!(&states[2], &states[3]);
    }

    #[test]
    fn an_error_of_plan_changes_nothing(code in code(), start in state()) {
        let program = Program { code: &code, strings: STRINGS };
        let (mut state, mut hal) = (start.clone(), Recorder::default());
        let mut vm = Vm::new(PLAN, program, &mut state, &mut hal);
        let run = vm.step();
        if let Some(Stop::Error { .. }) = run.stop {
            prop_assert_eq!(state, start);
            prop_assert_eq!(hal, Recorder::default());
        }
    }

    #[test]
    fn the_table_s_stack_effect_is_the_machine_s(code in code(), start in state()) {
        let program = Program { code: &code, strings: STRINGS };
        let mut after = start.clone();
        for profile in BOTH {
            after.clone_from(&start);
            let run = Vm::new(profile, program, &mut after, &mut Recorder::default()).step();
            let op = code.get(start.pc as usize).and_then(|word| Opcode::from_byte(word[0]));
            if let (1, Some(op)) = (run.steps, op) && op != Opcode::Printf {
                prop_assert_eq!(after.stack.depth() + op.pops(), start.stack.depth() + op.pushes());
            }
            if let (Some(Stop::Error { check, .. }), Some(op)) = (run.stop, op) && op.exists(profile) {
                prop_assert!(op.checks().contains(&check));
            }
        }
    }

    #[test]
    fn only_points_of_the_row_are_hit(code in code(), start in state()) {
        let program = Program { code: &code, strings: STRINGS };
        for profile in BOTH {
            let mut after = start.clone();
            let run = Vm::new(profile, program, &mut after, &mut Recorder::default()).step();
            let mut hits = 0;
            Step { program, profile, before: &start, after: &after, run }.hits(|row, point| {
                assert!(point.applies(row, profile), "{row:?} {point:?}");
                hits += 1;
            });
            prop_assert!(hits > 0);
        }
    }
}
