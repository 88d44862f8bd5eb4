//! Scripts of `executive` and their outcomes as they cross the link to a chip, for the host and the firmware alike.
//!
//! What the values mean is said in `PROTOCOL.md` of the subject. The form is postcard's; a change of it needs firmware and
//! host of the same build, which the host checks. [`Rooms`] is the executive as the chip has it: how large its rooms are, and
//! how a script is played in them. The host plays in the same rooms where it follows the chip step by step.
#![no_std]
#![forbid(unsafe_code)]

mod case;
mod digest;
mod outcome;
mod play;
mod rooms;
mod state;

pub use case::{Call, Case, Handler, MAX_TURNS, Policy, Profile};
pub use outcome::{Canary, End, Ended, Given, Head, Item, Limit, PIECE, Task};
pub use play::{Played, Script};
pub use rooms::Rooms;

/// The number by which frames call this subject.
pub const SUBJECT: u8 = 3;
