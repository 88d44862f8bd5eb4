//! Errors that many opcodes share, and what a device that refuses does.

use cockpit::Error::{HardwareFault, InvalidOpcode, IoOperationFailed, StackOverflow, StackUnderflow};
use cockpit::hal::{Answer, Refused, Text};
use cockpit::{Check, Error, Hal, Instruction, Opcode, Program, Stack, State, Stop, Switch, Vm};

use super::machine::{BOTH, HEAD, Machine, PLAN, effect, failed};

#[test]
fn missing_operands_are_an_underflow_and_lost_in_head() {
    for profile in BOTH {
        for &op in Opcode::ALL.iter().filter(|op| op.exists(profile)) {
            for depth in 0..op.pops() {
                let stack = vec![1; depth];
                let expected = failed(profile, (StackUnderflow, &[]), StackUnderflow, &stack);
                assert_eq!(effect(profile, op, 0, &stack), expected, "{op:?}");
            }
        }
    }
}

#[test]
fn a_full_stack_takes_nothing_more() {
    let full = vec![0; 1023];
    for profile in BOTH {
        for &op in Opcode::ALL.iter().filter(|op| op.grows()) {
            assert_eq!(effect(profile, op, 0, &full), Err((StackOverflow, full.clone())), "{op:?}");
            assert_eq!(effect(profile, op, 0, &full[1..]).unwrap().len(), 1023, "{op:?}");
        }
    }
}

#[test]
fn what_is_no_opcode_fails_and_changes_nothing() {
    for profile in BOTH {
        for byte in 0..=255 {
            if Opcode::from_byte(byte).is_some_and(|op| op.exists(profile)) {
                continue;
            }
            let mut machine = Machine::of(profile, Opcode::Halt, 0, &[1, 2, 3]);
            machine.code[0][0] = byte;
            assert_eq!(machine.step(), Err((InvalidOpcode, vec![1, 2, 3])), "{byte:#x}");
        }
    }
}

#[test]
fn flags_and_unused_immediates_are_ignored() {
    for profile in BOTH {
        let mut machine = Machine::of(profile, Opcode::Add, 0xFFFF, &[1, 2]);
        machine.code[0][1] = 0xFF;
        assert_eq!(machine.step(), Ok(vec![3]));
    }
}

/// Every device refuses.
struct Broken;

impl Hal for Broken {
    fn pin_mode(&mut self, _: u8, _: u8) -> Answer<()> {
        Err(Refused)
    }
    fn digital_write(&mut self, _: u8, _: u8) -> Answer<()> {
        Err(Refused)
    }
    fn digital_read(&mut self, _: u8) -> Answer<bool> {
        Err(Refused)
    }
    fn analog_write(&mut self, _: u8, _: u16) -> Answer<()> {
        Err(Refused)
    }
    fn analog_read(&mut self, _: u8) -> Answer<u16> {
        Err(Refused)
    }
    fn delay_ms(&mut self, _: u32) {}
    fn millis(&mut self) -> u32 {
        0
    }
    fn micros(&mut self) -> u32 {
        0
    }
    fn print(&mut self, _: &[u8]) -> Answer<()> {
        Err(Refused)
    }
    fn button(&mut self, _: u8) -> bool {
        false
    }
    fn display_clear(&mut self) -> Answer<()> {
        Err(Refused)
    }
    fn display_text(&mut self, _: i32, _: i32, _: Text<'_>) -> Answer<()> {
        Err(Refused)
    }
    fn display_update(&mut self) -> Answer<()> {
        Err(Refused)
    }
    fn led_morse(&mut self, _: Text<'_>) -> Answer<()> {
        Err(Refused)
    }
}

#[test]
fn a_device_that_refuses_makes_its_opcode_fail() {
    for (profile, error) in [(HEAD, HardwareFault), (PLAN, IoOperationFailed)] {
        for &op in Opcode::ALL.iter().filter(|op| op.exists(profile)) {
            let code = [Instruction::new(op, 0).encode(); 2];
            let mut state = State::new();
            state.stack = Stack::from_cells(&[1, 0, 0]).unwrap();
            state.pins[0] = 1;
            let before = state.clone();
            let program = Program { code: &code, strings: &[b""] };
            let stop = Vm::new(profile, program, &mut state, &mut Broken).step().stop;
            let refused = stop == Some(Stop::Error { check: Check::Device, error });
            assert_eq!(refused, op.checks().contains(&Check::Device), "{op:?}");
            assert!(!refused || profile == HEAD || state == before, "{op:?}");
            assert_eq!(state.pins, before.pins);
        }
    }
}

/// A switch, an instruction, the stack before it, and with the switch flipped its error and the stack after it.
type Flip<'a> = (Switch, Opcode, u16, &'a [i32], Option<Error>, &'a [i32]);

#[test]
fn each_switch_alone_decides_its_difference() {
    let cases: &[Flip<'_>] = &[
        (Switch::Rollback, Opcode::Add, 0, &[7], Some(StackUnderflow), &[7]),
        (Switch::UnsignedOrder, Opcode::Lt, 0, &[-1, 1], None, &[0]),
        (Switch::Bitwise, Opcode::BitwiseXor, 0, &[3, 5], None, &[6]),
        (Switch::Buttons, Opcode::ButtonReleased, 0, &[3], None, &[1]),
        (Switch::Display, Opcode::ButtonRead, 0, &[3], None, &[0]),
        (Switch::PinError, Opcode::DigitalRead, 0, &[20], Some(Error::InvalidPin), &[]),
        (Switch::OperandError, Opcode::Delay, 0, &[-1], Some(Error::InvalidOperand), &[]),
        (Switch::IoError, Opcode::DigitalWrite, 0, &[0, 1], Some(IoOperationFailed), &[]),
        (Switch::MemoryError, Opcode::LoadGlobal, 64, &[], Some(Error::InvalidMemoryAccess), &[]),
        (Switch::DigitalValue, Opcode::DigitalWrite, 0, &[0, 2], Some(InvalidOpcode), &[]),
        (Switch::PinModes, Opcode::PinMode, 0, &[0, 4], Some(InvalidOpcode), &[]),
        (Switch::WholeNumber, Opcode::LoadGlobal, 256, &[], Some(Error::MemoryBounds), &[]),
    ];
    for &(switch, op, immediate, stack, error, after) in cases {
        let expected = error.map_or(Ok(after.to_vec()), |error| Err((error, after.to_vec())));
        assert_eq!(effect(HEAD.flipped(switch), op, immediate, stack), expected, "{switch:?}");
        assert_ne!(effect(HEAD, op, immediate, stack), expected, "{switch:?}");
    }
    let mut machine = Machine::of(HEAD.flipped(Switch::DelayUnit), Opcode::Delay, 0, &[1_000_000]);
    assert_eq!(machine.calls(), [cockpit::Call::Delay { ms: 1 }]);
    let covered = cases.len() + 1;
    assert_eq!(Switch::ALL.iter().filter(|switch| !switch.is_of_image()).count(), covered);
}

#[test]
fn errors_are_found_by_their_names() {
    for &error in Error::ALL {
        assert_eq!(Error::from_name(error.name()), Some(error));
    }
    assert_eq!(Error::from_name("printf_error"), None);
}
