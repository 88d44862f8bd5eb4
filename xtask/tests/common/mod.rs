//! What several tests need.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The result in a folder: everything but times, and how it was made.
pub fn comparable(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("report.json")).unwrap();
    let mut report: Value = serde_json::from_str(&text).unwrap();
    report["seconds"] = Value::Null;
    report["arguments"] = Value::Null;
    report["made"] = Value::Null;
    for spent in report["spent"].as_object_mut().unwrap().values_mut() {
        spent["seconds"] = Value::Null;
    }
    for lane in report["lanes"].as_array_mut().unwrap() {
        lane["machine_seconds"] = Value::Null;
        lane["oracle_seconds"] = Value::Null;
    }
    report
}

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A folder outside of everything, which a test has for itself: there is none of this name yet.
pub fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _new = fs::remove_dir_all(&place);
    place
}

/// The program, to be run in a folder that need not be in the checkout, as Cargo runs it. No checkout of a reference is
/// named.
pub fn lockstep(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.current_dir(folder).args(arguments).env("CARGO_MANIFEST_DIR", root().join("xtask"));
    for variable in ["HSX_REFERENCE", "COCKPIT_REFERENCE", "GITHUB_ACTIONS"] {
        command.env_remove(variable);
    }
    command
}

/// Everything that a command has printed.
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
