//! Globals, locals and arrays.

use cockpit::Error::{InvalidMemoryAccess, InvalidOperand, MemoryBounds, StackOverflow, StackUnderflow};
use cockpit::Opcode::*;

use super::machine::{BOTH, Effect, HEAD, Machine, PLAN, effect, failed};

/// A memory error: head keeps `left` of the stack, plan all of it.
fn outside(profile: cockpit::SwitchSet, left: &[i32], stack: &[i32]) -> Effect {
    failed(profile, (MemoryBounds, left), InvalidMemoryAccess, stack)
}

#[test]
fn globals_are_64() {
    for profile in BOTH {
        for number in [0, 63] {
            let mut machine = Machine::of(profile, StoreGlobal, number, &[9, -7]);
            assert_eq!(machine.step(), Ok(vec![9]));
            assert_eq!(machine.state.globals[usize::from(number)], -7);
            let mut machine = Machine::of(profile, LoadGlobal, number, &[9]);
            machine.state.globals[usize::from(number)] = -7;
            assert_eq!(machine.step(), Ok(vec![9, -7]));
        }
        for number in [64, 255] {
            assert_eq!(effect(profile, LoadGlobal, number, &[9]), outside(profile, &[9], &[9]));
            assert_eq!(effect(profile, StoreGlobal, number, &[9, 1]), outside(profile, &[9], &[9, 1]));
        }
        let full = vec![0; 1023];
        assert_eq!(effect(profile, LoadGlobal, 64, &full), outside(profile, &full, &full));
        assert_eq!(effect(profile, LoadGlobal, 0, &full), Err((StackOverflow, full.clone())));
        assert_eq!(effect(profile, StoreGlobal, 64, &[]), Err((StackUnderflow, vec![])));
    }
}

#[test]
fn numbers_above_255_are_aliases_in_head_only() {
    assert_eq!(effect(HEAD, LoadGlobal, 256, &[]), Ok(vec![0]));
    assert_eq!(effect(PLAN, LoadGlobal, 256, &[]), Err((InvalidMemoryAccess, vec![])));
    let mut machine = Machine::of(HEAD, CreateArray, 0x0F0F, &[1]);
    assert_eq!(machine.step(), Ok(vec![]));
    assert_eq!(machine.state.arrays.get(15), Some(&[0][..]));
    assert_eq!(effect(PLAN, CreateArray, 0x0F0F, &[1]), Err((InvalidMemoryAccess, vec![1])));
}

#[test]
fn locals_count_from_the_top() {
    for profile in BOTH {
        assert_eq!(effect(profile, LoadLocal, 0, &[1, 2, 3]), Ok(vec![1, 2, 3, 3]));
        assert_eq!(effect(profile, LoadLocal, 2, &[1, 2, 3]), Ok(vec![1, 2, 3, 1]));
        assert_eq!(effect(profile, LoadLocal, 3, &[1, 2, 3]), outside(profile, &[1, 2, 3], &[1, 2, 3]));
        assert_eq!(effect(profile, LoadLocal, 0, &[]), outside(profile, &[], &[]));
        let full = vec![0; 1023];
        assert_eq!(effect(profile, LoadLocal, 1022, &full), Err((StackOverflow, full.clone())));
        assert_eq!(effect(profile, LoadLocal, 1023, &full), outside(profile, &full, &full));
        assert_eq!(effect(profile, StoreLocal, 0, &[1, 2, 3]), Ok(vec![1, 3]));
        assert_eq!(effect(profile, StoreLocal, 1, &[1, 2, 3]), Ok(vec![3, 2]));
        assert_eq!(effect(profile, StoreLocal, 2, &[1, 2, 3]), outside(profile, &[1, 2], &[1, 2, 3]));
        assert_eq!(effect(profile, StoreLocal, 0, &[1]), outside(profile, &[], &[1]));
        assert_eq!(effect(profile, StoreLocal, 0, &[]), Err((StackUnderflow, vec![])));
    }
}

/// A machine whose array 2 is 10, 20, 30.
fn with_array(profile: cockpit::SwitchSet, op: cockpit::Opcode, number: u16, stack: &[i32]) -> Machine {
    let mut machine = Machine::of(profile, op, number, stack);
    machine.state.arrays.create(2, 3).unwrap().copy_from_slice(&[10, 20, 30]);
    machine
}

#[test]
fn elements_are_loaded_and_stored() {
    for profile in BOTH {
        assert_eq!(with_array(profile, LoadArray, 2, &[9, 2]).step(), Ok(vec![9, 30]));
        let mut machine = with_array(profile, StoreArray, 2, &[9, -7, 0]);
        assert_eq!(machine.step(), Ok(vec![9]));
        assert_eq!(machine.state.arrays.get(2), Some(&[-7, 20, 30][..]));
        for (number, index) in [(2, 3), (2, -1), (2, 0x1_0000), (3, 0), (16, 0), (2, i32::MIN)] {
            let load = with_array(profile, LoadArray, number, &[9, index]).step();
            assert_eq!(load, outside(profile, &[9], &[9, index]));
            let mut machine = with_array(profile, StoreArray, number, &[9, 5, index]);
            assert_eq!(machine.step(), outside(profile, &[9], &[9, 5, index]));
            assert_eq!(machine.state.arrays.get(2), Some(&[10, 20, 30][..]));
        }
    }
}

#[test]
fn arrays_are_created_once_with_1_to_64_elements() {
    for profile in BOTH {
        for (number, length) in [(0, 1), (15, 64)] {
            let mut machine = with_array(profile, CreateArray, number, &[9, length]);
            assert_eq!(machine.step(), Ok(vec![9]));
            let array = machine.state.arrays.get(number.into()).unwrap();
            assert_eq!(array, vec![0; length as usize]);
        }
        for (number, length) in [(16, 1), (2, 3)] {
            let mut machine = with_array(profile, CreateArray, number, &[9, length]);
            assert_eq!(machine.step(), outside(profile, &[9], &[9, length]));
            assert_eq!(machine.state.arrays.iter().count(), 1);
        }
    }
}

#[test]
fn the_length_of_an_array_is_an_operand_in_the_plan() {
    for (number, length) in [(0, 0), (0, -1), (0, 65), (0, i32::MIN), (16, 0), (2, 65)] {
        let create = |profile| with_array(profile, CreateArray, number, &[9, length]).step();
        assert_eq!(create(HEAD), Err((MemoryBounds, vec![9])));
        assert_eq!(create(PLAN), Err((InvalidOperand, vec![9, length])));
    }
}
