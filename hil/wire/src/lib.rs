//! What host and chip say to each other: frames and messages, whatever the subject.
//!
//! The host sends one [`Request`] at a time, in one [`frame`]; the chip answers with frames of [`Reply`], the last of
//! which is [`Reply::Done`] or [`Reply::Error`]. A reply carries the sequence number of its request, so a request can
//! be sent again under a new number and whatever still arrives under the old one is no answer any more. Running a case
//! changes nothing that outlives it, so sending it again is always right.
//!
//! Subjects and profiles are numbers here, and what a case or a piece of an outcome says is bytes: its subject writes and
//! reads them, on both sides by the same crate.
//!
//! Needs neither `std` nor an allocator: lists are [`Sequence`]s, which are read one item at a time out of the frame
//! they came in, and written one item at a time into the frame they go out in.
#![no_std]
#![forbid(unsafe_code)]

pub mod frame;
pub mod message;

pub use frame::{Frame, Kind};
pub use message::{Case, Cost, Counter, End, Hello, Item, Refusal, Reply, Request, Task};
pub use oracle_sequence::{Packer, Sequence, read};

/// Bits a second of a serial line: 8 bits, no parity, one stop bit.
pub const BAUD: u32 = 1_000_000;
