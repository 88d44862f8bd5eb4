//! Explanations of what all targets of a session found, one for each cause.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io};

use oracle::jobs;
use oracle::report::Finding;

use super::build::worker;
use super::{Run, Session, entries};
use crate::explain::{Explained, Written};
use crate::hexfile::HexFile;
use crate::target::Cause;

/// How long the inputs of a target may take to explain: they may be such that hardly end.
const TIME_LIMIT: Duration = Duration::from_secs(90);

/// The findings of all targets.
pub(super) fn explain(runs: &[Run], session: &Session) -> Result<Vec<Finding>, String> {
    let worker = LazyCell::new(|| worker().map_err(|missing| missing.to_string()));
    let mut found: BTreeMap<Cause, Finding> = BTreeMap::new();
    for run in runs {
        let [inputs, artifacts] = run.inputs();
        let explained = if entries(&inputs)?.is_empty() {
            Vec::new()
        } else {
            by_worker(worker.as_ref()?, run, session)?
        };
        for Explained { cause, finding } in explained {
            match found.get_mut(&cause) {
                Some(same) => {
                    same.count += finding.count;
                    if same.lane != finding.lane {
                        same.aspect = format!("{}, also by {}", same.aspect, finding.lane);
                    }
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
fn by_worker(worker: &Path, run: &Run, session: &Session) -> Result<Vec<Explained>, String> {
    let [inputs, _] = run.inputs();
    let mut command = Command::new(worker);
    command.args(["explain", run.name]).arg(&inputs).arg(session.folder.join("failures"));
    command.arg(session.provenance(run.name)).stderr(Stdio::inherit());
    let output = run.folder.join("explained.ndjson");
    let complain = |error: io::Error| format!("{}: {error}", worker.display());
    command.stdout(fs::File::create(&output).map_err(complain)?);
    let ended =
        jobs::wait(&mut command.spawn().map_err(complain)?, Instant::now() + TIME_LIMIT).map_err(complain)?;
    let text = fs::read_to_string(&output).map_err(complain)?;
    let read = |line| serde_json::from_str(line).map_err(|error| format!("{line}: {error}"));
    // The last line may have been cut.
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let mut explained = whole.map(read).collect::<Result<Vec<Explained>, _>>()?;
    let first = entries(&inputs)?.into_iter().next();
    let is_explained = !explained.is_empty() || ended.is_some_and(|status| status.success());
    if let (Some(input), false) = (first, is_explained) {
        // An input may end the process that explains it, or keep it busy for ever. It is kept as it is.
        let how = ended.map_or("it takes too long to explain".into(), |status| status.to_string());
        let cause = Cause { topic: run.name.into(), field: how };
        explained.push(Explained { cause, finding: unexplained(run, session, input)? });
    }
    Ok(explained)
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
