//! Processes that a machine or a job leaves behind.
//!
//! Whatever is started may start children, and they may leave its process group. What they keep is the environment that
//! they inherited: what we start has a mark in it, and whatever still carries the mark afterwards is killed.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io};

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessGroup};
use rustix::process::{Pid, Signal, kill_process};

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

/// The mark of one started process.
#[derive(Debug)]
pub struct Mark {
    kind: Kind,
    value: String,
}

impl Mark {
    /// A mark that nothing else started by any running process carries.
    fn new(kind: Kind) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        Mark { kind, value: format!("{}{}", own_prefix(), COUNT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// Kills every process that carries the mark. Where there is no `/proc`, none are found.
    pub fn kill_carriers(&self) {
        kill_all(self.kind, &|value| value == self.value.as_bytes());
    }
}

/// Starts a command in a process group of its own, marked.
///
/// # Errors
/// Those of starting it.
pub fn spawn(kind: Kind, mut command: Command) -> io::Result<(Box<dyn ChildWrapper>, Mark)> {
    let mark = Mark::new(kind);
    command.env(kind.variable(), &mark.value);
    let child = CommandWrap::from(command).wrap(ProcessGroup::leader()).spawn()?;
    Ok((child, mark))
}

/// Kills all machines of this process with what they have started, for those who are about to exit without dropping
/// anything.
pub fn kill_all_machines() {
    kill_all(Kind::Machine, &|value| value.starts_with(own_prefix().as_bytes()));
}

fn own_prefix() -> String {
    format!("{}-", std::process::id())
}

fn kill_all(kind: Kind, is_ours: &dyn Fn(&[u8]) -> bool) {
    // A child may be starting another at this moment; look until none is left.
    for _ in 0..10 {
        let carriers = carriers(kind, is_ours);
        if carriers.is_empty() {
            return;
        }
        for pid in carriers {
            // It may have ended by itself meanwhile.
            let _ = kill_process(pid, Signal::KILL);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn carriers(kind: Kind, is_ours: &dyn Fn(&[u8]) -> bool) -> Vec<Pid> {
    let name = format!("{}=", kind.variable());
    let carries = |environment: Vec<u8>| {
        environment
            .split(|&byte| byte == 0)
            .any(|item| item.strip_prefix(name.as_bytes()).is_some_and(is_ours))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| Pid::from_raw(process.file_name().to_str()?.parse().ok()?))
        .filter(|pid| fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).is_ok_and(carries))
        .collect()
}
