//! The vectors and the ledger beside this crate, and vectors that are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use oracle::ledger::Ledger;
use oracle::machine::run_one;
use oracle::report::Exit;
use oracle::subject::{Generates, Subject};
use oracle::suite::{Found, LEDGER_FILE, OF_ORACLE, Suite, Written, complaints};
use vectors_executive::{Call, Executive, NativeExecutive, REFERENCE, STRICT};

use crate::{failures, model, native, project, run};

fn written() -> &'static dyn Written<Executive> {
    Executive::written().expect("its vectors are written in YAML")
}

fn suite() -> Suite<Executive> {
    written().load(&project().subject("executive")).unwrap_or_else(|errors| panic!("{}", complaints(&errors)))
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
        Ledger::load(&project().subject("executive").join(LEDGER_FILE)).expect("the ledger can be read");
    let lanes = ["rust~vectors", "python~vectors"];
    let report = run((&suite, &ledger), vec![native(), model()], &lanes, (0, 100_000), failures("vectors"));
    assert_eq!(report.ledger.problems, Vec::<String>::new());
    let problems: Vec<_> =
        report.ledger.rows.iter().filter_map(|row| row.problem.as_ref().map(|it| (&row.id, it))).collect();
    assert!(problems.is_empty(), "{problems:?}");
    let broken: Vec<_> =
        report.findings.iter().map(|it| (&it.origin, &it.differences, &it.failure)).collect();
    assert!(broken.is_empty(), "{broken:?}");
    assert_eq!(report.exit(), Exit::Conformant);
}

#[test]
fn there_is_a_vector_for_every_call_and_every_error() {
    let suite = suite();
    let calls: BTreeSet<&str> =
        suite.vectors.iter().flat_map(|it| it.case.calls.iter().map(Call::name)).collect();
    assert!(Call::NAMES.iter().all(|name| calls.contains(name)), "{calls:?}");
    let mut errors: BTreeSet<String> = BTreeSet::new();
    for vector in &suite.vectors {
        let results = vector.expected.iter().flat_map(|it| &it.outcome.results);
        errors.extend(results.filter_map(|result| result.error.clone()));
    }
    let all = ["EBADMSG", "EEXIST", "ENOSPC", "ENODESC", "ENOHANDLE", "EINVAL", "EBADF", "EMSGSIZE", "ESRCH"];
    assert!(all.iter().all(|error| errors.contains(*error)), "{errors:?}");
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let draw = Executive.random(3);
    let random = (0..150).map(|index| draw(index).1);
    let mut machine = NativeExecutive::default();
    for (at, case) in random.chain(Executive.sweep().step_by(301)).enumerate() {
        let profile = if at % 2 == 0 { REFERENCE } else { STRICT };
        let answer = run_one::<Executive>(&mut machine, profile, &case);
        let Some(outcome) = answer.outcome() else { continue };
        let found =
            Found { name: "found", rule: OF_ORACLE, note: "a \"note\"", case: &case, profile, outcome };
        let text = written().write(&[found]);
        let read = written()
            .read(&text, Path::new("x.yaml"))
            .unwrap_or_else(|errors| panic!("{}", complaints(&errors)));
        assert_eq!(read.vectors[0].case, case, "{at}: {text}");
        let expectation = read.vectors[0].expected_in(profile).unwrap();
        assert!(expectation.partial.is_none());
        assert_eq!(expectation.outcome, *outcome, "{at}: {text}");
    }
}

#[test]
fn what_is_not_stated_is_open_and_what_is_stated_counts() {
    let mut machine = NativeExecutive::default();
    let mut read = |calls: &str, expect: &str| {
        let text = format!(
            "rules: {{a: b}}\nvectors:\n  - name: x\n    rule: a\n    images: {{seven: \"LDI R0, 7\\nSVC MOD=1 FN=0\\nRET\"}}\n    \
             calls: {calls}\n    expect: {expect}\n"
        );
        let suite = written()
            .read(&text, Path::new("x.yaml"))
            .unwrap_or_else(|errors| panic!("{}", complaints(&errors)));
        let case = &suite.vectors[0].case;
        let got = run_one::<Executive>(&mut machine, STRICT, case).outcome().cloned().unwrap();
        suite.vectors[0].expected_in(STRICT).unwrap().of(&got) == got
    };
    let calls = "[load seven, step 2, kill 9: ESRCH, reg_get 1 0: 7]";
    assert!(read(calls, "{}"));
    assert!(read(calls, "{state: {current: 1, tasks: {1: {state: returned, exit_status: 7}}}}"));
    assert!(!read(calls, "{state: {current: null}}"));
    assert!(!read(calls, "{state: {tasks: {1: {state: stopped}}}}"));
    assert!(!read(calls, "{state: {tasks: {2: {state: returned}}}}"));
    assert!(!read(calls, "{state: {tasks: []}}"));
    assert!(!read(calls, "{raised: bad_target}"));
    assert!(!read(calls, "{results: {4: 8}}"));
    assert!(!read(calls, "{results: {3: ok}}"));
    assert!(!read(calls, "{results: {1: ENOSPC}}"));
    assert!(read("[load seven, step 2: {events: [exited], io: [{io: exit, code: 7}]}]", "{}"));
    assert!(!read("[load seven, step 2: {events: []}]", "{}"));
    assert!(!read("[load seven, step 2: {events: [fault]}]", "{}"));
    assert!(!read("[load seven, step 2: {ok: {executed: 1}}]", "{}"));
    assert!(!read("[load seven, step 2: {io: [{io: exit, code: 8}]}]", "{}"));
}

#[test]
fn a_vector_that_would_test_nothing_is_refused() {
    assert_eq!(problem("    note: nothing\n"), "calls: missing");
    let nothing = "it makes no call and expects nothing, so it tests nothing";
    assert_eq!(problem("    calls: []\n"), nothing);
    assert_eq!(problem("    calls: []\n    expect: {}\n"), nothing);
    assert!(problem("    calls: [jump]\n").starts_with("`jump`: the calls are load,"));
    assert!(problem("    calls: [[step]]\n").contains("a call is a line, or a line and what it gives"));
    assert!(problem("    calls: [step 1: 3]\n").starts_with("step: it cannot give that"));
    assert!(problem("    calls: [step 1: {colour: 1}]\n").starts_with("step: "));
    assert!(
        problem("    calls: [step 1: {events: [{type: sunset}]}]\n").starts_with("step: unknown variant")
    );
    assert!(problem("    calls: [kill 1: ENOENT]\n").starts_with("kill: "));
    assert_eq!(problem("    images: {a: RET}\n    calls: [step 1]\n"), "images.a: no call names it");
    assert!(problem("    images: {a: JUMP}\n    calls: [load a]\n").starts_with("images.a "));
    assert!(problem("    calls: [step 1]\n    expect: {results: {2: ok}}\n").contains("there is no call 2"));
    assert!(problem("    calls: [step 1]\n    expect: {state: {colour: 1}}\n").contains("colour"));
    assert!(problem("    calls: [step 100001]\n").contains("calls[0].n: 100001 is not 0 to 100000"));
    assert!(
        problem("    config: {colour: 1}\n    calls: [step 1]\n")
            .starts_with("config: unknown field `colour`")
    );
}

#[test]
fn every_key_is_described() {
    let readme = fs::read_to_string(project().root().join("vectors/README.md")).unwrap();
    let (_, section) = readme.split_once("\n## `executive`\n").expect("it has a section");
    let keys = |text: &str| {
        let complaint = problem(text);
        let (_, keys) = complaint.split_once("expected one of ").expect("the key is not known");
        keys.split(", ").map(str::to_owned).collect::<Vec<_>>()
    };
    let of_entry = keys("    colour: 1\n");
    let envelope = ["name", "rule", "note", "only", "expect", "reference", "strict", "document"];
    let of_entry = of_entry.into_iter().filter(|key| !envelope.contains(&key.as_str()));
    for key in of_entry.chain(keys("    calls: []\n    expect: {colour: 1}\n")) {
        assert!(section.contains(&format!("`{key}`")), "{key}");
    }
}
