//! Values: numbers in binary16 that tasks share.

use super::entry::Entry;
use crate::pool::List;
use crate::profile::{Profile, Switch};

/// A value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Value {
    /// What it has in common with commands.
    pub entry: Entry,
    /// The number, in binary16.
    pub bits: u16,
    /// When it changed last, in ms; 0 = never.
    pub changed: u64,
    pub(crate) subscribers: List,
}

/// What setting a value did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has changed.
    Changed {
        /// Bits before.
        old: u16,
        /// Bits after.
        new: u16,
    },
    /// The change is too small to count.
    TooSmall,
}

/// Whether a key names something in the non-volatile store.
pub(crate) fn is_key(profile: impl Profile, key: u16) -> bool {
    key != 0 && !(key == 0xFFFF && profile.strict(Switch::PersistNone))
}
