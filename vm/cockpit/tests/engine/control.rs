//! Jumps, calls, and how a program ends.

use cockpit::Error::{InvalidJump, ProgramNotLoaded, StackOverflow};
use cockpit::Opcode::{self, *};
use cockpit::{Check, Instruction, Run, Stop};

use super::machine::{BOTH, HEAD, Machine, PLAN, effect, failed};

/// Where an instruction at index 1 of 3 leads, or the error's effect.
fn goes(profile: cockpit::SwitchSet, op: Opcode, immediate: u16, stack: &[i32]) -> u32 {
    let mut machine = Machine::of(profile, op, immediate, stack);
    machine.code.insert(0, Instruction::new(Halt, 0).encode());
    machine.state.pc = 1;
    machine.step().unwrap();
    machine.state.pc
}

#[test]
fn jumps_go_to_an_index() {
    for profile in BOTH {
        for target in 0..3 {
            assert_eq!(goes(profile, Jmp, target, &[]), target.into());
            assert_eq!(goes(profile, JmpTrue, target, &[-5]), target.into());
            assert_eq!(goes(profile, JmpFalse, target, &[0]), target.into());
            assert_eq!(goes(profile, Ret, 0, &[target.into()]), target.into());
        }
        assert_eq!(goes(profile, JmpTrue, 0xFFFF, &[0]), 2);
        assert_eq!(goes(profile, JmpFalse, 0xFFFF, &[1]), 2);
    }
}

#[test]
fn a_target_beyond_the_last_instruction_fails() {
    for profile in BOTH {
        for target in [2, 3, 0xFFFF] {
            assert_eq!(effect(profile, Jmp, target, &[7]), Err((InvalidJump, vec![7])));
            assert_eq!(effect(profile, Call, target, &[7]), Err((InvalidJump, vec![7])));
            let lost = |stack| failed(profile, (InvalidJump, &[7]), InvalidJump, stack);
            assert_eq!(effect(profile, JmpTrue, target, &[7, 1]), lost(&[7, 1]));
            assert_eq!(effect(profile, JmpFalse, target, &[7, 0]), lost(&[7, 0]));
            assert_eq!(effect(profile, Ret, 0, &[7, target.into()]), lost(&[7, target.into()]));
        }
        assert_eq!(
            effect(profile, Ret, 0, &[7, -1]),
            failed(profile, (InvalidJump, &[7]), InvalidJump, &[7, -1])
        );
    }
}

#[test]
fn call_pushes_the_index_behind_it() {
    for profile in BOTH {
        let mut machine = Machine::of(profile, Call, 1, &[7]);
        assert_eq!(machine.step(), Ok(vec![7, 1]));
        assert_eq!(machine.state.pc, 1);
        // The target is checked before the room.
        assert_eq!(effect(profile, Call, 1, &[0; 1023]).unwrap_err().0, StackOverflow);
        assert_eq!(effect(profile, Call, 2, &[0; 1023]).unwrap_err().0, InvalidJump);
    }
}

#[test]
fn a_call_in_the_last_place_never_returns() {
    for profile in BOTH {
        let mut machine = Machine::of(profile, Jmp, 1, &[]);
        machine.code =
            [Instruction::new(Ret, 0), Instruction::new(Call, 0)].map(Instruction::encode).to_vec();
        machine.state.pc = 1;
        assert_eq!(machine.step(), Ok(vec![2]));
        assert_eq!(machine.step(), failed(profile, (InvalidJump, &[]), InvalidJump, &[2]));
    }
}

#[test]
fn halt_counts_and_stays() {
    for profile in BOTH {
        let mut machine = Machine::of(profile, Push, 1, &[]);
        assert_eq!(machine.run(1), Run { steps: 1, stop: None });
        assert_eq!(machine.run(5), Run { steps: 1, stop: Some(Stop::Halt) });
        assert_eq!(machine.state.pc, 1);
        assert_eq!(machine.run(1), Run { steps: 1, stop: Some(Stop::Halt) });
        assert_eq!(machine.run(0), Run { steps: 0, stop: None });
    }
}

#[test]
fn a_program_ends_behind_its_last_instruction() {
    for profile in BOTH {
        let mut machine = Machine::of(profile, Push, 1, &[]);
        machine.code.truncate(1);
        assert_eq!(machine.run(1), Run { steps: 1, stop: Some(Stop::End) });
        assert_eq!(machine.run(1), Run { steps: 0, stop: Some(Stop::End) });
        machine.state.pc = u32::MAX;
        assert_eq!(machine.run(1), Run { steps: 0, stop: Some(Stop::End) });
        machine.code.clear();
        let stop = Stop::Error { check: Check::Loaded, error: ProgramNotLoaded };
        assert_eq!(machine.run(1), Run { steps: 0, stop: Some(stop) });
    }
}

#[test]
fn an_error_does_not_count() {
    let mut machine = Machine::of(HEAD, Push, 3, &[]);
    machine.code[1] = Instruction::new(Add, 0).encode();
    let stop = Stop::Error { check: Check::Operands, error: cockpit::Error::StackUnderflow };
    assert_eq!(machine.run(10), Run { steps: 1, stop: Some(stop) });
    assert_eq!((machine.state.pc, machine.state.stack.depth()), (1, 0));
    machine.profile = PLAN;
    (machine.state.pc, machine.state.stack) = (0, cockpit::Stack::new());
    assert_eq!(machine.run(10), Run { steps: 1, stop: Some(stop) });
    assert_eq!(machine.state.stack.as_slice(), [3]);
}

#[test]
fn the_plan_s_two_examples_of_jumps_end_as_it_says() {
    let mut machine = Machine::of(HEAD, Halt, 0, &[]);
    let run = |machine: &mut Machine, source: &str| {
        machine.code = cockpit::asm::assemble(source).unwrap().code;
        machine.state = cockpit::State::new();
        assert_eq!(machine.run(100).stop, Some(Stop::Halt));
        machine.state.stack.as_slice().to_vec()
    };
    assert_eq!(run(&mut machine, "PUSH 99\nJMP to\nPUSH 42\nto: PUSH 23\nHALT"), [99, 23]);
    assert_eq!(run(&mut machine, "PUSH 1\nJMP_TRUE to\nPUSH 153\nto: PUSH 85\nHALT"), [85]);
}
