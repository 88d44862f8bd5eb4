//! Commands: functions that a task offers under an OID.

use super::entry::Entry;

/// A command.
#[derive(Clone, Copy, Debug, Default)]
pub struct Command {
    /// What it has in common with values.
    pub entry: Entry,
    /// Strict: the address of its handler in the code of its owner. Reference: the number of a handler of the host. 0:
    /// it has none.
    pub handler: u32,
}
