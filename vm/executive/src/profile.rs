//! Profiles: what the executive does where the reference, its documents and good sense disagree.
//!
//! Each disagreement is one [`Switch`]. Its rows are the ids of the divergence ledger: E-rows come from the documents,
//! X-rows are ours. A [`Profile`] answers for every switch whether the strict reading (`true`) or the reference
//! (`false`) is followed. [`Reference`] and [`Strict`] answer at compile time; a [`SwitchSet`] answers at run time,
//! which is how the ledger flips one switch alone.

macro_rules! define_switches {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, [$($row:literal),+];)*) => {
        /// One place where the strict reading and the reference disagree.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Switch {
            $($(#[$doc])* $variant,)*
        }

        impl Switch {
            /// Every switch.
            pub const ALL: &[Switch] = &[$(Switch::$variant,)*];

            /// The name, in `snake_case`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Switch::$variant => $name,)*
                }
            }

            /// The ids of its rows in the divergence ledger.
            pub const fn ledger_rows(self) -> &'static [&'static str] {
                match self {
                    $(Switch::$variant => &[$($row),+],)*
                }
            }
        }
    };
}

define_switches! {
    /// Strict: every task has the layout of the control plane, and instructions are those of minivm's profile `strict`.
    /// Reference: banks of registers from 0x1000 up, stacks from 0xFFFC down, 14 tasks.
    Layout, "layout", ["E2"];
    /// Strict: when the active task cannot go on, the next runnable one after it does. Reference: the first.
    Successor, "successor", ["E4"];
    /// Strict: a fault parks the task. Reference: it spins, stops or pauses everything, by the kind of fault.
    Faulted, "faulted", ["E6"];
    /// Strict: `SVC 1:0` ends the task with its status. Reference: it is stopped and has none.
    Exit, "exit", ["E7"];
    /// Strict: `BRK` pauses its task, and resume goes on behind it. Reference: everything is paused.
    Break, "break", ["E8"];
    /// Strict: a sleeper wakes. Reference: it never runs again by itself.
    Sleep, "sleep", ["E9"];
    /// Strict: pausing all is a flag. Reference: the active task stays paused after it.
    GlobalResume, "global_resume", ["E10"];
    /// Strict: the end of a task and a failed load free what they held. Reference: they do not.
    Cleanup, "cleanup", ["E11", "E35"];
    /// Strict: every message wakes receivers. Reference: writes to files, notices and results do not.
    Wakes, "wakes", ["E13"];
    /// Strict: a tap holds no fan-out message, and stops no waiter behind it.
    Taps, "taps", ["E21"];
    /// Strict: targets are ASCII and cut to 32 bytes. Reference: UTF-8, cut to 32 code points.
    Names, "names", ["E22"];
    /// Strict: a bad PID in a target is a bad target. Reference: it raises.
    Suffix, "suffix", ["E23"];
    /// Strict: the owner may call its command whatever the auth level.
    CommandOwner, "command_owner", ["E26"];
    /// Strict: a handler declared in metadata is run in its task. Reference: it never is.
    Handlers, "handlers", ["E27"];
    /// Strict: a change sends one message of 6 bytes. Reference: one of 4 bytes too.
    OneNotice, "one_notice", ["E29"];
    /// Strict: at load, stored bits win over the initial value of the image.
    StoredWins, "stored_wins", ["E31"];
    /// Strict: key 0xFFFF is no key, like 0.
    PersistNone, "persist_none", ["E32"];
    /// Strict: each task has its own open files. Reference: one table for all.
    TaskFds, "task_fds", ["E39"];
    /// Strict: at load, a value or command of group 0xF0 that exists is skipped.
    SharedGroup, "shared_group", ["E52"];
    /// Strict: every call reports its events. Reference: they wait for the next step.
    DirectEvents, "direct_events", ["X1"];
    /// Strict: what a service writes beyond memory is dropped. Reference: the task's memory grows, which raises.
    Clip, "clip", ["X2"];
    /// Strict: `exp`, `sin` and `cos` have a result for every number. Reference: they raise.
    LibmTotal, "libm_total", ["X3"];
    /// Strict: the file system survives pause and kill.
    FilesStay, "files_stay", ["X4"];
    /// Strict: pausing, killing and setting registers changes nobody else's state.
    PauseOverlay, "pause_overlay", ["X5"];
    /// Strict: a waiter whose handle is closed wakes with status 2.
    ClosedWaiter, "closed_waiter", ["X6"];
    /// Strict: an open file that is gone reads and writes nothing, and a renamed one stays open. Reference: it raises.
    StaleFd, "stale_fd", ["X7"];
    /// Strict: a subscription that fails closes the handle that it opened.
    FailedSub, "failed_sub", ["X8"];
}

/// Whom to follow, switch by switch.
pub trait Profile: Copy {
    /// The profile of the instructions.
    type Machine: minivm::Profile;

    /// Whether the strict reading is followed (`true`) or the reference (`false`).
    fn strict(self, switch: Switch) -> bool;

    /// The profile of the instructions: [`Switch::Layout`] decides it.
    fn machine(self) -> Self::Machine;
}

/// Profile `reference`: what the reference does, with its hidden state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference;

impl Profile for Reference {
    type Machine = minivm::Reference;

    #[inline(always)]
    fn strict(self, _: Switch) -> bool {
        false
    }

    fn machine(self) -> minivm::Reference {
        minivm::Reference
    }
}

/// Profile `strict`: what the documents say, and no task disturbs another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strict;

impl Profile for Strict {
    type Machine = minivm::Strict;

    #[inline(always)]
    fn strict(self, _: Switch) -> bool {
        true
    }

    fn machine(self) -> minivm::Strict {
        minivm::Strict
    }
}

/// A profile put together at run time: the switches in the set are strict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwitchSet(u32);

impl SwitchSet {
    /// The profile `reference`.
    pub const REFERENCE: SwitchSet = SwitchSet(0);
    /// The profile `strict`.
    pub const STRICT: SwitchSet = SwitchSet((1 << Switch::ALL.len()) - 1);

    /// The same profile with one switch the other way.
    ///
    /// ```
    /// use executive::profile::{Profile, Switch, SwitchSet};
    /// let set = SwitchSet::REFERENCE.flipped(Switch::Sleep);
    /// assert!(set.strict(Switch::Sleep) && !set.strict(Switch::Exit));
    /// ```
    pub const fn flipped(self, switch: Switch) -> Self {
        SwitchSet(self.0 ^ 1 << switch as u32)
    }
}

impl Profile for SwitchSet {
    type Machine = minivm::SwitchSet;

    fn strict(self, switch: Switch) -> bool {
        self.0 & 1 << switch as u32 != 0
    }

    fn machine(self) -> minivm::SwitchSet {
        if self.strict(Switch::Layout) { minivm::SwitchSet::STRICT } else { minivm::SwitchSet::REFERENCE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_answers_as_its_namesake() {
        for &switch in Switch::ALL {
            assert_eq!(SwitchSet::REFERENCE.strict(switch), Reference.strict(switch));
            assert_eq!(SwitchSet::STRICT.strict(switch), Strict.strict(switch));
            assert!(SwitchSet::REFERENCE.flipped(switch).strict(switch));
            assert!(!SwitchSet::STRICT.flipped(switch).strict(switch));
        }
    }
}
