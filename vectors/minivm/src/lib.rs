//! Subject `minivm`: the instruction set of the HSX MiniVM.
//!
//! A case is a machine state, code, and how far to run it; its outcome is how it stopped and the complete state after.
//! `PROTOCOL.md` beside this crate says what the keys of both mean.

mod budget;
mod budgets;
mod case;
mod cases;
mod coverage;
mod exhaust;
pub mod fuzz;
mod image;
mod instructions;
#[cfg(feature = "jit")]
mod jit;
mod keys;
mod listing;
mod native;
mod on_chip;
mod outcome;
mod paged;
mod pairs;
mod profile;
pub mod random;
mod rows;
mod simpler;
mod state;
mod steps;
pub mod sweep;
mod tables;
mod text;
mod word;

use oracle::capabilities;
use oracle::fuzz::Fuzzed;
use oracle::inputs::Exhausts;
use oracle::subject::{
    Commands, Draw, Generates, Images, InstructionSet, Ledgered, OnChip, Shrinks, Steps, Subject, Tabulates,
    Watched,
};
use oracle::suite::{Written, Yaml};
use oracle::{Machine, Role};

pub use case::{Block, Case, MAX_STEPS};
pub use cases::MiniVm;
pub use keys::StopText;
pub use native::{NativeVm, Running};
pub use outcome::{Outcome, Stop, TraceRow, changed_runs, check_runs_without_zeros};
pub use paged::PagedVm;
pub use profile::{PORTABLE, REFERENCE, STRICT};
pub use text::Vectors;

impl Subject for MiniVm {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![
            (Role::Native, Box::new(NativeVm::default())),
            (Role::Twin, Box::new(NativeVm::plain())),
            (Role::Twin, Box::new(PagedVm::default())),
            #[cfg(feature = "jit")]
            (Role::Twin, Box::new(jit::JitVm::default())),
        ]
    }

    #[cfg(not(feature = "jit"))]
    fn absent() -> Vec<(Role, &'static str, &'static str)> {
        vec![(Role::Twin, "rust-jit", "this program was built without its feature `jit`")]
    }

    capabilities!(MiniVm => steps: Steps<Self>, generates: Generates<Self>, watched: Watched<Self>, ledgered: Ledgered<Self>);
    capabilities!(MiniVm => shrinks: Shrinks<Self>, images: Images<Self>, on_chip: OnChip<Self>, fuzzed: Fuzzed);
    capabilities!(MiniVm => exhausts: Exhausts<Self>, tabulates: Tabulates<Self>, commands: Commands);
    capabilities!(MiniVm => instruction_set: InstructionSet);
    capabilities!(Yaml(Vectors) => written: Written<Self>);
}

impl Generates<MiniVm> for MiniVm {
    fn sweep(&self) -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases().chain(budgets::cases()).chain(rows::cases()))
    }

    fn random(&self, seed: u64) -> Draw<MiniVm> {
        Box::new(move |index| random::case(seed, index))
    }
}

impl Shrinks<MiniVm> for MiniVm {
    fn simpler(&self, case: &Case) -> Vec<Case> {
        simpler::candidates(case)
    }
}
