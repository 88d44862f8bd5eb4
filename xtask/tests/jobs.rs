//! `--jobs`: how much is done at once changes how long a run takes, and nothing else.

mod common;

use common::{comparable, lockstep, place, root, text};
use rstest::rstest;

/// Runs the lanes that have a model, and gives the result without times.
fn run(name: &str, jobs: &str) -> serde_json::Value {
    let folder = place(&format!("jobs/{name}"));
    let mut command = lockstep(root(), &["conformance", "--quick", "--cases", "400", "--jobs", jobs]);
    command.args(["--lane", "*~python/*", "--report"]).arg(&folder);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    comparable(&folder)
}

#[rstest]
fn the_result_does_not_depend_on_jobs(#[values("2", "5")] jobs: &str) {
    assert_eq!(run(&format!("one-for-{jobs}"), "1"), run(jobs, jobs));
}

/// `cargo test -p lockstep --test jobs -- --ignored`: what depends on luck shows in one of many runs.
#[test]
#[ignore = "takes minutes"]
fn twenty_runs_come_to_the_same() {
    let first = run("first", "1");
    for (round, jobs) in (0..20).zip(["1", "2", "5"].into_iter().cycle()) {
        assert_eq!(run("again", jobs), first, "run {round}, {jobs} jobs");
    }
}
