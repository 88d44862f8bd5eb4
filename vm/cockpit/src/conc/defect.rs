//! What can be wrong with an image.

use core::fmt::{self, Display, Formatter};

macro_rules! define_defects {
    ($($(#[doc = $doc:literal])* $variant:ident, $name:literal, $ending:ident, $found_in:ident;)*) => {
        /// Why an image is rejected, in the order of the checks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Defect {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Defect {
            /// Every defect.
            pub const ALL: &[Defect] = &[$(Defect::$variant,)*];

            /// The name, in `snake_case`, as in vectors and reports.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Defect::$variant => $name,)*
                }
            }

            /// How the reference's start from flash ends on it.
            pub const fn ending(self) -> Ending {
                match self {
                    $(Defect::$variant => Ending::$ending,)*
                }
            }

            /// Whether reading in profile `plan` (or else in profile `head`) can find it.
            pub const fn is_found(self, plan: bool) -> bool {
                match self {
                    $(Defect::$variant => FoundIn::$found_in.includes(plan),)*
                }
            }
        }
    };
}

/// The profiles that look for a defect.
#[derive(Clone, Copy)]
enum FoundIn {
    Both,
    Head,
    Plan,
    /// Neither: only writing an image finds it.
    Neither,
}

impl FoundIn {
    const fn includes(self, plan: bool) -> bool {
        match self {
            FoundIn::Both => true,
            FoundIn::Head => !plan,
            FoundIn::Plan => plan,
            FoundIn::Neither => false,
        }
    }
}

define_defects! {
    /// The image ends within the first 16 bytes.
    HeaderTruncated, "header_truncated", InvalidHeader, Both;
    /// The first four bytes are not the magic.
    BadMagic, "bad_magic", NoProgram, Both;
    /// The payload is empty.
    PayloadEmpty, "payload_empty", InvalidHeader, Both;
    /// The number of instructions is 0.
    NoInstructions, "no_instructions", InvalidHeader, Both;
    /// The image ends within the payload.
    PayloadTruncated, "payload_truncated", InvalidHeader, Both;
    /// The CRC is wrong.
    CrcMismatch, "crc_mismatch", CrcMismatch, Both;
    /// Nothing in the payload looks like a string.
    NoStringTable, "no_string_table", InvalidHeader, Head;
    /// The payload ends within its header.
    InnerHeaderTruncated, "inner_header_truncated", InvalidHeader, Plan;
    /// The payload's header has another number of instructions.
    InstructionCountDiffers, "instruction_count_differs", InvalidHeader, Plan;
    /// The payload's header has another number of strings.
    StringCountDiffers, "string_count_differs", InvalidHeader, Plan;
    /// The padding of the payload's header is not 0.
    PaddingNotZero, "padding_not_zero", InvalidHeader, Plan;
    /// The payload ends within the instructions.
    CodeOutside, "code_outside", InvalidHeader, Plan;
    /// There are more than 32 strings.
    TooManyStrings, "too_many_strings", VmError, Plan;
    /// The payload ends within a string or its length.
    StringOutside, "string_outside", InvalidHeader, Plan;
    /// A string has more than 127 bytes before its 0.
    StringTooLong, "string_too_long", VmError, Both;
    /// A string has no 0 at its end; in head, no byte of the image from its start on is 0.
    StringUnterminated, "string_unterminated", VmError, Both;
    /// A string has a 0 before its end.
    StringHasZero, "string_has_zero", InvalidHeader, Plan;
    /// Bytes follow the last string.
    TrailingBytes, "trailing_bytes", InvalidHeader, Plan;
    /// The first thing that looks like a string follows the payload's header, so there are no instructions.
    NoCode, "no_code", VmError, Head;
    /// The number of instructions does not fit its field of 16 bits. Only writing an image finds it.
    TooManyInstructions, "too_many_instructions", InvalidHeader, Neither;
}

/// How the reference's start from flash ends if it does not run the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Ending {
    /// There is no image.
    NoProgram = 1,
    /// The image makes no sense.
    InvalidHeader = 2,
    /// The CRC is wrong.
    CrcMismatch = 3,
    /// The machine did not take the program.
    VmError = 4,
}

/// What is wrong, where, and with which value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// What is wrong.
    pub defect: Defect,
    /// Where, in bytes from the start of the image: the field, the string, or the end of what is too short.
    pub offset: u32,
    /// The value that is wrong: a field, the CRC that was computed, a length, the number of bytes that are there.
    pub value: u32,
}

impl Display for LoadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let LoadError { defect, offset, value } = self;
        write!(f, "{} at byte {offset:#x} (value {value:#x})", defect.name())
    }
}

impl core::error::Error for LoadError {}

/// A defect at `offset`; what does not fit 32 bits becomes their maximum.
pub(super) fn reject<T>(defect: Defect, offset: usize, value: usize) -> Result<T, LoadError> {
    let fit = |number| u32::try_from(number).unwrap_or(u32::MAX);
    Err(LoadError { defect, offset: fit(offset), value: fit(value) })
}
