//! Values and commands: what tasks offer to each other and to the host, under object identifiers (OID).
//!
//! An OID is a group above an id. Each value and command has records that describe it: names, unit, range, key of the
//! non-volatile store. Their texts are kept once, in one string table.

mod chain;
mod command;
mod commands;
mod entry;
mod number;
mod record;
mod status;
mod store;
mod strings;
mod value;
mod values;

pub(crate) use chain::unit;
pub use chain::{Chain, Kind};
pub use command::Command;
pub use entry::{ENTRIES, Entry, NO_RECORD, flags};
pub use number::canonical;
pub use record::{Draft, Record, Texts};
pub use status::Status;
pub use store::{Registry, RegistryRooms};
pub use strings::{STRINGS, Strings, TextSource};
pub(crate) use value::is_key;
pub use value::{Change, Value};
