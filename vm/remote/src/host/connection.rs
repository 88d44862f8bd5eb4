//! Connections, as the executive knows them.

/// A connection, by its number; none is used twice.
pub type Connection = u64;
