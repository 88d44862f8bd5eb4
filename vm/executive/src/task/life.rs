//! How the state of a task changes, in two readings that [`Switch::PauseOverlay`] chooses from.
//!
//! Strict: a task has a state, and may be held over it. Reference: one machine is re-loaded with the task that is
//! active; its flag and state text, and those saved with each task, decide what a task is shown as.

use super::{Saved, State};
use crate::executive::{Executive, System};
use crate::profile::{Profile, Switch};

impl<S: System, const N: usize> Executive<'_, S, N> {
    pub(crate) fn strict(&self, switch: Switch) -> bool {
        self.profile.strict(switch)
    }

    pub(crate) fn overlays(&self) -> bool {
        self.strict(Switch::PauseOverlay)
    }

    /// Where a task is in the order of loading, which is that of the PIDs.
    pub(crate) fn position(&self, pid: u16) -> Option<usize> {
        self.tasks.binary_search_by_key(&pid, |task| task.pid).ok()
    }

    /// Makes a task the active one, if it exists.
    pub(crate) fn activate(&mut self, pid: u16) {
        let Some(at) = self.position(pid) else { return };
        if self.current != Some(pid) {
            self.turns_in_a_row = 0;
        }
        let before = self.current.is_none() || self.active.running;
        self.current = Some(pid);
        self.outbox.active = true;
        if self.overlays() {
            return;
        }
        let task = &mut self.tasks[at];
        let Saved { running, condition } = task.saved;
        self.active = Saved { running, condition: if before { State::Running } else { condition } };
        task.state = if running { State::Running } else { condition };
        let saved = task.events;
        self.outbox.restore(&saved);
    }

    /// Saves the active machine with its task, which decides the state of the task (reference).
    pub(crate) fn store(&mut self) {
        if self.overlays() {
            return;
        }
        let Some(at) = self.current.and_then(|pid| self.position(pid)) else { return };
        let Saved { running, condition } = self.active;
        let waits =
            condition == State::Waiting || self.waits.iter().any(|wait| wait.pid == self.tasks[at].pid);
        let task = &mut self.tasks[at];
        let state = if self.paused && !self.profile.strict(Switch::GlobalResume) {
            State::Paused
        } else if condition == State::Faulted || task.exit_status.is_some() && condition == State::Returned {
            condition
        } else if task.sleep.is_some() {
            State::Sleeping
        } else if waits {
            State::Waiting
        } else if running {
            State::Ready
        } else {
            match condition {
                State::Returned | State::Waiting | State::Running | State::Ready | State::Paused => condition,
                _ => State::Stopped,
            }
        };
        // With the strict break, what `BRK` has stopped runs on when it is resumed.
        let goes_on = state == State::Paused && !self.paused && self.profile.strict(Switch::Break);
        task.state = state;
        task.window = None;
        task.saved = Saved { running: running || goes_on, condition: state };
        self.outbox.save(&mut task.events);
    }

    /// Nobody is active any more (reference): the machine goes, with its events and its files.
    pub(crate) fn drop_machine(&mut self) {
        self.current = None;
        self.outbox.active = false;
        self.outbox.forget_pending();
        if !self.strict(Switch::FilesStay) {
            self.files.reset();
            self.tasks.iter_mut().for_each(|task| task.next_fd = crate::files::FIRST_FD);
        }
    }

    /// The active task does not go on by itself.
    pub(crate) fn halt(&mut self, pid: u16, state: State) {
        let Some(at) = self.position(pid) else { return };
        if !self.overlays() {
            self.active = Saved { running: false, condition: state };
        } else if state == State::Paused {
            self.tasks[at].held = true;
        } else {
            self.tasks[at].state = state;
        }
    }

    /// An instruction of the active task has been carried out.
    pub(crate) fn completes(&mut self) {
        if !self.overlays() && !self.active.running {
            self.active.condition = State::Stopped;
        }
    }

    /// A task that waited or slept can run.
    pub(crate) fn make_ready(&mut self, pid: u16) {
        let Some(at) = self.position(pid) else { return };
        let (turns, overlays) = (self.turns, self.overlays());
        let task = &mut self.tasks[at];
        (task.state, task.since) = (State::Ready, turns);
        if overlays {
            return;
        }
        task.saved = Saved { running: true, condition: State::Ready };
        if self.current == Some(pid) {
            self.active = Saved { running: true, condition: State::Ready };
            self.activate(pid);
        }
    }

    /// The first runnable task behind `pid`, in the order of loading and around; itself last. Without the strict
    /// successor: the first of all.
    pub(crate) fn successor(&self, pid: Option<u16>) -> Option<u16> {
        let start = match pid.and_then(|pid| self.position(pid)) {
            Some(at) if self.strict(Switch::Successor) => at + 1,
            _ => 0,
        };
        let around = (start..self.tasks.len()).chain(0..start.min(self.tasks.len()));
        around.map(|at| &self.tasks[at]).find(|task| task.is_runnable()).map(|task| task.pid)
    }
}
