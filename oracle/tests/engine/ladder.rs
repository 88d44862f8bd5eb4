//! What a machine that implements a part should implement next.

use oracle::Answer;
use oracle::ladder::ladders;
use oracle::partition::Shard;
use oracle::report::{Ladder, Report, Rung, merge};

use crate::bench::{Planted, Setup, right, unsupported};
use toy::{Toy, Toys};

/// A run of a program that has one of the two instructions, and its ladder.
fn run(shard: (u64, u64)) -> Report {
    let half = Planted::boxed("half", || {
        Box::new(|profile, case: &Toys| match case.code.contains('d') {
            true => Answer::Unsupported("no subtraction".into()),
            false => Answer::Outcome(right(profile, case)),
        })
    });
    let nothing = Planted::boxed("nothing", || Box::new(unsupported::<Toys>));
    let mut setup = Setup::new(
        "ladder",
        &["half~model/wraps", "half~vectors", "nothing~model/wraps"],
        vec![half, nothing],
    );
    setup.plan.shard = Shard::even(shard);
    let suite = setup.suite.clone();
    let mut report = setup.run();
    report.ladders = ladders::<Toy>(&report, &suite);
    report
}

#[test]
fn a_topic_opens_the_cases_in_which_nothing_else_is_missing() {
    let report = run((1, 1));
    let [half, nothing] = &report.ladders[..] else { panic!("{:?}", report.ladders) };
    let lane = report.lanes.iter().find(|lane| lane.lane.to_string() == "half~model/wraps").unwrap();
    assert_eq!((half.machine.as_str(), half.subject.as_str()), ("half", "toy"));
    assert_eq!(half.implemented, ["inc"]);
    let [Rung { topic, cases, vectors }] = &half.next[..] else { panic!("{half:?}") };
    assert_eq!(
        (topic.as_str(), *cases),
        ("dec", lane.counts.unsupported),
        "all that is missing is behind this one"
    );
    let by_vector = |(name, counts): (&String, &oracle::verdict::Counts)| {
        name.starts_with("vector/") && counts.unsupported > 0
    };
    assert_eq!(*vectors as usize, lane.groups.iter().filter(|group| by_vector(*group)).count());
    assert!(*vectors > 0 && half.reasons["no subtraction"] > *cases, "both lanes count: {half:?}");

    // Programs of both instructions are opened by neither alone.
    assert!(nothing.implemented.is_empty() && nothing.next.len() == 2, "{nothing:?}");
    let opened: u64 = nothing.next.iter().map(|rung| rung.cases).sum();
    assert!(opened < lane.cases && nothing.next[0].vectors >= nothing.next[1].vectors, "{nothing:?}");
}

#[test]
fn shards_have_the_ladder_of_the_whole_run() {
    let whole = run((1, 1));
    let parts = [(1, 3), (2, 3), (3, 3)].map(run);
    assert_eq!(merge(parts.into()).unwrap().ladders, whole.ladders);
}

/// A shard without a case of a subject has no ladder of it, wherever it stands among the others.
#[test]
fn ladders_are_in_the_order_of_machines() {
    let mut parts = [(1, 2), (2, 2)].map(run);
    parts[0].ladders.remove(0);
    let merged = merge(parts.into()).unwrap();
    let machines: Vec<&str> = merged.ladders.iter().map(|ladder| ladder.machine.as_str()).collect();
    assert_eq!(machines, ["half", "nothing"]);
}

#[test]
fn a_part_that_has_answered_more_says_so_for_all() {
    let ladder = |implemented: &[&str], next: &[(&str, u64)]| Ladder {
        subject: "toy".into(),
        machine: "m".into(),
        implemented: implemented.iter().map(|it| (*it).to_owned()).collect(),
        next: next
            .iter()
            .map(|(it, cases)| Rung { topic: (*it).into(), cases: *cases, vectors: 0 })
            .collect(),
        ..Ladder::default()
    };
    let mut parts = [(1, 2), (2, 2)].map(|shard| {
        let mut setup = Setup::new("ladder-parts", &["rust~vectors"], Vec::new());
        setup.plan.shard = Shard::even(shard);
        setup.run()
    });
    parts[0].ladders = vec![ladder(&["inc"], &[("dec", 7)])];
    parts[1].ladders = vec![ladder(&["dec"], &[("inc", 9)])];
    assert_eq!(merge(parts.into()).unwrap().ladders, [ladder(&["inc", "dec"], &[])]);
}

#[test]
fn what_a_machine_was_not_asked_about_is_not_missing() {
    let all =
        Planted::boxed("all", || Box::new(|profile, case: &Toys| Answer::Outcome(right(profile, case))));
    let mut setup = Setup::new("ladder-selected", &["all~vectors"], vec![all]);
    setup.plan.topics = vec!["inc".into()];
    let suite = setup.suite.clone();
    let [ladder] = &ladders::<Toy>(&setup.run(), &suite)[..] else { panic!("one program has run") };
    assert_eq!((&*ladder.implemented, &*ladder.next), (&["inc".to_owned()][..], &[][..]));
}
