//! The HSX executive: what runs several MiniVM programs on one chip, and gives them mailboxes, values, commands, files,
//! time and devices.
//!
//! It needs neither `std` nor an allocator: all that it keeps is in [`Rooms`] of the caller's, and what does not fit is
//! refused. It reads no clock: [`Executive::set_time`] sets it. It does nothing by itself: [`Executive::step`] has tasks
//! run, one instruction a turn, in the order that a [`scheduler::Policy`] chooses.
//!
//! No implementation of the executive exists for chips; the reference has one for the desk. Where it and its documents
//! disagree, a [`Profile`] decides: [`Reference`] does what the reference does, [`Strict`] what the documents say.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(any(feature = "std", test))]
extern crate std;

pub mod bytes;
pub mod config;
#[cfg(feature = "std")]
pub mod desk;
pub mod error;
pub mod event;
pub mod hal;
pub mod host;
pub mod mailbox;
pub mod pool;
pub mod profile;
pub mod registry;
pub mod scheduler;
pub mod table;
pub mod task;
pub mod text;
pub mod wait;
mod waiting;

mod executive;
mod files;
mod load;
mod machine;
mod metadata;
mod outbox;
mod services;
mod step;
mod storage;

pub use config::Config;
pub use error::{Error, Raise, Shortage};
pub use event::Event;
pub use executive::{Executive, Parts, Rooms, System};
pub use files::{FileRooms, OpenFile};
pub use load::Loaded;
pub use profile::{Profile, Reference, Strict, Switch, SwitchSet};
pub use step::StepReply;
pub use storage::Storage;
