//! Subject `minivm`: the VM of `vm/minivm`.

mod machine;
#[cfg(feature = "paged")]
mod paged;

use hil_wire::Task;
use machine::{Calls, Machine, context, measured, set_registers};
use minivm::call_stack::CallStack;
use minivm::prepared::Prepared;
use minivm::{Memory, Run, Vm};
use vectors_minivm_wire::{Block, Canary, Case, End, Item, Limit, MAX_STEPS, Profile, State, Stop, Way, digest};

use crate::answer::{Answer, MAX_PART};
use crate::hardware::Hardware;
use crate::runner::{Runner, Unread};

/// The number by which frames call it.
pub(super) const NUMBER: u8 = vectors_minivm_wire::SUBJECT;

/// Bytes of memory in one item, so that it fits into a part with what stands before it.
const RUN: usize = 256;
const _: () = assert!(RUN + 16 <= MAX_PART);
/// Zeros between two pieces of memory that are cheaper to send than to leave out.
const GAP: usize = 4;

/// Bytes that data memory has beside its contents.
const NOTES: usize = size_of::<Memory>() - minivm::memory::SIZE;

/// Words of prepared code. What a program has beyond runs plainly.
const ROOM: usize = 1024;

/// What the VM needs to run: data memory and return addresses, and room for prepared code.
pub(super) struct Subject {
    memory: Memory,
    calls: Calls,
    words: [u32; ROOM],
}

impl Subject {
    pub const fn new() -> Self {
        Subject { memory: Memory::new(), calls: Calls::new(), words: [0; ROOM] }
    }
}

impl<H: Hardware> Runner<H> for Subject {
    fn run(
        &mut self,
        profile: u8,
        task: Task,
        case: &[u8],
        answer: &mut Answer<'_, H>,
    ) -> Result<(), Unread> {
        match Profile::of(profile).ok_or(Unread::Profile)? {
            Profile::Reference => self.run_in(minivm::Reference, task, case, answer),
            Profile::Strict => self.run_in(minivm::Strict, task, case, answer),
        }
    }
}

impl Subject {
    fn run_in<P: minivm::Profile, H: Hardware>(
        &mut self,
        profile: P,
        task: Task,
        case: &[u8],
        answer: &mut Answer<'_, H>,
    ) -> Result<(), Unread> {
        let mut case: Case<'_> = hil_wire::read(case)?;
        let canary = match task {
            Task::Canary(number) => Some(Canary::of(number).ok_or(Unread::Malformed)?),
            _ => None,
        };
        if let Task::Measure { steps, .. } = task {
            case.max_steps = steps;
        }
        let Subject { memory, calls, words } = self;
        if let Some(limit) = prepare(&case, memory, calls)? {
            answer.unsupported(limit.number());
            return Ok(());
        }
        #[cfg(feature = "paged")]
        if let Task::Measure { rounds, way, .. } = task
            && Way::of(way) == Some(Way::Paged)
        {
            return paged::measure(profile, (&case, rounds), (memory, calls), answer);
        }
        let mut vm = Vm::new(profile, case.code, memory, &mut *calls, context(&case));
        set_registers(&mut vm, &case);
        let prepared = Prepared::new(case.code, words);
        let run = match task {
            Task::Outcome | Task::Canary(_) => vm.run_prepared(&prepared, case.max_steps),
            Task::Trace => traced(&mut vm, case.max_steps, answer),
            Task::Digests { every } => digested(&mut vm, &prepared, (case.max_steps, every.max(1)), answer),
            Task::Measure { rounds, way, .. } => match Way::of(way) {
                Some(Way::Plain) => measured(&mut vm, &mut Vm::run, (&case, rounds), NOTES, answer),
                Some(Way::Prepared) => {
                    let run = &mut |vm: &mut Machine<'_, P>, steps| vm.run_prepared(&prepared, steps);
                    measured(&mut vm, run, (&case, rounds), NOTES, answer)
                }
                Some(Way::Paged) | None => return Err(Unread::Malformed),
            },
        };
        let Some(stop) = run.stop.map_or(Some(None), |reason| Stop::of(reason).map(Some)) else {
            answer.unsupported(Limit::Calls.number());
            return Ok(());
        };
        let mut end = End { stop, state: State::of(&vm) };
        if let Some(canary) = canary {
            spoil(canary, &mut end.state, memory, calls);
        }
        if matches!(task, Task::Outcome | Task::Trace | Task::Canary(_)) {
            for &address in calls.as_slice() {
                answer.part(&Item::Call(address));
            }
            for page in memory.written_pages() {
                push_memory(answer, page.start, &memory.bytes()[page]);
            }
        }
        answer.finish(run.steps, &end);
        Ok(())
    }
}

/// Puts memory and calls into the starting state. Gives what there is no room for.
fn prepare(case: &Case<'_>, memory: &mut Memory, calls: &mut Calls) -> Result<Option<Limit>, Unread> {
    if case.max_steps > MAX_STEPS {
        return Ok(Some(Limit::Steps));
    }
    memory.reset();
    for block in case.mem.iter() {
        let Block(address, bytes) = block?;
        if memory.write_block(address, bytes).is_none() {
            return Ok(Some(Limit::Memory));
        }
    }
    while calls.depth() > 0 {
        calls.pop();
    }
    for address in case.calls.iter() {
        if !calls.push(address?) {
            return Ok(Some(Limit::Calls));
        }
    }
    Ok(None)
}

fn traced<P: minivm::Profile, H: Hardware>(vm: &mut Machine<'_, P>, max_steps: u32, answer: &mut Answer<'_, H>) -> Run {
    let mut run = Run { steps: 0, stop: None };
    while run.stop.is_none() && run.steps < max_steps {
        run.stop = vm.step();
        if run.stop.is_none_or(|stop| vm.retires(stop)) {
            run.steps += 1;
            let State { psw, sp, regs, .. } = State::of(vm);
            let mut row = [0; 20];
            row[..4].copy_from_slice(&[vm.last.pc, vm.last.opcode, psw.into(), sp]);
            row[4..].copy_from_slice(&regs);
            answer.part(&Item::Row(row));
        }
    }
    run
}

fn digested<P: minivm::Profile, H: Hardware>(
    vm: &mut Machine<'_, P>,
    prepared: &Prepared<'_, ROOM>,
    (max_steps, every): (u32, u32),
    answer: &mut Answer<'_, H>,
) -> Run {
    let mut whole = Run { steps: 0, stop: None };
    let mut last = 0;
    while whole.stop.is_none() && whole.steps < max_steps {
        let run = vm.run_prepared(prepared, every.min(max_steps - whole.steps));
        whole = Run { steps: whole.steps + run.steps, stop: run.stop };
        last = digest(last, vm, vm.calls.as_slice());
        answer.digest(last);
    }
    whole
}

/// Adds what is not zero in a piece of memory that begins at `address`.
fn push_memory<H: Hardware>(answer: &mut Answer<'_, H>, address: usize, bytes: &[u8]) {
    let mut at = 0;
    while let Some(skipped) = bytes[at..].iter().position(|&byte| byte != 0) {
        let start = at + skipped;
        let limit = bytes.len().min(start + RUN);
        let mut end = start + 1;
        for (position, _) in (start..limit).zip(&bytes[start..limit]).filter(|(_, byte)| **byte != 0) {
            if position > end + GAP {
                break;
            }
            end = position + 1;
        }
        answer.part(&Item::Memory(Block((address + start) as u32, &bytes[start..end])));
        at = end;
    }
}

/// Makes the outcome wrong in one place.
fn spoil(canary: Canary, state: &mut State, memory: &mut Memory, calls: &mut Calls) {
    match canary {
        Canary::Register => state.regs[7] ^= 1 << 16,
        Canary::Flag => state.psw ^= 2,
        Canary::Pc => state.pc ^= 4,
        Canary::Sp => state.sp ^= 4,
        Canary::Memory => {
            let [byte] = memory.read(0x5555).unwrap_or_default();
            memory.write(0x5555, [byte ^ 1]);
        }
        Canary::Calls => {
            // A full stack loses one instead.
            if !calls.push(0x1234) {
                calls.pop();
            }
        }
    }
}
