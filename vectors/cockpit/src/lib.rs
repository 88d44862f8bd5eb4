//! Subject `cockpit`: the instruction set of CockpitVM's ExecutionEngine_v2.
//!
//! A case is a machine state, what the devices answer, code, and how far to run it; its outcome is how it stopped, the
//! complete state after, and what was done to the devices. `PROTOCOL.md` beside this crate says what the keys of both
//! mean.

mod budget;
mod case;
mod cases;
mod check;
mod commands;
mod coverage;
pub mod fuzz;
mod image;
mod instructions;
mod keys;
mod listing;
pub mod native;
mod on_chip;
mod outcome;
mod profile;
pub mod random;
mod simpler;
mod state;
mod steps;
pub mod sweep;
mod text;
mod topic;
mod upstream;

use oracle::capabilities;
use oracle::fuzz::Fuzzed;
use oracle::subject::{
    Commands, Draw, Generates, Images, InstructionSet, Ledgered, OnChip, Reference, Shrinks, Steps, Subject,
    Watched,
};
use oracle::suite::{Written, Yaml};
use oracle::{Machine, Role};

pub use case::{Case, MAX_CODE, MAX_STEPS};
pub use cases::Cockpit;
pub use native::{NativeVm, execute};
pub use outcome::{Call, Outcome, Stop};
pub use profile::{HEAD, PLAN};
pub use text::Vectors;

impl Subject for Cockpit {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![(Role::Native, Box::new(NativeVm))]
    }

    capabilities!(Cockpit => steps: Steps<Self>, generates: Generates<Self>, watched: Watched<Self>, ledgered: Ledgered<Self>);
    capabilities!(Cockpit => shrinks: Shrinks<Self>, reference: Reference<Self>, on_chip: OnChip<Self>);
    capabilities!(Cockpit => images: Images<Self>, fuzzed: Fuzzed, commands: Commands);
    capabilities!(Cockpit => instruction_set: InstructionSet);
    capabilities!(Yaml(Vectors) => written: Written<Self>);
}

impl Generates<Cockpit> for Cockpit {
    fn sweep(&self) -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases())
    }

    fn random(&self, seed: u64) -> Draw<Cockpit> {
        Box::new(move |index| random::case(seed, index))
    }
}

impl Shrinks<Cockpit> for Cockpit {
    fn simpler(&self, case: &Case) -> Vec<Case> {
        simpler::candidates(case)
    }
}
