//! What subjects whose cases have images do with them: say in a line what is in one, and make one smaller.

use minivm::disasm::Disassembly;
use minivm::hxe::{ImageParts, RODATA_BASE, seal, write};
use oracle::hex;

/// Bytes that are shown of what is no image.
const SHOWN: usize = 16;

/// What is in an image, as far as it says so.
pub fn in_words(image: &[u8]) -> String {
    let word =
        |at: usize| image.get(at..at + 4).map(|it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]) as usize);
    let header: usize = if image.get(5) == Some(&2) { 96 } else { 32 };
    let code = word(12).and_then(|length| image.get(header..header.checked_add(length)?));
    let Some(code) = code.filter(|_| image.starts_with(b"HSXE")) else {
        return format!("{} bytes: {}…", image.len(), hex::encode(&image[..SHOWN.min(image.len())]));
    };
    let listed: Vec<_> = Disassembly::walk(code, 0).take(12).collect();
    let end = listed.last().map_or(0, |(bytes, _)| bytes.end);
    let more = if end < code.len() { "; …" } else { "" };
    let listing: Vec<String> = listed.iter().map(|(_, instruction)| instruction.to_string()).collect();
    let entry = word(8).filter(|&entry| entry != 0).map_or(String::new(), |entry| format!(", entry {entry}"));
    let rodata = word(16).filter(|&size| size != 0);
    let rodata = rodata.map_or(String::new(), |size| format!(", {size} bytes at {RODATA_BASE:#x}"));
    format!("{} bytes{entry}{rodata}: {}{more}", image.len(), listing.join("; "))
}

/// Parts of the bytes, and the bytes with zeros in them.
pub fn shorter(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let length = bytes.len();
    for size in
        std::iter::successors(Some(length), |size| Some(size / 2)).take_while(|&size| size > 0).take(6)
    {
        for start in (0..length).step_by(size).rev().take(32) {
            let end = (start + size).min(length);
            found.push([&bytes[..start], &bytes[end..]].concat());
            if bytes[start..end].iter().any(|&byte| byte != 0) {
                let mut zeros = bytes.to_vec();
                zeros[start..end].fill(0);
                found.push(zeros);
            }
        }
    }
    found
}

/// Shorter images: valid ones with less in them if this one can be taken apart, then its parts.
pub fn simpler_images(image: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    if let Some(parts) = parts(image) {
        let words = parts.code.len() / 4;
        let plain =
            ImageParts { code: parts.code.clone(), entry: parts.entry, version: 1, ..ImageParts::default() };
        found.push(write(&plain));
        found.push(write(&ImageParts { code: vec![0; 4], version: 1, ..ImageParts::default() }));
        for size in [words / 2, 1] {
            for start in (0..words).step_by(size.max(1)).rev() {
                let mut code = parts.code.clone();
                code.drain(4 * start..(4 * (start + size)).min(code.len()));
                found.push(write(&ImageParts { code, ..parts.clone() }));
                let mut code = parts.code.clone();
                code[4 * start..(4 * (start + size)).min(4 * words)].fill(0);
                found.push(write(&ImageParts { code, ..parts.clone() }));
            }
        }
        found.push(write(&ImageParts { entry: 0, ..parts.clone() }));
        found.push(write(&ImageParts { bss_size: 0, ..parts.clone() }));
        found.push(write(&ImageParts { rodata: Vec::new(), ..parts.clone() }));
    }
    for part in shorter(image) {
        let mut sealed = part.clone();
        seal(&mut sealed);
        found.push(sealed);
        found.push(part);
    }
    found.retain(|candidate| weight(candidate) < weight(image));
    found
}

/// What an image without metadata is made of; `None` if it is none.
fn parts(image: &[u8]) -> Option<ImageParts> {
    let word = |at: usize| Some(u32::from_be_bytes(image.get(at..at + 4)?.try_into().ok()?));
    let header = if image.get(5)? == &2 { 96 } else { 32 };
    let [code, rodata] = [word(12)? as usize, word(16)? as usize];
    let behind = image.get(header..).filter(|behind| behind.len() >= code.saturating_add(rodata))?;
    let (code, behind) = behind.split_at(code);
    Some(ImageParts {
        version: 1,
        entry: word(8)?,
        code: code.to_vec(),
        rodata: behind[..rodata].to_vec(),
        bss_size: word(20)?,
        ..ImageParts::default()
    })
}

/// Shorter is simpler, and so are zeros outside the CRC, which is as it must be.
fn weight(image: &[u8]) -> (usize, usize) {
    let used = image.iter().enumerate().filter(|(at, byte)| !(28..32).contains(at) && **byte != 0);
    (image.len(), used.count())
}
