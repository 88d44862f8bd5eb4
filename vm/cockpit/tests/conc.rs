//! CONC images: written, read, damaged.

#![cfg(feature = "alloc")]

use std::collections::BTreeSet;

use cockpit::conc::{self, Defect, LoadError, read, seal, write};
use cockpit::instruction::Word;
use cockpit::{Head, Plan, Program, SwitchSet};
use proptest::prelude::*;

/// `PUSH 1`, `PRINTF 0`, `HALT`.
const CODE: &[Word] = &[[0x01, 0, 1, 0], [0x18, 0, 0, 0], [0x00, 0, 0, 0]];
const TABLE: usize = 16 + 8 + 12;

fn image() -> Vec<u8> {
    write(Program { code: CODE, strings: &[b"abcd", b"x=%d\n"] }).unwrap()
}

/// The image with bytes put over it, its length of payload and its CRC made right.
fn patched(patches: &[(usize, &[u8])]) -> Vec<u8> {
    let mut image = image();
    for (at, bytes) in patches {
        image[*at..*at + bytes.len()].copy_from_slice(bytes);
    }
    seal(&mut image);
    image
}

/// The image, its payload cut to `length` or filled up with zeros.
fn resized(length: usize) -> Vec<u8> {
    let mut image = image();
    image.resize(16 + length, 0);
    image[4..8].copy_from_slice(&(length as u32).to_le_bytes());
    seal(&mut image);
    image
}

/// The defect, its offset and its value.
type Rejection = (Defect, u32, u32);

fn rejected(image: &[u8], profile: SwitchSet) -> Rejection {
    let LoadError { defect, offset, value } = read(image, profile).unwrap_err();
    (defect, offset, value)
}

/// An image of any payload, behind the numbers of one instruction and one string.
fn with_payload(payload: &[u8]) -> Vec<u8> {
    let size = payload.len() as u32;
    let mut image = [&conc::MAGIC[..], &size.to_le_bytes(), &[1, 0, 0, 0, 1, 0, 0, 0], payload].concat();
    seal(&mut image);
    image
}

/// A string as it lies in an image: its length, and its bytes filled up with zeros.
fn entry(length: u32, text: &[u8]) -> Vec<u8> {
    let mut entry = [&length.to_le_bytes()[..], text].concat();
    entry.resize(4 + length as usize, 0);
    entry
}

#[test]
fn an_image_has_the_layout_of_the_reference() {
    let image = image();
    assert_eq!(image[..4], [0x43, 0x4E, 0x4F, 0x43]);
    assert_eq!(image[4..14], [39, 0, 0, 0, 3, 0, 0, 0, 2, 0]);
    assert_eq!(image[16..24], [3, 0, 2, 0, 0, 0, 0, 0]);
    assert_eq!(&image[TABLE..], b"\x05\0\0\0abcd\0\x06\0\0\0x=%d\n\0");
}

#[test]
fn the_crc_is_ccitt_false() {
    let mut image = *b"0123456789abcdef123456789";
    seal(&mut image);
    assert_eq!(image[14..16], [0xB1, 0x29]);
}

#[test]
fn both_profiles_read_what_was_written() {
    let image = image();
    let program = Program { code: CODE, strings: &[b"abcd", b"x=%d\n"] };
    assert_eq!(read(&image, Head).unwrap().program(), program);
    assert_eq!(read(&image, Plan).unwrap().program(), program);
}

#[test]
fn every_defect_of_reading_is_found_where_it_is() {
    let unterminated = b"\x05\0\0\0abcde";
    let mut long = write(Program { code: CODE, strings: &[&[b'x'; 127]] }).unwrap();
    long[TABLE] = 129;
    long.push(0);
    long[4] += 1;
    *long.last_chunk_mut().unwrap() = [b'x', 0];
    seal(&mut long);
    let mut unsealed = image();
    unsealed[20] = 1;
    let crc = u16::from_le_bytes([patched(&[(20, &[1])])[14], patched(&[(20, &[1])])[15]]);
    let (head, plan) = (SwitchSet::HEAD, SwitchSet::PLAN);
    let cases: [(Vec<u8>, SwitchSet, Rejection); 25] = [
        (image()[..15].to_vec(), head, (Defect::HeaderTruncated, 15, 15)),
        (patched(&[(0, b"CONC")]), head, (Defect::BadMagic, 0, 0x434E_4F43)),
        (patched(&[(4, &[0; 4])]), head, (Defect::PayloadEmpty, 4, 0)),
        (patched(&[(8, &[0; 4])]), head, (Defect::NoInstructions, 8, 0)),
        (image()[..54].to_vec(), head, (Defect::PayloadTruncated, 54, 38)),
        (patched(&[(4, &[0xFF; 4])]), plan, (Defect::PayloadTruncated, 55, 39)),
        (unsealed, plan, (Defect::CrcMismatch, 14, crc.into())),
        (resized(20), head, (Defect::NoStringTable, 36, 20)),
        (resized(1), head, (Defect::NoStringTable, 17, 1)),
        (patched(&[(24, b"\x02\0\0\0ab\0\0")]), head, (Defect::NoCode, 24, 0)),
        (long.clone(), head, (Defect::StringTooLong, TABLE as u32 + 4, 128)),
        (long, plan, (Defect::StringTooLong, TABLE as u32, 129)),
        (patched(&[(54, b"!")]), head, (Defect::StringUnterminated, 49, 6)),
        (patched(&[(TABLE, unterminated)]), plan, (Defect::StringUnterminated, TABLE as u32, 5)),
        (resized(7), plan, (Defect::InnerHeaderTruncated, 23, 7)),
        (patched(&[(16, &[4])]), plan, (Defect::InstructionCountDiffers, 16, 4)),
        (patched(&[(18, &[1])]), plan, (Defect::StringCountDiffers, 18, 1)),
        (patched(&[(20, &[0, 1])]), plan, (Defect::PaddingNotZero, 20, 0x100)),
        (resized(19), plan, (Defect::CodeOutside, 35, 2)),
        (patched(&[(12, &[33]), (18, &[33])]), plan, (Defect::TooManyStrings, 12, 33)),
        (resized(23), plan, (Defect::StringOutside, TABLE as u32, 3)),
        (resized(38), plan, (Defect::StringOutside, TABLE as u32 + 9, 6)),
        (patched(&[(TABLE, &[0xFF; 4])]), plan, (Defect::StringOutside, TABLE as u32, u32::MAX)),
        (patched(&[(TABLE + 5, &[0])]), plan, (Defect::StringHasZero, TABLE as u32 + 5, 5)),
        (resized(41), plan, (Defect::TrailingBytes, 55, 2)),
    ];
    for (image, profile, expected) in &cases {
        assert_eq!(rejected(image, *profile), *expected);
        assert!(expected.0.is_found(*profile == plan), "{expected:?}");
    }
    let found: BTreeSet<_> = cases.iter().map(|(_, _, (defect, ..))| *defect).collect();
    let of_reading: BTreeSet<_> = Defect::ALL
        .iter()
        .copied()
        .filter(|defect| defect.is_found(true) || defect.is_found(false))
        .collect();
    assert_eq!(found, of_reading);
}

#[test]
fn what_no_image_can_hold_is_not_written() {
    let of = |code: &[Word], strings: &[&[u8]]| write(Program { code, strings }).unwrap_err();
    assert_eq!(of(&[], &[]), Defect::NoInstructions);
    assert_eq!(of(&vec![[0; 4]; 65536], &[]), Defect::TooManyInstructions);
    assert_eq!(of(CODE, &[&b""[..]; 33]), Defect::TooManyStrings);
    assert_eq!(of(CODE, &[&[b'x'; 128]]), Defect::StringTooLong);
    assert_eq!(of(CODE, &[b"a\0"]), Defect::StringHasZero);
}

#[test]
fn the_search_takes_push_0_before_a_character_for_a_string() {
    // The opcode of EQ, 0x20, is that of a blank.
    let code = [[0x01, 0, 1, 0], [0x01, 0, 0, 0], [0x20, 0, 0, 0], [0x00, 0, 0, 0]];
    let image = write(Program { code: &code, strings: &[b"abcd"] }).unwrap();
    assert_eq!(read(&image, Plan).unwrap().program().code, code);
    let read = read(&image, Head).unwrap();
    assert_eq!(read.program(), Program { code: &code[..1], strings: &[b" "] });
}

#[test]
fn the_search_begins_with_a_length_below_256_and_goes_on_up_to_256() {
    let strings_of = |first: u32, second: u32| {
        let payload = [&[0; 12], &entry(first, b"first")[..], &entry(second, b"second")].concat();
        read(&with_payload(&payload), Head).map(|image| image.program().strings.len())
    };
    assert_eq!(strings_of(255, 256), Ok(2));
    assert_eq!(strings_of(255, 257), Ok(1));
    // The first is overlooked, and found is the second, 256 + 4 bytes on.
    assert_eq!(strings_of(256, 255), Ok(1));
    assert_eq!(strings_of(256, 256).unwrap_err().defect, Defect::NoStringTable);
}

#[test]
fn the_search_ends_8_bytes_before_the_payload() {
    let strings_of = |text: &[u8]| {
        read(&with_payload(&[&[0; 12], text].concat()), Head).map(|image| image.program().strings.len())
    };
    assert_eq!(strings_of(b"\x05\0\0\0abcd\0"), Ok(1));
    assert_eq!(strings_of(b"\x04\0\0\0abcd").unwrap_err().defect, Defect::NoStringTable);
    // Behind the first string, shorter ones are found too.
    assert_eq!(strings_of(b"\x05\0\0\0abcd\0\x01\0\0\0\0"), Ok(2));
}

#[test]
fn the_search_takes_blanks_to_tildes_and_three_controls_for_characters() {
    for byte in 0..=255 {
        let image = with_payload(&[&[0; 12], &entry(8, &[b'a', b'b', b'c', byte])[..]].concat());
        let is_character = matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
        assert_eq!(read(&image, Head).is_ok(), is_character, "{byte:#x}");
    }
}

#[test]
fn the_search_overlooks_a_string_of_three_characters() {
    let image = write(Program { code: CODE, strings: &[b"abc", b"text"] }).unwrap();
    assert_eq!(read(&image, Plan).unwrap().program().strings, [b"abc", &b"text"[..]]);
    let read = read(&image, Head).unwrap();
    assert_eq!((read.program().code.len(), read.program().strings), (5, &[&b"text"[..]][..]));
}

#[test]
fn a_program_without_strings_is_read_by_its_numbers_only() {
    let image = write(Program { code: CODE, strings: &[] }).unwrap();
    assert_eq!(read(&image, Plan).unwrap().program(), Program { code: CODE, strings: &[] });
    assert_eq!(read(&image, Head).unwrap_err().defect, Defect::NoStringTable);
}

#[test]
fn head_reads_at_most_32_strings_and_goes_on_behind_a_0() {
    let strings = [&b"text"[..]; 32];
    let mut image = write(Program { code: CODE, strings: &strings }).unwrap();
    image.extend(b"\x02\0\0\0a\0");
    let size = (image.len() - 16) as u32;
    image[4..8].copy_from_slice(&size.to_le_bytes());
    seal(&mut image);
    assert_eq!(read(&image, Head).unwrap().program().strings, strings);
    // The 0 at the end of `abcd` is gone: the text goes on into the next string's length.
    let image = patched(&[(TABLE + 8, b"e")]);
    assert_eq!(read(&image, Head).unwrap().program().strings, [&b"abcde\x06"[..], b"x=%d\n"]);
}

proptest! {
    #[test]
    fn reading_undoes_writing(
        code in prop::collection::vec(any::<Word>(), 1..40),
        strings in prop::collection::vec(prop::collection::vec(1..=255u8, 0..=127), 0..=32),
    ) {
        let strings: Vec<&[u8]> = strings.iter().map(Vec::as_slice).collect();
        let program = Program { code: &code, strings: &strings };
        let image = write(program).unwrap();
        let read = read(&image, Plan).unwrap();
        prop_assert_eq!(read.program(), program);
    }

    #[test]
    fn no_bytes_make_reading_panic(mut bytes: Vec<u8>, payload in prop::collection::vec(0..40u8, 0..60), sealed: bool) {
        if sealed {
            bytes = with_payload(&payload);
        }
        for (profile, plan) in [(SwitchSet::HEAD, false), (SwitchSet::PLAN, true)] {
            if let Err(error) = read(&bytes, profile) {
                prop_assert!(error.defect.is_found(plan));
                prop_assert!(error.offset as usize <= bytes.len());
            }
        }
    }
}
