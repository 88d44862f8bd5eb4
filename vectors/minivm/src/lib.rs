//! Subject `minivm`: the instruction set of the HSX MiniVM.
//!
//! A case is a machine state, code, and how far to run it; its outcome is how it stopped and the complete state after.
//! `PROTOCOL.md` beside this crate says what the keys of both mean.

mod budget;
mod case;
mod coverage;
pub mod fuzz;
mod image;
mod keys;
mod listing;
mod native;
mod on_chip;
mod outcome;
mod profile;
pub mod random;
mod simpler;
mod state;
mod steps;
pub mod sweep;
mod text;

use minivm::disasm::Disassembly;
use minivm::points::Row;
use minivm::{Instruction, Opcode};
use oracle::capabilities;
use oracle::fuzz::Fuzzed;
use oracle::subject::{
    Draw, Generates, Images, Ledgered, OnChip, Profile, Shrinks, State, Steps, Subject, Watched,
};
use oracle::suite::{Written, Yaml};
use oracle::{Machine, Role};

pub use case::{Block, Case, MAX_STEPS};
pub use keys::StopText;
pub use native::{NativeVm, Running};
pub use outcome::{Outcome, Stop, TraceRow, changed_runs};
pub use profile::{PORTABLE, REFERENCE, STRICT};
pub use text::Vectors;

/// The instruction set.
#[derive(Clone, Copy, Debug, Default)]
pub struct MiniVm;

impl Subject for MiniVm {
    const NAME: &'static str = "minivm";
    const PROFILES: &'static [Profile] = &[REFERENCE, STRICT, PORTABLE];
    const REFERENCE_COMMIT: Option<&'static str> = Some(vectors_hxe::REFERENCE_COMMIT);

    type Case = Case;
    type Outcome = Outcome;

    fn check_case(case: &Case) -> Result<(), String> {
        case.check()
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        outcome.check(case)
    }

    fn start(case: &Case) -> State {
        state::start(case)
    }

    fn end(_: &Case, outcome: &Outcome) -> State {
        state::end(outcome)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        let mut topics = vec![topic(word_at(&case.code, case.pc))];
        if case.max_steps > 1 {
            let mut at = 0;
            while let Some(instruction) = Disassembly::at(&case.code, at) {
                topics.extend(Instruction::decode(instruction.word).map(|decoded| decoded.op.mnemonic()));
                at += instruction.size();
            }
            topics[1..].sort_unstable();
            topics.dedup();
        }
        topics
    }

    fn all_topics() -> Vec<&'static str> {
        Row::all().map(Row::name).collect()
    }

    fn listing(case: &Case) -> String {
        listing::listing(case)
    }

    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![(Role::Native, Box::new(NativeVm::default()))]
    }

    capabilities!(MiniVm => steps: Steps<Self>, generates: Generates<Self>, watched: Watched<Self>, ledgered: Ledgered<Self>);
    capabilities!(MiniVm => shrinks: Shrinks<Self>, images: Images<Self>, on_chip: OnChip<Self>, fuzzed: Fuzzed);
    capabilities!(Yaml(Vectors) => written: Written<Self>);
}

impl Generates<MiniVm> for MiniVm {
    fn sweep(&self) -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases())
    }

    fn random(&self, seed: u64) -> Draw<MiniVm> {
        let (program, single) = (random::program(), random::single_instruction());
        Box::new(move |index| match index % 4 {
            0 => ("program", oracle::random::draw(&program, seed, index)),
            _ => ("instruction", oracle::random::draw(&single, seed, index)),
        })
    }
}

impl Shrinks<MiniVm> for MiniVm {
    fn simpler(&self, case: &Case) -> Vec<Case> {
        simpler::candidates(case)
    }
}

/// The instruction word at `pc`; `None` if no whole word lies there.
fn word_at(code: &[u8], pc: u32) -> Option<u32> {
    Disassembly::at(code, pc as usize).map(|instruction| instruction.word)
}

/// The instruction of this word. A literal is read from its register, where the instruction has put it.
fn disassembly(word: u32, regs: &[u32]) -> Disassembly {
    let rd = minivm::instruction::Word(word).rd().index();
    Disassembly { word, literal: regs.get(rd).copied() }
}

fn topic(word: Option<u32>) -> &'static str {
    match word.map(Instruction::decode) {
        None => Row::Fetch.name(),
        Some(None) => Row::Illegal.name(),
        Some(Some(instruction)) => Opcode::mnemonic(instruction.op),
    }
}
