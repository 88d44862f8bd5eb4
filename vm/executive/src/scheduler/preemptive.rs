//! The most urgent task runs, for a quantum; waiting makes a task more urgent.

use super::line::{Line, Policy};

/// How many turns of waiting make a task more urgent by one.
pub const AGE: u64 = 64;

/// Smaller priorities first, with ageing. A task goes on for its quantum, unless it yields or somebody is more urgent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Preemptive;

impl Preemptive {
    fn urgency(line: &Line<'_>, at: usize) -> u64 {
        u64::from(line.task(at).priority).saturating_sub(line.waited(at) / AGE)
    }
}

impl Policy for Preemptive {
    fn choose(&self, line: &Line<'_>) -> Option<usize> {
        // Of several that are equally urgent, the first one is found.
        let best = line.runnable().min_by_key(|&at| Preemptive::urgency(line, at))?;
        let goes_on = line.current().filter(|&at| {
            let has_turns = line.in_a_row() < line.task(at).quantum.into();
            has_turns && !line.yielded() && Preemptive::urgency(line, best) >= Preemptive::urgency(line, at)
        });
        Some(goes_on.unwrap_or(best))
    }
}
