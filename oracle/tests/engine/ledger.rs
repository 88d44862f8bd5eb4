//! What is wrong with a ledger is said, with its place; a row holds only if its witness shows it.

use std::path::Path;

use oracle::ledger::Ledger;
use oracle::subject::State;
use oracle::suite::{AsInProtocol, Suite, Written, Yaml};
use oracle::{Cases, Profile, Subject, capabilities};
use rstest::rstest;
use toy::{Toy, Toys};

use crate::bench::toy;

/// The toy subject without any machine.
#[derive(Clone, Copy, Debug, Default)]
struct Bare;

impl Cases for Bare {
    const NAME: &'static str = "bare";
    const PROFILES: &'static [Profile] = Toy::PROFILES;
    type Case = Toys;
    type Outcome = Toys;

    fn check_case(case: &Toys) -> Result<(), String> {
        Toy::check_case(case)
    }
    fn check_outcome(case: &Toys, end: &Toys) -> Result<(), String> {
        Toy::check_outcome(case, end)
    }
    fn start(case: &Toys) -> State {
        Toy::start(case)
    }
    fn end(case: &Toys, end: &Toys) -> State {
        Toy::end(case, end)
    }
    fn topics(case: &Toys) -> Vec<&'static str> {
        Toy::topics(case)
    }
    fn all_topics() -> Vec<&'static str> {
        Toy::all_topics()
    }
    fn listing(case: &Toys) -> String {
        Toy::listing(case)
    }
}

impl Subject for Bare {
    capabilities!(Yaml(AsInProtocol) => written: Written<Self>);
}

/// The toy's vectors, and two that say what the document would have.
fn suite<S: Subject>() -> Suite<S> {
    let text = std::fs::read_to_string(toy().join("counting.yaml")).unwrap();
    let documented = "
  - {name: says-the-same, rule: inc.adds, case: {code: i, a: 1}, expect: {code: i, a: 2}, document: {code: i, a: 2}}
  - {name: says-another, rule: inc.adds, case: {code: i, a: 1}, expect: {code: i, a: 2}, document: {code: i, a: 9}}";
    S::written().unwrap().read(&format!("{text}{documented}\n"), Path::new("counting.yaml")).unwrap()
}

fn row(rest: &str) -> String {
    format!("- {{id: T1, title: t, kind: document-error, document: d, reference: r, decision: x, {rest}}}\n")
}

fn read(text: &str) -> Result<Ledger, String> {
    Ledger::read(text, Path::new("ledger.yaml"))
}

#[rstest]
#[case("switch: stays, witness: inc-at-the-end", None)]
#[case("witness: says-another", None)]
#[case("switch: stays, witness: gone", Some("there is no vector `gone`"))]
#[case("switch: leaves, witness: inc-at-the-end", Some("there is no switch `leaves` for this row"))]
#[case(
    "switch: stays, witness: inc-adds",
    Some("`inc-adds` does not differ any more when the switch is flipped")
)]
#[case("witness: inc-adds", Some("`inc-adds` does not say what the document would have"))]
#[case("witness: says-the-same", Some("`says-the-same` does what the document says"))]
fn a_row_holds_only_if_its_witness_shows_it(#[case] rest: &str, #[case] problem: Option<&str>) {
    let (rows, _) = read(&row(rest)).unwrap().check::<Toy>(&suite());
    assert_eq!(rows[0].problem.as_deref(), problem);
    assert_eq!(rows[0].differences.is_empty(), problem.is_some());
}

#[test]
fn what_a_witness_shows_is_told() {
    let (rows, problems) = Ledger::load(&toy().join("ledger.yaml")).unwrap().check::<Toy>(&suite());
    assert_eq!(problems, [""; 0]);
    let [difference] = &rows[0].differences[..] else { panic!("{rows:?}") };
    assert_eq!((difference.expected_text(), difference.got_text()), ("0xff".into(), "0x0".to_owned()));
    assert_eq!(rows[0].listing, "a = 255: i\n");
}

#[test]
fn a_witness_that_no_native_machine_runs_does_not_hold() {
    let (rows, _) = read(&row("witness: says-another")).unwrap().check::<Bare>(&suite());
    let problem = rows[0].problem.as_deref();
    assert_eq!(problem, Some("`says-another` does not run: there is no native machine"));
}

#[test]
fn every_switch_has_a_row() {
    let missing = ["the switch stays has no row T1 in the ledger"];
    assert_eq!(Ledger::default().check::<Toy>(&suite()).1, missing);
    let of_another = read(&row("witness: inc-adds")).unwrap();
    assert_eq!(of_another.check::<Toy>(&suite()).1, missing, "a row without a switch is none");
    assert_eq!(Ledger::default().check::<Bare>(&suite()).1, [""; 0]);
}

#[test]
fn a_ledger_that_does_not_read_is_refused_at_its_place() {
    let witness = row("witness: inc-adds");
    assert_eq!(read(&format!("{witness}{witness}")).unwrap_err(), "ledger.yaml:2:8: T1 is there twice");
    for (text, words) in [
        (row("witness: a, colour: red"), ["ledger.yaml", "line 1", "colour"]),
        (row("switch: stays"), ["ledger.yaml", "line 1", "witness"]),
        (witness.replace("document-error", "quarrel"), ["ledger.yaml", "line 1", "quarrel"]),
        (format!("{witness}- ["), ["ledger.yaml", "line 2", ""]),
    ] {
        let error = read(&text).unwrap_err();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
}

#[test]
fn only_a_ledger_that_is_not_there_is_empty() {
    assert!(Ledger::load(&toy().join("no-ledger.yaml")).unwrap().check::<Bare>(&suite()).0.is_empty());
    assert!(Ledger::load(&toy()).unwrap_err().contains("toy"), "a folder is no ledger");
}
