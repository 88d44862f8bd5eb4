//! The vectors and the ledger beside this crate, and vectors that are written.

use std::fs;
use std::path::Path;

use oracle::ledger::Ledger;
use oracle::machine::run_one;
use oracle::report::Exit;
use oracle::subject::{Generates, Subject};
use oracle::suite::{Found, LEDGER_FILE, OF_ORACLE, Suite, Written, complaints};
use vectors_control::{Call, CallResult, Control, DOCUMENT, NativePlane, Refusal};

use crate::{failures, model, native, project, run};

fn written() -> &'static dyn Written<Control> {
    Control::written().expect("its vectors are written in YAML")
}

fn suite() -> Suite<Control> {
    written().load(&project().subject("control")).unwrap_or_else(|errors| panic!("{}", complaints(&errors)))
}

fn problem(text: &str) -> String {
    let text = format!("rules: {{a: b}}\nvectors:\n  - name: x\n    rule: a\n{text}");
    let errors = written().read(&text, Path::new("x.yaml")).expect_err("it is bad");
    errors[0].message.clone()
}

#[test]
fn both_machines_do_what_the_vectors_say() {
    let suite = suite();
    let ledger =
        Ledger::load(&project().subject("control").join(LEDGER_FILE)).expect("the ledger can be read");
    let lanes = ["rust~vectors", "python~vectors", "rust~python/document"];
    let report = run((&suite, &ledger), vec![native(), model()], &lanes, (0, 1000), failures("vectors"));
    assert_eq!(report.ledger.problems, Vec::<String>::new());
    let broken: Vec<_> =
        report.findings.iter().map(|it| (&it.origin, &it.differences, &it.failure)).collect();
    assert!(broken.is_empty(), "{broken:?}");
    assert_eq!(report.exit(), Exit::Conformant);
    assert_eq!(report.lanes[0].counts.agree, suite.vectors.len() as u64);
}

#[test]
fn there_is_a_vector_for_every_call_and_every_refusal() {
    let suite = suite();
    let mut calls: Vec<&str> = Vec::new();
    let mut refusals: Vec<Refusal> = Vec::new();
    for vector in &suite.vectors {
        calls.extend(vector.case.calls.iter().map(Call::name));
        let results = &vector.expected_in(DOCUMENT).expect("there is one profile").outcome.results;
        refusals.extend(results.iter().filter_map(|result| match result {
            CallResult::Error(refusal) => Some(*refusal),
            CallResult::Ok(_) => None,
        }));
    }
    assert!(Call::NAMES.iter().all(|name| calls.contains(name)));
    assert!(Refusal::ALL.iter().all(|refusal| refusals.contains(refusal)));
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let draw = Control.random(3);
    let random = (0..200).map(|index| draw(index).1);
    for (at, case) in random.chain(Control.sweep().step_by(301)).enumerate() {
        let outcome =
            run_one::<Control>(&mut NativePlane::default(), DOCUMENT, &case).outcome().cloned().unwrap();
        let found = Found {
            name: "found",
            rule: OF_ORACLE,
            note: "a \"note\"",
            case: &case,
            profile: DOCUMENT,
            outcome: &outcome,
        };
        let text = written().write(&[found]);
        let read = written()
            .read(&text, Path::new("x.yaml"))
            .unwrap_or_else(|errors| panic!("{}", complaints(&errors)));
        assert_eq!(read.vectors[0].case, case, "{at}: {text}");
        let expectation = read.vectors[0].expected_in(DOCUMENT).unwrap();
        assert!(expectation.partial.is_none());
        assert_eq!(expectation.outcome, outcome, "{at}: {text}");
    }
}

#[test]
fn what_is_not_stated_is_open_and_what_is_stated_counts() {
    let read = |expect: &str| {
        let text = format!(
            "rules: {{a: b}}\nvectors:\n  - name: x\n    rule: a\n    images: {{seven: \"LDI R0, 7\\nRET\"}}\n    \
             calls: [load seven, set_context 0, step, reg_get r0: 7]\n    expect: {expect}\n"
        );
        let suite = written()
            .read(&text, Path::new("x.yaml"))
            .unwrap_or_else(|errors| panic!("{}", complaints(&errors)));
        let case = &suite.vectors[0].case;
        let got = run_one::<Control>(&mut NativePlane::default(), DOCUMENT, case).outcome().cloned().unwrap();
        suite.vectors[0].expected_in(DOCUMENT).unwrap().of(&got) == got
    };
    assert!(read("{}"));
    assert!(read("{active: 0, loading: nobody, last: {pc: 0}, tasks: {0: {state: ready, pc: 4, r0: 7}}}"));
    assert!(!read("{active: nobody}"));
    assert!(!read("{loading: 0}"));
    assert!(!read("{last: {pc: 4}}"));
    assert!(!read("{tasks: {}}"));
    assert!(!read("{tasks: {0: stopped}}"));
    assert!(!read("{tasks: {0: {r1: 7}}}"));
    assert!(!read("{tasks: {0: {mem: {0x100: \"01\"}}}}"));
    assert!(read("{tasks: {0: {mem: {0x100: \"00\"}}}}"));
    assert!(!read("{results: {4: 8}}"));
    assert!(!read("{results: {3: break 1}}"));
    assert!(!read("{results: {2: EBUSY}}"));
}

#[test]
fn a_vector_that_would_test_nothing_is_refused() {
    assert_eq!(problem("    note: nothing\n"), "calls: missing");
    let nothing = "it makes no call and expects nothing, so it tests nothing";
    assert_eq!(problem("    calls: []\n"), nothing);
    assert_eq!(problem("    calls: []\n    expect: {}\n"), nothing);
    assert!(problem("    calls: [jump]\n").starts_with("`jump`: the calls are init,"));
    assert!(problem("    calls: [[step]]\n").contains("a call is a line, or a line and what it gives"));
    assert!(problem("    calls: [step: 3]\n").starts_with("step: invalid type"));
    assert!(problem("    calls: [step: budget]\n").starts_with("`budget` is no reason"));
    assert!(problem("    calls: [unload 0: 3]\n").starts_with("unload: 3 stands for nothing it gives: ok"));
    assert!(problem("    calls: [reg_get r0: seven]\n").contains("a number, or an error"));
    assert!(problem("    calls: [step: {colour: 1}]\n").contains("unknown field `colour`"));
    assert_eq!(problem("    images: {a: RET}\n    calls: [step]\n"), "images.a: no call names it");
    assert!(problem("    images: {a: JUMP}\n    calls: [load a]\n").starts_with("images.a "));
    assert!(problem("    calls: [step]\n    expect: {results: {2: ok}}\n").contains("there is no call 2"));
    assert!(problem("    calls: [clock 1001]\n").contains("calls[0].n: 1001 is not 0 to 1000"));
    let beyond = "    calls: [step]\n    expect: {tasks: {0: {mem: {0xFFC0: \"00\"}}}}\n";
    assert!(problem(beyond).contains("do not lie below 0xffc0"));
}

#[test]
fn every_key_is_described() {
    let readme = fs::read_to_string(project().root().join("vectors/README.md")).unwrap();
    let (_, section) = readme.split_once("\n## `control`\n").expect("it has a section");
    let keys = |text: &str| {
        let complaint = problem(text);
        let (_, keys) = complaint.split_once("expected one of ").expect("the key is not known");
        keys.split(", ").map(str::to_owned).collect::<Vec<_>>()
    };
    let of_entry = keys("    colour: 1\n");
    let envelope = ["name", "rule", "note", "only", "expect", "document"];
    let of_entry = of_entry.into_iter().filter(|key| !envelope.contains(&key.as_str()));
    for key in of_entry.chain(keys("    calls: []\n    expect: {colour: 1}\n")) {
        assert!(section.contains(&format!("`{key}`")), "{key}");
    }
}
