//! How a run ends.

use std::fmt::{self, Display, Formatter};

use super::result::Report;
use crate::measurement::Measurement;

/// How a run ends, as an exit status. Part of the public interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Everything agrees, or the ledger explains it.
    Conformant = 0,
    /// A machine differs.
    Differs = 1,
    /// Wrong usage, or a bad vector.
    Usage = 2,
    /// It could not be determined: a required lane is missing, or a machine could not be used to the end.
    Undetermined = 3,
    /// Nothing was selected.
    NothingSelected = 4,
    /// The ledger does not hold, or does not explain a difference between profiles.
    Ledger = 5,
    /// An oracle failed.
    OracleFault = 6,
    /// A gate fell: coverage, or a measurement out of its bounds.
    Gate = 7,
    /// Our own bug: the verdicts do not add up.
    Internal = 70,
    /// Interrupted.
    Interrupted = 130,
}

impl Exit {
    /// All, the gravest first.
    pub const BY_GRAVITY: [Exit; 10] = [
        Exit::Internal,
        Exit::Interrupted,
        Exit::Differs,
        Exit::OracleFault,
        Exit::Ledger,
        Exit::Gate,
        Exit::Undetermined,
        Exit::NothingSelected,
        Exit::Usage,
        Exit::Conformant,
    ];

    /// The status of a command that ended with this number. What is none of ours is our own bug: a panic, a signal.
    pub fn from_status(status: u8) -> Exit {
        Exit::BY_GRAVITY.into_iter().find(|exit| *exit as u8 == status).unwrap_or(Exit::Internal)
    }

    /// The graver of two.
    pub fn graver(self, other: Exit) -> Exit {
        Exit::BY_GRAVITY.into_iter().find(|exit| [self, other].contains(exit)).unwrap_or(self)
    }
}

impl Display for Exit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Exit::Conformant => "conformant",
            Exit::Differs => "a machine differs",
            Exit::Usage => "wrong usage",
            Exit::Undetermined => "could not be determined",
            Exit::NothingSelected => "nothing was selected",
            Exit::Ledger => "the ledger does not hold",
            Exit::OracleFault => "an oracle failed",
            Exit::Gate => "a gate fell",
            Exit::Internal => "internal error: the verdicts do not add up",
            Exit::Interrupted => "interrupted",
        })
    }
}

impl Report {
    /// The exit status that the result calls for: the gravest one.
    pub fn exit(&self) -> Exit {
        self.parts
            .iter()
            .filter_map(|part| part.exit)
            .map(Exit::from_status)
            .fold(self.own_exit(), Exit::graver)
    }

    /// The same without the jobs that this is the result of, of which some may have left nothing but a status.
    fn own_exit(&self) -> Exit {
        let ran = || self.lanes.iter().filter(|lane| lane.ran());
        if ran().any(|lane| !lane.adds_up()) {
            Exit::Internal
        } else if self.interrupted {
            Exit::Interrupted
        } else if ran().any(|lane| !lane.lane.is_across() && lane.differs()) {
            Exit::Differs
        } else if ran().any(|lane| lane.counts.oracle_fault > 0 || lane.oracle_problem.is_some()) {
            Exit::OracleFault
        } else if self.ledger.all_problems().next().is_some()
            || ran().any(|lane| lane.lane.is_across() && lane.differs())
        {
            Exit::Ledger
        } else if self.gates_coverage() && self.coverage().any(|coverage| !coverage.holes().is_empty())
            || !self.measurements.iter().all(Measurement::holds)
        {
            Exit::Gate
        } else if self.parts.iter().any(|part| part.exit.is_none())
            || self.lanes.iter().any(|lane| lane.required && !lane.ran())
            || ran().any(|lane| lane.counts.not_run > 0 || lane.compared_nothing())
        {
            Exit::Undetermined
        } else if self.measurements.is_empty() && self.parts.is_empty() && ran().all(|lane| lane.cases == 0) {
            Exit::NothingSelected
        } else {
            Exit::Conformant
        }
    }
}
