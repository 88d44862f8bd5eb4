//! When and on what a result was made.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// When and on what a result, or a shard of it, was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// When the run ended, in seconds since 1970 in UTC.
    pub at: u64,
    /// The operating system and the architecture, e.g. `Debian GNU/Linux 13 (trixie), x86_64`.
    pub system: String,
}

impl Made {
    /// Now, and on this machine.
    pub fn now() -> Self {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        // Where a distribution says what it is called: os-release(5).
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
        let name = name.map_or(OS, |name| name.trim_matches(['"', '\'']));
        Made { at, system: format!("{name}, {ARCH}") }
    }
}
