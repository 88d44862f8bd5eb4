//! HXE images: what the MiniVM loads.
//!
//! An image is a header (version 1: 32 bytes, version 2: 96), code, read-only data, and in version 2 metadata: a table of
//! sections that declare values, commands and mailboxes. All fields are big-endian. The CRC-32 covers the first 28
//! bytes and everything behind the header; of a version 2 header the bytes 0x20 to 0x5F are not covered (ledger row D29).
//!
//! [`Loader`] takes an image in pieces of any size, and one piece is no special case. It rejects at the first byte that
//! leaves no way for the image to be valid. Sections of metadata are judged whole, when their last byte is there.
//! The bytes go to a [`Store`] of the caller. Nothing is allocated without the feature `alloc`; with it, what is still to be
//! judged is kept in order, so that long tables take no time of their own.
//!
//! Sources: the format document (`docs/hxe_format.md` of the reference) and the reference's `load_hxe_bytes`
//! (host_vm.py:5105-5210). Profile `reference` accepts and rejects exactly what that function does.

mod defect;
mod header;
mod image;
#[cfg(feature = "alloc")]
mod integer;
#[cfg(feature = "alloc")]
mod json;
mod loader;
#[cfg(feature = "alloc")]
mod mailbox;
mod metadata;
mod pending;
mod store;
#[cfg(feature = "alloc")]
mod writer;

pub use defect::{Defect, Errno, LoadError};
pub use header::{Header, RODATA_BASE, SECTION_MAX, VERSION_1_SIZE, VERSION_2_SIZE};
pub use image::{Image, Section, SectionKind};
#[cfg(feature = "alloc")]
pub use integer::Integer;
pub use loader::Loader;
#[cfg(feature = "alloc")]
pub use mailbox::{Binding, DeclaredMailbox};
pub use metadata::{Command, LegacyMailbox, Text, Value};
pub(crate) use store::copy_into;
pub use store::{Buffers, Region, Store};
#[cfg(feature = "alloc")]
pub use writer::{ImageParts, seal, write};
