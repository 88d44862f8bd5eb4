//! `events.ndjson`: one JSON object a line and event, written while a campaign runs.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use oracle::campaign::Event;
use serde::Serialize;

/// Writes events to a file. Each line is whole the moment it is there, for whoever follows the file.
///
/// A file that cannot be written ends no run: nothing more is written to it, and [`EventLog::warning`] says why.
pub struct EventLog {
    path: PathBuf,
    file: io::Result<File>,
    start: Instant,
}

#[derive(Serialize)]
struct Line<'a> {
    /// Seconds since the start.
    at: f64,
    #[serde(flatten)]
    event: &'a Event<'a>,
}

impl EventLog {
    /// Begins a new file `events.ndjson` in `folder`.
    pub fn create(folder: &Path) -> Self {
        let path = folder.join("events.ndjson");
        let file = fs::create_dir_all(folder).and_then(|()| File::create(&path));
        EventLog { path, file, start: Instant::now() }
    }

    /// Writes an event.
    pub fn write(&mut self, event: &Event<'_>) {
        let Ok(file) = &mut self.file else { return };
        let line = Line { at: self.start.elapsed().as_secs_f64(), event };
        let written = serde_json::to_vec(&line).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            file.write_all(&line)
        });
        if let Err(error) = written {
            self.file = Err(error);
        }
    }

    /// Why events are missing, with the file; `None` if all are there.
    pub fn warning(&self) -> Option<String> {
        let error = self.file.as_ref().err()?;
        Some(format!("{}: {error}", self.path.display()))
    }
}
