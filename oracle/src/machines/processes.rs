//! Processes that a machine or a job leaves behind.
//!
//! Whatever is started may start children, which may leave its process group, and outlive it. Two things give them away.
//! They inherit the environment, in which there is a mark; and on Linux this process adopts them as soon as they have lost
//! their parent, even if they have cleared their environment. A child that nobody here has started, in a process group of
//! its own, is one that was left behind.

use std::collections::{HashMap, HashSet};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io};

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessGroup};
use rustix::process::{Pid, Signal, WaitOptions, getpgrp, getpid, kill_process, kill_process_group, waitpid};

/// What is marked. A machine that a job has started carries both marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A program under test, or an emulator that one runs in.
    Machine,
    /// A command of this project.
    Job,
}

impl Kind {
    /// The environment variable that carries the mark.
    fn variable(self) -> &'static str {
        match self {
            Kind::Machine => "LOCKSTEP_MACHINE_MARK",
            Kind::Job => "LOCKSTEP_JOB_MARK",
        }
    }
}

/// The mark of one started process, which nothing else that any running process has started carries: a variable of the
/// environment with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    variable: Vec<u8>,
}

impl Mark {
    fn new(kind: Kind) -> (Self, String) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let value = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        (Mark { variable: format!("{}={value}", kind.variable()).into_bytes() }, value)
    }

    /// Kills every process that carries the mark, and every one that was left behind by a process which has ended. The
    /// started process itself must have ended. If there is no `/proc`, none are found.
    pub fn kill_carriers(&self) {
        kill_all(&|process| process.carries(self));
    }
}

/// What was started here and may live.
#[derive(Debug)]
struct Started {
    leaders: HashMap<Pid, Mark>,
    /// Children that this process had before it started the first: not ours to kill.
    strangers: HashSet<Pid>,
    /// This process is about to exit, and starts nothing any more.
    is_ending: bool,
}

static STARTED: Mutex<Option<Started>> = Mutex::new(None);

/// What was started, locked: nobody starts or kills anything meanwhile.
fn started() -> MutexGuard<'static, Option<Started>> {
    STARTED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Started {
    /// Nothing yet. From now on, this process adopts what loses its parent.
    fn nothing() -> Self {
        // If the system does not know how, marks alone have to do.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_child_subreaper(Some(getpid()));
        let strangers = Process::all().into_iter().filter(Process::is_child).map(|child| child.pid).collect();
        Started { leaders: HashMap::new(), strangers, is_ending: false }
    }

    /// Whether the process is one that was left behind: an adopted child. What some other child of ours has started and
    /// left, git for example, has all of our environment and no mark.
    fn has_left(&self, process: &Process) -> bool {
        let known = self.leaders.contains_key(&process.pid) || self.strangers.contains(&process.pid);
        process.is_child()
            && process.group != getpgrp()
            && !known
            && !self.leaders.values().any(|mark| process.carries(mark))
            && !process.has_our_environment()
    }
}

/// Starts a command in a process group of its own, marked.
///
/// # Errors
/// Those of starting it.
pub fn spawn(kind: Kind, mut command: Command) -> io::Result<(Box<dyn ChildWrapper>, Mark)> {
    let (mark, value) = Mark::new(kind);
    command.env(kind.variable(), value);
    // Locked until the new process is known, lest it be taken for one that was left behind.
    let mut started = started();
    let started = started.get_or_insert_with(Started::nothing);
    if started.is_ending {
        return Err(io::Error::new(io::ErrorKind::Interrupted, "this process is ending"));
    }
    let child = CommandWrap::from(command).wrap(ProcessGroup::leader()).spawn()?;
    let leader = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    started.leaders.extend(leader.map(|leader| (leader, mark.clone())));
    Ok((child, mark))
}

/// Kills all machines and jobs of this process with what they have started, for those who are about to exit without
/// dropping anything. Nothing can be started any more.
pub fn kill_all_started() {
    let marks: Vec<(Pid, Mark)> = {
        let mut started = started();
        let started = started.get_or_insert_with(Started::nothing);
        started.is_ending = true;
        started.leaders.iter().map(|(&leader, mark)| (leader, mark.clone())).collect()
    };
    for (leader, _) in &marks {
        // It may have ended by itself.
        let _ = kill_process_group(*leader, Signal::KILL);
    }
    kill_all(&|process| marks.iter().any(|(_, mark)| process.carries(mark)));
}

/// Kills all that are meant, and all that were left behind.
fn kill_all(is_meant: &dyn Fn(&Process) -> bool) {
    const PATIENCE: Duration = Duration::from_secs(2);
    let start = Instant::now();
    let mut started = started();
    let Some(started) = started.as_mut() else { return };
    // A child may be starting another at this moment, and one that is killed leaves its own; look until none is left.
    while start.elapsed() < PATIENCE {
        let processes = Process::all();
        started.leaders.retain(|leader, _| processes.iter().any(|it| it.pid == *leader && it.is_child()));
        let mut found = false;
        for process in processes {
            let has_left = started.has_left(&process);
            if process.has_ended {
                // Nobody but who has adopted it waits for it.
                let _ = has_left.then(|| waitpid(Some(process.pid), WaitOptions::NOHANG));
            } else if has_left || is_meant(&process) {
                found = true;
                // It may have ended by itself meanwhile.
                let _ = kill_process(process.pid, Signal::KILL);
            }
        }
        if !found {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A process of this system.
#[derive(Debug)]
struct Process {
    pid: Pid,
    parent: Option<Pid>,
    group: Pid,
    has_ended: bool,
    /// The environment that it was started with; empty if it is nobody else's business.
    environment: Vec<u8>,
}

impl Process {
    fn all() -> Vec<Process> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| Process::of(entry.file_name().to_str()?.parse().ok()?)).collect()
    }

    fn of(pid: u32) -> Option<Process> {
        let status = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        Process::read(&status, environment)
    }

    /// What `/proc/PID/stat` says of a process. There is none if it has just been waited for: the system then says -1
    /// instead of its group (`fs/proc/array.c` of Linux, `do_task_stat`).
    fn read(status: &str, environment: Vec<u8>) -> Option<Process> {
        let number = |field: &str| Pid::from_raw(field.parse::<u32>().ok()?.try_into().ok()?);
        let pid = number(status.split_whitespace().next()?)?;
        // The name, in parentheses, may contain anything.
        let mut fields = status.rsplit_once(')')?.1.split_whitespace();
        let has_ended = fields.next()? == "Z";
        let parent = number(fields.next()?);
        let group = number(fields.next()?)?;
        Some(Process { pid, parent, group, has_ended, environment })
    }

    fn is_child(&self) -> bool {
        self.parent == Some(getpid())
    }

    fn variables(&self) -> impl Iterator<Item = &[u8]> {
        self.environment.split(|&byte| byte == 0)
    }

    fn carries(&self, mark: &Mark) -> bool {
        self.variables().any(|variable| variable == mark.variable)
    }

    fn has_our_environment(&self) -> bool {
        let own = fs::read("/proc/self/environ").unwrap_or_default();
        let all: HashSet<&[u8]> = self.variables().collect();
        own.split(|&byte| byte == 0).all(|variable| all.contains(variable)) && !self.is_marked()
    }

    fn is_marked(&self) -> bool {
        let names = [Kind::Machine, Kind::Job].map(|kind| format!("{}=", kind.variable()));
        self.variables().any(|variable| names.iter().any(|name| variable.starts_with(name.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_what_the_system_says_of_it() {
        let process = Process::read("217 (a (b) c) Z 5 216 200 0 -1", Vec::new()).unwrap();
        assert_eq!(process.pid, Pid::from_raw(217).unwrap());
        assert_eq!(process.parent, Pid::from_raw(5));
        assert_eq!(process.group, Pid::from_raw(216).unwrap());
        assert!(process.has_ended);
    }

    #[test]
    fn a_process_that_vanishes_while_it_is_looked_at_is_none() {
        assert!(Process::read("217 (sh) X 0 -1 -1 0 -1 4228108 0", Vec::new()).is_none());
        assert!(Process::read("", Vec::new()).is_none());
        assert!(Process::read("217 (sh", Vec::new()).is_none());
    }
}
