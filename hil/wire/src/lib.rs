//! What host and chip say to each other: frames and messages.
//!
//! The host sends one [`Request`] at a time, in one [`frame`]; the chip answers with frames of [`Reply`], the last of
//! which is [`Reply::Done`] or [`Reply::Error`]. A reply carries the sequence number of its request, so a request can
//! be sent again under a new number and whatever still arrives under the old one is no answer any more. Running a case
//! changes nothing that outlives it, so sending it again is always right.
//!
//! Needs neither `std` nor an allocator: lists are [`Sequence`]s, which are read one item at a time out of the frame
//! they came in, and written one item at a time into the frame they go out in.
#![no_std]
#![forbid(unsafe_code)]

pub mod digest;
pub mod frame;
pub mod message;
pub mod sequence;

pub use frame::{Frame, Kind};
pub use message::{
    Block, Case, Cost, End, Hello, Item, Limit, Profile, Refusal, Reply, Request, State, Stop, Task, Wrong,
};
pub use sequence::{Packer, Sequence};

/// Bits a second of a serial line: 8 bits, no parity, one stop bit.
pub const BAUD: u32 = 1_000_000;
