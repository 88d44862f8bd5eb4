//! What every command that leaves a result needs: a folder of its own, the log, Ctrl-C, and the verdict first.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use oracle::campaign::{Campaign, CannotRun};
use oracle::project::Project;
use oracle::report::{Exit, Made, Report, is_file_name};
use oracle::subject::Subject;
use reports::events::EventLog;
use reports::progress::Progress;
use reports::stored::{LOCK_FILE, MARK_FILE, has_ended};

use crate::config;
use crate::failure::Failure;
use crate::interrupt;
use crate::loading::page_of;

/// A run, from when its folder is taken to when its result is there.
pub struct Context {
    /// Where the files go.
    pub folder: PathBuf,
    /// The commit of the project; absent if git does not know it.
    pub commit: Option<String>,
    /// What should be known before the result is believed.
    pub warnings: Vec<String>,
    log: EventLog,
    interrupt: &'static AtomicBool,
    project: Project,
    /// Held as long as the run goes on: two runs in one folder would spoil each other's result.
    _lock: File,
}

impl Context {
    /// A run whose results go to `folder`. What an earlier run has left there is not its result any more.
    ///
    /// # Errors
    /// Another run is writing there, or nothing can be written.
    pub fn open(folder: PathBuf, project: &Project) -> Result<Self, Failure> {
        // Asked for first: the folder of the results must not count as a change.
        let (commit, warning) = project.commit_at_hand();
        let complain = |error: std::io::Error| Failure::file(&folder, error);
        fs::create_dir_all(&folder).map_err(complain)?;
        let lock = lock(&folder)?;
        fs::write(folder.join(MARK_FILE), std::process::id().to_string()).map_err(complain)?;
        let log = EventLog::create(&folder);
        Ok(Context {
            commit,
            warnings: warning.into_iter().collect(),
            log,
            interrupt: interrupt::flag(),
            project: project.clone(),
            _lock: lock,
            folder,
        })
    }

    /// A flag that is set when the run is to end.
    pub fn interrupt(&self) -> &AtomicBool {
        self.interrupt
    }

    /// Runs a campaign, showing its progress and logging its events.
    ///
    /// # Errors
    /// A lane names a profile that the subject does not have, or the subject breaks its contract.
    pub fn run<S: Subject>(&mut self, campaign: Campaign<'_, S>) -> Result<Report, Failure> {
        let mut progress = Progress::default();
        let Context { log, interrupt, .. } = self;
        let report = campaign.run(interrupt, &mut |event| {
            progress.show(event);
            log.write(event);
        });
        let mut report = report.map_err(|error| match error {
            CannotRun::Profile(error) => Failure::usage(error),
            CannotRun::Contract(error) => Failure::internal(error),
        })?;
        for finding in &mut report.findings {
            finding.page = finding.own_topic().and_then(|topic| page_of::<S>(&self.project, topic));
        }
        Ok(report)
    }

    /// Stores the verdict with everything that is made of it, then shows it. What cannot be written or shown is a warning;
    /// the exit status is the verdict's.
    pub fn finish(self, report: Report) -> Exit {
        if !report.interrupted {
            forget_others(&report, &self.folder);
        }
        self.finish_with(report, reports::terminal::screen)
    }

    /// The same with another screen, which is as wide as it is told.
    pub fn finish_with(self, mut report: Report, screen: fn(&Report, usize) -> String) -> Exit {
        let known = self.warnings.into_iter().chain(self.log.warning());
        let new: Vec<String> = known.filter(|warning| !report.warnings.contains(warning)).collect();
        report.warnings.extend(new);
        let arguments = config::arguments().into_iter();
        report.arguments = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
        report.made = vec![Made::now()];
        // Who reads the screen may take long over it, or never come to its end.
        let lost = reports::write(&report, &self.folder);
        reports::print(&screen(&report.seen_from_outside(&self.folder), reports::width()));
        tell(&report, &self.folder, lost);
        if has_ended(&self.folder) {
            reports::say(&format!("report: {}", self.folder.join("report.html").display()));
        }
        report.exit()
    }
}

/// Removes the vectors that earlier results have left in the folder: a run that has ended has all of its own.
fn forget_others(report: &Report, folder: &Path) {
    let own: Vec<PathBuf> = report.findings.iter().map(|finding| folder.join(&finding.file)).collect();
    let files = fs::read_dir(folder.join("failures")).into_iter().flatten().flatten();
    for path in files.map(|file| file.path()).filter(|path| !own.contains(path)) {
        let is_vector = path.extension().is_some_and(|ending| ending == "yaml");
        if is_vector && path.file_stem().and_then(|name| name.to_str()).is_some_and(is_file_name) {
            // What cannot be removed is only in the way.
            let _ = fs::remove_file(path);
        }
    }
}

/// Stores a result and everything that is made of it. What cannot be written is told on stderr; the verdict stays what it
/// is.
pub fn store(report: &Report, folder: &Path) {
    let lost = reports::write(report, folder);
    tell(report, folder, lost);
}

/// Tells GitHub of a result if it listens, and everybody what of the result could not be written.
fn tell(report: &Report, folder: &Path, lost: Vec<String>) {
    let untold = reports::github::tell_if_there(&report.seen_from_outside(folder));
    lost.into_iter().chain(untold).for_each(|what| reports::warn(&what));
}

/// Takes a folder for one run.
///
/// # Errors
/// Another run has taken it, or nothing can be written there.
pub fn lock(folder: &Path) -> Result<File, Failure> {
    let path = folder.join(LOCK_FILE);
    let complain = |error: std::io::Error| Failure::file(&path, error);
    let file = File::create(&path).map_err(complain)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message =
                format!("another run is writing to {}: give this one another --report", folder.display());
            Err(Failure::usage(message))
        }
        Err(TryLockError::Error(error)) => Err(complain(error)),
    }
}
