//! What can be compared: the trait [`Subject`], which is small, and what a subject may be able to do beyond it.
//!
//! Everything optional is a capability: a trait of its own, which a subject has (`Some`) or has not (`None`, the
//! default). The engine asks and never assumes. A subject with no implementation of its own in this project can be
//! compared; one without steps can be compared; one without a generator runs its vectors.

mod capability;
mod on_chip;
mod profile;
pub mod script;
mod state;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use capability::{
    Commands, Draw, Generates, Hits, Images, Ledgered, Point, PointRow, Shrinks, Steps, Switch, Switched,
    TraceStep, Watched, Watcher,
};
pub use on_chip::{Arrived, Budget, Code, Measured, OnChip, Track};
pub use profile::Profile;
pub use state::{Difference, Field, Path, State, Value, differences, family_names};

use crate::fuzz::Fuzzed;
use crate::machine::{Machine, Role};
use crate::suite::Written;

/// Plain data that can be kept, compared and sent: what cases and outcomes are.
pub trait Data: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static> Data for T {}

/// A capability of a subject, if it has it.
pub type Capability<T> = Option<&'static T>;

/// Something that can be implemented more than once and must behave the same everywhere: an instruction set, a loader, a
/// service.
pub trait Subject: Copy + Default + Debug + Send + Sync + 'static {
    /// The name, as in the machine protocol and in the folder of its vectors.
    const NAME: &'static str;

    /// The readings of its specification. The first is the default; no two have the same name.
    const PROFILES: &'static [Profile];

    /// The commit of the reference from which the facts about it, and so the ledger, were taken; absent if the subject has
    /// no reference.
    const REFERENCE_COMMIT: Option<&'static str> = None;

    /// A complete starting state, what to do with it, and how far. Serialises to the protocol's `case`.
    type Case: Data;
    /// How a case stopped, and the complete state after. Serialises to the protocol's `outcome`.
    type Outcome: Data;

    /// Whether the case keeps the limits of its format, which the types alone do not.
    ///
    /// # Errors
    /// The first limit that is broken, naming the key.
    fn check_case(case: &Self::Case) -> Result<(), String>;

    /// Whether the outcome can be one of this case at all, whatever the implementation. What breaks a rule here is not
    /// believed, not even of an oracle.
    ///
    /// # Errors
    /// The first rule that is broken, naming the key.
    fn check_outcome(case: &Self::Case, outcome: &Self::Outcome) -> Result<(), String>;

    /// The state that the case starts from.
    fn start(case: &Self::Case) -> State;

    /// The outcome: how it stopped, and the state after. Of two outcomes of one case, the states are equal exactly if the
    /// outcomes say the same.
    fn end(case: &Self::Case, outcome: &Self::Outcome) -> State;

    /// What the case is about, of [`Subject::all_topics`]: what `--opcode` selects by. The first is what it starts with,
    /// by which findings are grouped. Never empty.
    fn topics(case: &Self::Case) -> Vec<&'static str>;

    /// Every topic there is: the rows of the coverage matrix.
    fn all_topics() -> Vec<&'static str>;

    /// The case for people: what it does, from which state.
    fn listing(case: &Self::Case) -> String;

    /// The machines of this subject that are compiled into this program, one for each role at most.
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        Vec::new()
    }

    /// Its cases can be cut into steps.
    fn steps() -> Capability<dyn Steps<Self>> {
        None
    }

    /// It can enumerate and draw cases.
    fn generates() -> Capability<dyn Generates<Self>> {
        None
    }

    /// It can say which situations a case has been in.
    fn watched() -> Capability<dyn Watched<Self>> {
        None
    }

    /// Its native machine can run with any of the differences between profiles switched.
    fn ledgered() -> Capability<dyn Ledgered<Self>> {
        None
    }

    /// Its vectors are written by hand in YAML, and findings are written as vectors.
    fn written() -> Capability<dyn Written<Self>> {
        None
    }

    /// Its cases can be made simpler.
    fn shrinks() -> Capability<dyn Shrinks<Self>> {
        None
    }

    /// It can say which cases a file of its own kind contains.
    fn images() -> Capability<dyn Images<Self>> {
        None
    }

    /// Its cases run on a chip.
    fn on_chip() -> Capability<dyn OnChip<Self>> {
        None
    }

    /// It has fuzz targets of its own.
    fn fuzzed() -> Capability<dyn Fuzzed> {
        None
    }

    /// It has commands of its own.
    fn commands() -> Capability<dyn Commands> {
        None
    }
}

/// The profile of this name.
///
/// # Errors
/// There is none; names those that there are, and one that differs only in case if there is one.
pub fn profile_of<S: Subject>(name: &str) -> Result<Profile, UnknownProfile> {
    let found = S::PROFILES.iter().find(|profile| profile.name() == name);
    found.copied().ok_or_else(|| UnknownProfile {
        name: name.to_owned(),
        subject: S::NAME,
        known: S::PROFILES.iter().map(|profile| profile.name()).collect(),
    })
}

/// A profile that a subject does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile {
    /// The name that was asked for.
    pub name: String,
    /// The subject's name.
    pub subject: &'static str,
    /// The names of the profiles that it has.
    pub known: Vec<&'static str>,
}

impl std::fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has no profile `{}`, only {}", self.subject, self.name, self.known.join(", "))
    }
}

impl std::error::Error for UnknownProfile {}

/// Whether two outcomes of one case say the same.
pub fn agree<S: Subject>(case: &S::Case, expected: &S::Outcome, got: &S::Outcome) -> bool {
    expected == got || compare::<S>(case, expected, got).is_empty()
}

/// Every field in which two outcomes of one case differ.
pub fn compare<S: Subject>(case: &S::Case, expected: &S::Outcome, got: &S::Outcome) -> Vec<Difference> {
    if expected == got { Vec::new() } else { differences(&S::end(case, expected), &S::end(case, got)) }
}

/// How many steps the case may take; 1 if it cannot be cut.
pub fn step_count<S: Subject>(case: &S::Case) -> u32 {
    S::steps().map_or(1, |steps| steps.count(case))
}

/// Says in an implementation of [`Subject`] which capabilities the subject has, each implemented by the given value.
#[macro_export]
macro_rules! capabilities {
    ($value:expr => $($capability:ident: $trait:path),* $(,)?) => {
        $(fn $capability() -> $crate::subject::Capability<dyn $trait> {
            Some(&$value)
        })*
    };
}
