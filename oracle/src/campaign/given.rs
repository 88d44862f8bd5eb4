//! What a campaign is given: machines, lanes and cases.

use std::path::PathBuf;

use crate::cases::Profile;
use crate::cores::Cores;
use crate::lane::Lane;
use crate::ledger::Ledger;
use crate::machine::{Machine, Role, Sample};
use crate::plan::{Plan, Planned};
use crate::subject::Subject;
use crate::suite::Suite;

/// Everything a campaign needs.
pub struct Campaign<'a, S: Subject> {
    /// The command that runs it, for the report.
    pub kind: &'static str,
    /// The vectors.
    pub suite: &'a Suite<S>,
    /// The divergence ledger.
    pub ledger: &'a Ledger,
    /// The machines, each under the name that lanes use.
    pub machines: Vec<Seat<S>>,
    /// The lanes to run; all their machines are there.
    pub lanes: Vec<Lane>,
    /// The lanes that cannot run.
    pub skipped: Vec<Skipped>,
    /// The cases.
    pub plan: Plan,
    /// Cases to run instead of those of the plan.
    pub given: Option<Vec<Planned<S>>>,
    /// Whether the cases are a sample, even if the plan leaves nothing of the sweep out: then nobody expects that they reach
    /// every point.
    pub is_sample: bool,
    /// How often each batch is run, each time in another order; usually 1.
    pub repeat: u32,
    /// How much may be done at once. It must be shared with the machines that keep to it themselves.
    pub cores: Cores,
    /// Where vectors of findings are written.
    pub failures: PathBuf,
    /// What a replay command needs to name the same machines, e.g. `--upstream DIR`.
    pub replay_options: String,
    /// The commit of the project; absent if git does not know it.
    pub commit: Option<String>,
    /// What should be known before the result is believed.
    pub warnings: Vec<String>,
}

impl<'a, S: Subject> Campaign<'a, S> {
    /// A campaign of `conformance` over the cases of `plan`, whose findings go to `failures`. Nobody takes part yet.
    pub fn new((suite, ledger): (&'a Suite<S>, &'a Ledger), plan: Plan, failures: PathBuf) -> Self {
        Campaign {
            kind: "conformance",
            suite,
            ledger,
            machines: Vec::new(),
            lanes: Vec::new(),
            skipped: Vec::new(),
            plan,
            given: None,
            is_sample: false,
            repeat: 1,
            cores: Cores::default(),
            failures,
            replay_options: String::new(),
            commit: None,
            warnings: Vec::new(),
        }
    }
}

/// A machine with its role in this campaign.
pub struct Seat<S: Subject> {
    /// What it is for the subject.
    pub role: Role,
    /// The machine.
    pub machine: Box<dyn Machine<S>>,
    /// The part of the cases that its lanes have, beside the vectors, which all have; `None`: all cases.
    pub sample: Option<Sample<S>>,
}

impl<S: Subject> Seat<S> {
    /// A machine of this type in this role, for all cases.
    pub fn new(role: Role, machine: impl Machine<S> + 'static) -> Self {
        Seat { role, machine: Box::new(machine), sample: None }
    }
}

/// A lane that cannot run, and why.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// The lane.
    pub lane: Lane,
    /// Why.
    pub because: String,
    /// Whether it was asked for.
    pub required: bool,
}

/// A machine, by position, and the profile that it runs.
pub(super) type Side = (usize, Profile);

/// A lane's two sides, by position in the list of machines.
#[derive(Clone, Debug)]
pub(super) struct Sides {
    /// The machine under test.
    pub(super) machine: usize,
    /// The oracle; absent if the vectors are.
    pub(super) oracle: Option<usize>,
    /// The profiles that are compared: of the machine, of the oracle.
    pub(super) profiles: Vec<(Profile, Profile)>,
}
