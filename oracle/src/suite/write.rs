//! Writing a case as a vector file that anyone can replay.

use std::fmt::Write as _;

use super::written::{Found, Text};
use crate::cases::Cases;

/// A file with these vectors, everything about them said.
pub(super) fn write<S: Cases, T: Text<S>>(text: &T, found: &[Found<'_, S>]) -> String {
    let mut file = "rules:\n".to_owned();
    for Found { name, rule, .. } in found {
        let _ = writeln!(file, "  found.{name}: {}", quoted(rule));
    }
    file.push_str("vectors:\n");
    for Found { name, note, case, profile, outcome, .. } in found {
        let _ = writeln!(
            file,
            "  - name: {name}\n    rule: found.{name}\n    note: {}\n    only: {profile}",
            quoted(note)
        );
        for line in text.write_case(case).lines() {
            let _ = writeln!(file, "    {line}");
        }
        let _ = writeln!(file, "    expect: {}", text.write_outcome(case, outcome));
    }
    file
}

/// A text in quotes: JSON strings are YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
