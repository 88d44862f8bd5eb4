//! What does not show alone depends on the cases before it, and is said to do so.

use std::sync::atomic::{AtomicU32, Ordering};

use oracle::campaign::Seat;
use oracle::machine::Role;
use oracle::report::{Finding, Report};
use oracle::{Answer, Machine, Subject};
use toy::Toy;

use crate::bench::{Behaviour, Planted, Setup, agrees, folder, off_by_one, right};

/// A case that ends at 77 spoils the one behind it.
fn leaks() -> Behaviour {
    let mut spoilt = false;
    Box::new(move |profile, case| {
        let outcome = right(profile, case);
        let was_spoilt = std::mem::replace(&mut spoilt, outcome.a == 77);
        if was_spoilt { off_by_one(profile, case) } else { Answer::Outcome(outcome) }
    })
}

/// Every 97th answer is wrong.
fn every_97th() -> Behaviour {
    let mut answers = 0;
    Box::new(move |profile, case| {
        answers += 1;
        if answers % 97 == 0 { off_by_one(profile, case) } else { Answer::Outcome(right(profile, case)) }
    })
}

fn run(name: &'static str, lane: &'static str, begin: fn() -> Behaviour) -> Report {
    Setup::new(name, &[lane], vec![Planted::boxed("other", begin)]).run()
}

/// The finding whose first case comes first.
fn first(report: &Report) -> &Finding {
    report.findings.iter().min_by_key(|finding| &finding.origin).unwrap()
}

/// Whether the last of the vectors in a finding's file, and only that, differs on a fresh machine that runs them in order.
fn only_the_last_differs(report: &Report, name: &str, begin: fn() -> Behaviour) -> usize {
    let finding = first(report);
    let file = folder(name).join("1-1").join(&finding.file);
    let suite = Toy::written().unwrap().load(&file).unwrap();
    let mut machines: Vec<Box<dyn Machine<Toy>>> = vec![Planted::boxed("other", begin)];
    let replays = oracle::replay::replay(&suite.vectors.iter().collect::<Vec<_>>(), &mut machines);
    let agree: Vec<bool> = replays.iter().map(|replay| replay.runs[0].agrees()).collect();
    let (last, before) = agree.split_last().unwrap();
    assert!(!last && before.iter().all(|agrees| *agrees), "{agree:?}");
    assert_eq!(before.len(), finding.after.len());
    before.len()
}

#[test]
fn a_state_that_leaks_is_found_with_the_case_that_leaves_it() {
    let report = run("leaks", "other~model/wraps", leaks);
    let finding = first(&report);
    assert!(!finding.alone && finding.explained);
    assert_eq!((finding.step, finding.in_case.is_some()), (None, false));
    assert_eq!(finding.after.len(), 1, "{:?}", finding.after);
    assert!(finding.after[0] < finding.origin);
    assert_eq!(finding.differences[0].path.to_string(), "a");
    assert_eq!(only_the_last_differs(&report, "leaks", leaks), 1);
}

#[test]
fn a_machine_wrong_in_every_97th_answer_takes_96_before_it() {
    let report = run("every-97th", "other~model/wraps", every_97th);
    assert!(report.lanes[0].counts.differ >= report.lanes[0].cases / 97);
    let finding = first(&report);
    assert!(!finding.alone);
    assert_eq!(finding.after.len(), 96);
    assert_eq!(only_the_last_differs(&report, "every-97th", every_97th), 96);
}

#[test]
fn an_oracle_that_starts_slowly_is_not_started_for_every_sequence() {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let counts: fn() -> Behaviour = || {
        STARTED.fetch_add(1, Ordering::Relaxed);
        Box::new(agrees)
    };
    let mut setup =
        Setup::new("slow-oracle", &["other~slow/wraps"], vec![Planted::boxed("other", every_97th)]);
    let machine = Planted::boxed("slow", counts);
    setup.machines.push(Seat { role: Role::Model, machine, sample: None });
    let report = setup.run();
    let (groups, started) = (report.findings.len() as u32, STARTED.load(Ordering::Relaxed));
    assert!(report.findings.iter().any(|finding| finding.after.len() == 96));
    // Twice a group: alone, and behind others.
    assert!((1..=1 + 4 * groups).contains(&started), "{started} starts for {groups} groups");
}

#[test]
fn it_is_said_of_vectors_too() {
    let after_the_second: fn() -> Behaviour = || {
        let mut seen = false;
        Box::new(move |profile, case| {
            let was_seen = std::mem::replace(&mut seen, case.code == "id");
            if was_seen { off_by_one(profile, case) } else { Answer::Outcome(right(profile, case)) }
        })
    };
    let mut setup =
        Setup::new("leaking-vectors", &["other~vectors"], vec![Planted::boxed("other", after_the_second)]);
    setup.machines.retain(|seat| seat.machine.name() == "other");
    let report = setup.run();
    let finding = first(&report);
    assert_eq!((finding.alone, finding.origin.to_string()), (false, "vector/inc-at-the-end".into()));
    assert_eq!(finding.after.iter().map(ToString::to_string).collect::<Vec<_>>(), ["vector/dec-subtracts"]);
    assert_eq!(only_the_last_differs(&report, "leaking-vectors", after_the_second), 1);
}
