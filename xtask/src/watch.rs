//! `conformance --watch`: the run again, on every change of the files of the machines.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use oracle::jobs::wait;
use oracle::machines::processes::{Kind, spawn};
use oracle::report::Exit;

use crate::config;
use crate::failure::Failure;
use crate::interrupt;

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long files must have been left alone: who builds them writes more than once.
const QUIET: Duration = Duration::from_millis(300);

/// When each file was written last, and its length; nothing of one that is not there.
type Stamps = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Runs this command without `--watch`, and again whenever a file of a machine, or `config` (`lockstep.toml`, if none is
/// named), has changed; a run that has not ended by then is ended. A signal ends it.
///
/// # Errors
/// No program is named that is a file, or has one as an argument.
pub fn run(programs: &[String], config: Option<&Path>) -> Result<Exit, Failure> {
    let mut files = files_of(programs);
    if files.is_empty() {
        return Err(Failure::usage("--watch needs a --machine with a file in its command"));
    }
    files.push(config.unwrap_or(Path::new(config::FILE)).to_owned());
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let program = std::env::current_exe().map_err(Failure::internal)?;
    let arguments: Vec<OsString> = std::env::args_os().skip(1).filter(|it| it != "--watch").collect();
    let ends = || interrupt::flag().load(Ordering::Relaxed);
    while !ends() {
        let seen = stamps(&files);
        let mut command = Command::new(&program);
        command.args(&arguments);
        let (mut child, mark) = spawn(Kind::Job, command).map_err(Failure::internal)?;
        wait(&mut *child, &|| !ends() && stamps(&files) == seen).map_err(Failure::internal)?;
        mark.kill_carriers();
        reports::say(&format!("--- watching {}", names.join(" ")));
        while !ends() && stamps(&files) == seen {
            sleep(LOOK);
        }
        settle(&files);
    }
    Ok(Exit::Interrupted)
}

/// The files in commands: the program itself, and arguments that are files.
fn files_of(programs: &[String]) -> Vec<PathBuf> {
    let words = programs.iter().flat_map(|command| shlex::split(command).unwrap_or_default());
    words.map(PathBuf::from).filter(|word| word.is_file()).collect()
}

fn stamps(files: &[PathBuf]) -> Stamps {
    let stamp = |file: &Path| {
        let file = fs::metadata(file).ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    files.iter().map(|file| (file.clone(), stamp(file))).collect()
}

/// Waits until the files are left alone, and are there.
fn settle(files: &[PathBuf]) {
    let machines = &files[..files.len() - 1];
    loop {
        let before = stamps(files);
        sleep(QUIET);
        let is_there = machines.iter().all(|file| file.is_file());
        if stamps(files) == before && is_there || interrupt::flag().load(Ordering::Relaxed) {
            return;
        }
    }
}
