//! Pins, time, buttons, display and LED.

use cockpit::Error::{HardwareFault, InvalidOpcode, InvalidOperand, InvalidPin, IoOperationFailed};
use cockpit::Opcode::*;
use cockpit::{Call, Opcode, SwitchSet};

use super::machine::{BOTH, HEAD, Machine, PLAN, effect, failed};

/// A machine whose pins 0, 5 and 19 are outputs.
fn machine(profile: SwitchSet, op: Opcode, stack: &[i32]) -> Machine {
    let mut machine = Machine::of(profile, op, 0, stack);
    for pin in [0, 5, 19] {
        machine.state.pins[pin] = 1;
    }
    machine
}

#[test]
fn outputs_are_written() {
    for profile in BOTH {
        for pin in [0, 5, 19] {
            let calls = machine(profile, DigitalWrite, &[pin.into(), 1]).calls();
            assert_eq!(calls, [Call::DigitalWrite { pin, value: 1 }]);
            let calls = machine(profile, AnalogWrite, &[pin.into(), 65535]).calls();
            assert_eq!(calls, [Call::AnalogWrite { pin, value: 65535 }]);
        }
    }
    assert_eq!(machine(HEAD, DigitalWrite, &[5, 255]).calls(), [Call::DigitalWrite { pin: 5, value: 255 }]);
}

#[test]
fn writing_checks_pin_value_presence_and_mode_in_this_order() {
    let head = [
        (DigitalWrite, -1, 0, InvalidOpcode),
        (DigitalWrite, 256, 0, InvalidOpcode),
        (DigitalWrite, 30, 256, InvalidOpcode),
        (DigitalWrite, 30, -1, InvalidOpcode),
        (DigitalWrite, 20, 0, HardwareFault),
        (DigitalWrite, 255, 255, HardwareFault),
        (DigitalWrite, 6, 0, HardwareFault),
        (DigitalWrite, 6, 256, InvalidOpcode),
        (AnalogWrite, 5, 65536, InvalidOpcode),
        (AnalogWrite, 256, 0, InvalidOpcode),
        (AnalogWrite, 20, 0, HardwareFault),
        (AnalogWrite, 6, 0, HardwareFault),
        (PinMode, 5, 256, InvalidOpcode),
        (PinMode, -1, 1, InvalidOpcode),
        (PinMode, 20, 1, HardwareFault),
    ];
    let plan = [
        (DigitalWrite, -1, 7, InvalidPin),
        (DigitalWrite, 20, 7, InvalidPin),
        (DigitalWrite, 6, 2, InvalidOperand),
        (DigitalWrite, 5, -1, InvalidOperand),
        (DigitalWrite, 6, 1, IoOperationFailed),
        (AnalogWrite, 20, -1, InvalidPin),
        (AnalogWrite, 6, 65536, InvalidOperand),
        (AnalogWrite, 6, 65535, IoOperationFailed),
        (PinMode, 20, 9, InvalidPin),
        (PinMode, 0, 4, InvalidOperand),
        (PinMode, 0, -1, InvalidOperand),
    ];
    for (op, pin, value, error) in head {
        let mut machine = machine(HEAD, op, &[9, pin, value]);
        assert_eq!(machine.step(), Err((error, vec![9])), "{op:?} {pin} {value}");
        assert_eq!(machine.hal.calls, []);
    }
    for (op, pin, value, error) in plan {
        let mut machine = machine(PLAN, op, &[9, pin, value]);
        assert_eq!(machine.step(), Err((error, vec![9, pin, value])), "{op:?} {pin} {value}");
        assert_eq!(machine.hal.calls, []);
    }
}

#[test]
fn modes_are_kept() {
    for (profile, mode) in [(HEAD, 255), (HEAD, 0), (PLAN, 3), (PLAN, 0)] {
        let mut machine = machine(profile, PinMode, &[19, mode.into()]);
        assert_eq!(machine.calls(), [Call::PinMode { pin: 19, mode }]);
        assert_eq!(machine.state.pins[19], mode);
    }
}

#[test]
fn inputs_are_read_in_every_mode() {
    for (profile, pin) in BOTH.into_iter().flat_map(|profile| [(profile, 19), (profile, 6)]) {
        let mut machine = machine(profile, DigitalRead, &[pin]);
        machine.hal.digital[pin as usize] = true;
        assert_eq!(machine.step(), Ok(vec![1]));
        let mut machine = self::machine(profile, AnalogRead, &[pin]);
        assert_eq!(machine.step(), Ok(vec![512]));
    }
    for op in [DigitalRead, AnalogRead] {
        for (pin, error) in
            [(-1, InvalidOpcode), (256, InvalidOpcode), (20, HardwareFault), (255, HardwareFault)]
        {
            assert_eq!(effect(HEAD, op, 0, &[9, pin]), Err((error, vec![9])));
            assert_eq!(effect(PLAN, op, 0, &[9, pin]), Err((InvalidPin, vec![9, pin])));
        }
    }
}

#[test]
fn delays_are_in_units_of_the_profile() {
    for (profile, units, ms) in [
        (HEAD, 0, 0),
        (HEAD, 16_999, 0),
        (HEAD, 17_000, 1),
        (HEAD, 8_480_000, 498),
        (HEAD, i32::MAX, 126_322),
        (PLAN, 999_999, 0),
        (PLAN, 1_000_000, 1),
        (PLAN, i32::MAX, 2147),
    ] {
        assert_eq!(Machine::of(profile, Delay, 0, &[units]).calls(), [Call::Delay { ms }]);
    }
    for profile in BOTH {
        let expected = failed(profile, (InvalidOpcode, &[]), InvalidOperand, &[-1]);
        assert_eq!(effect(profile, Delay, 0, &[-1]), expected);
    }
}

#[test]
fn the_clock_is_read() {
    for profile in BOTH {
        assert_eq!(effect(profile, Millis, 0, &[]), Ok(vec![1000]));
        assert_eq!(effect(profile, Micros, 0, &[]), Ok(vec![1_000_000]));
        let mut machine = Machine::of(profile, Millis, 0, &[]);
        machine.hal.millis = u32::MAX;
        assert_eq!(machine.step(), Ok(vec![-1]));
    }
}

#[test]
fn buttons_are_only_in_the_plan() {
    for (op, held, free) in [(ButtonPressed, 1, 0), (ButtonReleased, 0, 1), (ButtonRead, 1, 0)] {
        for button in [0, 255] {
            let mut machine = Machine::of(PLAN, op, 0, &[9, button]);
            assert_eq!(machine.step(), Ok(vec![9, free]));
            let mut machine = Machine::of(PLAN, op, 0, &[9, button]);
            machine.hal.buttons[button as usize] = true;
            assert_eq!(machine.step(), Ok(vec![9, held]));
        }
        for button in [-1, 256] {
            assert_eq!(effect(PLAN, op, 0, &[button]), Err((InvalidOperand, vec![button])));
        }
        assert_eq!(effect(HEAD, op, 0, &[1]), Err((InvalidOpcode, vec![1])));
    }
}

#[test]
fn display_and_led_are_only_in_the_plan() {
    let with_strings = |op, stack: &[i32]| {
        let mut machine = Machine::of(PLAN, op, 0, stack);
        machine.strings = vec![b"a", b"b"];
        machine
    };
    assert_eq!(with_strings(DisplayClear, &[]).calls(), [Call::DisplayClear]);
    assert_eq!(with_strings(DisplayUpdate, &[]).calls(), [Call::DisplayUpdate]);
    let calls = with_strings(DisplayText, &[-3, i32::MAX, 1]).calls();
    assert_eq!(calls, [Call::DisplayText { x: -3, y: i32::MAX, string: 1 }]);
    assert_eq!(with_strings(LedMorse, &[1]).calls(), [Call::LedMorse { string: 1 }]);
    for string in [-1, 2, 256] {
        for (op, stack) in [(LedMorse, vec![string]), (DisplayText, vec![1, 2, string])] {
            assert_eq!(with_strings(op, &stack).step(), Err((InvalidOperand, stack)));
        }
    }
    for op in [DisplayClear, DisplayText, DisplayUpdate, LedMorse] {
        assert_eq!(effect(HEAD, op, 0, &[1, 2, 3]), Err((InvalidOpcode, vec![1, 2, 3])));
    }
}
