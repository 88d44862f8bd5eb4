//! Ctrl-C, TERM and HUP: at any time, whatever was started ends with this process.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use oracle::machines::processes::kill_all_started;
use oracle::report::Exit;

/// Whether the run is to end.
static IS_SET: AtomicBool = AtomicBool::new(false);
/// Whether something that asks goes on, and ends by itself.
static IS_ASKED_FOR: AtomicBool = AtomicBool::new(false);

/// When the first signal came.
static FIRST: OnceLock<Instant> = OnceLock::new();
/// A signal that comes so soon behind the first is the same one again: `timeout`, for example, sends it to the process and to
/// its group.
const SAME: Duration = Duration::from_secs(1);
/// Whether a signal is ending this process.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// From now on a signal ends this process with everything it has started. If a run has asked for the flag, the first one
/// sets that.
pub fn install() {
    let installed = ctrlc::set_handler(|| {
        let first = FIRST.get_or_init(Instant::now);
        IS_SET.store(true, Ordering::Relaxed);
        if !IS_ASKED_FOR.load(Ordering::Relaxed) || first.elapsed() >= SAME {
            IS_ENDING.store(true, Ordering::Relaxed);
            kill_all_started();
            std::process::exit(Exit::Interrupted as i32);
        }
    });
    if let Err(error) = installed {
        reports::warn(&format!("Ctrl-C ends the run without a report: {error}"));
    }
}

/// The flag that the first signal sets, for a run that looks at it and ends by itself.
pub fn flag() -> &'static AtomicBool {
    IS_ASKED_FOR.store(true, Ordering::Relaxed);
    &IS_SET
}

/// The same flag, for what a run waits for: it is set only if a run looks at it.
pub fn flag_of_a_run() -> &'static AtomicBool {
    &IS_SET
}

/// Does not come back if a signal is ending this process: what has become of the command then says that machines have died,
/// and not why.
pub fn give_way() {
    while IS_ENDING.load(Ordering::Relaxed) {
        std::thread::park();
    }
}
