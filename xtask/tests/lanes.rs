//! Lanes that are named: each runs on the subjects that have its machines and its profiles.

use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;

fn conformance(name: &str, lanes: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lanes").join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    ["HSX_REFERENCE", "COCKPIT_REFERENCE", "GITHUB_ACTIONS"]
        .iter()
        .for_each(|name| _ = command.env_remove(name));
    command.current_dir(root).args(["conformance", "--quick", "--cases", "16", "--report"]).arg(report);
    lanes.iter().for_each(|lane| _ = command.args(["--lane", lane]));
    command.output().unwrap()
}

#[test]
fn lanes_of_several_subjects_run_together() {
    let output = conformance("several", &["rust~rust-plain/portable", "rust/plan~python/head"]);
    let screen = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{screen}{}", String::from_utf8_lossy(&output.stderr));
    let rows = screen.lines().filter(|line| line.contains('~'));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split_whitespace().skip(1).take(2).collect()).collect();
    assert_eq!(rows, [["minivm", "rust~rust-plain/portable"], ["cockpit", "rust/plan~python/head"]]);
}

#[rstest]
#[case::profile("profile", "rust~python/strikt", "has no profile `strikt`")]
#[case::profile_of_others("others", "rust~rust-plain/plan", "minivm has no profile `plan`")]
#[case::machine("machine", "rust~pyhton/strict", "there is no machine `pyhton`")]
fn a_lane_of_no_subject_is_refused(#[case] name: &str, #[case] lane: &str, #[case] why: &str) {
    let output = conformance(name, &["rust~rust-plain/portable", lane]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains(why) && errors.contains(lane), "{errors}");
}
