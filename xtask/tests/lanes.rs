//! Lanes that are named: each runs on the subjects that have its machines and its profiles.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{lockstep, place, root, text};
use oracle::report::Report;
use rstest::rstest;

fn conformance(name: &str, options: &[&str]) -> Output {
    let report = place(&format!("lanes/{name}"));
    let mut command = lockstep(root(), &["conformance", "--quick", "--cases", "16"]);
    command.arg("--report").arg(report).args(options).output().unwrap()
}

/// Subject and lane of each that has run; none if there is no result.
fn ran(name: &str) -> Vec<[String; 2]> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lanes/{name}/report.json"));
    let report: Option<Report> = fs::read(file).ok().map(|text| serde_json::from_slice(&text).unwrap());
    let lanes = report.into_iter().flat_map(|report| report.lanes);
    lanes.filter(|lane| lane.ran()).map(|lane| [lane.subject.clone(), lane.lane.to_string()]).collect()
}

#[test]
fn lanes_of_several_subjects_run_together() {
    let lanes = ["--lane", "rust~rust-plain/portable", "--lane", "rust/plan~python/head"];
    let output = conformance("several", &lanes);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(
        ran("several"),
        [["minivm", "rust~rust-plain/portable"], ["cockpit", "rust/plan~python/head"]]
    );
}

#[test]
fn lanes_are_selected_by_pattern_and_by_machine() {
    let output = conformance("pattern", &["--lane", "*~vectors", "--only", "rust", "--subject", "minivm"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(ran("pattern"), [["minivm", "rust~vectors"]]);
    let output = conformance("only", &["--only", "rust-plain", "--opcode", "ad?"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let profiles = ["reference", "strict", "portable"];
    assert_eq!(ran("only"), profiles.map(|it| ["minivm".to_owned(), format!("rust~rust-plain/{it}")]));
    // It is built where somebody wants it, and skipped by name elsewhere.
    let output =
        conformance("jit", &["--subject", "minivm", "--opcode", "LDI32", "--lane", "rust~rust-*/strict"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let has_run = ran("jit").contains(&["minivm".into(), "rust~rust-jit/strict".into()]);
    assert_eq!(has_run, cfg!(feature = "jit"));
    let skipped =
        text(&output).contains("skipped minivm rust~rust-jit/strict: this program was built without");
    assert_eq!(skipped, !cfg!(feature = "jit"), "{}", text(&output));
    let output = conformance("paged", &["--only", "rust-paged", "--opcode", "LDI32"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(ran("paged"), profiles.map(|it| ["minivm".to_owned(), format!("rust~rust-paged/{it}")]));
}

/// The example in Python has profile `reference` only, and minivm no profile `plan`.
#[rstest]
#[case::only(&["--only", "mine", "--profile", "strict"], 4, "no lane in profile `strict` of any subject is selected")]
#[case::vectors(&["--lane", "mine~vectors", "--profile", "plan"], 4, "no lane in profile `plan` of any subject")]
#[case::pattern(&["--lane", "mine~*", "--profile", "strict"], 2, "no lane in profile `strict` is like `mine~*`")]
#[case::all(&["--profile", "strict"], 2, "no lane that is selected uses ")]
fn a_profile_that_a_machine_lacks_selects_nothing_of_it(
    #[case] options: &[&str],
    #[case] status: i32,
    #[case] why: &str,
) {
    let machine = format!("python3 '{}'", root().join("oracle/examples/machine.py").display());
    let output = conformance("lacks", &[&["--machine", &machine, "--subject", "minivm"], options].concat());
    assert_eq!(output.status.code(), Some(status), "{}", text(&output));
    assert!(text(&output).contains(why), "{}", text(&output));
}

#[rstest]
#[case::lane(&["--lane", "nobody~*"], "no lane is like `nobody~*`: there are machines ")]
#[case::machine(&["--only", "nobody"], "there is no machine `nobody`, only ")]
#[case::topic(&["--opcode", "Q*"], "there is no topic `Q*`, only ")]
#[case::pattern(&["--lane", "rust~["], "`rust~[`: ")]
#[case::checkout(&["--upstream", "/nowhere"], "/nowhere")]
fn what_selects_nothing_is_told_before_the_run(#[case] options: &[&str], #[case] why: &str) {
    let output = conformance("nothing", options);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains(why), "{}", text(&output));
    assert_eq!(ran("nothing").len(), 0, "{}", text(&output));
}

#[rstest]
#[case::profile("profile", "rust~python/strikt", "has no profile `strikt`")]
#[case::profile_of_others("others", "rust~rust-plain/plan", "minivm has no profile `plan`")]
#[case::machine("machine", "rust~pyhton/strict", "there is no machine `pyhton`")]
fn a_lane_of_no_subject_is_refused(#[case] name: &str, #[case] lane: &str, #[case] why: &str) {
    let output = conformance(name, &["--lane", "rust~rust-plain/portable", "--lane", lane]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains(why) && errors.contains(lane), "{errors}");
}
