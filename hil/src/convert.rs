//! Between the cases of the suite and the messages of the wire.

use minivm::Fault;
use oracle::Answer;
use serde::Serialize;
use vectors::Profile;
use vectors::minivm::{Block, Case, Outcome, Stop, changed_runs};
use wire::{Item, Limit, Sequence, Task};

use crate::session::{Encoded, Items, Trouble};

/// The wire's name of a profile.
pub fn profile(profile: Profile) -> wire::Profile {
    match profile {
        Profile::Reference => wire::Profile::Reference,
        Profile::Strict => wire::Profile::Strict,
    }
}

/// What a case asks for by itself: its outcome, with a trace where it wants one.
pub fn task(case: &Case) -> Task {
    if case.trace { Task::Trace } else { Task::Outcome }
}

/// The case as the wire has it.
pub fn encode(case: &Case, task: Task) -> Encoded {
    let calls = pack(case.call_stack.iter());
    let mem = pack(case.mem.iter().map(|Block(address, bytes)| wire::Block(*address, bytes)));
    let bytes = pack([wire::Case {
        task,
        max_steps: case.max_steps,
        pc: case.pc,
        sp: case.sp,
        stack_limit: case.stack_limit,
        psw: case.psw,
        reg_base: case.reg_base,
        regs: case.regs,
        calls: Sequence::of_bytes(&calls),
        mem: Sequence::of_bytes(&mem),
        code: &case.code,
    }]);
    Encoded { bytes, steps: case.max_steps }
}

fn pack<T: Serialize>(items: impl IntoIterator<Item = T>) -> Vec<u8> {
    items.into_iter().fold(Vec::new(), |bytes, item| {
        // Cases are plain data: writing them to memory does not fail.
        postcard::to_extend(&item, bytes).expect("memory takes everything")
    })
}

/// What the chip's answer to the case comes to.
pub fn answer(case: &Case, items: Result<Items, Trouble>) -> Answer<Outcome> {
    match items {
        Ok(items) => outcome(case, &items),
        Err(Trouble::TooLarge(why)) => Answer::Unsupported(why),
        Err(Trouble::Fails(why)) => Answer::Broken(why),
        Err(Trouble::Lost(why)) => Answer::NotRun(why),
    }
}

fn outcome(case: &Case, items: &Items) -> Answer<Outcome> {
    let (mut trace, mut call_stack) = (Vec::new(), Vec::new());
    let before = case.initial_memory();
    let mut after = vec![0; before.len()];
    for item in items.iter() {
        match item {
            Item::Row(row) => trace.push(row),
            Item::Call(address) => call_stack.push(address),
            Item::Memory(wire::Block(address, bytes)) => {
                let start = address as usize;
                match start.checked_add(bytes.len()).and_then(|end| after.get_mut(start..end)) {
                    Some(place) => place.copy_from_slice(bytes),
                    None => return Answer::Broken(format!("sends memory at {address:#x}")),
                }
            }
            Item::Unsupported(limit) => return Answer::Unsupported(lacks(limit).into()),
            Item::End(end) => {
                let Some(stop) = stop(end.stop) else {
                    return Answer::Broken(format!("stops for an unknown reason: {:?}", end.stop));
                };
                let wire::State { pc, sp, psw, regs } = end.state;
                return Answer::Outcome(Outcome {
                    stop,
                    steps: end.steps,
                    pc,
                    sp,
                    psw,
                    regs,
                    call_stack,
                    mem: changed_runs(&before[..], &after, std::iter::once(0..after.len())),
                    trace: case.trace.then_some(trace),
                });
            }
            Item::Digest(_) | Item::Cost(_) => {
                return Answer::Broken("answers with something else than an outcome".into());
            }
        }
    }
    Answer::Broken("its answer has no end".into())
}

fn lacks(limit: Limit) -> &'static str {
    match limit {
        Limit::Calls => "the chip has no room for so many return addresses",
        Limit::Steps => "the chip does not run so many steps",
        Limit::Memory => "the chip has no memory there",
    }
}

fn stop(stop: Option<wire::Stop>) -> Option<Stop> {
    Some(match stop {
        None => Stop::Budget {},
        Some(wire::Stop::Svc(module, function)) => Stop::Svc { module, function },
        Some(wire::Stop::Break(code)) => Stop::Break { code },
        Some(wire::Stop::Returned(status)) => Stop::Returned { status },
        Some(wire::Stop::Fault(place)) => Stop::Fault { fault: *Fault::ALL.get(usize::from(place))? },
    })
}
