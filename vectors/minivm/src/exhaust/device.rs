//! What is under test: the interpreter of the VM, started from registers and flags.

use minivm::instruction::Reg;
use minivm::profile::Portable;
use minivm::{Context, Fault, Memory, Profile, Reference, Stop, Strict, Vm};
use oracle::inputs::{Chunk, Expected, Wrong};

use crate::{Case, MiniVm, NativeVm, Outcome, profile};

/// What runs the instructions. It is the VM, but in tests of what would be found.
pub(super) trait Device: Sync {
    /// Runs so many instructions from the start of code, with these registers and flags.
    fn run<P: Profile>(&self, vm: &mut Running<'_, P>, start: &State, steps: u32) -> Ended {
        vm.context = Context { psw: start.psw, ..Context::default() };
        for reg in Reg::all() {
            vm.set_reg(reg, start.regs[reg.index()]);
        }
        let stop = vm.run(steps).stop;
        let fault = match stop {
            None => None,
            Some(Stop::Fault(fault)) => Some(fault),
            // No instruction that is exhausted stops in another way: as a fault of the fetch, it is wrong everywhere.
            Some(_) => Some(Fault::PcOutOfRange),
        };
        Ended { state: State { regs: vm.regs(), psw: vm.context.psw }, pc: vm.context.pc, fault }
    }
}

/// The VM in the middle of a chunk.
pub(super) type Running<'a, P> = Vm<'a, P, Vec<u32>>;

/// The VM.
pub(super) struct Interpreter;

impl Device for Interpreter {}

/// What the instructions work on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub regs: [u32; 16],
    pub psw: u8,
}

/// What is there after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub state: State,
    pub pc: u32,
    pub fault: Option<Fault>,
}

impl Ended {
    /// What is there if so many instructions have retired.
    pub fn retired(state: State, steps: u32) -> Self {
        Ended { state, pc: 4 * steps, fault: None }
    }
}

/// An instruction word: its fields where the design document's table has them.
pub(super) const fn word(opcode: u8, rd: u32, rs1: u32, rs2: u32) -> u32 {
    (opcode as u32) << 24 | rd << 20 | rs1 << 16 | rs2 << 12
}

/// Code of instruction words.
pub(super) fn code(words: impl IntoIterator<Item = u32>) -> Vec<u8> {
    words.into_iter().flat_map(u32::to_be_bytes).collect()
}

/// A machine for each profile, all with the same code.
pub(super) struct Machines<'a> {
    pub reference: Running<'a, Reference>,
    pub strict: Running<'a, Strict>,
    pub portable: Running<'a, Portable>,
}

/// Memory for a machine of each profile.
pub(super) fn memories() -> [Box<Memory>; 3] {
    Default::default()
}

impl<'a> Machines<'a> {
    pub fn new(code: &'a [u8], memories: &'a mut [Box<Memory>; 3]) -> Self {
        let [reference, strict, portable] = memories;
        Machines {
            reference: Vm::new(Reference, code, reference, Vec::new(), Context::default()),
            strict: Vm::new(Strict, code, strict, Vec::new(), Context::default()),
            portable: Vm::new(Portable, code, portable, Vec::new(), Context::default()),
        }
    }

    /// Runs so many instructions in every profile.
    #[inline(always)]
    pub fn run(&mut self, device: &impl Device, start: &State, steps: u32) -> [Ended; 3] {
        [
            device.run(&mut self.reference, start, steps),
            device.run(&mut self.strict, start, steps),
            device.run(&mut self.portable, start, steps),
        ]
    }
}

/// The profiles, in the order in which results are compared.
pub(super) const PROFILES: [oracle::Profile; 3] = [profile::REFERENCE, profile::STRICT, profile::PORTABLE];

/// Counts the results of one instruction that are wrong, each as a case of its own.
pub(super) fn compare(
    chunk: &mut Chunk<MiniVm>,
    word: u32,
    start: &State,
    results: &[Ended; 3],
    expected: &[Ended; 3],
) {
    for (profile, (result, expected)) in PROFILES.into_iter().zip(results.iter().zip(expected)) {
        if result != expected {
            chunk.wrong(|| wrong(profile, word, start, result, expected));
        }
    }
}

fn wrong(
    profile: oracle::Profile,
    word: u32,
    start: &State,
    result: &Ended,
    expected: &Ended,
) -> Wrong<MiniVm> {
    let case = Case { regs: start.regs, psw: start.psw, ..Case::of_words(&[word]) };
    let operands: Vec<String> = [word >> 16 & 15, word >> 12 & 15]
        .map(|reg| format!("r{reg}={:#x}", start.regs[reg as usize]))
        .into();
    let what = format!(
        "{} in {profile}, {} psw={:#x}: {}, expected {}",
        minivm::disasm::Disassembly { word, literal: None },
        operands.join(" "),
        start.psw,
        shown(start, result),
        shown(start, expected),
    );
    let outcome = outcome(profile, &case, expected);
    Wrong { what, case: outcome.map(|outcome| Box::new(Expected { case, profile, outcome })) }
}

/// What a run has changed.
fn shown(start: &State, ended: &Ended) -> String {
    let regs = (0..16).filter(|&at| start.regs[at] != ended.state.regs[at]);
    let mut parts: Vec<String> = regs.map(|at| format!("r{at}={:#x}", ended.state.regs[at])).collect();
    parts.push(format!("psw={:#x} pc={:#x}", ended.state.psw, ended.pc));
    parts.extend(ended.fault.map(|fault| format!("fault {}", fault.name())));
    parts.join(" ")
}

/// The outcome that the case should have: the machine's own, but for what is compared.
fn outcome(profile: oracle::Profile, case: &Case, expected: &Ended) -> Option<Outcome> {
    let answer = profile::with!(profile, |it| NativeVm::default().execute(it, case));
    let outcome = answer.outcome()?.clone();
    let (stop, steps) = match expected.fault {
        None => (crate::Stop::Budget {}, 1),
        Some(fault) => (crate::Stop::Fault { fault }, 0),
    };
    let Ended { state: State { regs, psw }, pc, .. } = *expected;
    Some(Outcome { stop, steps, pc, psw, regs, ..outcome })
}
