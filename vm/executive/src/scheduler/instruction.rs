//! One instruction a turn, in the order of loading: what the reference does.

use super::line::{Line, Policy};

/// Each runnable task in its turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Instruction;

impl Policy for Instruction {
    fn choose(&self, line: &Line<'_>) -> Option<usize> {
        line.runnable().next()
    }
}
