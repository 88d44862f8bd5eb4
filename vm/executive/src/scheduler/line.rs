//! The tasks in line for the next turn, and who chooses.

use crate::task::Task;

/// The tasks at a boundary between two instructions.
#[derive(Debug)]
pub struct Line<'t> {
    pub(crate) tasks: &'t [Task],
    /// Place of the task that has just had a turn.
    pub(crate) current: Option<usize>,
    /// Where the search for a successor of a task that cannot go on begins.
    pub(crate) from: usize,
    /// Turns of the current task since it was chosen.
    pub(crate) in_a_row: u32,
    /// Whether it has given up the rest of its quantum.
    pub(crate) yielded: bool,
    /// Turns so far, of all tasks.
    pub(crate) turns: u64,
}

impl Line<'_> {
    /// The current task, if it can go on.
    pub fn current(&self) -> Option<usize> {
        self.current.filter(|&at| self.tasks[at].is_runnable())
    }

    /// All runnable tasks in the order of loading, beginning behind the current one, which is last. If the current one
    /// cannot go on, profile `reference` begins with the first of all.
    pub fn runnable(&self) -> impl Iterator<Item = usize> + Clone {
        let start = match self.current() {
            Some(at) => at + 1,
            None => self.from,
        };
        let around = (start..self.tasks.len()).chain(0..start.min(self.tasks.len()));
        around.filter(|&at| self.tasks[at].is_runnable())
    }

    /// A task by its place.
    pub fn task(&self, at: usize) -> &Task {
        &self.tasks[at]
    }

    /// Turns of others since it last ran or became runnable.
    pub fn waited(&self, at: usize) -> u64 {
        self.turns - self.tasks[at].since
    }

    /// Turns of the current task since it was chosen.
    pub fn in_a_row(&self) -> u32 {
        self.in_a_row
    }

    /// Whether the current task has given up the rest of its quantum.
    pub fn yielded(&self) -> bool {
        self.yielded
    }
}

/// Chooses who has the next turn.
pub trait Policy {
    /// The place of a runnable task; nothing if there is none.
    fn choose(&self, line: &Line<'_>) -> Option<usize>;
}
