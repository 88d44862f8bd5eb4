//! The numbers of handles.

/// The next handle number of a PID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counter {
    /// The PID.
    pub pid: u16,
    /// Its next handle.
    pub next: u32,
}

/// A handle of a PID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandleRef {
    /// The PID.
    pub pid: u16,
    /// The number of the handle.
    pub number: u32,
}
