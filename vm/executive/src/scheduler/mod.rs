//! Who has the next turn: a [`Policy`] decides at each boundary between two instructions.
//!
//! | policy | what it promises |
//! |---|---|
//! | [`Instruction`] | with r runnable tasks each has every r-th turn, in the order of loading |
//! | [`Cooperative`] | if all yield, each runs once before any runs twice |
//! | [`Preemptive`] | a runnable task waits at most 64 · priority turns, plus one quantum of each other task |

mod cooperative;
mod instruction;
mod line;
mod preemptive;

pub use cooperative::Cooperative;
pub use instruction::Instruction;
pub use line::{Line, Policy};
pub use preemptive::{AGE, Preemptive};

/// A policy that is chosen at run time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnyPolicy {
    /// [`Instruction`].
    #[default]
    Instruction,
    /// [`Cooperative`].
    Cooperative,
    /// [`Preemptive`].
    Preemptive,
}

impl Policy for AnyPolicy {
    fn choose(&self, line: &Line<'_>) -> Option<usize> {
        match self {
            AnyPolicy::Instruction => Instruction.choose(line),
            AnyPolicy::Cooperative => Cooperative.choose(line),
            AnyPolicy::Preemptive => Preemptive.choose(line),
        }
    }
}
