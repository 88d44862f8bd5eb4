//! Tasks that wait for messages.

/// Status of a wait that ended without a message in time.
pub(crate) const TIMEOUT: u32 = 7;
/// A wait without end, as a timeout.
pub(crate) const FOR_EVER: u16 = 0xFFFF;

/// What a task waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Wait {
    /// The task; it may be gone (reference).
    pub pid: u16,
    /// The mailbox.
    pub descriptor: u32,
    /// Its handle.
    pub handle: u32,
    /// Where the payload goes.
    pub ptr: u16,
    /// How much of it, in bytes.
    pub max: u16,
    /// In ms, as asked for.
    pub timeout: u16,
    /// When it ends; nothing: never.
    pub deadline: Option<u64>,
    /// Where five words on the message go; 0: nowhere.
    pub info: u16,
}
