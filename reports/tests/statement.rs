//! Statements: the same for the same result however it was split, and refused where they do not hold.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use oracle::report::{Report, merge};
use reports::statement::{Statement, Suite, ledger_hash};
use vectors::Profile;

mod planted;

/// A run of the right machine, and a part of one.
static WHOLE: LazyLock<Report> = LazyLock::new(|| planted::right((1, 1)));
static SAMPLE: LazyLock<Report> = LazyLock::new(|| planted::right((1, 16)));

fn whole() -> Report {
    WHOLE.clone()
}

fn suites(statement: &Statement) -> Vec<Suite> {
    statement.suites.clone()
}

#[test]
fn a_statement_does_not_depend_on_how_the_run_was_split() {
    let parts = merge((1..=3).rev().map(|part| planted::right((part, 3))).collect()).unwrap();
    let (one, other) = (Statement::of(&whole(), "right").unwrap(), Statement::of(&parts, "right").unwrap());
    assert_eq!(one, other);
    assert_eq!(one.coverage[0].profile, Profile::Reference);
    assert!(one.lanes[0].cases > 300_000);
    assert!(one.badge().unwrap().contains("right conforms"));
}

#[test]
fn a_statement_holds_only_as_long_as_nothing_has_changed() {
    let report = whole();
    let statement = Statement::of(&report, "right").unwrap();
    let ledger = ledger_hash(&report.ledger.rows);
    statement.check(&suites(&statement), &ledger).unwrap();

    // The file, and what it says, changed.
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("statement.json");
    let text = serde_json::to_string_pretty(&statement).unwrap();
    fs::write(&file, &text).unwrap();
    assert_eq!(Statement::read(&file).unwrap(), statement);
    fs::write(&file, text.replacen("\"seed\": 1", "\"seed\": 2", 1)).unwrap();
    assert!(Statement::read(&file).unwrap_err().contains("the seal does not fit"));
    fs::write(&file, text.replacen("\"machine\"", "\"engine\"", 1)).unwrap();
    assert!(Statement::read(&file).unwrap_err().contains("engine"));

    // A vector, a generator, the ledger changed.
    let mut changed = suites(&statement);
    changed[0].hash = "0".repeat(64);
    let why = statement.check(&changed, &ledger).unwrap_err();
    assert!(why.starts_with("the suite of minivm has changed"), "{why}");
    let mut changed = suites(&statement);
    changed[0].cases.add("one more", b"case");
    let why = statement.check(&changed, &ledger).unwrap_err();
    assert!(why.starts_with("the generated cases of minivm have changed"), "{why}");
    let why = statement.check(&suites(&statement), "0123").unwrap_err();
    assert!(why.starts_with("the ledger has changed"), "{why}");

    // The sample says otherwise, or was made by another build.
    statement.holds_in(&SAMPLE).unwrap();
    let mut sample = SAMPLE.clone();
    sample.lanes[0].differ = 1;
    assert!(statement.holds_in(&sample).unwrap_err().contains("1 of"));
    let mut sample = SAMPLE.clone();
    sample.machines[0].version.push('1');
    assert!(statement.holds_in(&sample).unwrap_err().contains("of another version"));
}

#[test]
fn nothing_is_stated_of_a_machine_that_does_not_conform() {
    let refused = |report: &Report, machine: &str| Statement::of(report, machine).unwrap_err();
    assert!(refused(&whole(), "wrong").contains("no lane of a machine `wrong`"));
    assert!(refused(&SAMPLE, "right").contains("cases were left out"));
    let mut report = whole();
    report.lanes[0].agree -= 1;
    report.lanes[0].differ = 1;
    assert!(refused(&report, "right").contains("1 of"));
    let mut report = whole();
    report.coverage[0].rows[0].points[0].hits = 0;
    assert!(refused(&report, "right").contains("coverage has holes"));
    let mut report = whole();
    let lane = &mut report.lanes[0];
    (lane.unsupported, lane.agree, lane.known) = (lane.cases, 0, 0);
    assert!(refused(&report, "right").contains("it implements none of the cases"));
    let night = Report { kind: "nightly".into(), ..whole() };
    assert!(refused(&night, "right").contains("one of `nightly`"));
}

/// Those of other lanes are not run again.
#[test]
fn a_statement_names_the_machines_of_its_own_lanes() {
    let statement = Statement::of(&whole(), "rust").unwrap();
    assert_eq!(statement.builds.iter().map(|build| build.name.as_str()).collect::<Vec<_>>(), ["rust"]);
    let mut sample = SAMPLE.clone();
    sample.machines.retain(|machine| machine.name == "rust");
    statement.holds_in(&sample).unwrap();
}

#[test]
fn a_badge_counts_what_was_compared() {
    let mut report = whole();
    let lane = &mut report.lanes[0];
    (lane.agree, lane.unsupported) = (lane.agree - 1000, 1000);
    let lanes = Statement::of(&report, "right").unwrap().lanes;
    let compared: u64 = lanes.iter().map(|lane| lane.agree + lane.known).sum();
    let unsupported: u64 = lanes.iter().map(|lane| lane.unsupported).sum();
    let badge = Statement::of(&report, "right").unwrap().badge().unwrap();
    let text = format!("right conforms · {compared} cases · {unsupported} unsupported");
    assert!(unsupported >= 1000 && badge.contains(&text), "{badge}");
}
