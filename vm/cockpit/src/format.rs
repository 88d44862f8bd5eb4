//! The formatter of `PRINTF`: it knows `%d`, `%x` and `%c`.

use core::fmt::Write as _;

use crate::error::Check;

/// How many arguments `PRINTF` can have.
pub const MAX_ARGUMENTS: usize = 8;

/// A piece of a format, with the argument it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A byte that stands for itself.
    Byte(u8),
    /// A `%` at the end, which stands for itself.
    LonePercent,
    /// A `%` before a character that is no specifier: it stands for itself and takes no argument, and the character is
    /// a piece of its own. Nevertheless there must be an argument left.
    Unknown,
    /// `%d`: decimal, signed.
    Decimal(i32),
    /// `%x`: hexadecimal, unsigned, lower case.
    Hex(i32),
    /// `%c`: the low byte of the argument.
    Char(i32),
}

/// The pieces of a format.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    format: &'a [u8],
    arguments: &'a [i32],
}

impl<'a> Pieces<'a> {
    /// The pieces of `format` with `arguments`.
    pub const fn new(format: &'a [u8], arguments: &'a [i32]) -> Self {
        Pieces { format, arguments }
    }

    /// The arguments that no piece so far has taken.
    pub const fn surplus(&self) -> &'a [i32] {
        self.arguments
    }
}

impl Iterator for Pieces<'_> {
    /// [`Check::Format`] if an argument is missing; then the format has no meaning.
    type Item = Result<Piece, Check>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&byte, rest) = self.format.split_first()?;
        self.format = rest;
        if byte != b'%' {
            return Some(Ok(Piece::Byte(byte)));
        }
        let Some((&specifier, behind)) = rest.split_first() else { return Some(Ok(Piece::LonePercent)) };
        let Some((&argument, others)) = self.arguments.split_first() else { return Some(Err(Check::Format)) };
        let piece = match specifier {
            b'd' => Piece::Decimal(argument),
            b'x' => Piece::Hex(argument),
            b'c' => Piece::Char(argument),
            _ => return Some(Ok(Piece::Unknown)),
        };
        (self.format, self.arguments) = (behind, others);
        Some(Ok(piece))
    }
}

/// What a format gives, at most 255 bytes.
#[derive(Clone, Debug)]
pub struct Output {
    bytes: [u8; 255],
    length: usize,
}

impl Output {
    /// Formats.
    ///
    /// # Errors
    /// [`Check::Format`] if an argument is missing before the output is full.
    pub fn of(format: &[u8], arguments: &[i32]) -> Result<Self, Check> {
        let mut output = Output { bytes: [0; 255], length: 0 };
        for piece in Pieces::new(format, arguments) {
            if output.length == output.bytes.len() {
                break;
            }
            // Writing never fails: what has no room is cut off.
            let _ = match piece? {
                Piece::Byte(byte) => output.push(byte),
                Piece::LonePercent | Piece::Unknown => output.push(b'%'),
                Piece::Decimal(value) => write!(output, "{value}"),
                Piece::Hex(value) => write!(output, "{value:x}"),
                Piece::Char(value) => output.push(value as u8),
            };
        }
        Ok(output)
    }

    /// What is printed: the bytes before the first that is 0, for the reference hands its text on as a C string.
    pub fn printed(&self) -> &[u8] {
        let bytes = &self.bytes[..self.length];
        bytes.split(|&byte| byte == 0).next().unwrap_or(bytes)
    }

    fn push(&mut self, byte: u8) -> core::fmt::Result {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
        Ok(())
    }
}

impl core::fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        text.bytes().try_for_each(|byte| self.push(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn printed(format: &str, arguments: &[i32]) -> Result<Vec<u8>, Check> {
        Ok(Output::of(format.as_bytes(), arguments)?.printed().to_vec())
    }

    #[test]
    fn specifiers_take_arguments_in_their_order() {
        assert_eq!(printed("%d %x %c", &[-5, -1, 65]).unwrap(), b"-5 ffffffff A");
        assert_eq!(printed("%d", &[i32::MIN, 7]).unwrap(), b"-2147483648");
        assert_eq!(printed("", &[]).unwrap(), b"");
    }

    #[test]
    fn a_percent_needs_an_argument_unless_it_is_last() {
        assert_eq!(printed("100%", &[]).unwrap(), b"100%");
        assert_eq!(printed("100%%", &[]), Err(Check::Format));
        assert_eq!(printed("%d%d", &[1]), Err(Check::Format));
        assert_eq!(printed("%s", &[]), Err(Check::Format));
    }

    #[test]
    fn an_unknown_specifier_takes_none() {
        assert_eq!(printed("a%%b", &[1]).unwrap(), b"a%%b");
        assert_eq!(printed("%s%d", &[1]).unwrap(), b"%s1");
        assert_eq!(printed("%%d", &[1]).unwrap(), b"%1");
    }

    #[test]
    fn a_zero_byte_ends_what_is_printed() {
        assert_eq!(printed("a%cb", &[0x100]).unwrap(), b"a");
        assert_eq!(printed("a%cb", &[0x1FF]).unwrap(), b"a\xFFb");
    }

    #[test]
    fn the_output_is_cut_at_255_bytes() {
        let long = "%d".repeat(8) + &"x".repeat(300);
        assert_eq!(printed(&long, &[i32::MIN; 8]).unwrap().len(), 255);
        assert_eq!(printed(&("x".repeat(255) + "%d"), &[]).unwrap().len(), 255);
        assert_eq!(printed(&("x".repeat(254) + "%d"), &[]), Err(Check::Format));
    }
}
