//! Images for people.

use std::fmt::Write as _;

use oracle::hex;

use crate::case::Case;

/// The image, 16 bytes a line.
pub(crate) fn listing(case: &Case) -> String {
    let mut text = format!("{} bytes in pieces of {:?} and the rest\n", case.image.len(), case.chunks);
    for (line, bytes) in case.image.chunks(16).enumerate().take(32) {
        let shown: String =
            bytes.iter().map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { '.' }).collect();
        let _ = writeln!(text, "{:04x}  {:<32}  {shown}", 16 * line, hex::encode(bytes));
    }
    if case.image.len() > 512 {
        text.push_str("…\n");
    }
    text
}
