//! Situations of `PRINTF`.

use super::Point as P;
use super::step::{Step, When};
use crate::format::{MAX_ARGUMENTS, Piece, Pieces};
use crate::instruction::Instruction;

impl Step<'_> {
    pub(super) fn printed(&self, instruction: Instruction, when: When<'_>) {
        let Some(format) = self.program.strings.get(self.number(instruction)) else { return };
        let arguments = self.arguments();
        when(arguments.is_empty(), P::NoArguments);
        when(arguments.len() == MAX_ARGUMENTS, P::EightArguments);
        when(format.is_empty(), P::EmptyText);
        let mut pieces = Pieces::new(format, arguments);
        for piece in pieces.by_ref() {
            match piece {
                Ok(Piece::Decimal(value)) => {
                    when(true, if value < 0 { P::DecimalNegative } else { P::Decimal })
                }
                Ok(Piece::Hex(value)) => when(true, if value < 0 { P::HexNegative } else { P::Hex }),
                Ok(Piece::Char(value)) => when(true, character(value as u8)),
                Ok(Piece::Unknown) => when(true, P::UnknownSpecifier),
                Ok(Piece::LonePercent) => when(true, P::LonePercent),
                Ok(Piece::Byte(_)) | Err(_) => {}
            }
        }
        when(!pieces.surplus().is_empty(), P::SurplusArguments);
    }

    /// The arguments of a `PRINTF` that completed.
    pub(super) fn arguments(&self) -> &[i32] {
        let Some((&count, below)) = self.before.stack.as_slice().split_last() else { return &[] };
        let first = usize::try_from(count).ok().and_then(|count| below.len().checked_sub(count));
        first.map_or(&[], |first| &below[first..])
    }
}

fn character(byte: u8) -> P {
    match byte {
        0 => P::CharEndsText,
        1..=0x7F => P::Char,
        _ => P::CharBeyondAscii,
    }
}
