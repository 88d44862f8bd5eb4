//! What a subject may be able to do beyond being compared. Each is small, and each stands alone.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::cases::{Cases, Profile, State};
use crate::machine::Machine;
use crate::project::Project;
use crate::suite::Row;

/// Cases can be cut: a step is an instruction, or a call of a script.
pub trait Steps<S: Cases>: Sync {
    /// How many steps the case may take, at least 1.
    fn count(&self, case: &S::Case) -> u32;

    /// The same case, stopped after `steps` steps, at least 1.
    fn first(&self, case: &S::Case, steps: u32) -> S::Case;

    /// The case of the one step that follows `outcome`, which came out of `case`: its starting state is the outcome's.
    /// `None` if there is no step any more, or if the state of an outcome cannot be the start of a case.
    fn next(&self, case: &S::Case, outcome: &S::Outcome) -> Option<S::Case>;

    /// The topic of the step that follows `before`; of the first step if there is no outcome yet.
    fn topic(&self, case: &S::Case, before: Option<&S::Outcome>) -> &'static str;

    /// What the step that follows `before` does, for people: address, word and disassembly, or a call with its arguments.
    fn describe(&self, case: &S::Case, before: Option<&S::Outcome>) -> String {
        self.topic(case, before).into()
    }

    /// What that step has come to beyond the state, for people: the result of a call. `None` if the state says it all.
    fn result(&self, _case: &S::Case, _after: &S::Outcome) -> Option<String> {
        None
    }

    /// The same case with a trace asked for. A case whose outcomes have none is returned as it is.
    fn traced(&self, case: &S::Case) -> S::Case {
        case.clone()
    }

    /// The trace of an outcome, step by step; empty if it has none.
    fn trace(&self, _case: &S::Case, _outcome: &S::Outcome) -> Vec<TraceStep> {
        Vec::new()
    }
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    /// What was done, e.g. address, word and disassembly.
    pub what: String,
    /// The state after it, as far as the trace has it.
    pub state: State,
}

/// Gives a random case, and the name of its kind, for an index. The same seed and index give the same case everywhere.
pub type Draw<S> = Box<dyn Fn(u64) -> (&'static str, <S as Cases>::Case)>;

/// Cases can be made.
pub trait Generates<S: Cases>: Sync {
    /// Cases at every edge, always the same in the same order.
    fn sweep(&self) -> Box<dyn Iterator<Item = S::Case> + Send>;

    /// The random generator of a seed.
    fn random(&self, seed: u64) -> Draw<S>;

    /// How many of the random cases that a run draws are drawn of this subject, in percent. Less than all if a case costs
    /// much more than those of other subjects do.
    fn share(&self) -> u64 {
        100
    }
}

/// A row of the coverage matrix: a topic with its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointRow {
    /// The topic, or what else the points are about, each once.
    pub topic: &'static str,
    /// Its points, by number.
    pub points: Vec<Point>,
}

/// A situation that a step can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its number, unique in the subject and the same in every profile; numbers are small and dense.
    pub number: usize,
    /// Its name, unique in its row.
    pub name: &'static str,
    /// The column of the matrix.
    pub group: &'static str,
}

/// It can be said which situations a case has been in.
pub trait Watched<S: Cases>: Sync {
    /// The columns of the matrix, in order.
    fn groups(&self) -> Vec<&'static str>;

    /// The points that are possible in `profile`.
    fn rows(&self, profile: Profile) -> Vec<PointRow>;

    /// Something that watches cases in `profile`.
    fn watcher(&self, profile: Profile) -> Box<dyn Watcher<S>>;
}

/// Is told of a point that a step hits: the step, from 1, and the number of the point.
pub type Hits<'a> = dyn FnMut(u32, usize) + 'a;

/// Watches cases of a subject in one profile.
pub trait Watcher<S: Cases>: Send {
    /// Runs the case and tells every point that it hits, step by step.
    fn watch(&mut self, case: &S::Case, hits: &mut Hits<'_>);
}

/// A difference between profiles that can be switched alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The row of the ledger that describes it.
    pub row: &'static str,
    /// Its name in the implementation.
    pub name: &'static str,
}

/// The native machine can run with any of the differences between profiles switched.
pub trait Ledgered<S: Cases>: Sync {
    /// The switches, each of which has a row in the ledger.
    fn switches(&self) -> Vec<Switch>;

    /// A native machine whose switches can be set.
    fn machine(&self) -> Box<dyn Switched<S>>;

    /// Whether one step can show many switches at once, as the call of a script does. Then a difference is explained by a
    /// set of switches each of which is needed, and not by one or two alone.
    fn shows_many(&self) -> bool {
        false
    }

    /// The row of the ledger that names what the reference does wrong in this outcome, and the step, from 1, in which it
    /// does. A machine with the same outcome then gets the verdict *known*, and not *agree*.
    fn flaw(&self, _outcome: &S::Outcome) -> Option<(&'static str, u32)> {
        None
    }
}

/// A native machine whose switches can be set.
pub trait Switched<S: Cases>: Send {
    /// Runs a case in `profile` with these switches, by position, flipped. `None` if it has no outcome.
    fn run(&mut self, profile: Profile, flipped: &[usize], case: &S::Case) -> Option<S::Outcome>;

    /// Whether the last run asked which way this switch is. If it did not, the run is the same with the switch the other
    /// way. A machine that does not watch this says `true`.
    fn asked(&self, _switch: usize) -> bool {
        true
    }
}

/// How a checkout of a reference is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckoutName {
    /// The long option of the command line, without its hyphens.
    pub option: &'static str,
    /// The environment variable that says where the checkout lies if the command line does not.
    pub variable: &'static str,
}

/// The reference is a project of its own, of which a checkout becomes a machine.
pub trait Reference<S: Cases>: Sync {
    /// How its checkout is named.
    fn checkout(&self) -> CheckoutName;

    /// Machine `upstream`, built and started from a checkout. If it is a program, each of its replies must come within
    /// `time_limit`.
    ///
    /// # Errors
    /// It is no checkout of the reference, or what is missing to build it.
    fn machine(
        &self,
        project: &Project,
        checkout: &Path,
        time_limit: Duration,
    ) -> Result<Box<dyn Machine<S>>, String>;
}

/// Cases can be made simpler.
pub trait Shrinks<S: Cases>: Sync {
    /// Cases a little simpler than this one, the boldest simplifications first. Following any of them for ever is not
    /// possible.
    fn simpler(&self, case: &S::Case) -> Vec<S::Case>;
}

/// Files of the subject's own kind contain cases.
pub trait Images<S: Cases>: Sync {
    /// Whether the file says of itself that it is of this kind. One that does not is none of the subject's business.
    fn is_kind(&self, _file: &[u8]) -> bool {
        true
    }

    /// The cases of a file, at least one.
    ///
    /// # Errors
    /// Why it is no file of this kind, or contains nothing that could be run.
    fn cases(&self, file: &[u8]) -> Result<Vec<S::Case>, String>;
}

/// Vectors can be tables in the text of a program, for ports that cannot be a process.
pub trait Tabulates<S: Cases>: Sync {
    /// Files by name, made of these vectors. Each says of which `version` of the suite it is.
    fn files(&self, rows: &[Row<'_, S>], version: &str) -> Vec<(&'static str, String)>;
}

/// The subject has commands of its own.
pub trait Commands: Sync {
    /// The names of the commands, each with a line that says what it does.
    fn list(&self) -> &'static [(&'static str, &'static str)];

    /// Carries out a command. The arguments begin with its name, as it is called. Returns the exit status.
    fn run(&self, arguments: Vec<OsString>) -> u8;
}
