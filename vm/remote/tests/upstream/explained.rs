//! How two transcripts are compared, and what explains that they differ.

use std::collections::BTreeSet;

use serde_json::Value;

/// Keys that say when something was, or after how much else.
const VOLATILE: [&str; 6] = ["ts", "seq", "last_wait_s", "sleep_deadline", "wait_deadline", "deadline"];

/// A difference that is meant: in which commands (a prefix; "" = all), at which place (a part of the path), by which row of
/// the ledger or `superset`, `wrong` and `text`: more is told, the reference tells something that is not so (facts of its
/// server, not of the executive), the same in other words.
pub struct Explained(pub &'static str, pub &'static str, pub &'static str);

/// What both profiles explain.
pub const IN_BOTH: &[Explained] = &[
    // What the reference's loader keeps for itself.
    Explained("load", ".image.metadata._mailbox_creation", "superset"),
    Explained("load", "._source", "superset"),
    Explained("load", ".raw", "superset"),
    Explained("load", ".reserved", "superset"),
    Explained("load", ".descriptor", "superset"),
    Explained("load", ".oid", "superset"),
    // The base of the stack is added to an address that is absolute already, so the stack cannot be walked.
    Explained("dumpregs", ".sp_effective", "E54"),
    Explained("stack", ".stack", "E54"),
];

/// What profile `reference` explains.
pub const IN_REFERENCE: &[Explained] = &[
    // A task that was stopped at a breakpoint runs when it is resumed, not at the second time only (facts 6.9).
    Explained("info", ".info.running", "wrong"),
    Explained("info", ".active_context.trace", "superset"),
];

/// What profile `strict` explains.
pub const IN_STRICT: &[Explained] = &[
    // Each task has the same layout, and memory of its own.
    Explained("", ".reg_base", "E2"),
    Explained("", ".stack_base", "E2"),
    Explained("", ".stack_limit", "E2"),
    Explained("", ".sp", "E2"),
    Explained("memory", ".regions", "E2"),
    // Loading, pausing and killing make no other task the active one.
    Explained("ps", ".current_pid", "X5"),
    Explained("ps", ".state", "X5"),
    Explained("reload", ".state", "X5"),
    Explained("step", ".current_pid", "X5"),
    Explained("step", ".next_pid", "X5"),
    Explained("sched", ".scheduler", "X5"),
    Explained("info", ".scheduler", "X5"),
    Explained("info", ".info.running", "X5"),
    Explained("info", ".active_context.trace", "superset"),
    // What loading reports is told.
    Explained("step", ".events", "X1"),
];

/// What our own executive explains in place of the reference's.
pub const OF_EXECUTIVE: &[Explained] = &[
    // What the document of the protocol has, and the reference's executive leaves out.
    Explained("step", ".trace_last", "E44"),
    Explained("clock", ".trace_last", "E44"),
    Explained("mbox", ".stats", "E46"),
    // Code is listed, and not data memory at its addresses.
    Explained("disasm", ".disasm", "E54"),
    // A task that stops at a breakpoint is still the active one: nobody pauses it once more.
    Explained("ps", ".current_pid", "X5"),
    Explained("list", ".subscriber_count", "superset"),
    // The reference's executive forgets what a task waits for when it is paused and resumed.
    Explained("ps", ".wait_", "superset"),
    Explained("memory", ".details", "superset"),
];

/// What two transcripts differ in and nothing explains; and which explanations explained nothing.
pub fn judge(
    commands: &[&str],
    theirs: &[Value],
    ours: &[Value],
    explanations: &[&'static [Explained]],
) -> (Vec<String>, Vec<String>) {
    let all: Vec<&Explained> = explanations.iter().flat_map(|part| part.iter()).collect();
    let mut used = BTreeSet::new();
    let mut open = Vec::new();
    for ((command, theirs), ours) in commands.iter().zip(theirs).zip(ours) {
        let mut found = Vec::new();
        differences(theirs, ours, String::new(), &mut found);
        for (path, what) in found {
            let by = all
                .iter()
                .position(|Explained(prefix, part, _)| command.starts_with(prefix) && path.contains(part));
            match by {
                Some(by) => drop(used.insert(by)),
                None => open.push(format!("{command}: {path}: {what}")),
            }
        }
    }
    let stale = (0..all.len()).filter(|at| !used.contains(at));
    (open, stale.map(|at| format!("{} {} ({})", all[at].0, all[at].1, all[at].2)).collect())
}

fn differences(theirs: &Value, ours: &Value, path: String, found: &mut Vec<(String, String)>) {
    match (theirs, ours) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for key in keys.into_iter().filter(|key| !VOLATILE.contains(&key.as_str())) {
                let nothing = Value::String("<absent>".into());
                let (left, right) = (left.get(key).unwrap_or(&nothing), right.get(key).unwrap_or(&nothing));
                differences(left, right, format!("{path}.{key}"), found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                differences(left, right, format!("{path}[{at}]"), found);
            }
        }
        _ if theirs == ours => {}
        // 1 and 1.0 are one number.
        _ if theirs.as_f64().is_some() && theirs.as_f64() == ours.as_f64() => {}
        _ => {
            let cut = |value: &Value| value.to_string().chars().take(160).collect::<String>();
            found.push((path, format!("{} -> {}", cut(theirs), cut(ours))));
        }
    }
}
