//! A session: targets side by side for a while, then an explanation of what they found.

mod explaining;
mod fuzzer;
mod run;

use std::collections::VecDeque;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use oracle::report::Report;

pub use explaining::EXPLAINING;
use explaining::explain;
use fuzzer::{Fuzzer, Progress};
use run::Run;
pub use run::Session;

use crate::baseline::Baseline;
use crate::build::Tools;
use crate::{corpus, regressions};

/// How often the table is told.
const PERIOD: Duration = Duration::from_millis(500);
/// How often a process that dies may be started again.
const STARTS: u32 = 5;

impl Session {
    /// The targets of the session.
    ///
    /// # Errors
    /// A name that is none of a target.
    pub fn names(&self) -> Result<Vec<&'static str>, String> {
        if self.targets.is_empty() {
            return Ok(self.fuzzing.names());
        }
        self.targets.iter().map(|wanted| Ok(self.fuzzing.find(wanted)?.0)).collect()
    }

    /// Runs its targets. `tell` is told how it stands, again and again.
    ///
    /// # Errors
    /// What keeps it from running at all.
    pub fn run(
        &self,
        tools: &Tools,
        interrupt: &AtomicBool,
        tell: &mut dyn FnMut(&Report),
    ) -> Result<Fuzzed<'_>, String> {
        let baseline = Baseline::load(&self.fuzzing.project)?;
        let started = Instant::now();
        let mut runs = self.prepare()?;
        self.fuzz(tools, &mut runs, interrupt, &mut |runs| {
            tell(&self.report(runs, &baseline, started));
        })?;
        let mut report = self.report(&runs, &baseline, started);
        report.interrupted = interrupt.load(Ordering::Relaxed);
        Ok(Fuzzed { session: self, runs, started, report })
    }

    /// Folders, seeds and regressions of every target.
    fn prepare(&self) -> Result<Vec<Run>, String> {
        let mut runs = Vec::new();
        for name in self.names()? {
            let folder = self.folder.join("fuzz").join(name);
            let _ = fs::remove_dir_all(&folder);
            let folders = ["found", "artifacts", "regressions"].map(|it| folder.join(it));
            folders.iter().try_for_each(fs::create_dir_all).map_err(|error| error.to_string())?;
            corpus::write_seeds(&self.fuzzing, name)?;
            for (path, file) in regressions::of(&self.fuzzing.project, name)? {
                let name = path.file_stem().unwrap_or_default();
                let copy = folder.join("regressions").join(name);
                fs::write(copy, file.bytes).map_err(|error| error.to_string())?;
            }
            runs.push(Run { name, folder, progress: Progress::default(), seconds: 0.0, starts: 0 });
        }
        Ok(runs)
    }

    /// Runs the targets, `jobs` at once, each for its share of the time.
    fn fuzz(
        &self,
        tools: &Tools,
        runs: &mut [Run],
        interrupt: &AtomicBool,
        tell: &mut dyn FnMut(&[Run]),
    ) -> Result<(), String> {
        let jobs = self.jobs.clamp(1, runs.len());
        let share = self.duration.mul_f64(jobs as f64 / runs.len() as f64).max(Duration::from_secs(1));
        let mut waiting: VecDeque<usize> = (0..runs.len()).collect();
        let mut running: Vec<(usize, Fuzzer)> = Vec::new();
        while !(waiting.is_empty() && running.is_empty()) {
            while running.len() < jobs
                && let Some(index) = waiting.pop_front()
            {
                running.push((index, self.start(tools, &mut runs[index], share)?));
            }
            std::thread::sleep(PERIOD);
            let stop = interrupt.load(Ordering::Relaxed);
            let mut still = Vec::new();
            for (index, mut fuzzer) in running {
                let run = &mut runs[index];
                let ended = stop || fuzzer.has_ended();
                run.progress = fuzzer.progress();
                if !ended {
                    still.push((index, fuzzer));
                    continue;
                }
                run.seconds += fuzzer.seconds();
                let early = fuzzer.end();
                let left = share.as_secs_f64() - run.seconds;
                if let Some(because) = early.filter(|_| !stop) {
                    run.progress.deaths.push(because);
                    if run.starts < STARTS && left >= 1.0 {
                        waiting.push_front(index);
                    }
                }
            }
            running = still;
            if stop {
                waiting.clear();
            }
            tell(runs);
        }
        Ok(())
    }

    fn start(&self, tools: &Tools, run: &mut Run, share: Duration) -> Result<Fuzzer, String> {
        run.starts += 1;
        let left = share.saturating_sub(Duration::from_secs_f64(run.seconds));
        // Started again with the same seed it would do the same again.
        let seed = self.seed.wrapping_mul(16).wrapping_add(run.starts.into());
        let before = std::mem::take(&mut run.progress);
        Fuzzer::start(&self.fuzzing.project, run.name, tools, &run.folder, left, seed, before)
    }

    /// How it stands.
    fn report(&self, runs: &[Run], baseline: &Baseline, started: Instant) -> Report {
        let unrecorded = runs.iter().filter(|run| baseline.of(run.name).is_none());
        let deaths = runs.iter().flat_map(|run| {
            run.progress.deaths.iter().map(move |death| format!("{}: ended early: {}", run.name, death.why))
        });
        Report {
            lanes: runs.iter().map(Run::lane).collect(),
            measurements: runs.iter().flat_map(|run| run.measurements(baseline)).collect(),
            warnings: unrecorded
                .map(|run| {
                    format!("{}: no baseline is recorded: a dead fuzzer would not be noticed", run.name)
                })
                .chain(deaths)
                .collect(),
            seconds: started.elapsed().as_secs_f64(),
            ..Report::new("fuzz", self.commit.clone(), self.seed)
        }
    }
}

/// A session whose targets have run, and whose findings are not explained yet.
pub struct Fuzzed<'a> {
    session: &'a Session,
    runs: Vec<Run>,
    started: Instant,
    report: Report,
}

impl Fuzzed<'_> {
    /// The result so far: complete but for the findings.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The result with the findings, which takes up to [`EXPLAINING`] and what the worker takes to build.
    ///
    /// # Errors
    /// Those of the file system, and of building the worker.
    pub fn explain(self) -> Result<Report, String> {
        let mut report = self.report;
        let (findings, warnings) = explain(&self.runs, self.session)?;
        report.findings = findings;
        report.warnings.extend(warnings);
        report.seconds = self.started.elapsed().as_secs_f64();
        Ok(report)
    }
}
