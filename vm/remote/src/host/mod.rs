//! The executive, and what its host knows beside it: programs, breakpoints, what was executed last, who holds what. Both
//! protocols are about this.

mod connection;
mod debugged;
mod debugger;
mod events;
mod executed;
mod folder;
mod image;
mod load;
mod log;
mod mailboxes;
mod program;
mod registers;
mod registry;
mod reply;
mod rooms;
mod state;
mod step;
mod tasks;
mod time;

pub use connection::Connection;
pub use debugged::{Debugger, StopReason};
pub use executed::Executed;
pub use folder::Folder;
pub use load::{Loaded, Reloaded};
pub use mailboxes::{Message, Named, STREAMS, streams_named, whose};
pub use program::Program;
pub use registers::NewRegisters;
pub use registry::{Filter, Wanted};
pub use reply::Reply;
pub(crate) use reply::reply;
pub use rooms::{Rooms, TASKS};
pub use state::{Host, Reading, Setup};
pub use step::Stepped;
