//! Running one case.

use minivm::call_stack::{CallStack, FixedCallStack};
use minivm::instruction::Reg;
use minivm::memory::PAGE;
use minivm::{Context, Memory, Run, Vm};
use wire::message::MAX_STEPS;
use wire::{Block, Case, Cost, End, Item, Limit, State, Stop, Task, Wrong};

use crate::answer::Answer;
use crate::{Hardware, MAX_CALLS};

type Calls = FixedCallStack<MAX_CALLS>;
type Machine<'v, P> = Vm<'v, P, &'v mut Calls>;

/// Runs the case and answers it.
///
/// # Errors
/// Where its lists cannot be read. Nothing is answered then.
pub(crate) fn run<P: minivm::Profile, H: Hardware>(
    profile: P,
    case: &Case<'_>,
    memory: &mut Memory,
    calls: &mut Calls,
    mut answer: Answer<'_, H>,
) -> Result<(), postcard::Error> {
    if let Some(limit) = prepare(case, memory, calls)? {
        answer.finish(&Item::Unsupported(limit));
        return Ok(());
    }
    let mut vm = Vm::new(profile, case.code, memory, &mut *calls, context(case));
    set_registers(&mut vm, case);
    let run = match case.task {
        Task::Outcome | Task::Canary(_) => vm.run(case.max_steps),
        Task::Trace => traced(&mut vm, case.max_steps, &mut answer),
        Task::Digests { every } => digested(&mut vm, case.max_steps, every.max(1), &mut answer),
        Task::Measure { rounds } => measured(&mut vm, case, rounds, &mut answer),
    };
    let Some(stop) = run.stop.map_or(Some(None), |reason| stop(reason).map(Some)) else {
        answer.finish(&Item::Unsupported(Limit::Calls));
        return Ok(());
    };
    let mut end = End { stop, steps: run.steps, state: state(&vm) };
    if let Task::Canary(wrong) = case.task {
        spoil(wrong, &mut end.state, memory, calls);
    }
    if matches!(case.task, Task::Outcome | Task::Trace | Task::Canary(_)) {
        for &address in calls.as_slice() {
            answer.push(&Item::Call(address));
        }
        for page in memory.written_pages() {
            answer.push_memory(page.start, &memory.bytes()[page]);
        }
    }
    answer.finish(&Item::End(end));
    Ok(())
}

/// Puts memory and calls into the starting state. Gives what there is no room for.
fn prepare(
    case: &Case<'_>,
    memory: &mut Memory,
    calls: &mut Calls,
) -> Result<Option<Limit>, postcard::Error> {
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

fn context(case: &Case<'_>) -> Context {
    Context {
        pc: case.pc,
        sp: case.sp,
        psw: case.psw & 0xF,
        wp: case.reg_base,
        stack_limit: case.stack_limit,
        ..Context::default()
    }
}

fn set_registers<P: minivm::Profile>(vm: &mut Machine<'_, P>, case: &Case<'_>) {
    for (reg, value) in Reg::all().zip(case.regs) {
        vm.set_reg(reg, value);
    }
}

fn traced<P: minivm::Profile, H: Hardware>(
    vm: &mut Machine<'_, P>,
    max_steps: u32,
    answer: &mut Answer<'_, H>,
) -> Run {
    let mut run = Run { steps: 0, stop: None };
    while run.stop.is_none() && run.steps < max_steps {
        run.stop = vm.step();
        if run.stop.is_none_or(|stop| vm.retires(stop)) {
            run.steps += 1;
            let State { psw, sp, regs, .. } = state(vm);
            let mut row = [0; 20];
            row[..4].copy_from_slice(&[vm.last.pc, vm.last.opcode, psw.into(), sp]);
            row[4..].copy_from_slice(&regs);
            answer.push(&Item::Row(row));
        }
    }
    run
}

fn digested<P: minivm::Profile, H: Hardware>(
    vm: &mut Machine<'_, P>,
    max_steps: u32,
    every: u32,
    answer: &mut Answer<'_, H>,
) -> Run {
    let mut whole = Run { steps: 0, stop: None };
    let mut last = 0;
    while whole.stop.is_none() && whole.steps < max_steps {
        let run = vm.run(every.min(max_steps - whole.steps));
        whole = Run { steps: whole.steps + run.steps, stop: run.stop };
        last = digest(last, vm, vm.calls.as_slice());
        answer.push(&Item::Digest(last));
    }
    whole
}

/// Memory is what the round before has left of it: a round that must find it fresh has to make it so.
fn measured<P: minivm::Profile, H: Hardware>(
    vm: &mut Machine<'_, P>,
    case: &Case<'_>,
    rounds: u16,
    answer: &mut Answer<'_, H>,
) -> Run {
    let mut run = Run { steps: 0, stop: None };
    let (ticks, stack) = answer.hardware.measure(&mut || {
        for _ in 0..rounds {
            vm.context = context(case);
            set_registers(vm, case);
            run = vm.run(case.max_steps);
        }
    });
    let notes_of_memory = size_of::<Memory>() - minivm::memory::SIZE;
    let state = (size_of::<Machine<'_, P>>() + notes_of_memory) as u32;
    answer.push(&Item::Cost(Cost { ticks, stack, state }));
    run
}

/// The state of the VM outside its memory and its calls.
pub fn state<P: minivm::Profile, S: CallStack>(vm: &Vm<'_, P, S>) -> State {
    State { pc: vm.context.pc, sp: vm.context.sp, psw: vm.context.psw, regs: vm.regs() }
}

/// The digest that follows `previous`: of the VM's complete state, with its return addresses, oldest first.
pub fn digest<P: minivm::Profile, S: CallStack>(previous: u64, vm: &Vm<'_, P, S>, calls: &[u32]) -> u64 {
    let memory = vm.memory();
    let pages = memory.written_pages().map(|page| (page.start / PAGE, &memory.bytes()[page]));
    wire::digest::digest(previous, &state(vm), calls, pages)
}

/// What stopped the VM. Nothing where there was no room for return addresses, which is no stop of the machine.
pub fn stop(reason: minivm::Stop) -> Option<Stop> {
    Some(match reason {
        minivm::Stop::Svc { module, function } => Stop::Svc(module, function),
        minivm::Stop::Break { code } => Stop::Break(code),
        minivm::Stop::Returned { status } => Stop::Returned(status),
        minivm::Stop::Fault(fault) => Stop::Fault(fault as u8),
        minivm::Stop::CallDepth => return None,
    })
}

/// Makes the outcome wrong in one place.
fn spoil(wrong: Wrong, state: &mut State, memory: &mut Memory, calls: &mut Calls) {
    match wrong {
        Wrong::Register => state.regs[7] ^= 1 << 16,
        Wrong::Flag => state.psw ^= 2,
        Wrong::Pc => state.pc ^= 4,
        Wrong::Sp => state.sp ^= 4,
        Wrong::Memory => {
            let [byte] = memory.read(0x5555).unwrap_or_default();
            memory.write(0x5555, [byte ^ 1]);
        }
        Wrong::Calls => {
            // A full stack loses one instead.
            if !calls.push(0x1234) {
                calls.pop();
            }
        }
    }
}
