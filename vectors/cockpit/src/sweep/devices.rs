//! Pins, time, console, buttons, display and LED around the ends of their ranges.

use cockpit::{Instruction, Opcode};
use itertools::iproduct;

use super::start::{Cases, FEW, furnished, one};
use crate::case::Case;

const PINS: [i32; 18] =
    [i32::MIN, -256, -1, 0, 1, 2, 9, 13, 18, 19, 20, 21, 63, 255, 256, 257, 0x1_0000, i32::MAX];

/// Modes, levels and duties.
const OPERANDS: [i32; 20] = [
    i32::MIN,
    -0x1_0000,
    -1,
    0,
    1,
    2,
    3,
    4,
    5,
    127,
    128,
    254,
    255,
    256,
    257,
    0x7FFF,
    0xFFFE,
    0xFFFF,
    0x1_0000,
    i32::MAX,
];

pub(super) fn cases() -> Cases {
    Box::new(
        writes()
            .chain(reads())
            .chain(delays())
            .chain(clocks())
            .chain(prints())
            .chain(buttons())
            .chain(shows()),
    )
}

fn writes() -> Cases {
    let ops = [Opcode::PinMode, Opcode::DigitalWrite, Opcode::AnalogWrite];
    let cases = iproduct!(ops, PINS, OPERANDS, [0, 1, 2, 255]);
    Box::new(cases.map(|(op, pin, operand, mode)| Case {
        pins: (0..20).map(|pin| (pin, mode)).collect(),
        ..one(op, 0, &[9, pin, operand])
    }))
}

fn reads() -> Cases {
    let cases = iproduct!([Opcode::DigitalRead, Opcode::AnalogRead], PINS, 0..5u16, [0, 1, 2]);
    Box::new(cases.map(|(op, pin, given, mode)| {
        let at = u8::try_from(pin).ok().filter(|pin| *pin < 20);
        Case {
            pins: at.map(|pin| (pin, mode)).into_iter().collect(),
            digital: at.map(|pin| (pin, (given % 2) as u8)).into_iter().collect(),
            analog: at
                .map(|pin| (pin, [0, 1, 512, 0x8000, 0xFFFF][usize::from(given)]))
                .into_iter()
                .collect(),
            ..one(op, 0, &[9, pin])
        }
    }))
}

/// Around multiples of both profiles' units.
fn delays() -> Cases {
    let multiples = iproduct!([17_000, 1_000_000], (0..12).chain([100, 500, 1000, 2147]), -2..=2);
    let near = multiples
        .map(|(unit, times, delta): (i32, i32, i32)| unit.saturating_mul(times).saturating_add(delta));
    Box::new(near.chain(FEW).map(|time| one(Opcode::Delay, 0, &[9, time])))
}

fn clocks() -> Cases {
    let times = [0, 1, 1000, 0x7FFF_FFFF, 0x8000_0000, u32::MAX];
    let cases = iproduct!([Opcode::Millis, Opcode::Micros], times, times);
    Box::new(cases.map(|(op, millis, micros)| Case { millis, micros, ..one(op, 0, &[9]) }))
}

/// Formats with every kind of piece, and every number of arguments.
fn prints() -> Cases {
    const FORMATS: [&str; 26] = [
        "",
        "a",
        "%",
        "%%",
        "100%",
        "%d",
        "%x",
        "%c",
        "%s",
        "%d%",
        "%%d",
        "%d%%",
        "%d%d",
        "%c%c",
        "%x %x",
        "a%db%xc%cd",
        "%d %d %d %d %d %d %d %d",
        "%x%x%x%x%x%x%x%x%x",
        "%5d",
        "%ld",
        "%D%X%C",
        "%\n%d",
        "\u{1}\u{7F}%c",
        "%c%d%c",
        "%d\t%x\r\n%c%",
        "%u%d%i%x",
    ];
    let arguments =
        [&[0, 0, 0, 0, 0, 0, 0, 0][..], &[1, -1, 65, i32::MIN, 0x141, 200, 7, i32::MAX], &[256; 8]];
    let formats = iproduct!(FORMATS, 0..=8, arguments).map(|(format, count, arguments)| Case {
        strings: vec!["unused".into(), format.into()],
        ..one(Opcode::Printf, 1, &[&[9], &arguments[..count], &[count as i32]].concat())
    });
    let numbers =
        iproduct!([0, 1, 2, 3, 31, 32, 255, 256, 257, 0xFF00, 0xFF02, 0xFFFF], 0..4, [-1, 0, 1, 8, 9, 256])
            .map(|(number, strings, count)| Case {
                strings: vec!["x%d".into(); strings],
                ..one(Opcode::Printf, number, &[5, 4, 3, count])
            });
    let many = iproduct!([30, 31, 32, 33], [0, 127]).map(|(number, length)| Case {
        strings: vec!["z".repeat(length); 32],
        ..one(Opcode::Printf, number, &[0])
    });
    let wanting = iproduct!(FEW.into_iter().chain(2..10), 0..10).map(|(count, below)| Case {
        strings: vec!["%d".into()],
        ..one(Opcode::Printf, 0, &[vec![6; below], vec![count]].concat())
    });
    Box::new(formats.chain(numbers).chain(many).chain(wanting))
}

fn buttons() -> Cases {
    let ops = [Opcode::ButtonPressed, Opcode::ButtonReleased, Opcode::ButtonRead];
    let numbers = [i32::MIN, -1, 0, 1, 2, 4, 5, 127, 128, 254, 255, 256, 0x1_0001, i32::MAX];
    Box::new(iproduct!(ops, numbers, [0, 1, 2]).map(|(op, button, given)| Case {
        buttons: if given == 2 { vec![] } else { (0..=255).map(|button| (button, given)).collect() },
        ..one(op, 0, &[9, button])
    }))
}

fn shows() -> Cases {
    let numbers = [i32::MIN, -1, 0, 1, 2, 3, 31, 32, 255, 256, 0x1_0000, i32::MAX];
    let texts = iproduct!(numbers, FEW, FEW).map(|(number, x, y)| Case {
        stack: vec![9, x, y, number],
        max_steps: 1,
        code: Instruction::new(Opcode::DisplayText, 0).encode().to_vec(),
        ..furnished()
    });
    let morse = iproduct!(numbers, 0..4).map(|(number, strings)| Case {
        strings: vec!["sos".into(); strings],
        ..one(Opcode::LedMorse, 0, &[9, number])
    });
    let alone =
        iproduct!([Opcode::DisplayClear, Opcode::DisplayUpdate], FEW).map(|(op, top)| one(op, 0, &[top]));
    Box::new(texts.chain(morse).chain(alone))
}
