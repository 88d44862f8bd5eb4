//! What can be compared, and what it may be able to do beyond that: the trait [`Subject`].
//!
//! What every subject has are its [`Cases`]. Everything else is a capability: a trait of its own, which a subject has
//! (`Some`) or has not (`None`, the default). The engine asks and never assumes. A subject with no implementation of its
//! own in this project can be compared; one without steps can be compared; one without a generator runs its vectors.

mod capability;
mod instruction_set;
mod on_chip;
pub mod script;

pub use crate::cases::{
    Cases, Data, Difference, Field, Path, Profile, State, UnknownProfile, Value, agree, compare, differences,
    family_names, first_and_others, profile_of,
};
use crate::inputs::Exhausts;
use crate::machine::{Machine, Role};
use crate::suite::Written;
use crate::target::Fuzzed;

pub use capability::{
    CheckoutName, Commands, Draw, Generates, Hits, Images, Ledgered, Point, PointRow, Reference, Shrinks,
    Steps, Switch, Switched, Tabulates, TraceStep, Watched, Watcher,
};
pub use instruction_set::{BitField, Instruction, InstructionSet};
pub use on_chip::{Alone, Apart, Arrived, Budget, Code, Measured, OnChip, Track};

/// A capability of a subject, if it has it.
pub type Capability<T> = Option<&'static T>;

/// Cases with all that can be done with them here.
pub trait Subject: Cases {
    /// The machines of this subject that are compiled into this program; of twins there may be several, of other roles one.
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        Vec::new()
    }

    /// Machines of this subject that this program was built without: what each would be, its name, and why it is not there.
    /// Their lanes are skipped.
    fn absent() -> Vec<(Role, &'static str, &'static str)> {
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

    /// Its reference is a project of its own; if it has none, an adapter in Python may stand for one.
    fn reference() -> Capability<dyn Reference<Self>> {
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

    /// It has so few inputs of some kinds that all of them can be run.
    fn exhausts() -> Capability<dyn Exhausts<Self>> {
        None
    }

    /// Its vectors can be tables in the text of a program.
    fn tabulates() -> Capability<dyn Tabulates<Self>> {
        None
    }

    /// It has fuzz targets of its own.
    fn fuzzed() -> Capability<dyn Fuzzed> {
        None
    }

    /// It is an instruction set, with a table.
    fn instruction_set() -> Capability<dyn InstructionSet> {
        None
    }

    /// It has commands of its own.
    fn commands() -> Capability<dyn Commands> {
        None
    }
}

/// How many steps the case may take; 1 if it cannot be cut.
pub fn step_count<S: Subject>(case: &S::Case) -> u32 {
    S::steps().map_or(1, |steps| steps.count(case))
}

/// The machine of a subject in this program that has this role; of several the first.
pub fn machine_of<S: Subject>(wanted: Role) -> Option<Box<dyn Machine<S>>> {
    S::machines().into_iter().find(|(role, _)| *role == wanted).map(|(_, machine)| machine)
}

/// The native machine of a subject, if it has one.
pub fn native<S: Subject>() -> Option<Box<dyn Machine<S>>> {
    machine_of(Role::Native)
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
