//! `PRINTF`.

use cockpit::Call;
use cockpit::Error::{HardwareFault, InvalidOpcode, InvalidOperand, IoOperationFailed, StackUnderflow};
use cockpit::Opcode::Printf;

use super::machine::{BOTH, Effect, Machine, failed};

/// `PRINTF` of string `immediate`, strings 0 to 2 being these.
fn machine(profile: cockpit::SwitchSet, immediate: u16, stack: &[i32]) -> Machine {
    let mut machine = Machine::of(profile, Printf, immediate, stack);
    machine.strings = vec![b"hi", b"%d-%x", b"a%%b"];
    machine
}

#[test]
fn the_last_argument_lies_below_the_count() {
    for profile in BOTH {
        let mut machine = machine(profile, 1, &[9, 1, -1, 2]);
        assert_eq!(machine.calls(), [Call::Print { text: b"1-ffffffff".to_vec() }]);
        assert_eq!(machine.state.stack.as_slice(), [9]);
    }
}

#[test]
fn surplus_arguments_and_high_bytes_of_the_number_do_not_count() {
    for profile in BOTH {
        assert_eq!(machine(profile, 0xFF00, &[1, 2, 2]).calls(), [Call::Print { text: b"hi".to_vec() }]);
        assert_eq!(machine(profile, 2, &[5, 1]).calls(), [Call::Print { text: b"a%%b".to_vec() }]);
        let mut machine = machine(profile, 0, &[1, 2, 3, 4, 5, 6, 7, 8, 8]);
        assert_eq!(machine.step(), Ok(vec![]));
    }
}

#[test]
fn errors_come_in_their_order() {
    for profile in BOTH {
        let fails = |immediate, stack: &[i32], expected: Effect| {
            let mut machine = machine(profile, immediate, stack);
            assert_eq!(machine.step(), expected);
            assert_eq!(machine.hal.calls, []);
        };
        let both = |left: &[i32], stack| failed(profile, (StackUnderflow, left), StackUnderflow, stack);
        fails(7, &[], both(&[], &[]));
        for count in [-1, 9, i32::MIN] {
            let stack = [9, count];
            fails(7, &stack, failed(profile, (InvalidOpcode, &[9]), InvalidOperand, &stack));
        }
        // The arguments are popped before the string is looked up.
        fails(7, &[1, 2, 3], both(&[], &[1, 2, 3]));
        for (immediate, stack, left) in [(7, vec![9, 0], vec![9]), (1, vec![9, 1, 1], vec![9])] {
            fails(immediate, &stack, failed(profile, (HardwareFault, &left), IoOperationFailed, &stack));
        }
    }
}
