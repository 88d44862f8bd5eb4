//! Statements: the same for the same result however it was split, and refused if they do not hold.

use std::fs;

use oracle::Lane;
use oracle::campaign::Skipped;
use oracle::exhaust::{Build, Done, PartRecord, Record};
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::report::{Part, Report, merge};
use oracle::verdict::Counts;
use reports::statement::{Refused, Statement};

mod toys;
use toys::{Twist, Twisted, full};

/// A run of one machine on a part of the cases.
fn shard(twist: Twist, shard: (u64, u64)) -> Report {
    toys::run(vec![Twisted::new("c", twist)], Plan { shard: Shard::even(shard), ..full() }, Vec::new())
}

fn stated(twist: Twist) -> Statement {
    Statement::of(&toys::of("c", twist), "c").unwrap()
}

/// The same result with the subject under another name.
fn other_subject(mut report: Report) -> Report {
    let other = || "other".to_owned();
    report.suites.iter_mut().for_each(|suite| suite.subject = other());
    report.lanes.iter_mut().for_each(|lane| lane.subject = other());
    report.coverage.iter_mut().for_each(|table| table.subject = other());
    report.machines.iter_mut().for_each(|machine| machine.subject = other());
    report.ledger.rows.iter_mut().for_each(|row| row.subject = other());
    report
}

#[test]
fn a_statement_does_not_depend_on_how_the_run_was_split() {
    let parts = merge((1..=3).rev().map(|part| shard(toys::right, (part, 3))).collect()).unwrap();
    let one = stated(toys::right);
    assert_eq!(one, Statement::of(&parts, "c").unwrap());
    assert!(one.conforms() && one.coverage.iter().all(|it| (it.passed, it.points) == (4, 4)));
    let badge = one.badge().unwrap();
    assert!(
        badge.contains("c conforms · 4287 cases · 8 of 8 points") && badge.contains("#1b7340"),
        "{badge}"
    );
}

/// A machine that implements one of two topics: what is stated is that part, and nothing of it is green.
#[test]
fn a_part_never_conforms() {
    let part = stated(toys::part);
    assert!(!part.conforms());
    assert!(part.coverage.iter().all(|it| (it.passed, it.points) == (2, 4)), "{:?}", part.coverage);
    let lane = &part.lanes[0];
    assert_eq!((lane.counts.unsupported, lane.unsupported_by_oracle), (1147, 0));
    let badge = part.badge().unwrap();
    assert!(badge.contains("c implements a part · 844 cases · 4 of 8 points · 3443 unsupported"), "{badge}");
    assert!(!badge.contains("conforms") && !badge.contains("#1b7340"), "{badge}");
    let none = Statement::of(&toys::of("c", toys::nothing), "c").unwrap_err();
    assert!(none.ends_with("not one case was compared"), "{none}");
}

/// What only the oracle does not implement is not held against the machine.
#[test]
fn an_oracle_that_implements_less_takes_nothing_away() {
    let mut report = toys::of("c", toys::right);
    let lane = &mut report.lanes[0];
    let large = lane.groups.values_mut().find(|counts| counts.agree > 10).unwrap();
    for counts in [&mut lane.counts, large] {
        *counts = Counts { agree: counts.agree - 10, unsupported: 10, ..*counts };
    }
    lane.unsupported_by_oracle = 10;
    assert!(Statement::of(&report, "c").unwrap().conforms());
    report.lanes[0].unsupported_by_oracle = 9;
    assert!(!Statement::of(&report, "c").unwrap().conforms());
}

#[test]
fn only_a_full_conformant_run_is_stated() {
    let refused = |report: &Report| Statement::of(report, "c").unwrap_err();
    let whole = toys::of("c", toys::right);
    assert!(Statement::of(&whole, "d").unwrap_err().contains("no lane of a machine `d`"));
    assert!(refused(&toys::of("c", toys::wrong)).contains("cases differ"));
    assert!(refused(&shard(toys::right, (1, 16))).contains("cases or lanes were left out"));
    for plan in [Plan { sweep_stride: 2, ..full() }, Plan { topics: vec!["inc".into()], ..full() }] {
        let report = toys::run(vec![Twisted::new("c", toys::right)], plan, Vec::new());
        assert!(refused(&report).contains("cases or lanes were left out"));
    }
    assert!(refused(&Report { kind: "nightly".into(), ..whole.clone() }).contains("one of `nightly`"));
    assert!(refused(&Report { interrupted: true, ..whole.clone() }).contains("cases or lanes were left out"));
    // A required lane that was skipped: exit status 3.
    let lane = Lane::between("rust", "upstream", "wraps");
    let skipped = Skipped { lane, because: "no checkout".into(), required: true };
    let report = toys::run(vec![Twisted::new("c", toys::right)], full(), vec![skipped]);
    assert_eq!(report.exit() as u8, 3);
    assert!(refused(&report).contains("the required lane toy rust~upstream/wraps was skipped"));
    // Another machine of the run differs, a job failed.
    let two =
        [("c", toys::right as Twist), ("d", toys::wrong)].map(|(name, twist)| Twisted::new(name, twist));
    assert!(refused(&toys::run(two.into(), full(), Vec::new())).contains("a machine differs"));
    let mut report = whole.clone();
    report.parts.push(Part { name: "budget".into(), exit: Some(7), ..Part::default() });
    assert!(refused(&report).contains("a gate fell"));
    // The ledger.
    let mut report = whole;
    report.ledger.rows[0].problem = Some("is not shown".into());
    assert!(refused(&report).contains("the ledger does not hold: T1"));
}

/// A quick run of one subject beside a full one of another is not a full run.
#[test]
fn unlike_runs_that_were_merged_are_not_stated() {
    let whole = || toys::of("c", toys::right);
    let like = merge(vec![whole(), other_subject(whole())]).unwrap();
    assert_eq!(Statement::of(&like, "c").unwrap().suites.len(), 2);
    let machine = || vec![Twisted::new("c", toys::right)];
    for plan in [Plan { sweep_stride: 5, ..full() }, Plan { random: 3, ..full() }, Plan { seed: 2, ..full() }]
    {
        let unlike = other_subject(toys::run(machine(), plan, Vec::new()));
        for parts in [vec![whole(), unlike.clone()], vec![unlike.clone(), whole()]] {
            let merged = merge(parts).unwrap();
            assert_eq!(merged.kind, "conformance");
            assert!(Statement::of(&merged, "c").unwrap_err().contains("unlike plans were merged"));
        }
    }
}

/// Subjects that the machine was not tested on are no part of its statement, and may change.
#[test]
fn a_statement_is_about_the_subjects_of_its_machine() {
    let mut other = other_subject(toys::of("d", toys::right));
    other.coverage_is_gated = false;
    let both = merge(vec![toys::of("c", toys::right), other]).unwrap();
    let statement = Statement::of(&both, "c").unwrap();
    assert_eq!(statement.suites.iter().map(|it| it.subject.as_str()).collect::<Vec<_>>(), ["toy"]);
    assert!(statement.coverage.iter().all(|it| it.subject == "toy"));
    assert!(statement.builds.iter().all(|it| it.subject == "toy" && it.name != "d"));
    // `now` has the other subject too, with another ledger.
    let mut now = statement.suites.clone();
    let mut foreign = now[0].clone();
    (foreign.subject, foreign.ledger) = ("other".into(), "0123".into());
    now.push(foreign);
    statement.check(&now).unwrap();
}

#[test]
fn a_statement_holds_only_as_long_as_nothing_has_changed() {
    let statement = stated(toys::right);
    statement.check(&statement.suites).unwrap();
    let changed = |change: fn(&mut reports::statement::Suite)| {
        let mut now = statement.suites.clone();
        change(&mut now[0]);
        statement.check(&now).unwrap_err()
    };
    assert!(changed(|now| now.hash = "0".repeat(64)).starts_with("the suite of toy has changed"));
    assert!(changed(|now| now.cases.add("one more", b"case")).starts_with("the generated cases of toy"));
    assert!(changed(|now| now.ledger = "0123".into()).starts_with("the ledger of toy has changed"));
    assert!(statement.check(&[]).unwrap_err().contains("no suite of toy"));

    // The file, and what it says, changed.
    let file = toys::folder("statement").join("statement.json");
    let text = serde_json::to_string_pretty(&statement).unwrap();
    let read = |text: String| {
        fs::write(&file, text).unwrap();
        Statement::read(&file)
    };
    assert_eq!(read(text.clone()).unwrap(), statement);
    let Err(Refused::Changed(why)) = read(text.replacen("\"seed\": 1", "\"seed\": 2", 1)) else {
        panic!("it was changed")
    };
    assert!(why.contains("the seal does not fit"), "{why}");
    let none = |text: String| match read(text) {
        Err(Refused::NoStatement(why)) => why,
        other => panic!("{other:?}"),
    };
    assert!(none(text.replacen("\"machine\"", "\"engine\"", 1)).contains("engine"));
    assert!(none(text.replacen("\"statement\": 3", "\"statement\": 1", 1)).contains("of version 1"));
    assert!(none("a text".into()).contains("statement.json: expected value"));
}

#[test]
fn a_sample_must_say_the_same() {
    let statement = stated(toys::right);
    let sample = |twist| shard(twist, (1, 4));
    statement.holds_in(&sample(toys::right)).unwrap();
    assert!(statement.holds_in(&sample(toys::wrong)).unwrap_err().contains("cases differ"));
    let mut other = sample(toys::right);
    other.lanes.iter_mut().for_each(|lane| (lane.cases, lane.counts) = (0, Counts::default()));
    assert!(statement.holds_in(&other).unwrap_err().contains("not one case was compared"));
    let mut other = sample(toys::right);
    other.machines.iter_mut().for_each(|machine| machine.version.push('1'));
    assert!(statement.holds_in(&other).unwrap_err().contains("of another version"));
    let mut other = sample(toys::right);
    other.lanes[0].skipped_because = Some("it is gone".into());
    assert!(statement.holds_in(&other).unwrap_err().contains("could not be run again: it is gone"));
}

/// A machine that answers `unsupported` where it did not before: one case is enough in a group that was implemented as a
/// whole, a change of the share in one that was not.
#[test]
fn a_machine_that_implements_less_does_not_hold() {
    let less: Twist = |letter, before, after| match before {
        17 => Err(oracle::Answer::Unsupported("seventeen".into())),
        _ => toys::part(letter, before, after),
    };
    let half: Twist = |letter, before, after| match before {
        0..100 => Err(oracle::Answer::Unsupported("too low".into())),
        _ => toys::part(letter, before, after),
    };
    let most: Twist = |_, before, after| match before {
        5 => Ok(after),
        _ => Err(oracle::Answer::Unsupported("only five".into())),
    };
    let in_sample = |statement: &Statement, twist| {
        (1..=4)
            .map(|part| statement.holds_in(&shard(twist, (part, 4))))
            .find(Result::is_err)
            .unwrap_or(Ok(()))
    };
    let (whole, part) = (stated(toys::right), stated(toys::part));
    in_sample(&part, toys::part).unwrap();
    let cases = [(&whole, toys::part as Twist), (&whole, less), (&whole, most), (&part, half), (&part, most)];
    for (statement, twist) in cases {
        let why = in_sample(statement, twist).unwrap_err();
        assert!(why.contains("are not implemented, more than were stated"), "{why}");
    }
}

/// What was exhausted of a machine, with so many wrong results in its last chunk.
fn exhausted(chunks: u64, wrong: u64, commit: Option<&str>) -> Record {
    let done = |number| Done {
        digest: format!("{number:016x}"),
        inputs: 8,
        wrong: if number + 1 == chunks { wrong } else { 0 },
        seconds: 0.5,
    };
    let part = |machine: &str| PartRecord {
        subject: "toy".into(),
        name: "words".into(),
        machine: machine.into(),
        inputs: 16,
        chunks: 2,
        done: (0..chunks).map(|number| (number, done(number))).collect(),
        found: Vec::new(),
    };
    let build = Build { commit: commit.map(Into::into), program: "p".into() };
    Record { exhaust: 1, build, parts: vec![part("c"), part("other")] }
}

#[test]
fn what_was_exhausted_is_stated_with_its_digest() {
    let with =
        |chunks, wrong| stated(toys::right).with_exhausted(&exhausted(chunks, wrong, Some("0123456789ab")));
    let whole = with(2, 0).unwrap();
    let [part] = &whole.exhausted[..] else { panic!("{:?}", whole.exhausted) };
    assert_eq!((part.run, part.inputs, part.digest.as_ref().unwrap().len()), (16, 16, 64));
    // It is sealed, read again, and another one if a result is.
    let file = toys::folder("statement-exhausted").join("statement.json");
    fs::write(&file, serde_json::to_string(&whole).unwrap()).unwrap();
    assert_eq!(Statement::read(&file).unwrap(), whole);
    assert_ne!(whole.seal, stated(toys::right).seal);
    // Of a part it is said how much, and there is no digest.
    let part = with(1, 0).unwrap().exhausted.remove(0);
    assert_eq!((part.run, part.digest), (8, None));
    let wrong = with(2, 3).unwrap_err();
    assert!(wrong.contains("of toy words 3 results are wrong"), "{wrong}");
    let other = stated(toys::right).with_exhausted(&exhausted(2, 0, Some("abc"))).unwrap_err();
    assert!(other.contains("is of abc"), "{other}");
}
