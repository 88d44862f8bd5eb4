//! `events.ndjson`: one JSON object a line and event, written while a campaign runs.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use oracle::campaign::Event;
use serde::Serialize;

/// Writes events to a file. Each line is whole the moment it is there, for whoever follows the file.
pub struct EventLog {
    file: File,
    start: std::time::Instant,
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
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(EventLog { file: File::create(folder.join("events.ndjson"))?, start: std::time::Instant::now() })
    }

    /// Writes an event.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&mut self, event: &Event<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line { at: self.start.elapsed().as_secs_f64(), event })?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}
