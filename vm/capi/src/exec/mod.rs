//! The executive: tasks with a scheduler, mailboxes, values, commands, files and time.

mod commands;
mod create;
mod devices;
mod event;
mod events;
mod handle;
mod info;
mod inspect;
mod mailboxes;
mod messages;
mod numbers;
mod queue;
mod rooms;
mod run;
mod streams;
mod tasks;
mod text;
mod values;

pub use commands::*;
pub use create::*;
pub use devices::Frame;
pub use event::{EXEC_NEVER, ExecEvent};
pub use events::*;
pub use handle::Exec;
pub use info::*;
pub use inspect::*;
pub use mailboxes::*;
pub use messages::*;
pub use numbers::{EventNumber, RaiseNumber, SchedulerNumber, ShortageNumber, TaskStateNumber};
pub use run::*;
pub use streams::*;
pub use tasks::*;
pub use text::{EXEC_MAX_TEXT, EXEC_NAME};
pub use values::*;
