//! HXE images for people: what one declares, and its code as assembly text.

use std::fmt::Write as _;

use half::f16;
use minivm::disasm::Disassembly;
use oracle::subject::Profile;

use crate::outcome::{Accepted, Outcome};

/// What loading says: every field of the header and of the metadata, or why and where the image is refused.
pub fn info(loaded: &[(Profile, Outcome)]) -> String {
    let mut text = String::new();
    for (profile, outcome) in loaded {
        let _ = match outcome {
            Outcome::Accepted(_) => writeln!(text, "{profile}: valid"),
            Outcome::Rejected { error, offset } => {
                writeln!(text, "{profile}: {} at byte {offset:#x}", error.name())
            }
        };
    }
    if let Some(image) = accepted(loaded) {
        header(&mut text, image);
        metadata(&mut text, image);
    }
    text
}

/// The image as the first profile that accepts it sees it.
pub fn accepted(loaded: &[(Profile, Outcome)]) -> Option<&Accepted> {
    loaded.iter().find_map(|(_, outcome)| match outcome {
        Outcome::Accepted(image) => Some(&**image),
        Outcome::Rejected { .. } => None,
    })
}

fn header(text: &mut String, image: &Accepted) {
    let header = &image.header;
    let mut field = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:<14}{value}");
    };
    field("version", header.version.to_string());
    if let Some(name) = &header.app_name {
        field("name", name.clone());
    }
    let mut flags = format!("{:#06x}", header.flags);
    for (bit, meaning) in [(1, "manifest"), (2, "several instances")] {
        if header.flags & bit != 0 {
            let _ = write!(flags, ", {meaning}");
        }
    }
    field("flags", flags);
    field("entry", format!("{:#x}", header.entry));
    field("code", format!("{} bytes", header.code_len));
    field("rodata", format!("{} bytes", header.ro_len));
    field("bss", format!("{} bytes", header.bss_size));
    field("capabilities", format!("{:#x}", header.req_caps));
    field("crc32", format!("{:#010x}", header.crc32));
}

fn metadata(text: &mut String, image: &Accepted) {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".into());
    for section in &image.sections {
        let kind = match section.kind {
            1 => "values".to_owned(),
            2 => "commands".to_owned(),
            3 => "mailboxes".to_owned(),
            other => format!("type {other}"),
        };
        let (offset, size) = (section.offset, section.size);
        let _ = writeln!(text, "section: {kind}, {size} bytes at {offset:#x}, {} entries", section.count);
    }
    for value in &image.values {
        let [init, min, max] = [value.init, value.min, value.max].map(f16::from_bits);
        let (group, id, unit) = (value.group, value.id, name(&value.unit));
        let _ = writeln!(text, "  value {group}:{id} {} = {init} [{min}, {max}] {unit}", name(&value.name));
    }
    for command in &image.commands {
        let (group, id, handler) = (command.group, command.id, command.handler);
        let (called, help) = (name(&command.name), name(&command.help));
        let _ = writeln!(text, "  command {group}:{id} {called} at {handler:#x}: {help}");
    }
    for mailbox in &image.mailboxes {
        let capacity =
            mailbox.capacity.as_ref().map_or("default".to_owned(), |bytes| format!("{bytes} bytes"));
        let bindings = mailbox.bindings.len();
        let (target, mode) = (&mailbox.target, mailbox.mode);
        let _ = writeln!(text, "  mailbox {target}: {capacity}, mode {mode:#x}, {bindings} bindings");
    }
}

/// The program as assembly text, which assembles to the same code, rodata and entry point.
pub fn assembly(image: &Accepted) -> String {
    let mut text = String::from("        .text\n");
    for (bytes, instruction) in Disassembly::walk(&image.code, 0) {
        // The entry point may be the literal of an LDI32: then the directive has to stand between the two.
        let at = bytes.start;
        let entry = image.header.entry as usize;
        if at == entry {
            text.push_str("        .entry\n");
        }
        if bytes.len() == 8 && entry == at + 4 {
            let words = image.code[bytes].chunks_exact(4);
            for (word, mark) in words.zip(["", "        .entry\n"]) {
                let word = word.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte));
                let _ = writeln!(text, "{mark}        .word {word:#010X} ; {at:04x}");
            }
        } else {
            let line = format!("        {instruction}");
            let separator = if line.contains(';') { "," } else { " ;" };
            let _ = writeln!(text, "{line:<40}{separator} {at:04x}: {:08x}", instruction.word);
        }
    }
    if !image.rodata.is_empty() {
        text.push_str("        .data\n");
    }
    for (row, bytes) in image.rodata.chunks(16).enumerate() {
        let list: Vec<String> = bytes.iter().map(|byte| format!("{byte:#04x}")).collect();
        let shown: String = bytes.iter().map(|&byte| printable(byte)).collect();
        let address = minivm::hxe::RODATA_BASE as usize + row * 16;
        let _ = writeln!(text, "        .byte {} ; {address:04x} {shown}", list.join(", "));
    }
    text
}

fn printable(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { byte.into() } else { '.' }
}
