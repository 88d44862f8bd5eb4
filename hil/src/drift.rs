//! Drift: where a long program leaves the right path, without its trace ever crossing the link.
//!
//! The chip sends a digest of its complete state after every so many steps, each with the one before in it. The first
//! that is not that of the machine on this host says between which two the step lies; bisection finds it, a digest a time.

use hil_wire::Task;
use oracle::lane::{Lane, Oracle};
use oracle::machine::{FailureKind, run_one};
use oracle::report::{Finding, LaneReport};
use oracle::subject::{Profile, State, Steps, Subject, Track, compare, native};
use oracle::suite::{Suite, Vector};
use oracle::verdict::Verdict;
use oracle::{Answer, Machine, Origin, called, quoted};

use crate::chip::{Chip, codec, contents, reading};
use crate::items::{Contents, Encoded, Trouble};

/// Vectors of at least so many steps are followed.
pub const LONG: u32 = 100;
/// Steps from one digest to the next.
pub const EVERY: u32 = 64;

/// Follows every long program of the suite, on the chip and in the machine on this host. A lane for each profile of the
/// chip, and what was found, to be replayed with these `options`. There is none if the subject's cases have no steps.
pub fn check<S: Subject>(
    chip: &mut Chip<S>,
    suite: &Suite<S>,
    options: &str,
) -> (Vec<LaneReport>, Vec<Finding>) {
    let Some(steps) = S::steps() else { return (Vec::new(), Vec::new()) };
    let mut findings = Vec::new();
    let profiles = chip.profiles().to_vec();
    let mut lanes = Vec::new();
    for profile in profiles {
        let lane =
            Lane { machine: chip.name().into(), oracle: Oracle::Digests { profile: profile.name().into() } };
        let mut report = LaneReport { required: true, ..LaneReport::new(S::NAME, lane.clone()) };
        for vector in suite.vectors.iter().filter(|vector| steps.count(&vector.case) >= LONG) {
            let found = first_difference(chip, steps, profile, &vector.case);
            let verdict = match &found {
                Ok(None) => Verdict::Agree,
                Ok(Some(_)) | Err(Trouble::Fails(_)) => Verdict::Differ,
                Err(Trouble::Unsupported(why)) => {
                    *report.unsupported_by_reason.entry(why.clone()).or_default() += 1;
                    Verdict::Unsupported
                }
                Err(Trouble::Lost(why)) => {
                    *report.not_run_by_reason.entry(why.clone()).or_default() += 1;
                    Verdict::NotRun
                }
            };
            report.cases += 1;
            report.counts.count(verdict);
            report.groups.entry(origin(vector).to_string()).or_default().count(verdict);
            let about = about(suite, &lane, (profile, vector), options);
            match found {
                Ok(Some(step)) => findings.push(explained(about, chip, steps, (profile, vector), step)),
                Err(Trouble::Fails(failure)) => {
                    let topic = S::topics(&vector.case)[0].into();
                    findings.push(Finding { topic, failure: Some(failure.why), ..about });
                }
                _ => {}
            }
        }
        lanes.push(report);
    }
    (lanes, findings)
}

/// The first step, from 1, after which the chip is in another state than the machine on this host.
///
/// # Errors
/// The chip does not follow the case.
pub fn first_difference<S: Subject>(
    chip: &mut Chip<S>,
    steps: &dyn Steps<S>,
    profile: Profile,
    case: &S::Case,
) -> Result<Option<u32>, Trouble> {
    let (got, expected) = both(chip, profile, case, EVERY)?;
    if got == expected {
        return Ok(None);
    }
    // Invariant: after `agreeing` steps the two agree, after `differing` they do not.
    let (mut agreeing, mut differing) = bracket(&got, &expected);
    while differing - agreeing > 1 {
        let middle = agreeing + (differing - agreeing) / 2;
        let (got, expected) = both(chip, profile, &steps.first(case, middle), middle)?;
        if got == expected {
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
    // If all digests agree, it is how they end that differs: at the last step of the one that ends first, or later.
    let agreeing = (same as u32 * EVERY).min(one.steps.min(other.steps).saturating_sub(1));
    (agreeing, one.steps.max(other.steps).min(agreeing + EVERY).max(agreeing + 1))
}

/// The ways of a case on the chip and on this host.
fn both<S: Subject>(
    chip: &mut Chip<S>,
    profile: Profile,
    case: &S::Case,
    every: u32,
) -> Result<(Track, Track), Trouble> {
    let codec = codec::<S>().map_err(Trouble::Unsupported)?;
    let steps = oracle::subject::step_count::<S>(case);
    let encoded = Encoded::new(Task::Digests { every }, &codec.encode(case), steps);
    let items = chip.session().run_one(reading(codec, profile)?, encoded)?;
    let Contents { parts, digests, cost, end } = contents(codec, &items)?;
    if !parts.is_empty() || cost.is_some() {
        return Err(Trouble::fails(FailureKind::Form, "answers with something else than digests"));
    }
    let got = Track { digests, steps: end.steps, end: end.bytes.to_vec() };
    Ok((got, codec.follow(profile, case, every)))
}

/// The step, told with the complete states around it.
fn explained<S: Subject>(
    about: Finding,
    chip: &mut Chip<S>,
    steps: &dyn Steps<S>,
    (profile, vector): (Profile, &Vector<S>),
    step: u32,
) -> Finding {
    let before = (step > 1).then(|| steps.first(&vector.case, step - 1));
    let after = steps.first(&vector.case, step);
    let mut native = native::<S>();
    let mut on_host = |case| native.as_mut().map(|machine| run_one(&mut **machine, profile, case));
    let outcome_before = before.as_ref().and_then(&mut on_host);
    let outcome_before = outcome_before.as_ref().and_then(Answer::outcome);
    let expected = on_host(&after);
    let expected = expected.as_ref().and_then(Answer::outcome);
    let got = run_one(chip, profile, &after);
    let got = got.outcome();

    let end = |outcome: Option<&S::Outcome>| outcome.map_or_else(State::default, |it| S::end(&after, it));
    Finding {
        topic: steps.topic(&vector.case, outcome_before).into(),
        step: Some(step),
        listing: S::listing(&after),
        differences: expected.zip(got).map_or_else(Vec::new, |(a, b)| compare::<S>(&after, a, b)),
        before: match (&before, outcome_before) {
            (Some(case), Some(outcome)) => S::start(case).overlaid(&S::end(case, outcome)),
            _ => S::start(&vector.case),
        },
        expected: end(expected),
        got: end(got),
        ..about
    }
}

fn origin<S: Subject>(vector: &Vector<S>) -> Origin {
    Origin::Vector { name: vector.name.clone() }
}

/// What a finding says of a program in any case.
fn about<S: Subject>(
    suite: &Suite<S>,
    lane: &Lane,
    (profile, vector): (Profile, &Vector<S>),
    options: &str,
) -> Finding {
    let file = vector.place.file.display().to_string();
    Finding {
        lane: lane.clone(),
        subject: S::NAME.into(),
        profile: profile.name().into(),
        aspect: "digest".into(),
        count: 1,
        origin: origin(vector),
        explained: true,
        alone: true,
        rule: suite.rules.get(&vector.rule).cloned(),
        file: oracle::report::file_of(vector),
        line: Some(vector.place.line),
        replay: format!("{} replay {} {}{options}", called(), quoted(&file), vector.name),
        ..Finding::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(digests: u64, steps: u32) -> Track {
        Track { digests: (0..digests).collect(), steps, end: Vec::new() }
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
        other.steps = 200;
        assert_eq!(bracket(&track(16, 1000), &other), (192, 256));
    }
}
