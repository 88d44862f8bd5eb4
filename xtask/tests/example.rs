//! The machine of another language that newcomers start from: it builds without a warning, and takes part.

use std::path::Path;
use std::process::Command;

use oracle::report::Report;

#[test]
fn the_machine_in_c_agrees_where_it_has_an_opcode_and_says_where_it_has_none() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = folder.join("machine");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&program);
    assert!(compiler.arg(root.join("oracle/examples/machine.c")).status().unwrap().success());

    let report = folder.join("example");
    let conformance = |options: &[&str]| {
        let mut run = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        run.current_dir(root)
            .env_remove("HSX_REFERENCE")
            .env_remove("COCKPIT_REFERENCE")
            .env_remove("GITHUB_ACTIONS");
        run.args(["conformance", "--quick", "--cases", "2000"]).args(options);
        run.arg("--report").arg(&report).arg("--machine").arg(&program).output().unwrap()
    };
    // It is told before anything runs, or is written.
    let _ = std::fs::remove_dir_all(&report);
    let output = conformance(&["--subject", "hxe"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no lane that is selected uses"));
    assert!(!report.exists());

    let output = conformance(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));

    let report: Report = serde_json::from_slice(&std::fs::read(report.join("report.json")).unwrap()).unwrap();
    for name in ["mine~python/reference", "mine~vectors"] {
        let lane = report.lanes.iter().find(|lane| lane.lane.to_string() == name).unwrap();
        assert!(lane.counts.agree > 50 && lane.counts.unsupported > 50, "{lane:?}");
        assert_eq!(lane.counts.agree + lane.counts.unsupported, lane.cases, "{lane:?}");
    }
    // What it should implement next ends the screen, and is told again to whoever asks.
    let [ladder] = &report.ladders[..] else { panic!("{:?}", report.ladders) };
    assert!(ladder.implemented.iter().any(|topic| topic == "LDI"), "{ladder:?}");
    assert!(ladder.next[0].cases >= ladder.next[1].cases && ladder.next[0].vectors > 0, "{ladder:?}");
    let mut again = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    let again = again.current_dir(root).arg("ladder").arg(folder.join("example")).output().unwrap();
    let again = String::from_utf8_lossy(&again.stdout).into_owned();
    let line = format!(
        "minivm mine: {} of {}; next {} ",
        ladder.implemented.len(),
        ladder.topics(),
        ladder.next[0].topic
    );
    assert!(again.starts_with(&line), "{again}");
    assert!(String::from_utf8_lossy(&output.stdout).contains(&format!("\nladder: {line}")), "{again}");
    // It implements a part, and nothing says that it conforms.
    let coverage: Vec<_> = report.coverage_of("mine").collect();
    assert!(coverage.iter().all(|coverage| coverage.passed() < coverage.total()), "{coverage:?}");
}
