//! The machine of another language that newcomers start from: it builds without a warning, and takes part.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

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
        let mut run = Command::new(env!("CARGO_BIN_EXE_xtask"));
        run.current_dir(root).env_remove("HSX_REFERENCE").env_remove("GITHUB_ACTIONS");
        run.args(["conformance", "--quick", "--cases", "2000"]).args(options);
        run.arg("--report").arg(&report).arg("--machine").arg(&program).output().unwrap()
    };
    // It is told before anything runs, or is written.
    let _ = std::fs::remove_dir_all(&report);
    let output = conformance(&["--subject", "hxe"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("takes part in no subject"));
    assert!(!report.exists());

    let output = conformance(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));

    let report: Value = serde_json::from_slice(&std::fs::read(report.join("report.json")).unwrap()).unwrap();
    for name in ["c~python/reference", "c~vectors"] {
        let lane = report["lanes"].as_array().unwrap().iter().find(|lane| lane["name"] == name).unwrap();
        let count = |key: &str| lane[key].as_u64().unwrap();
        assert!(count("agree") > 50 && count("unsupported") > 50, "{lane}");
        assert_eq!(count("agree") + count("unsupported"), count("cases"), "{lane}");
    }
}
