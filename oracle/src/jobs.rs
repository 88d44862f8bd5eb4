//! Jobs: commands of this project run one after the other, each with a time of its own.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use process_wrap::std::ChildWrapper;

use crate::machines::processes::{Kind, spawn};
use crate::report::{Exit, Part};

/// A command with its arguments, and how long it may take.
#[derive(Clone, Debug)]
pub struct Job {
    /// The first argument, which names it.
    pub name: String,
    /// The others.
    pub arguments: Vec<String>,
    /// When it is ended.
    pub limit: Duration,
}

/// Runs a job of `program`, what it says going to `DIR/NAME.log`. One that says it cannot run (exit status 3) and leaves
/// no result in `result` is skipped. One that takes too long is ended with all that it has started, and its status is
/// [`Exit::Undetermined`]; so is one that `interrupt` is set for, with [`Exit::Interrupted`].
///
/// # Errors
/// Those of the file system, and of starting `program`.
pub fn run(
    program: &Path,
    job: &Job,
    folder: &Path,
    result: &Path,
    interrupt: &AtomicBool,
) -> io::Result<Part> {
    let skipped = |because: &str| Part {
        name: job.name.clone(),
        exit: None,
        skipped_because: Some(because.to_owned()),
        seconds: 0.0,
    };
    if interrupt.load(Ordering::Relaxed) {
        return Ok(skipped("the run was interrupted"));
    }
    if job.limit.is_zero() {
        return Ok(skipped("no time is left for it"));
    }
    let log = folder.join(format!("{}.log", job.name));
    // What is left of an earlier run must not be taken for a result of this one.
    let _ = fs::remove_file(result);
    let output = File::create(&log)?;
    let mut command = Command::new(program);
    command.arg(&job.name).args(&job.arguments).stdout(output.try_clone()?).stderr(output);
    let start = Instant::now();
    let (mut child, mark) = spawn(Kind::Job, command)?;
    let interrupted = || interrupt.load(Ordering::Relaxed);
    let status = wait(&mut *child, &|| start.elapsed() < job.limit && !interrupted())?;
    // What it started may be in groups of its own.
    mark.kill_carriers();
    let (exit, because) = match status {
        Some(status) => {
            (status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(Exit::Internal as u8), None)
        }
        None if interrupted() => (Exit::Interrupted as u8, Some("it was interrupted".into())),
        None => (Exit::Undetermined as u8, Some(format!("it was ended after {} s", job.limit.as_secs()))),
    };
    if status.is_some() && exit == Exit::Undetermined as u8 && !result.exists() {
        let text = fs::read_to_string(&log).unwrap_or_default();
        let last = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
        return Ok(skipped(last.trim_start_matches("error: ")));
    }
    Ok(Part {
        name: job.name.clone(),
        exit: Some(exit),
        skipped_because: because,
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// Waits as long as `goes_on` says; then ends it. `None` if it had to be ended.
///
/// # Errors
/// Those of waiting for it and of ending it.
pub fn wait(child: &mut dyn ChildWrapper, goes_on: &dyn Fn() -> bool) -> io::Result<Option<ExitStatus>> {
    loop {
        // It may have ended of itself by the time at which it would be ended.
        let may_go_on = goes_on();
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if !may_go_on {
            child.kill()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
