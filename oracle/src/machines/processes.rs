//! Processes that a machine leaves behind.
//!
//! A machine may start children, and they may leave its process group. What they keep is the environment that they
//! inherited: every machine is started with a mark of its own in it, and whatever still carries the mark after the
//! machine is gone is killed.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Pid, Signal, kill_process};

/// The environment variable that carries the mark.
pub const VARIABLE: &str = "LOCKSTEP_MACHINE";

/// The mark of one started machine.
#[derive(Debug)]
pub struct Mark(String);

impl Mark {
    /// A mark that no other machine of any running process carries.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        Mark(format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The value of [`VARIABLE`].
    pub fn value(&self) -> &str {
        &self.0
    }

    /// Kills every process that carries the mark. Where there is no `/proc`, none are found.
    pub fn kill_carriers(&self) {
        // A child may be starting another at this moment; look until none is left.
        for _ in 0..10 {
            let carriers = self.carriers();
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

    fn carriers(&self) -> Vec<Pid> {
        let entry = format!("{VARIABLE}={}", self.0);
        let carries =
            |environment: Vec<u8>| environment.split(|&byte| byte == 0).any(|item| item == entry.as_bytes());
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|process| Pid::from_raw(process.file_name().to_str()?.parse().ok()?))
            .filter(|pid| fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).is_ok_and(carries))
            .collect()
    }
}
