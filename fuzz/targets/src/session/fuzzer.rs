//! A libFuzzer process, and what it says.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use oracle::project::Project;

use crate::build::{Tools, in_checkout};
use crate::corpus;
use crate::harness::{Counts, FOLDER};

/// The longest an input may take before it is a finding.
const TIME_LIMIT: u32 = 20;
/// Lines kept of what it said last.
const LAST_LINES: usize = 20;

/// How far a target has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Inputs run.
    pub counts: Counts,
    /// Edges of code that inputs of the corpus have covered.
    pub edges: u64,
    /// Inputs in the corpus.
    pub corpus: u64,
    /// Seconds that it ran.
    pub seconds: f64,
    /// How processes ended before their time.
    pub deaths: Vec<Death>,
}

/// How a process ended before its time.
#[derive(Clone, Debug)]
pub struct Death {
    /// Its status, and what it said last.
    pub why: String,
    /// The input that it ended at, if libFuzzer could write it.
    pub artifact: Option<PathBuf>,
}

/// A running process.
pub struct Fuzzer {
    child: Child,
    started: Instant,
    before: Progress,
    heard: Arc<Mutex<Heard>>,
    reader: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Heard {
    counts: Counts,
    edges: u64,
    corpus: u64,
    last_lines: Vec<String>,
}

impl Fuzzer {
    /// Starts a process that works on the target's corpus and keeps what it finds in `folder`; `before` is what earlier
    /// processes of the target have come to.
    pub fn start(
        project: &Project,
        target: &str,
        tools: &Tools,
        folder: &Path,
        time: Duration,
        seed: u64,
        before: Progress,
    ) -> Result<Self, String> {
        let binary = tools.binary(target);
        let mut command = in_checkout(project, &binary);
        command.arg(corpus::folder(project, target)).arg(folder.join("regressions"));
        command.arg(format!("-max_total_time={}", time.as_secs().max(1)));
        // libFuzzer's seed has 32 bits, and 0 asks for a random one.
        command.arg(format!("-seed={}", (seed as u32).max(1)));
        command.arg(format!("-artifact_prefix={}/", folder.join("artifacts").display()));
        command.args([format!("-timeout={TIME_LIMIT}"), "-rss_limit_mb=2048".into()]);
        command.args(options(project, target)?);
        // A slow input is written as one that ended the process would be; on a busy machine any may be slow.
        command.arg(format!("-report_slow_units={TIME_LIMIT}"));
        command.env(FOLDER, folder.join("found"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        let heard = Arc::<Mutex<Heard>>::default();
        let reader = child.stderr.take().map(|stderr| {
            let heard = Arc::clone(&heard);
            std::thread::spawn(move || {
                for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                    let line = String::from_utf8_lossy(&line);
                    heard.lock().unwrap_or_else(PoisonError::into_inner).hear(&line);
                }
            })
        });
        Ok(Fuzzer { child, started: Instant::now(), before, heard, reader })
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        let ended = !matches!(self.child.try_wait(), Ok(None));
        if ended && let Some(reader) = self.reader.take() {
            // What it said last is still on the way.
            let _ = reader.join();
        }
        ended
    }

    /// How far the target has come, earlier processes included.
    pub fn progress(&self) -> Progress {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let Progress { counts, seconds, .. } = self.before;
        Progress {
            counts: Counts {
                runs: counts.runs + heard.counts.runs,
                useful: counts.useful + heard.counts.useful,
                failing: counts.failing + heard.counts.failing,
            },
            edges: heard.edges.max(self.before.edges),
            corpus: heard.corpus.max(self.before.corpus),
            seconds: seconds + self.seconds(),
            deaths: self.before.deaths.clone(),
        }
    }

    /// How long it has run.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Ends it, and says how it had ended before its time, if it had.
    pub fn end(mut self) -> Option<Death> {
        match self.child.try_wait() {
            Ok(Some(status)) if status.success() => None,
            Ok(Some(status)) => {
                let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
                let telling = heard.last_lines.iter().find(|line| line.contains("ERROR"));
                let line = telling.or(heard.last_lines.last()).cloned().unwrap_or_default();
                let written = |line: &String| Some(line.split_once("Test unit written to ")?.1.into());
                let artifact = heard.last_lines.iter().find_map(written);
                Some(Death { why: format!("{status}: {line}"), artifact })
            }
            _ => {
                // It is of no use any more, and nothing is lost with it.
                let _ = self.child.kill();
                let _ = self.child.wait();
                None
            }
        }
    }
}

impl Drop for Fuzzer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The target's own options of libFuzzer, from the file that fleets read too: `fuzz/options/TARGET.options`, if there
/// is one.
fn options(project: &Project, target: &str) -> Result<Vec<String>, String> {
    let file = project.root().join(format!("fuzz/options/{target}.options"));
    let text = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(|error| format!("{}: {error}", file.display()))?,
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
    let option = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some(format!("-{}={}", name.trim(), value.trim()))
    };
    lines
        .map(|line| option(line).ok_or_else(|| format!("{}: `{line}` is no NAME = VALUE", file.display())))
        .collect()
}

impl Heard {
    fn hear(&mut self, line: &str) {
        if let Some(counts) = Counts::parse(line) {
            self.counts = counts;
        } else if let Some((edges, corpus)) = coverage(line) {
            (self.edges, self.corpus) = (edges, corpus);
        } else {
            self.last_lines.push(line.to_owned());
            let excess = self.last_lines.len().saturating_sub(LAST_LINES);
            self.last_lines.drain(..excess);
        }
    }
}

/// Edges and corpus of a line of libFuzzer's, e.g. `#512 NEW cov: 120 ft: 300 corp: 17/204b lim: 8 exec/s: 0 rss: 37Mb`.
fn coverage(line: &str) -> Option<(u64, u64)> {
    let behind = |key: &str| Some(line.split_once(key)?.1.trim_start());
    let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    line.starts_with('#').then_some(())?;
    Some((number(behind("cov:")?)?, number(behind("corp:")?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_those_of_the_file() {
        let project = Project::find().unwrap();
        assert_eq!(options(&project, "loader").unwrap(), ["-entropic=0", "-reduce_inputs=0"]);
        assert!(options(&project, "wire").unwrap().is_empty());
    }

    #[test]
    fn coverage_is_read_from_libfuzzers_lines() {
        let line =
            "#512\tNEW    cov: 120 ft: 300 corp: 17/204b lim: 8 exec/s: 0 rss: 37Mb L: 4/8 MS: 1 InsertByte-";
        assert_eq!(coverage(line), Some((120, 17)));
        assert_eq!(coverage("INFO: seed corpus: files: 10 cov: 1 corp: 2"), None);
        assert_eq!(coverage("#2\tINITED exec/s: 0 rss: 37Mb"), None);
    }
}
