//! Explanations of what all targets of a session found, one for each cause.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{fs, io};

use oracle::fuzz::Cause;
use oracle::jobs;
use oracle::report::Finding;

use super::run::{Run, Session, entries};
use crate::build::{in_checkout, worker};
use crate::finding::{Explained, Kept};
use crate::hexfile::HexFile;

/// How long explaining may take: inputs may be such that hardly end.
pub const EXPLAINING: Duration = Duration::from_secs(120);
/// How long one target may take of that.
const OF_A_TARGET: Duration = Duration::from_secs(90);

/// The findings of all targets, and what is missing of them.
pub(super) fn explain(runs: &[Run], session: &Session) -> Result<(Vec<Finding>, Vec<String>), String> {
    let worker = LazyCell::new(|| {
        let worker = worker(&session.fuzzing.project).map_err(|missing| missing.to_string())?;
        // From when it is there.
        Ok::<_, String>((worker, Instant::now() + EXPLAINING))
    });
    let mut found: BTreeMap<Cause, Finding> = BTreeMap::new();
    let mut warnings = Vec::new();
    for run in runs {
        let [inputs, artifacts] = run.inputs();
        let explained = if entries(&inputs)?.is_empty() {
            Vec::new()
        } else {
            let (worker, end) = worker.as_ref()?;
            let end = *end.min(&(Instant::now() + OF_A_TARGET));
            by_worker(worker, end, run, session, &mut warnings)?
        };
        for Explained { cause, finding } in explained {
            match found.get_mut(&cause) {
                Some(same) => {
                    same.count += finding.count;
                    if same.lane != finding.lane {
                        same.aspect = format!("{}, also by {}", same.aspect, finding.lane.machine);
                    }
                }
                None => {
                    found.insert(cause, finding);
                }
            }
        }
        for artifact in entries(&artifacts)? {
            let death = run.progress.deaths.iter().find(|death| death.artifact.as_ref() == Some(&artifact));
            let why = death.map_or("it ends the process".into(), |death| death.why.clone());
            let finding = unexplained(run, session, &artifact, why)?;
            let cause = Cause { topic: run.name.into(), field: finding.origin.to_string() };
            found.insert(cause, finding);
        }
    }
    Ok((found.into_values().collect(), warnings))
}

/// What the worker says of the inputs that a target has complained about.
fn by_worker(
    worker: &Path,
    end: Instant,
    run: &Run,
    session: &Session,
    warnings: &mut Vec<String>,
) -> Result<Vec<Explained>, String> {
    let [inputs, _] = run.inputs();
    let mut command = in_checkout(&session.fuzzing.project, worker);
    command.args(["explain", run.name]).arg(&inputs).arg(session.folder.join("failures"));
    command.arg(session.provenance(run.name)).stderr(Stdio::inherit());
    let output = run.folder.join("explained.ndjson");
    let complain = |error: io::Error| format!("{}: {error}", worker.display());
    command.stdout(fs::File::create(&output).map_err(complain)?);
    let mut child = command.spawn().map_err(complain)?;
    let ended = jobs::wait(&mut child, &|| Instant::now() < end).map_err(complain)?;
    let text = fs::read_to_string(&output).map_err(complain)?;
    let read = |line| serde_json::from_str(line).map_err(|error| format!("{line}: {error}"));
    // The last line may have been cut.
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let mut explained = whole.map(read).collect::<Result<Vec<Explained>, _>>()?;
    if ended.is_some_and(|status| status.success()) {
        return Ok(explained);
    }
    // An input may end the process that explains it, or keep it busy for ever.
    let how = ended.map_or("it takes too long to explain".into(), |status| status.to_string());
    warnings.push(format!("{}: not all that it found is explained ({how}): {}", run.name, inputs.display()));
    if explained.is_empty()
        && let Some(input) = entries(&inputs)?.into_iter().next()
    {
        // It is kept as it is.
        let finding = unexplained(run, session, &input, how.clone())?;
        let cause = Cause { topic: run.name.into(), field: how };
        explained.push(Explained { cause, finding });
    }
    Ok(explained)
}

/// An input that ends the process, or that cannot be explained in time: it hangs, takes all memory, overflows the stack.
fn unexplained(run: &Run, session: &Session, input: &Path, why: String) -> Result<Finding, String> {
    let bytes = fs::read(input).map_err(|error| format!("{}: {error}", input.display()))?;
    let description = vec![why.clone(), format!("found by {}", session.provenance(run.name))];
    let cause = Cause { topic: "process".into(), field: "ends".into() };
    let file = HexFile { target: run.name.into(), description, bytes };
    let failures = session.folder.join("failures");
    let kept = Kept::write(&failures, run.name, &cause, &file.bytes, "hex", |_| file.text())?;
    Ok(Finding { failure: Some(why), ..kept.finding(run.name, &cause, 1) })
}

impl Session {
    /// Where findings of a target come from, for those who meet them later.
    fn provenance(&self, target: &str) -> String {
        let commit = self.commit.as_deref().unwrap_or("unknown");
        let date = chrono::Utc::now().format("%Y-%m-%d");
        format!("fuzz target {target}, seed {}, commit {commit}, {date}", self.seed)
    }
}
