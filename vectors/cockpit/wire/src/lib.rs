//! Cases and outcomes of `cockpit` as they cross the link to a chip, for the host and the firmware alike.
//!
//! What the values mean is said in `PROTOCOL.md` of the subject. The form is postcard's; a change of it shows in the test
//! `the_form_is_fixed`, and needs firmware and host of the same build, which the host checks. [`Board`] is what a case says
//! of its devices, as the hardware that the VM drives on both sides.
#![no_std]
#![forbid(unsafe_code)]

mod board;
mod case;
mod cells;
mod digest;
mod outcome;

pub use board::Board;
pub use case::{Case, MAX_STEPS, Numbered, Profile, Text};
pub use cells::{CELL, read_cells, write_cells};
pub use digest::{Outside, digest};
pub use outcome::{Call, Canary, End, Item, Limit, Stop};

/// The number by which frames call the subject.
pub const SUBJECT: u8 = 4;
