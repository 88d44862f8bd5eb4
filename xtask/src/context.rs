//! What every campaign from the command line needs: the log, Ctrl-C, and where results go.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use oracle::campaign::Campaign;
use oracle::machines::processes::kill_all_machines;
use oracle::native::Native;
use oracle::report::{Exit, Report};
use reports::events::EventLog;
use reports::progress::Progress;

use crate::Failure;
use crate::registry;

/// What the campaigns of a run share.
pub struct Context {
    /// Where the files go.
    pub folder: PathBuf,
    /// The commit of the project.
    pub commit: Option<String>,
    log: EventLog,
    log_error: Option<io::Error>,
    interrupt: Arc<AtomicBool>,
}

impl Context {
    /// A run whose results go to `folder`.
    pub fn open(folder: PathBuf) -> Result<Self, Failure> {
        // Asked for first: the folder of the results must not count as a change.
        let commit = commit();
        let log = EventLog::create(&folder);
        Ok(Context {
            log: log.map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?,
            log_error: None,
            folder,
            interrupt: interrupt_flag(),
            commit,
        })
    }

    /// Runs a campaign, showing its progress and logging its events.
    pub fn run<S: Native>(&mut self, campaign: Campaign<'_, S>) -> Report {
        let progress = Progress::default();
        let (log, log_error) = (&mut self.log, &mut self.log_error);
        campaign.run(&self.interrupt, &mut |event| {
            progress.show(event);
            if let Err(error) = log.write(event) {
                *log_error = Some(error);
            }
        })
    }

    /// Writes the files, prints the screen, and says how it ends.
    pub fn finish(self, report: &Report) -> Result<Exit, Failure> {
        let written = self.log_error.map_or(Ok(()), Err).and_then(|()| reports::write(report, &self.folder));
        written.map_err(|error| Failure::internal(format!("{}: {error}", self.folder.display())))?;
        let report = report.seen_from_outside(&self.folder);
        print!("{}", reports::terminal::screen(&report));
        reports::github::tell_if_there(&report).map_err(Failure::internal)?;
        Ok(report.exit())
    }
}

/// The commit of the project, with a mark if files have been changed since.
pub fn commit() -> Option<String> {
    let commit = registry::git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = registry::git(&["status", "--porcelain"]).is_some_and(|changes| !changes.is_empty());
    Some(if changed { format!("{commit}+") } else { commit })
}

/// A flag that Ctrl-C sets; a second Ctrl-C ends the process.
pub fn interrupt_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&flag);
    let installed = ctrlc::set_handler(move || {
        if handler.swap(true, Ordering::Relaxed) {
            kill_all_machines();
            std::process::exit(Exit::Interrupted as i32);
        }
    });
    if let Err(error) = installed {
        eprintln!("warning: Ctrl-C ends the run without a report: {error}");
    }
    flag
}
