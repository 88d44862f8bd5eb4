//! `lockstep.toml`: what a port wants to be run, so that a command is one word in its folder.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use oracle::reading;
use serde::Deserialize;

use crate::failure::Failure;
use crate::wanted::WantedLanes;

/// The name of the file, where none is named.
pub const FILE: &str = "lockstep.toml";

/// What stands on the command line. One word in a folder with a lockstep.toml is a quick run of what the file names.
pub fn arguments() -> Vec<OsString> {
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    match given.is_empty() && is_here() {
        true => ["conformance", "--quick"].map(OsString::from).to_vec(),
        false => given,
    }
}

/// Whether the file is in the current folder. A link that leads nowhere is, and cannot be read.
fn is_here() -> bool {
    Path::new(FILE).symlink_metadata().is_ok()
}

/// What stands in the file. Everything may be missing; what the command line says comes first.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Programs that speak the machine protocol, with their arguments. Paths are seen from the current folder.
    pub machines: Vec<String>,
    /// The lanes to run, or patterns of them; empty = all that the machines call for.
    pub lanes: Vec<String>,
    /// The only profile to run.
    pub profile: Option<String>,
    /// The folder of the result, seen from the current folder.
    pub report: Option<PathBuf>,
}

impl Config {
    /// The file that is named, or the one in the current folder; nothing if there is none.
    ///
    /// # Errors
    /// It cannot be read, or is not as it should be.
    pub fn find(named: Option<&Path>) -> Result<Self, Failure> {
        let here = Path::new(FILE);
        match named {
            Some(file) => Config::read(file),
            None if is_here() => Config::read(here),
            None => Ok(Config::default()),
        }
    }

    fn read(file: &Path) -> Result<Self, Failure> {
        let bad = |error: &dyn std::fmt::Display| Failure::file(file, error);
        let text = reading::text(file).map_err(|error| bad(&error))?;
        let config: Config = toml::from_str(&text).map_err(|error| bad(&error))?;
        config.parsed_lanes().map_err(|error| bad(&error.message))?;
        Ok(config)
    }

    /// The lanes, and patterns of lanes.
    ///
    /// # Errors
    /// One of them is none.
    pub fn parsed_lanes(&self) -> Result<Vec<WantedLanes>, Failure> {
        let lane =
            |text: &String| text.parse().map_err(|error| Failure::usage(format!("lane {text}: {error}")));
        self.lanes.iter().map(lane).collect()
    }
}
