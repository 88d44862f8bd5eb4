//! What several tests need.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The result in a folder: everything but times, and the command line.
pub fn comparable(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("report.json")).unwrap();
    let mut report: Value = serde_json::from_str(&text).unwrap();
    report["seconds"] = Value::Null;
    report["arguments"] = Value::Null;
    for lane in report["lanes"].as_array_mut().unwrap() {
        lane["machine_seconds"] = Value::Null;
        lane["oracle_seconds"] = Value::Null;
    }
    report
}
