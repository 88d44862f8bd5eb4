//! The subject on a chip: its cases and outcomes in the form of `wire/`, and the same digests on this host.

use oracle::Profile;
use oracle::machine::{Answer, FailureKind};
use oracle::subject::{Arrived, Budget, OnChip, Track};
use oracle_sequence::{Sequence, read};
use serde::Serialize;
use vectors_minivm_wire as wire;
use wire::{Canary, End, Item, Limit, State, digest};

use crate::case::{Block, Case};
use crate::outcome::{Outcome, Stop, TraceRow, changed_runs};
use crate::{MiniVm, NativeVm, REFERENCE, STRICT, budget, profile};

impl OnChip<MiniVm> for MiniVm {
    fn number(&self) -> u8 {
        wire::SUBJECT
    }

    fn profile(&self, profile: Profile) -> Option<u8> {
        let known = [(REFERENCE, wire::Profile::Reference), (STRICT, wire::Profile::Strict)];
        known.into_iter().find(|(ours, _)| *ours == profile).map(|(_, theirs)| theirs.number())
    }

    fn encode(&self, case: &Case) -> Vec<u8> {
        let calls = pack(case.call_stack.iter());
        let mem = pack(case.mem.iter().map(|Block(address, bytes)| wire::Block(*address, bytes)));
        pack([wire::Case {
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
        }])
    }

    fn wants_trace(&self, case: &Case) -> bool {
        case.trace
    }

    fn decode(&self, case: &Case, arrived: &Arrived<'_>) -> Answer<Outcome> {
        outcome(case, arrived).map_or_else(|why| Answer::broken(FailureKind::Form, why), Answer::Outcome)
    }

    fn limit(&self, number: u8) -> &'static str {
        Limit::of(number).map_or("the chip gives a reason that is not known", Limit::about)
    }

    fn canaries(&self) -> Vec<&'static str> {
        Canary::ALL.iter().map(|canary| canary.name()).collect()
    }

    fn follow(&self, profile: Profile, case: &Case, every: u32) -> Track {
        profile::with!(profile, |it| follow(it, case, every.max(1)))
    }

    fn budget(&self) -> Option<Budget<Case>> {
        Some(budget::budget())
    }
}

fn pack<T: Serialize>(items: impl IntoIterator<Item = T>) -> Vec<u8> {
    items.into_iter().fold(Vec::new(), |bytes, item| {
        // Cases are plain data: writing them to memory does not fail.
        postcard::to_extend(&item, bytes).expect("memory takes everything")
    })
}

/// The outcome that has arrived.
///
/// # Errors
/// Why it is none.
fn outcome(case: &Case, arrived: &Arrived<'_>) -> Result<Outcome, String> {
    let (mut trace, mut call_stack): (Vec<TraceRow>, Vec<u32>) = Default::default();
    let before = case.initial_memory();
    let mut after = vec![0; before.len()];
    for part in &arrived.parts {
        match read(part).map_err(|_| format!("sends what is no part of an outcome: {part:02x?}"))? {
            Item::Row(row) => trace.push(row),
            Item::Call(address) => call_stack.push(address),
            Item::Memory(wire::Block(address, bytes)) => {
                let start = address as usize;
                let place = start.checked_add(bytes.len()).and_then(|end| after.get_mut(start..end));
                place.ok_or_else(|| format!("sends memory at {address:#x}"))?.copy_from_slice(bytes);
            }
        }
    }
    let end: End = read(arrived.end).map_err(|_| format!("sends what is no end: {:02x?}", arrived.end))?;
    let stop = stop(end.stop).ok_or_else(|| format!("stops for an unknown reason: {:?}", end.stop))?;
    let State { pc, sp, psw, regs } = end.state;
    Ok(Outcome {
        stop,
        steps: arrived.steps,
        pc,
        sp,
        psw,
        regs,
        call_stack,
        mem: changed_runs(&before[..], &after, std::iter::once(0..after.len())),
        trace: case.trace.then_some(trace),
    })
}

fn stop(stop: Option<wire::Stop>) -> Option<Stop> {
    stop.map_or(Some(Stop::Budget {}), |stop| stop.of_vm().and_then(Stop::of))
}

fn follow<P: minivm::Profile>(profile: P, case: &Case, every: u32) -> Track {
    let mut machine = NativeVm::default();
    let mut vm = machine.begin(profile, case);
    let (mut digests, mut steps, mut stop) = (Vec::new(), 0, None);
    while stop.is_none() && steps < case.max_steps {
        let run = vm.run(every.min(case.max_steps - steps));
        (steps, stop) = (steps + run.steps, run.stop);
        digests.push(digest(digests.last().copied().unwrap_or_default(), &vm, &vm.calls));
    }
    let end = End { stop: stop.and_then(wire::Stop::of), state: State::of(&vm) };
    Track { digests, steps, end: pack([end]) }
}
