//! Sweeps: images at the edges of the format, enumerated.

use std::iter;

use itertools::iproduct;
use minivm::hxe::{ImageParts, seal, write};

use crate::case::Case;
use crate::json;

/// Every case of the sweep, always in the same order.
pub fn cases() -> impl Iterator<Item = Case> + Send {
    let images = || base_images().into_iter();
    header_fields()
        .chain(images().flat_map(truncations))
        .chain(images().flat_map(single_bytes))
        .chain(images().flat_map(cuts))
        .chain(overlaps())
        .chain(mailbox_texts())
        .chain(mailbox_integers())
        .chain(mailbox_nesting())
}

/// Valid images: small, and with everything an image can have.
fn base_images() -> Vec<Vec<u8>> {
    let plain = ImageParts {
        version: 1,
        code: vec![0x01, 0x10, 0, 5, 0x25, 0, 0, 0],
        rodata: b"rodata!!".to_vec(),
        ..ImageParts::default()
    };
    let named =
        ImageParts { version: 2, app_name: b" blinky \0x".to_vec(), flags: 2, entry: 4, ..plain.clone() };
    let full = ImageParts { sections: sections(), rodata: b"data".to_vec(), ..named.clone() };
    [&plain, &named, &full].map(write).to_vec()
}

/// A section of each kind, mailboxes in both forms, and one of a kind that nobody knows.
fn sections() -> Vec<(u32, u32, Vec<u8>)> {
    let mut values = Vec::new();
    for (id, name, unit) in [(1, 40, 46), (2, 0, 45)] {
        values.extend([1, id, 2, 3, 0x3C, 0, 0, name, 0, unit, 0x10, 0, 0xFC, 0, 0x7C, 0, 0, id, 0, 50]);
    }
    values.extend(b"speed\0m/s\0grp\0");
    let mut commands = vec![1, 7, 1, 0, 0, 0, 0, 4, 0, 16, 0, 22, 0xAB, 0xCD, 0, 0];
    commands.extend(b"reset\0again\xC3\xA9\0");
    let mut legacy = vec![0, 0, 0, 16, 0, 64, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];
    legacy.extend(b"app:log\0");
    let json =
        br#"{"version": 1, "mailboxes": [{"target": "app:a", "capacity": 96, "mode": "RDWR|FANOUT_DROP",
        "owner_pid": 2, "bindings": [{"pid": 3, "flags": 1}]}]}"#;
    vec![(1, 2, values), (2, 1, commands), (3, 1, legacy), (3, 1, json.to_vec()), (9, 4, vec![1, 2, 3])]
}

/// Every header field at its edges, with a right CRC and with the one that was there.
fn header_fields() -> impl Iterator<Item = Case> + Send {
    let words = [
        0,
        1,
        2,
        3,
        4,
        5,
        8,
        12,
        0x60,
        0x68,
        0x70,
        0xFFFC,
        0xFFFF,
        0x1_0000,
        0x1_0001,
        0x1_0004,
        0x100_0000,
        u32::MAX,
    ];
    let offsets = [8usize, 12, 16, 20, 24, 28, 0x40, 0x44];
    let halves = iproduct!(base_images(), [4usize, 6], [0u16, 1, 2, 3, 0x0100, 0x0200, 0x8000, 0xFFFF]);
    let names = iproduct!([0x7Fu8, 0x80, b' ', b'\t', 0x1C, 0], 0x20usize..0x41);
    let by_word = iproduct!(base_images(), offsets, words, [false, true])
        .map(|(image, at, value, sealed)| patched(image, at, &value.to_be_bytes(), sealed));
    let by_half = halves.map(|(image, at, value)| patched(image, at, &value.to_be_bytes(), true));
    let by_name = names.map(|(byte, at)| patched(base_images().remove(1), at, &[byte], true));
    by_word.chain(by_half).chain(by_name)
}

fn patched(mut image: Vec<u8>, at: usize, bytes: &[u8], sealed: bool) -> Case {
    if let Some(target) = image.get_mut(at..at + bytes.len()) {
        target.copy_from_slice(bytes);
    }
    if sealed {
        seal(&mut image);
    }
    Case::whole(image)
}

/// Every truncation, with the CRC that was there and with a right one; and bytes too many.
fn truncations(image: Vec<u8>) -> impl Iterator<Item = Case> + Send {
    let shorter = iproduct!(0..image.len(), [false, true]).map({
        let image = image.clone();
        move |(length, sealed)| patched(image[..length].to_vec(), usize::MAX - 64, &[], sealed)
    });
    let longer = iproduct!(1..6usize, [false, true]).map(move |(extra, sealed)| {
        let mut image = image.clone();
        image.extend(iter::repeat_n(0xA5, extra));
        patched(image, usize::MAX - 64, &[], sealed)
    });
    shorter.chain(longer)
}

/// Every byte changed in a few ways.
fn single_bytes(image: Vec<u8>) -> impl Iterator<Item = Case> + Send {
    let changes: [fn(u8) -> u8; 5] =
        [|byte| byte ^ 1, |byte| byte ^ 0x80, |_| 0, |_| 0xFF, |byte| byte.wrapping_add(1)];
    iproduct!(0..image.len(), changes, [false, true])
        .map(move |(at, change, sealed)| patched(image.clone(), at, &[change(image[at])], sealed))
}

/// Valid images in pieces of every size, and of one byte up to a place.
fn cuts(image: Vec<u8>) -> impl Iterator<Item = Case> + Send {
    let length = image.len();
    let even = (1..=length).step_by(3).map(move |size| vec![size as u32; length / size]);
    let bytewise = (0..length).step_by(7).map(|count| vec![1; count]);
    let odd = [vec![0, 0, 5, 0], vec![31, 1], vec![95, 1], vec![96, 0, 1]];
    even.chain(bytewise).chain(odd).map(move |chunks| Case { image: image.clone(), chunks })
}

/// Sections moved over everything else: the header, code, rodata, the table, each other, and beyond the end.
fn overlaps() -> impl Iterator<Item = Case> + Send {
    let image = base_images().remove(2);
    let table = u32::from_be_bytes([image[0x40], image[0x41], image[0x42], image[0x43]]) as usize;
    let length = image.len() as u32;
    let places = (0..length + 20).step_by(5).chain([95, 96, 97, u32::MAX, u32::MAX - 3]);
    let sizes = [None, Some(0), Some(1), Some(19), Some(20), Some(21), Some(200), Some(u32::MAX)];
    let counts = [None, Some(0), Some(3), Some(u32::MAX)];
    iproduct!(0..5usize, places, sizes, counts).map(move |(section, place, size, count)| {
        let mut image = image.clone();
        let entry = table + 16 * section;
        image[entry + 4..entry + 8].copy_from_slice(&place.to_be_bytes());
        for (at, value) in [(entry + 8, size), (entry + 12, count)] {
            if let Some(value) = value {
                image[at..at + 4].copy_from_slice(&value.to_be_bytes());
            }
        }
        seal(&mut image);
        Case::whole(image)
    })
}

/// Mailboxes as JSON that is good, odd and bad.
fn mailbox_texts() -> impl Iterator<Item = Case> + Send {
    let documents = [
        "[]",
        "{}",
        "[[]]",
        "[1]",
        "{\"version\":2}",
        "{\"version\":1.0}",
        "{\"version\":true}",
        "{\"version\":\"1\"}",
        "{\"version\":null,\"entries\":[{\"name\":\"a\"}]}",
        "{\"mailboxes\":0,\"entries\":[{\"name\":\"a\"}]}",
        "{\"mailboxes\":\"x\"}",
        "{\"mailboxes\":{}}",
        "{\"mailboxes\":{\"a\":1}}",
        "  [ ]  ",
        "[",
        "[] x",
        "{\"a\":1,}",
        "[{\"target\":\"\",\"name\":\"b\"}]",
        "[{\"target\":\" \"}]",
        "[{\"target\":5}]",
        "[{\"target\":5,\"name\":\"b\"}]",
        "[{\"name\":\"a\"},{\"name\":\"a\"}]",
        "[{\"name\":\"\u{e9}\"}]",
        "[{\"name\":\"\\u00e9\\n\"}]",
        "[{\"name\":\"a\tb\"}]",
    ];
    let members =
        ["capacity", "queue_depth", "mode_mask", "mode", "flags", "owner_pid", "bindings", "reserved"];
    let values = [
        "null",
        "0",
        "1",
        "-1",
        "64",
        "65536",
        "1.5",
        "-0.5",
        "1e3",
        "true",
        "false",
        "\"\"",
        "\"12\"",
        "\" 1_2 \"",
        "\"1__2\"",
        "\"x\"",
        "\"RO|TAP\"",
        "\"fanout , rw\"",
        "\"|\"",
        "\"NONE\"",
        "[]",
        "{}",
        "[{\"pid\":1}]",
        "[{\"pid\":\"2\",\"flags\":-1}]",
        "[{\"pid\":null}]",
        "[{\"flags\":1}]",
        "[{\"pid\":1,\"flags\":null}]",
        "[5]",
        "9223372036854775807",
        "-9223372036854775808",
    ];
    let by_member = iproduct!(members, values)
        .map(|(member, value)| format!("[{{\"name\":\"a\",\"{member}\":{value}}}]"));
    let texts = documents.into_iter().map(str::to_owned).chain(by_member);
    let raw = [
        b"\0\0{}".to_vec(),
        b"{\"mailboxes\":[]}\0\0".to_vec(),
        b"\0\0\0".to_vec(),
        vec![],
        b"{\xFF}".to_vec(),
        b"\x0B[]".to_vec(),
    ];
    texts.map(String::into_bytes).chain(raw).map(declaring)
}

/// An image whose section of mailboxes has these bytes.
fn declaring(bytes: Vec<u8>) -> Case {
    let parts = ImageParts {
        version: 2,
        code: vec![0x25, 0, 0, 0],
        sections: vec![(3, 1, bytes)],
        ..ImageParts::default()
    };
    Case::whole(write(&parts))
}

/// A mailbox with integers around 64 bits and around the 4300 digits that Python takes, as number, as text, with
/// fraction and with exponent, in every member that can have one and in one that nobody reads.
fn mailbox_integers() -> impl Iterator<Item = Case> + Send {
    let members = ["capacity", "mode", "owner_pid", "bindings", "unread"];
    json::integers().flat_map(move |value| {
        members.into_iter().map(move |member| declaring(json::mailbox_with(member, &value).into_bytes()))
    })
}

/// Documents and mailboxes that nest around the limits of JSON readers and of Python, and far beyond.
fn mailbox_nesting() -> impl Iterator<Item = Case> + Send {
    let depths = json::DEPTHS.into_iter().chain([5000]);
    iproduct!(depths, json::BRACKETS, json::PLACES, json::CORES)
        .filter(|(depth, _, _, core)| *depth < 1000 || *core == "1")
        .map(|(depth, brackets, place, core)| {
            declaring(json::nested(depth, brackets, place, core).into_bytes())
        })
        .chain([declaring(b"[".repeat(200_000)), declaring(b"{\"a\":".repeat(100_000))])
}
