//! Calls of the host: on tasks, on mailboxes, on values and commands, and looking at everything.

mod inspect;
mod mailboxes;
mod registry;
mod tasks;

pub use inspect::Registers;
pub use mailboxes::{Bound, HostMessage, HostReceived, HostSent};
pub use registry::CommandCall;
