//! What a program should implement next: which topics it has, and how many cases each of the others would open.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::machine::Role;
use crate::origin::Origin;
use crate::partition::Shard;
use crate::plan::Plan;
use crate::report::{Ladder, MachineReport, Report, Rung};
use crate::subject::Subject;
use crate::suite::Suite;
use crate::verdict::Verdict;

/// The ladder of every program that took part in a run of the subject's plan. Runs nothing: the cases are drawn again.
pub fn ladders<S: Subject>(report: &Report, suite: &Suite<S>) -> Vec<Ladder> {
    let of_subject = |machine: &&MachineReport| machine.subject == S::NAME;
    let programs = report.machines.iter().filter(of_subject).filter(|machine| machine.role == Role::Program);
    let mut ladders: Vec<Ladder> =
        programs.map(|machine| implemented::<S>(report, suite, &machine.name)).collect();
    if ladders.iter().any(|ladder| !ladder.next.is_empty()) {
        count_cases(report, suite, &mut ladders);
    }
    for ladder in &mut ladders {
        ladder.next.sort_by_key(|rung| Reverse((rung.vectors, rung.cases)));
    }
    ladders
}

/// What a machine implements, and what not; not yet what that would open.
fn implemented<S: Subject>(report: &Report, suite: &Suite<S>, machine: &str) -> Ladder {
    let lanes = || report.lanes.iter().filter(|lane| lane.subject == S::NAME && lane.lane.machine == machine);
    let of_vectors: BTreeMap<&str, &str> =
        suite.vectors.iter().map(|it| (it.name.as_str(), S::topics(&it.case)[0])).collect();
    let of_vector = |group| of_vectors.get(Origin::vector_of(group)?).copied();
    let (mut known, mut refused, mut refuses_random) = (BTreeSet::new(), BTreeSet::new(), false);
    for (group, counts) in lanes().flat_map(|lane| &lane.groups) {
        let topic = Origin::topic_of(group).or_else(|| of_vector(group));
        let answers = [Verdict::Agree, Verdict::Known, Verdict::Differ].iter().any(|it| counts.of(*it) > 0);
        known.extend(topic.filter(|_| answers));
        refused.extend(topic.filter(|_| counts.unsupported > 0));
        refuses_random |= topic.is_none() && counts.unsupported > 0;
    }
    // What was not asked about is neither, but if a random case is refused, that may be for any topic.
    let (implemented, others): (Vec<&str>, Vec<&str>) =
        S::all_topics().into_iter().partition(|topic| known.contains(topic));
    let missing = others.into_iter().filter(|topic| refuses_random || refused.contains(topic));
    let mut reasons = BTreeMap::new();
    for (reason, count) in lanes().flat_map(|lane| &lane.unsupported_by_reason) {
        *reasons.entry(reason.clone()).or_default() += count;
    }
    Ladder {
        subject: S::NAME.into(),
        machine: machine.into(),
        implemented: implemented.into_iter().map(str::to_owned).collect(),
        next: missing.map(|topic| Rung { topic: topic.into(), ..Rung::default() }).collect(),
        reasons,
    }
}

/// Counts for each topic that is missing the cases in which nothing else is.
fn count_cases<S: Subject>(report: &Report, suite: &Suite<S>, ladders: &mut [Ladder]) {
    let plan = Plan {
        seed: report.seed,
        random: report.random_cases,
        sweep_stride: usize::try_from(report.sweep_stride).unwrap_or(usize::MAX),
        topics: report.topics.clone(),
        shard: Shard::default(),
    };
    for planned in plan.cases(suite) {
        let topics: BTreeSet<&str> = S::topics(&planned.case).into_iter().collect();
        for ladder in &mut *ladders {
            let mut missing = ladder.next.iter_mut().filter(|rung| topics.contains(&*rung.topic));
            if let (Some(only), None) = (missing.next(), missing.next()) {
                only.cases += 1;
                only.vectors += u64::from(planned.vector.is_some());
            }
        }
    }
}
