//! A task runs until it gives way.

use super::line::{Line, Policy};

/// The current task goes on until it blocks, sleeps, yields, ends, faults or is paused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cooperative;

impl Policy for Cooperative {
    fn choose(&self, line: &Line<'_>) -> Option<usize> {
        let goes_on = line.current().filter(|_| !line.yielded());
        goes_on.or_else(|| line.runnable().next())
    }
}
