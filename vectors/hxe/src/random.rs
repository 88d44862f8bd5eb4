//! Random images: valid ones, which are then damaged, cut, sealed again, and written in random pieces.

use minivm::hxe::{ImageParts, seal, write};
use oracle::random::{Rng, one_in, pick};

use crate::case::Case;
use crate::json;

/// An image; about a third of them are valid.
pub fn image(rng: &mut Rng) -> Case {
    let mut image = write(&parts(rng));
    damage(rng, &mut image);
    Case { image, chunks: pieces(rng) }
}

fn parts(rng: &mut Rng) -> ImageParts {
    let words = rng.usize(1..9);
    ImageParts {
        version: rng.u16(1..3),
        flags: rng.u16(..8),
        entry: 4 * rng.u32(..words as u32),
        code: bytes(rng, words).repeat(4),
        rodata: if rng.bool() { some_bytes(rng, 12) } else { vec![7; 16] },
        bss_size: rng.u32(..0x1_0001),
        req_caps: rng.u32(..),
        app_name: if rng.bool() {
            b"app".to_vec()
        } else {
            (0..rng.usize(..33)).map(|_| rng.u8(..0x80)).collect()
        },
        sections: (0..rng.usize(..4)).map(|_| section(rng)).collect(),
    }
}

fn bytes(rng: &mut Rng, count: usize) -> Vec<u8> {
    (0..count).map(|_| rng.u8(..)).collect()
}

/// Fewer than `below` bytes.
fn some_bytes(rng: &mut Rng, below: usize) -> Vec<u8> {
    let count = rng.usize(..below);
    bytes(rng, count)
}

/// Its type, how many entries it says to have, and its bytes.
type SectionParts = (u32, u32, Vec<u8>);

fn section(rng: &mut Rng) -> SectionParts {
    match rng.u8(..10) {
        0..3 => entries(rng, 1, 20, &[6, 8, 18]),
        3..5 => entries(rng, 2, 16, &[8, 10, 14]),
        5..7 => entries(rng, 3, 16, &[2]),
        7..9 => mailboxes(rng),
        _ => (rng.u32(..6), rng.u32(..4), some_bytes(rng, 40)),
    }
}

/// A section of `kind`: entries of `size` bytes, whose fields at `texts` point behind the entries.
fn entries(rng: &mut Rng, kind: u32, size: usize, texts: &[usize]) -> SectionParts {
    let count = rng.usize(..4);
    let names: Vec<String> =
        (0..rng.usize(1..4)).map(|_| name(rng, "abcdefghijklmnopqrstuvwxyz\u{e9}", 0..7)).collect();
    // No name at all may be chosen too.
    let mut offsets = vec![0];
    let mut end = size * count;
    for name in &names {
        offsets.push(end as u16);
        end += name.len() + 1;
    }
    let mut section = Vec::new();
    for _ in 0..count {
        let mut entry = bytes(rng, size);
        for &at in texts {
            entry[at..at + 2].copy_from_slice(&pick(rng, &offsets).to_be_bytes());
        }
        if kind == 3 {
            entry[..2].fill(0);
        }
        section.extend(entry);
    }
    names.iter().for_each(|name| section.extend(name.bytes().chain([0])));
    (kind, count as u32, section)
}

fn name(rng: &mut Rng, letters: &str, length: std::ops::Range<usize>) -> String {
    let letters: Vec<char> = letters.chars().collect();
    (0..rng.usize(length)).map(|_| pick(rng, &letters)).collect()
}

/// A section of mailboxes as JSON.
fn mailboxes(rng: &mut Rng) -> SectionParts {
    let entries: Vec<String> = (0..rng.usize(..3)).map(|_| mailbox(rng)).collect();
    let entries = entries.join(", ");
    let text = if rng.bool() {
        format!("[{entries}]")
    } else {
        format!("{{\"version\": 1, \"mailboxes\": [{entries}]}}")
    };
    (3, 1, text.into_bytes())
}

fn mailbox(rng: &mut Rng) -> String {
    let name = name(rng, "abcdefghijklmnopqrstuvwxyz", 1..5);
    let members: String = (0..rng.usize(..3)).map(|_| format!(", {}", member(rng))).collect();
    format!("{{\"target\": \"app:{name}\"{members}}}")
}

fn member(rng: &mut Rng) -> String {
    match rng.u8(..7) {
        0 => format!("\"capacity\": {}", rng.u32(..200)),
        1 => format!("\"mode\": \"{}\"", pick(rng, &["RO", "rw", "TAP|FANOUT", "odd"])),
        2 => format!("\"owner_pid\": {}", rng.i32(-3..9)),
        3 => format!("\"bindings\": [{{\"pid\": {}, \"flags\": {}}}]", rng.u32(..9), rng.u32(..70_000)),
        4 => {
            let member = pick(rng, &["capacity", "mode", "owner_pid", "unread"]);
            format!("\"{member}\": {}", long_integer(rng))
        }
        5 => format!("\"bindings\": [{{\"pid\": {}, \"flags\": {}}}]", long_integer(rng), long_integer(rng)),
        _ => json::nested(pick(rng, &json::DEPTHS), pick(rng, &json::BRACKETS), ("\"unread\": ", ""), "1"),
    }
}

/// An integer that may have more than 64 bits, now and then as a text.
fn long_integer(rng: &mut Rng) -> String {
    let digits = if one_in(rng, 5) { pick(rng, &[4299, 4300, 4301]) } else { rng.usize(15..45) };
    let (sign, quote) = (pick(rng, &["", "-"]), pick(rng, &["", "\""]));
    let first = rng.usize(1..10);
    let digits: String = (0..digits).map(|at| char::from(b'0' + ((first + 7 * at) % 10) as u8)).collect();
    format!("{quote}{sign}{digits}{quote}")
}

/// What happens to an image that was valid: some bytes change, an end is cut off, bytes are added, and most often it is
/// sealed again.
fn damage(rng: &mut Rng, image: &mut Vec<u8>) {
    let changes = if rng.u8(..5) < 2 { 0 } else { rng.usize(1..4) };
    for _ in 0..changes {
        let at = rng.usize(..image.len());
        image[at] = match rng.u8(..4) {
            0 => rng.u8(..),
            1 => 0,
            2 => 0xFF,
            _ => rng.u8(1..5),
        };
    }
    if one_in(rng, 6) {
        image.truncate(rng.usize(..=image.len()));
    }
    if one_in(rng, 6) {
        let count = rng.usize(1..20);
        image.extend(bytes(rng, count));
    }
    if !one_in(rng, 5) {
        seal(image);
    }
}

/// The lengths of the pieces that an image is written in.
fn pieces(rng: &mut Rng) -> Vec<u32> {
    match rng.u8(..4) {
        0..2 => Vec::new(),
        2 => (0..rng.usize(1..8)).map(|_| rng.u32(..64)).collect(),
        _ => vec![1; 200],
    }
}
