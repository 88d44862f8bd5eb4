//! The chip's side of the link: requests in, outcomes out.
//!
//! Everything of the firmware that is not the chip itself, so that it also runs on a host, behind a simulated line. A
//! [`Device`] reads requests and hands each case to the [`Runner`] of its subject; a runner is a module of `subjects`. It
//! survives whatever arrives: bytes that are no frame, frames that are no request and cases that do not fit are
//! answered with what is wrong with them, and the next frame is served.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "host")]
extern crate alloc;

mod answer;
mod device;
mod hardware;
#[cfg(feature = "host")]
pub mod host;
mod receiver;
mod runner;
mod subjects;

pub use answer::{Answer, MAX_PART};
pub use device::{Device, MAX_MESSAGE};
pub use hardware::Hardware;
pub use receiver::{Arrival, Receiver};
pub use runner::{Runner, Runners, Unread};
pub use subjects::Subjects;
