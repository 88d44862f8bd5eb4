//! What values and commands have in common.

use crate::error::Shortage;
use crate::event::{Emit, Registration};
use crate::pool::List;
use crate::table::Table;

use super::status::Status;

/// How many values, and how many commands, there may be.
pub const ENTRIES: usize = 256;
/// Stands for no record, as the offset of one.
pub const NO_RECORD: u32 = 0xFFFF;

macro_rules! define_flags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        /// Flags of values and commands.
        pub mod flags {
            $($(#[$doc])* pub const $name: u8 = $bit;)*
        }
    };
}

define_flags! {
    /// A value that nobody sets.
    READ_ONLY = 1;
    /// A value that is kept in the non-volatile store.
    PERSIST = 2;
    /// A command that wants the token.
    PIN = 1;
    /// A command that may be called without waiting.
    ASYNC = 2;
}

/// What values and commands have in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry {
    /// Group above id.
    pub oid: u16,
    /// See [`flags`].
    pub flags: u8,
    /// 0: open to all.
    pub auth: u8,
    /// The PID that registered it.
    pub owner: u16,
    /// Where its first record is in the descriptor pool; [`NO_RECORD`]: it has none.
    pub desc_head: u32,
    pub(crate) records: List,
}

impl Entry {
    /// The upper half of its OID.
    pub fn group(&self) -> u8 {
        (self.oid >> 8) as u8
    }

    /// How its registration is reported.
    pub fn registration(&self) -> Registration {
        let Entry { oid, flags, auth, owner, desc_head, .. } = *self;
        Registration { pid: owner, oid, flags, auth, desc_head }
    }
}

/// Whether one more entry may be registered.
pub(super) fn has_room<T: Default>(table: &Table<'_, T>, out: &mut impl Emit) -> Result<(), Status> {
    if table.len() >= ENTRIES {
        return Err(Status::NoSpace);
    }
    if table.len() >= table.capacity() {
        out.lacks(Shortage::Registry);
        return Err(Status::NoSpace);
    }
    Ok(())
}
