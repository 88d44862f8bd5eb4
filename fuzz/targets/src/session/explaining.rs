//! Explanations of what all targets of a session found, one for each cause.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use oracle::report::Finding;

use super::{Run, Session, Tools, entries};
use crate::explain::{Explained, Written};
use crate::hexfile::HexFile;
use crate::target::Cause;

/// The findings of all targets.
pub(super) fn explain(tools: &Tools, runs: &[Run], session: &Session) -> Result<Vec<Finding>, String> {
    let mut found: BTreeMap<Cause, Finding> = BTreeMap::new();
    for run in runs {
        let [inputs, artifacts] = run.inputs();
        let explained = if entries(&inputs)?.is_empty() { Vec::new() } else { worker(tools, run, session)? };
        for Explained { cause, finding } in explained {
            match found.get_mut(&cause) {
                Some(same) => {
                    same.count += finding.count;
                    same.aspect = format!("{}, also by {}", same.aspect, finding.lane);
                }
                None => {
                    found.insert(cause, finding);
                }
            }
        }
        for artifact in entries(&artifacts)? {
            let finding = unexplained(run, session, artifact)?;
            let cause = Cause { topic: run.name.into(), field: finding.case.clone() };
            found.insert(cause, finding);
        }
    }
    Ok(found.into_values().collect())
}

/// What the worker says of the inputs that a target has complained about.
fn worker(tools: &Tools, run: &Run, session: &Session) -> Result<Vec<Explained>, String> {
    let [inputs, _] = run.inputs();
    let mut command = Command::new(tools.worker());
    command.args(["explain", run.name]).arg(&inputs).arg(session.folder.join("failures"));
    command.arg(session.provenance(run.name)).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("{}: {error}", tools.worker().display()))?;
    if !output.status.success() {
        // An input may end the process that explains it. It is kept as it is.
        let finding = entries(&inputs)?.into_iter().take(1).map(|input| {
            let finding = unexplained(run, session, input)?;
            let cause = Cause { topic: run.name.into(), field: output.status.to_string() };
            Ok(Explained { cause, finding })
        });
        return finding.collect();
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))).collect()
}

/// An input that ends the process: it hangs, takes all memory, overflows the stack.
fn unexplained(run: &Run, session: &Session, input: PathBuf) -> Result<Finding, String> {
    let bytes = fs::read(&input).map_err(|error| format!("{}: {error}", input.display()))?;
    let why = run.progress.deaths.last().cloned().unwrap_or_else(|| "ends the process".into());
    let description = vec![why.clone(), format!("found by {}", session.provenance(run.name))];
    let cause = Cause { topic: "process".into(), field: "ends".into() };
    let file = HexFile { target: run.name.into(), description, bytes };
    let failures = session.folder.join("failures");
    let written = Written::write(&failures, run.name, &cause, &file.bytes, "hex", |_| file.text())?;
    Ok(Finding { failure: Some(why), ..written.finding(run.name, &cause, 1) })
}

impl Session {
    /// Where findings of a target come from, for those who meet them later.
    fn provenance(&self, target: &str) -> String {
        let commit = self.commit.as_deref().unwrap_or("unknown");
        let date = chrono::Utc::now().format("%Y-%m-%d");
        format!("fuzz target {target}, seed {}, commit {commit}, {date}", self.seed)
    }
}
