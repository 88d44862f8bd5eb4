//! The devices of the board, on a simulated chip.

mod chip;

use cockpit::hal::{Hal, Refused, Text};
use cockpit::{Plan, Program, State, Stop, Vm, asm};
use mcu_target_board::Board;

use chip::Chip;

const PORT_A: u32 = 0x4800_0000;
const PORT_B: u32 = 0x4800_0400;
const PORT_C: u32 = 0x4800_0800;

#[test]
fn pins_are_lines_of_ports() {
    let chip = Chip::default();
    let mut board = Board::open(&chip);
    for (pin, port, number) in
        [(0, PORT_A, 0), (7, PORT_A, 7), (8, PORT_B, 0), (12, PORT_B, 4), (13, PORT_C, 6)]
    {
        board.pin_mode(pin, 1).unwrap();
        board.digital_write(pin, 9).unwrap();
        assert_eq!((chip.mode(port, number), chip.drives(port, number)), (1, true), "pin {pin}");
        assert_eq!(board.digital_read(pin), Ok(true));
        board.digital_write(pin, 0).unwrap();
        assert_eq!(board.digital_read(pin), Ok(false));
    }
    board.pin_mode(16, 2).unwrap();
    assert_eq!(
        (chip.mode(PORT_C, 13), chip.register(PORT_C + 0x0C) >> 26 & 3),
        (0, 1),
        "an input, pulled up"
    );
    chip.high.borrow_mut().push((PORT_C, 13));
    assert_eq!((board.digital_read(16), board.button(0), board.button(1)), (Ok(true), true, false));
    for pin in 17..20 {
        assert_eq!(board.pin_mode(pin, 1), Err(Refused));
        assert_eq!((board.digital_read(pin), board.analog_read(pin)), (Err(Refused), Err(Refused)));
    }
    assert_eq!(board.pin_mode(3, 4), Err(Refused));
}

#[test]
fn samples_come_from_their_channels() {
    let chip = Chip::default();
    chip.samples.borrow_mut().extend([((1, 1), 7), ((2, 17), 4095), ((1, 15), 2048)]);
    let mut board = Board::open(&chip);
    board.pin_mode(0, 1).unwrap();
    assert_eq!(
        (board.analog_read(0), board.analog_read(4), board.analog_read(8)),
        (Ok(7), Ok(4095), Ok(2048))
    );
    assert_eq!(chip.mode(PORT_A, 0), 1, "what it was before");
    assert_eq!(board.analog_read(13), Err(Refused), "no ADC");
}

#[test]
fn a_duty_is_a_channel_of_a_timer() {
    let chip = Chip::default();
    let mut board = Board::open(&chip);
    for (pin, port, number, timer, channel, function) in [
        (3, PORT_A, 3, 0x4000_0000, 4, 1),
        (9, PORT_B, 1, 0x4000_0400, 4, 2),
        (13, PORT_C, 6, 0x4001_3400, 1, 4),
    ] {
        board.analog_write(pin, 0x8001).unwrap();
        assert_eq!(chip.register(timer + 0x30 + 4 * channel), 0x8001, "pin {pin}");
        assert_eq!(chip.register(timer + 0x20) >> (4 * (channel - 1)) & 1, 1, "its output is on");
        let mode = chip.register(timer + 0x18 + 4 * ((channel - 1) / 2)) >> (8 * ((channel - 1) % 2)) & 0xFF;
        assert_eq!(mode, 0x68);
        let selected = chip.register(port + 0x20 + 4 * (number / 8)) >> (4 * (number % 8)) & 15;
        assert_eq!((chip.mode(port, number), selected), (2, function));
        board.digital_write(pin, 1).unwrap();
        assert_eq!(chip.mode(port, number), 1, "a pin again");
    }
    assert_eq!(board.analog_write(4, 1), Err(Refused), "no timer");
}

#[test]
fn time_goes_on() {
    let chip = Chip::default();
    let mut board = Board::open(&chip);
    let before = board.micros();
    board.delay_ms(3);
    assert!((3000..3100).contains(&(board.micros() - before)));
    assert_eq!(board.millis(), board.micros() / 1000);
}

#[test]
fn a_text_is_shown_on_the_display() {
    let chip = Chip::with_display();
    let mut board = Board::open(&chip);
    let switched_on = chip.transfers();
    assert!(!switched_on.is_empty() && switched_on.iter().all(|bytes| bytes[0] == 0x3C << 1));
    board.display_clear().unwrap();
    board.display_text(2, 3, Text { number: 0, bytes: b"HI" }).unwrap();
    assert_eq!(chip.transfers(), [[0; 0]; 0], "only the buffer has it");
    board.display_update().unwrap();
    let shown: Vec<u8> =
        chip.transfers().into_iter().filter(|it| it[1] == 0x40).flat_map(|it| it[2..].to_vec()).collect();
    let lit: u32 = shown.iter().map(|byte| byte.count_ones()).sum();
    assert!((20..60).contains(&lit), "{lit} points of two letters");
    // Far outside, nothing is drawn.
    board.display_clear().unwrap();
    board.display_text(i32::MAX, i32::MIN, Text { number: 0, bytes: b"HI" }).unwrap();
    board.display_update().unwrap();
}

#[test]
fn without_a_display_it_refuses() {
    let chip = Chip::default();
    let mut board = Board::open(&chip);
    let text = Text { number: 0, bytes: b"HI" };
    assert_eq!(board.display_clear(), Err(Refused));
    assert_eq!((board.display_text(0, 0, text), board.display_update()), (Err(Refused), Err(Refused)));
}

#[test]
fn morse_is_blinked_while_the_program_goes_on() {
    let chip = Chip::default();
    let mut board = Board::open(&chip);
    board.led_morse(Text { number: 0, bytes: b"sos a" }).unwrap();
    let mut seen = Vec::new();
    let mut was = false;
    for _ in 0..6000 {
        let is_on = chip.drives(PORT_C, 6);
        if is_on != was {
            seen.push((board.millis(), is_on));
            was = is_on;
        }
        board.delay_ms(1);
    }
    let lengths: Vec<u32> = seen.windows(2).map(|pair| (pair[1].0 - pair[0].0 + 50) / 100).collect();
    let s = [1, 1, 1, 1, 1, 3];
    let expected = [&s[..], &[3, 1, 3, 1, 3, 3], &s[..5], &[7, 1, 1, 3]].concat();
    assert_eq!(lengths, expected, "{seen:?}");
}

#[test]
fn a_program_drives_the_board() {
    let chip = Chip::default();
    chip.samples.borrow_mut().insert((1, 2), 1234);
    let mut board = Board::open(&chip);
    let program = asm::assemble(
        "text: .string \"%d V\"\nPUSH 13\nPUSH 1\nPIN_MODE\nPUSH 13\nPUSH 1\nDIGITAL_WRITE\nPUSH 1\nANALOG_READ\nPUSH 1\nPRINTF text\nHALT\n",
    )
    .unwrap();
    let mut state = State::new();
    let strings: Vec<&[u8]> = program.strings.iter().map(|text| &text[..]).collect();
    let code = Program { code: &program.code, strings: &strings };
    let run = Vm::new(Plan, code, &mut state, &mut board).run(100);
    assert_eq!(run.stop, Some(Stop::Halt));
    assert_eq!(chip.printed(), "1234 V");
    assert!(chip.drives(PORT_C, 6));
}
