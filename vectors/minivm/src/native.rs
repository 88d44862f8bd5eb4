//! Machines `rust` and `rust-plain`: the VM of `vm/minivm`, in process, from prepared code and from the bytes of the code.

use std::cell::Cell;

use minivm::memory::{LoadStore, Memory};
use minivm::prepared::Prepared;
use minivm::{Context, PagingFailure, Run, Vm};
use oracle::machine::FailureKind;
use oracle::subject::{Cases, Ledgered, Switch, Switched};
use oracle::{Answer, Machine, Profile};

use crate::case::{Block, Case};
use crate::cases::MiniVm;
use crate::outcome::{Outcome, Stop, TraceRow, changed_runs};
use crate::profile::{self, Noting};

/// Words of prepared code: room for all that a case can have, and for the word behind it.
const ROOM: usize = 1 << 15;

/// The VM with two memories: the one it runs in, and what that held at the start.
///
/// Both are reset by what was written, so a case that touches little costs little.
pub struct NativeVm {
    memory: Box<Memory>,
    initial: Box<Memory>,
    /// Room for prepared code; none if it runs plainly.
    words: Option<Box<[u32; ROOM]>>,
}

impl NativeVm {
    /// One that runs from the bytes of the code.
    pub fn plain() -> Self {
        NativeVm { memory: Box::default(), initial: Box::default(), words: None }
    }
}

impl Default for NativeVm {
    /// One that prepares the code of each case.
    fn default() -> Self {
        let words = vec![0; ROOM].into_boxed_slice().try_into().ok();
        NativeVm { words, ..NativeVm::plain() }
    }
}

/// A VM in the middle of a case.
pub type Running<'a, P, M = Memory> = Vm<'a, P, Vec<u32>, M>;

impl Machine<MiniVm> for NativeVm {
    fn name(&self) -> &str {
        if self.words.is_some() { "rust" } else { "rust-plain" }
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn profiles(&self) -> &[Profile] {
        MiniVm::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        cases.iter().map(|case| profile::with!(profile, |it| self.execute(it, case))).collect()
    }
}

/// The VM with its switches one by one, and which of them the last run has asked for.
///
/// It runs plainly: few runs are long enough to be worth preparing.
struct Switchboard {
    vm: NativeVm,
    switches: Vec<minivm::Switch>,
    asked: Cell<u32>,
}

impl Switched<MiniVm> for Switchboard {
    fn run(&mut self, profile: Profile, flipped: &[usize], case: &Case) -> Option<Outcome> {
        let flip = |set: minivm::SwitchSet, &at: &usize| set.flipped(self.switches[at]);
        let set = flipped.iter().fold(profile::switch_set(profile), flip);
        self.asked.set(0);
        self.vm.execute(Noting { set, asked: &self.asked }, case).outcome().cloned()
    }

    fn asked(&self, at: usize) -> bool {
        self.asked.get() & 1 << self.switches[at] as u32 != 0
    }
}

impl Ledgered<MiniVm> for MiniVm {
    fn switches(&self) -> Vec<Switch> {
        let switch = |it: minivm::Switch| Switch { row: it.ledger_row(), name: it.name() };
        profile::switches_of_instructions().into_iter().map(switch).collect()
    }

    fn machine(&self) -> Box<dyn Switched<MiniVm>> {
        let switches = profile::switches_of_instructions();
        Box::new(Switchboard { vm: NativeVm::plain(), switches, asked: Cell::default() })
    }
}

impl NativeVm {
    /// Runs a case in any profile, one put together from switches included.
    pub fn execute(&mut self, profile: impl minivm::Profile, case: &Case) -> Answer<Outcome> {
        self.prepare(case);
        let mut vm = start(profile, case, &case.code, &mut *self.memory);
        let (run, trace) = match &mut self.words {
            _ if case.trace => traced(&mut vm, case.max_steps, Vm::step),
            Some(words) => (vm.run_prepared(&Prepared::new(&case.code, words), case.max_steps), None),
            None => (vm.run(case.max_steps), None),
        };
        let ended = ended(&mut vm, run, trace);
        answer(ended, (&self.initial, &self.memory))
    }

    /// A VM at the start of a case, to be stepped by the caller.
    pub fn begin<'a, P: minivm::Profile>(&'a mut self, profile: P, case: &'a Case) -> Running<'a, P> {
        self.prepare(case);
        start(profile, case, &case.code, &mut *self.memory)
    }

    fn prepare(&mut self, case: &Case) {
        fill(&mut self.memory, case);
        fill(&mut self.initial, case);
    }
}

/// Makes memory what it is at the start of a case.
pub(crate) fn fill(memory: &mut Memory, case: &Case) {
    memory.reset();
    for Block(address, bytes) in &case.mem {
        // Blocks beyond memory are refused where cases are read.
        let _ = memory.write_block(*address, bytes);
    }
    if case.reg_base != 0 {
        let window: Vec<u8> = case.regs.iter().flat_map(|value| value.to_le_bytes()).collect();
        let _ = memory.write_block(case.reg_base.into(), &window);
    }
}

/// A VM at the start of a case, with memory that is what it is there.
pub(crate) fn start<'a, P: minivm::Profile, M: LoadStore>(
    profile: P,
    case: &Case,
    code: &'a [u8],
    memory: &'a mut M,
) -> Running<'a, P, M> {
    let context = Context {
        pc: case.pc,
        sp: case.sp,
        psw: case.psw,
        wp: case.reg_base,
        stack_limit: case.stack_limit,
        ..Context::default()
    };
    let mut vm = Vm::with_memory(profile, code, memory, case.call_stack.clone(), context);
    for (reg, value) in minivm::instruction::Reg::all().zip(case.regs) {
        vm.set_reg(reg, value);
    }
    vm
}

/// Runs step by step, with a row for each.
pub(crate) fn traced<'a, P: minivm::Profile, M: LoadStore>(
    vm: &mut Running<'a, P, M>,
    max_steps: u32,
    mut step: impl FnMut(&mut Running<'a, P, M>) -> Option<minivm::Stop>,
) -> (Run, Option<Vec<TraceRow>>) {
    let mut rows = Vec::new();
    let mut stop = None;
    while stop.is_none() && rows.len() < max_steps as usize {
        stop = step(vm);
        if stop.is_none_or(|stop| vm.retires(stop)) {
            let mut row = [0; 20];
            row[..4].copy_from_slice(&[vm.last.pc, vm.last.opcode, vm.context.psw.into(), vm.context.sp]);
            row[4..].copy_from_slice(&vm.regs());
            rows.push(row);
        }
    }
    (Run { steps: rows.len() as u32, stop }, Some(rows))
}

/// The answer to a case, but for memory.
pub(crate) fn ended<P: minivm::Profile, M: LoadStore>(
    vm: &mut Running<'_, P, M>,
    run: Run,
    trace: Option<Vec<TraceRow>>,
) -> Answer<Outcome> {
    let stop = match run.stop {
        None => Stop::Budget {},
        Some(minivm::Stop::Paging { tried, address }) => return stuck(PagingFailure { tried, address }),
        Some(stop) => match Stop::of(stop) {
            Some(stop) => stop,
            None => return Answer::Unsupported("no room for so many calls".into()),
        },
    };
    let Context { pc, sp, psw, .. } = vm.context;
    let (steps, regs, call_stack) = (run.steps, vm.regs(), std::mem::take(&mut vm.calls));
    Answer::Outcome(Outcome { stop, steps, pc, sp, psw, regs, call_stack, mem: Vec::new(), trace })
}

/// The answer if a page could not be moved, which must not happen here.
pub(crate) fn stuck(failure: PagingFailure) -> Answer<Outcome> {
    Answer::broken(FailureKind::Crash, format!("could not move a page: {failure:?}"))
}

/// The same with memory, from what it held at the start and holds at the end.
pub(crate) fn answer(ended: Answer<Outcome>, (before, after): (&Memory, &Memory)) -> Answer<Outcome> {
    match ended {
        Answer::Outcome(outcome) => {
            let mem = changed_runs(before.bytes(), after.bytes(), after.written_pages());
            Answer::Outcome(Outcome { mem, ..outcome })
        }
        none => none,
    }
}
