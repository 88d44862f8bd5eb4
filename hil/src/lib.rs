//! Machines on a chip, for every subject that has the capability [`OnChip`](oracle::subject::OnChip).
//!
//! A [`Link`] carries bytes to a chip and back: an emulator that we start, a serial port, a debug probe. A
//! [`Session`](session::Session) makes requests and answers out of them, whatever is lost or changed on the way. A
//! [`Chip`](chip::Chip) is a [`Machine`](oracle::Machine) over one or more sessions, so everything that is done with a
//! machine on this host is done with a chip: campaigns, explanations, replays.

pub mod budget;
pub mod chip;
pub mod drift;
pub mod firmware;
pub mod items;
pub mod link;
pub mod links;
pub mod plan;
pub mod session;
pub mod setup;
pub mod target;

pub use link::Link;
