//! Machine `rust-jit`: the VM of `vm/minivm`, in process, as machine code.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use minivm::memory::Memory;
use minivm::{SwitchSet, Vm};
use minivm_jit::{Compiled, Compiler, Effort, Error};
use oracle::machine::FailureKind;
use oracle::subject::Cases;
use oracle::{Answer, Machine, Profile, Sample};

use crate::case::Case;
use crate::cases::MiniVm;
use crate::native::{answer, ended, fill, start, traced};
use crate::outcome::Outcome;
use crate::profile;

/// Programs whose code is kept: many cases share theirs.
const KEPT: usize = 512;
/// The longest code that is made quickly, in bytes.
const SHORT: usize = 24;
/// Of the cases that cost a compilation each, one in so many is in the sample: of those with short code, and of others.
const ONE_IN: [u64; 2] = [8, 64];

/// What runs, and what memory held at the start.
#[derive(Default)]
pub struct JitVm {
    memory: Box<Memory>,
    initial: Box<Memory>,
    compilers: Option<[Compiler; 2]>,
    made: HashMap<Key, Compiled>,
}

/// Switches, where code is entered, and the code.
type Key = (SwitchSet, u32, Vec<u8>);

impl Machine<MiniVm> for JitVm {
    fn name(&self) -> &str {
        "rust-jit"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn profiles(&self) -> &[Profile] {
        MiniVm::PROFILES
    }

    fn sample(&self) -> Option<Sample<MiniVm>> {
        let what = "of the cases that run more than one instruction those that start with all registers 0, one in 8 \
                    of those with at most 6 words of code, and one in 64 of the others";
        Some(Sample { what, takes: is_in_sample })
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        cases.iter().map(|case| profile::with!(profile, |it| self.execute(it, case))).collect()
    }

    fn restart(&mut self) {
        *self = JitVm::default();
    }
}

impl JitVm {
    fn execute(&mut self, profile: impl minivm::Profile, case: &Case) -> Answer<Outcome> {
        let JitVm { memory, initial, compilers, made } = self;
        fill(memory, case);
        fill(initial, case);
        let mut vm = start(profile, case, &case.code, &mut **memory);
        let (run, trace) = if case.trace {
            traced(&mut vm, case.max_steps, Vm::step)
        } else if case.max_steps == 1 {
            // A single instruction is never machine code's.
            (vm.run(1), None)
        } else {
            match compiled(profile, case, compilers, made) {
                Ok(compiled) => (compiled.run(&mut vm, case.max_steps), None),
                Err(error) => return Answer::broken(FailureKind::Crash, error.to_string()),
            }
        };
        let ended = ended(&mut vm, run, trace);
        answer(ended, (initial, memory))
    }
}

/// The machine code of a case, as far as it has been made.
fn compiled<'a>(
    profile: impl minivm::Profile,
    case: &Case,
    compilers: &mut Option<[Compiler; 2]>,
    made: &'a mut HashMap<Key, Compiled>,
) -> Result<&'a mut Compiled, Error> {
    let compilers = match compilers {
        Some(compilers) => compilers,
        None => compilers.insert([Compiler::new(Effort::Least)?, Compiler::new(Effort::Most)?]),
    };
    let key = (SwitchSet::of(profile), case.pc, case.code.clone());
    if made.len() >= KEPT && !made.contains_key(&key) {
        made.clear();
    }
    Ok(match made.entry(key) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => {
            // What makes code fast is tried too.
            let compiler = &compilers[usize::from(hash(case.code.iter().copied()).is_multiple_of(4))];
            let compiled = compiler.compile(profile, &case.code, case.pc)?;
            entry.insert(compiled)
        }
    })
}

/// Whether a case is in the sample. Those that run one instruction never come to machine code, and of those that start
/// with all registers 0 many share their code.
fn is_in_sample(case: &Case, profile: Profile) -> bool {
    case.max_steps > 1
        && case.reg_base == 0
        && !case.trace
        && (case.regs == [0; 16]
            || hash(case.code.iter().copied().chain(profile.name().bytes()))
                .is_multiple_of(ONE_IN[usize::from(case.code.len() > SHORT)]))
}

/// A number that is the same everywhere, as the sample has to be (FNV-1a).
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
    let hash = bytes.fold(0xCBF2_9CE4_8422_2325, add);
    // Its low bits know little of the high ones.
    hash ^ hash >> 32
}
