//! What can be wrong with an image.

use core::fmt::{self, Display, Formatter};

macro_rules! define_defects {
    ($($(#[doc = $doc:literal])* $variant:ident, $name:literal, $errno:ident;)*) => {
        /// Why an image is rejected.
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

            /// Whether it is one in profile `strict` alone.
            pub const fn is_strict_only(self) -> bool {
                matches!(self, Defect::RodataMisaligned | Defect::DuplicateId | Defect::DuplicateMailbox)
            }

            /// The error of the control plane that it becomes.
            pub const fn errno(self) -> Errno {
                match self {
                    $(Defect::$variant => Errno::$errno,)*
                }
            }
        }
    };
}

define_defects! {
    /// The image ends within the first 32 bytes.
    TooSmall, "too_small", BadMessage;
    /// The image ends within the header of version 2.
    HeaderTruncated, "header_truncated", BadMessage;
    /// The first four bytes are not `HSXE`.
    BadMagic, "bad_magic", BadMessage;
    /// The version is neither 1 nor 2.
    UnsupportedVersion, "unsupported_version", BadMessage;
    /// The code section is larger than 64 KiB.
    CodeTooLarge, "code_too_large", BadMessage;
    /// The rodata section is larger than 64 KiB.
    RodataTooLarge, "rodata_too_large", BadMessage;
    /// The bss is larger than 64 KiB.
    BssTooLarge, "bss_too_large", BadMessage;
    /// The length of code is no multiple of 4.
    CodeMisaligned, "code_misaligned", BadMessage;
    /// The length of rodata is no multiple of 4 (strict).
    RodataMisaligned, "rodata_misaligned", BadMessage;
    /// The entry point is no multiple of 4.
    EntryMisaligned, "entry_misaligned", BadMessage;
    /// The entry point is not within code.
    EntryOutsideCode, "entry_outside_code", BadMessage;
    /// The app name is not ASCII.
    NameNotAscii, "name_not_ascii", BadMessage;
    /// A reserved byte of the header is not 0.
    ReservedNotZero, "reserved_not_zero", BadMessage;
    /// The metadata table begins within header, code or rodata.
    MetadataOverlap, "metadata_overlap", BadMessage;
    /// The CRC is wrong.
    CrcMismatch, "crc_mismatch", BadMessage;
    /// The image ends within code or rodata.
    Truncated, "truncated", BadMessage;
    /// The image ends within the metadata table.
    TableOutside, "table_outside", BadMessage;
    /// A metadata section begins within the header, or the image ends within it.
    SectionOutside, "section_outside", BadMessage;
    /// A section is too small for its number of entries.
    EntriesTruncated, "entries_truncated", BadMessage;
    /// The offset of a text is not within its section.
    TextOutside, "text_outside", BadMessage;
    /// A text has no NUL before its section ends.
    TextUnterminated, "text_unterminated", BadMessage;
    /// A text is not UTF-8.
    TextNotUtf8, "text_not_utf8", BadMessage;
    /// A mailbox has no name.
    MailboxUnnamed, "mailbox_unnamed", BadMessage;
    /// A JSON section of mailboxes is no JSON, or not in the form that is wanted.
    MailboxJson, "mailbox_json", BadMessage;
    /// Two values, or two commands, have the same group and id (strict).
    DuplicateId, "duplicate_id", BadMessage;
    /// Two mailboxes have the same name (strict).
    DuplicateMailbox, "duplicate_mailbox", BadMessage;
    /// The image is valid so far, but there is no room for it here.
    NoSpace, "no_space", NoSpace;
    /// The image needs a feature that this build does not have: mailboxes as JSON.
    Unsupported, "unsupported", Invalid;
}

/// Error codes of the control plane (design document, section 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Errno {
    /// `EBADMSG`: the image is invalid.
    BadMessage,
    /// `ENOSPC`: no arena, or no PID.
    NoSpace,
    /// `ESRCH`: there is no such task.
    NoTask,
    /// `EBUSY`: the task is in the wrong state.
    Busy,
    /// `EINVAL`: an argument makes no sense.
    Invalid,
    /// `EPERM`: the policy forbids it.
    NotPermitted,
    /// `EFAULT`: an address is not in the task's memory.
    Fault,
}

impl Errno {
    /// The name in the design document.
    pub const fn name(self) -> &'static str {
        match self {
            Errno::BadMessage => "EBADMSG",
            Errno::NoSpace => "ENOSPC",
            Errno::NoTask => "ESRCH",
            Errno::Busy => "EBUSY",
            Errno::Invalid => "EINVAL",
            Errno::NotPermitted => "EPERM",
            Errno::Fault => "EFAULT",
        }
    }
}

/// What is wrong, where, and with which value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// What is wrong.
    pub defect: Defect,
    /// How many bytes had been taken when it was certain; for what only the end of the image can tell, all of them.
    pub offset: u32,
    /// The value that is wrong, as far as it was there: a header field, a CRC, an offset, the index of an entry.
    pub value: u32,
}

impl Display for LoadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let LoadError { defect, offset, value } = self;
        write!(f, "{} at byte {offset:#x} (value {value:#x})", defect.name())
    }
}

impl core::error::Error for LoadError {}
