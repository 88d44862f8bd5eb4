//! The numbers and the states of tasks.

use core::fmt::{self, Display, Formatter};
use core::num::NonZeroU16;

/// A task's number.
///
/// It names the arena and which of its tenants is meant, so a stale one finds nobody until 65,535 / arenas tasks later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pid(NonZeroU16);

impl Pid {
    /// The PID of this number; nothing for 0.
    ///
    /// ```
    /// # use minivm::control::Pid;
    /// assert_eq!(Pid::new(7).map(Pid::get), Some(7));
    /// assert_eq!(Pid::new(0), None);
    /// ```
    pub const fn new(number: u16) -> Option<Pid> {
        match NonZeroU16::new(number) {
            Some(number) => Some(Pid(number)),
            None => None,
        }
    }

    /// Its number, as in [`Pid::new`].
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// The `generation`-th tenant of arena `index` of `arenas`.
    pub(super) const fn of(index: usize, arenas: usize, generation: u16) -> Option<Pid> {
        match (generation as usize).checked_mul(arenas) {
            Some(before) if before + index < u16::MAX as usize => Pid::new((before + index) as u16 + 1),
            _ => None,
        }
    }

    /// The arena it lives in.
    pub(super) const fn arena(self, arenas: usize) -> usize {
        (self.get() - 1) as usize % arenas
    }
}

impl Display for Pid {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The states of a task. `BLOCKED` of the document is the executive's: the VM waits for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Its image is arriving.
    Loading,
    /// It can run.
    Ready,
    /// It has returned or faulted, and will not run on by itself.
    Stopped,
}

impl Display for TaskState {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TaskState::Loading => "loading",
            TaskState::Ready => "ready",
            TaskState::Stopped => "stopped",
        })
    }
}
