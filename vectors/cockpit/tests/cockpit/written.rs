//! Vectors: what is wrong with one is told, and what is written can be read.

use std::path::Path;

use oracle::Subject;
use oracle::subject::Generates;
use oracle::suite::{Found, OF_ORACLE};
use rstest::rstest;
use vectors_cockpit::{Cockpit, HEAD, PLAN, execute};

/// The complaints about a vector with these lines.
fn complaints(lines: &str) -> String {
    let text = format!("rules: {{r: A rule.}}\nvectors:\n  - name: a\n    rule: r\n{lines}");
    let errors = Cockpit::written().unwrap().read(&text, Path::new("a.yaml")).expect_err(&text);
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case("    expect: {stack: []}\n", "one of `code` (assembly), `hex` and `program` (a file) is wanted")]
#[case("    code: FLY\n", "code 1:1")]
#[case("    code: HALT\n    given: {stak: []}\n", "unknown field `stak`")]
#[case(
    "    code: HALT\n    given: {depth: 1, stack: [1, 2]}\n",
    "given.stack: more cells than given.depth says"
)]
#[case("    code: HALT\n    given: {depth: 1024}\n", "stack: 1024 is not 0 to 1023")]
#[case("    code: HALT\n    given: {pins: {20: 1}}\n", "pins: 20 is not 0 to 19")]
#[case("    code: HALT\n    expect: {stop: asleep}\n", "budget, halt, end or error NAME")]
#[case("    code: HALT\n    expect: {stop: budget}\n", "expect.pc: it does not follow from how it stops")]
#[case("    code: HALT\n    expect: {calls: [fly]}\n", "fly")]
#[case("    program: ../a.casm\n    expect: {stop: halt}\n", "the name of a file beside this one is wanted")]
#[case(
    "    code: |\n      HALT\n      a: .string \"x\"\n    given: {strings: [y]}\n",
    "given.strings: the code has strings of its own"
)]
fn every_mistake_has_its_message(#[case] lines: &str, #[case] message: &str) {
    let found = complaints(lines);
    assert!(found.contains(message), "{found}");
}

#[test]
fn what_is_written_is_what_was_found() {
    let written = Cockpit::written().unwrap();
    let draw = Cockpit.random(5);
    let cases: Vec<_> = Cockpit.sweep().step_by(997).chain((0..200).map(|index| draw(index).1)).collect();
    for (index, case) in cases.iter().enumerate() {
        let (profile, outcome) = match index % 2 {
            0 => (HEAD, execute(cockpit::Head, case)),
            _ => (PLAN, execute(cockpit::Plan, case)),
        };
        let text = written.write(&[Found {
            name: "found",
            rule: OF_ORACLE,
            note: "here",
            case,
            profile,
            outcome: &outcome,
        }]);
        let suite =
            written.read(&text, Path::new("a.yaml")).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        assert_eq!(suite.vectors[0].case, *case, "{text}");
        assert_eq!(suite.vectors[0].expected_in(profile).unwrap().outcome, outcome, "{text}");
    }
}
