//! Cases and outcomes of `minivm` as they cross the link to a chip, for the host and the firmware alike.
//!
//! What the values mean is said in `PROTOCOL.md` of the subject. The form is postcard's; a change of it shows in the test
//! `the_form_is_fixed`, and needs firmware and host of the same build, which the host checks.
#![no_std]
#![forbid(unsafe_code)]

mod case;
mod digest;
mod outcome;
mod way;

pub use case::{Block, Case, MAX_STEPS, Profile};
pub use digest::digest;
pub use outcome::{Canary, End, Item, Limit, State, Stop};
pub use way::Way;

/// The number by which frames call the subject.
pub const SUBJECT: u8 = 1;
