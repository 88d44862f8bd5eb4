//! Drift: where a long program leaves the right path, without its trace ever crossing the link.
//!
//! The chip sends a digest of its complete state after every so many steps, each with the one before in it. The first
//! that is not that of the VM on this host says between which two the step lies; bisection finds it, a digest a time.

use oracle::machine::run_one;
use oracle::machines::rust::Rust;
use oracle::report::{Finding, Group, LaneReport};
use oracle::{Answer, Machine};
use vectors::minivm::{Case, MiniVm};
use vectors::{Profile, Subject, Vector};
use wire::{End, Item, Task};

use crate::chip::Chip;
use crate::convert;
use crate::session::Trouble;

/// Vectors of at least so many steps are checked.
pub const LONG: u32 = 100;
/// Steps from one digest to the next.
pub const EVERY: u32 = 64;

/// What a machine did: a digest after every so many steps, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Track {
    digests: Vec<u64>,
    end: End,
}

/// Follows every long program of the suite, on the chip and in the VM on this host. A lane for each profile, and what
/// was found, to be replayed with these `options`.
pub fn check(chip: &mut Chip, vectors: &[Vector<MiniVm>], options: &str) -> (Vec<LaneReport>, Vec<Finding>) {
    let mut findings = Vec::new();
    let lanes = Profile::ALL.map(|profile| {
        let name = format!("{}~rust/{profile}/digests", chip.name());
        let mut lane =
            LaneReport { name, subject: MiniVm::NAME.into(), required: true, ..LaneReport::default() };
        for vector in vectors.iter().filter(|vector| vector.case.max_steps >= LONG) {
            lane.cases += 1;
            let group = lane.groups.entry(format!("vector/{}", vector.name)).or_default();
            *group = Group { cases: 1, failed: 0 };
            let case = Case { trace: false, ..vector.case.clone() };
            match first_difference(chip, profile, &case) {
                Ok(None) => lane.agree += 1,
                Ok(Some(step)) => {
                    (lane.differ, group.failed) = (lane.differ + 1, 1);
                    findings.push(finding(chip, profile, &lane.name, vector, step, options));
                }
                Err(Trouble::TooLarge(_)) => lane.unsupported += 1,
                Err(Trouble::Fails(why)) => {
                    (lane.differ, group.failed) = (lane.differ + 1, 1);
                    let topic = "no digests".into();
                    findings.push(Finding {
                        topic,
                        failure: Some(why),
                        ..about(profile, &lane.name, vector, options)
                    });
                }
                Err(Trouble::Lost(_)) => lane.not_run += 1,
            }
        }
        lane
    });
    (lanes.into(), findings)
}

/// The first step, from 1, after which the chip is in another state than the VM on this host.
///
/// # Errors
/// Where the chip does not follow the case.
pub fn first_difference(chip: &mut Chip, profile: Profile, case: &Case) -> Result<Option<u32>, Trouble> {
    let (got, expected) = (on_chip(chip, profile, case, EVERY)?, on_host(profile, case, EVERY));
    if got == expected {
        return Ok(None);
    }
    // Invariant: after `agreeing` steps the two agree, after `differing` they do not.
    let (mut agreeing, mut differing) = bracket(&got, &expected);
    while differing - agreeing > 1 {
        let middle = agreeing + (differing - agreeing) / 2;
        let cut = MiniVm::first_steps(case, middle);
        if on_chip(chip, profile, &cut, middle)? == on_host(profile, &cut, middle) {
            agreeing = middle;
        } else {
            differing = middle;
        }
    }
    Ok(Some(differing))
}

/// Steps after which two tracks that differ still agree, and steps after which they do not.
fn bracket(one: &Track, other: &Track) -> (u32, u32) {
    let same = one.digests.iter().zip(&other.digests).take_while(|(one, other)| one == other).count();
    let (steps, other_steps) = (one.end.steps, other.end.steps);
    // Where all digests agree, it is how they end that differs: at the last step of the one that ends first, or later.
    let agreeing = (same as u32 * EVERY).min(steps.min(other_steps).saturating_sub(1));
    (agreeing, steps.max(other_steps).min(agreeing + EVERY).max(agreeing + 1))
}

fn on_chip(chip: &mut Chip, profile: Profile, case: &Case, every: u32) -> Result<Track, Trouble> {
    let encoded = convert::encode(case, Task::Digests { every });
    let items = chip.session().run(convert::profile(profile), &[encoded]).pop();
    let mut digests = Vec::new();
    for item in items.expect("one answer a case")?.iter() {
        match item {
            Item::Digest(digest) => digests.push(digest),
            Item::End(end) => return Ok(Track { digests, end }),
            Item::Unsupported(limit) => return Err(Trouble::TooLarge(format!("{limit:?}"))),
            _ => break,
        }
    }
    Err(Trouble::Fails("the chip answers with something else than digests".into()))
}

fn on_host(profile: Profile, case: &Case, every: u32) -> Track {
    match profile {
        Profile::Reference => follow(minivm::Reference, case, every),
        Profile::Strict => follow(minivm::Strict, case, every),
    }
}

fn follow<P: minivm::Profile>(profile: P, case: &Case, every: u32) -> Track {
    let mut machine = Rust::default();
    let mut vm = machine.begin(profile, case);
    let (mut digests, mut steps, mut stop) = (Vec::new(), 0, None);
    while stop.is_none() && steps < case.max_steps {
        let run = vm.run(every.min(case.max_steps - steps));
        (steps, stop) = (steps + run.steps, run.stop);
        digests.push(device::digest(digests.last().copied().unwrap_or_default(), &vm, &vm.calls));
    }
    Track { digests, end: End { stop: stop.and_then(device::stop), steps, state: device::state(&vm) } }
}

/// The step, told with the complete states around it.
fn finding(
    chip: &mut Chip,
    profile: Profile,
    lane: &str,
    vector: &Vector<MiniVm>,
    step: u32,
    options: &str,
) -> Finding {
    let mut outcomes = |steps| {
        let case = MiniVm::first_steps(&vector.case, steps);
        let expected = run_one::<MiniVm>(&mut *<MiniVm as oracle::native::Native>::machine(), profile, &case);
        (expected, run_one::<MiniVm>(chip, profile, &case))
    };
    let fields = |answer: &Answer<_>| match answer {
        Answer::Outcome(outcome) => MiniVm::fields(outcome),
        _ => Vec::new(),
    };
    let (expected, got) = outcomes(step);
    let before = if step > 1 { fields(&outcomes(step - 1).0) } else { MiniVm::starting_fields(&vector.case) };
    let differences = match (&expected, &got) {
        (Answer::Outcome(expected), Answer::Outcome(got)) => MiniVm::compare(expected, got),
        _ => Vec::new(),
    };
    Finding {
        topic: format!("drift at step {step}"),
        step: Some(step),
        differences,
        before,
        expected: fields(&expected),
        got: fields(&got),
        ..about(profile, lane, vector, options)
    }
}

/// What a finding of a program says in any case.
fn about(profile: Profile, lane: &str, vector: &Vector<MiniVm>, options: &str) -> Finding {
    Finding {
        lane: lane.into(),
        subject: MiniVm::NAME.into(),
        profile,
        aspect: "digest".into(),
        explained: true,
        count: 1,
        case: format!("vector/{}", vector.name),
        file: vector.place.to_string(),
        replay: format!("cargo xtask replay {} {}{options}", vector.place.file.display(), vector.name),
        ..Finding::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(digests: u64, steps: u32) -> Track {
        let state = wire::State { pc: 0, sp: 0, psw: 0, regs: [0; 16] };
        Track { digests: (0..digests).collect(), end: End { stop: None, steps, state } }
    }

    #[test]
    fn tracks_that_only_end_differently_differ_at_an_end() {
        // 1000 steps: fifteen whole stretches and one of forty steps.
        assert_eq!(bracket(&track(16, 1000), &track(16, 1000)), (999, 1000));
        assert_eq!(bracket(&track(15, 960), &track(16, 1000)), (959, 1000));
        assert_eq!(bracket(&track(0, 0), &track(0, 0)), (0, 1));
    }

    #[test]
    fn tracks_that_part_differ_within_a_stretch() {
        let mut other = track(16, 1000);
        other.digests[3] = 99;
        assert_eq!(bracket(&track(16, 1000), &other), (192, 256));
        other.digests.truncate(4);
        other.end.steps = 200;
        assert_eq!(bracket(&track(16, 1000), &other), (192, 256));
    }
}
