//! History: what results came to, run after run, in one SQLite file.
//!
//! A run is collected once, however often its result is read. Only what trends and comparisons need is kept: figures,
//! findings and holes. The file is an extra: whoever reads a result goes on without it if it is locked or broken.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oracle::digest;
use oracle::report::{Measurement, Report};
use oracle::verdict::{Counts, Verdict};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::bugs::bugs;
use crate::change::matters;
use crate::clean;
use crate::complaints::complaints;
use crate::html::{Past, PastRun, Series};
use crate::terminal::reached;

/// Runs that the page shows.
const SHOWN: u32 = 60;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS run (
        id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, made INTEGER NOT NULL, kind TEXT NOT NULL,
        revision TEXT, seed TEXT NOT NULL, exit INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS figure (
        run INTEGER NOT NULL REFERENCES run, family TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL, value REAL NOT NULL,
        PRIMARY KEY (run, family, name)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS entry (run INTEGER NOT NULL REFERENCES run, kind TEXT NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS entry_run ON entry (run, kind);
";

/// How long to wait for another program that writes to the file. Several runs may end at the same time.
const WRITING: Duration = Duration::from_secs(10);

/// How long to wait before a page is made without the file.
const READING: Duration = Duration::from_secs(1);

/// The file.
pub struct History {
    connection: Connection,
    file: PathBuf,
}

/// The history in a result's folder, `history.sqlite`; empty if there is none. The file is not changed.
///
/// # Errors
/// Those of SQLite, with the file.
pub fn beside(folder: &Path) -> Result<Past, String> {
    let file = folder.join("history.sqlite");
    if !file.exists() {
        return Ok(Past::default());
    }
    let open = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&file, flags)?;
        connection.busy_timeout(READING)?;
        select_past(&connection)
    };
    open().map_err(|error| named(&file, &error))
}

fn named(file: &Path, error: &rusqlite::Error) -> String {
    format!("{}: {error}", file.display())
}

impl History {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// Those of SQLite, with the file.
    pub fn open(file: &Path) -> Result<Self, String> {
        let open = || {
            let connection = Connection::open(file)?;
            connection.busy_timeout(WRITING)?;
            connection.execute_batch(TABLES)?;
            Ok(connection)
        };
        open()
            .map(|connection| History { connection, file: file.to_owned() })
            .map_err(|error: rusqlite::Error| named(file, &error))
    }

    /// Keeps what a result came to. Says whether it was new.
    ///
    /// # Errors
    /// Those of SQLite, with the file.
    pub fn collect(&mut self, report: &Report, made: SystemTime) -> Result<bool, String> {
        self.insert(report, made).map_err(|error| named(&self.file, &error))
    }

    fn insert(&mut self, report: &Report, made: SystemTime) -> rusqlite::Result<bool> {
        let seconds = made.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
        let transaction = self.connection.transaction()?;
        let new = transaction.execute(
            "INSERT OR IGNORE INTO run (digest, made, kind, revision, seed, exit) VALUES (?, ?, ?, ?, ?, ?)",
            params![
                digest::of("lockstep history", report),
                seconds,
                report.kind,
                report.commit,
                report.seed.to_string(),
                report.exit() as u8
            ],
        )?;
        if new == 0 {
            return Ok(false);
        }
        let run = transaction.last_insert_rowid();
        for figure in figures(report).iter().filter(|figure| figure.value.is_finite()) {
            transaction.execute(
                "INSERT OR REPLACE INTO figure VALUES (?, ?, ?, ?, ?)",
                params![run, figure.group, figure.name, figure.unit, figure.value],
            )?;
        }
        for (kind, text) in entries(report) {
            transaction.execute("INSERT INTO entry VALUES (?, ?, ?)", params![run, kind, text])?;
        }
        transaction.commit()?;
        Ok(true)
    }

    /// The last runs, the oldest first.
    ///
    /// # Errors
    /// Those of SQLite, with the file.
    pub fn past(&self) -> Result<Past, String> {
        select_past(&self.connection).map_err(|error| named(&self.file, &error))
    }

    /// What has changed since the last run of the same kind at a commit, in words; `None` if there is none.
    ///
    /// # Errors
    /// Those of SQLite, with the file.
    pub fn since(&self, report: &Report, revision: &str) -> Result<Option<String>, String> {
        self.compare(report, revision).map_err(|error| named(&self.file, &error))
    }

    fn compare(&self, report: &Report, revision: &str) -> rusqlite::Result<Option<String>> {
        let then: Option<(i64, String, String)> = self
            .connection
            .query_row(
                "SELECT id, revision, strftime('%Y-%m-%d %H:%M', made, 'unixepoch') FROM run
                 WHERE kind = ?1 AND substr(?2, 1, length(rtrim(revision, '+'))) = rtrim(revision, '+') AND digest <> ?3
                 ORDER BY made DESC, id DESC LIMIT 1",
                params![report.kind, revision, digest::of("lockstep history", report)],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((run, commit, made)) = then else { return Ok(None) };
        let mut text = format!("since {commit} of {made}:\n");
        let length = text.len();
        let before: BTreeSet<(String, String)> = self
            .connection
            .prepare("SELECT kind, text FROM entry WHERE run = ?")?
            .query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let now: BTreeSet<(String, String)> =
            entries(report).into_iter().map(|(kind, entry)| (kind.to_owned(), entry)).collect();
        for (kind, entry) in now.difference(&before) {
            let _ = writeln!(text, "  new {kind}: {}", clean::line(entry));
        }
        for (kind, entry) in before.difference(&now) {
            let _ = writeln!(text, "  no more {kind}: {}", clean::line(entry));
        }
        let then = figures_of(&self.connection, run)?;
        for figure in figures(report) {
            let Measurement { group, name, value, unit, .. } = &figure;
            let known = then.iter().find(|then| (&then.group, &then.name) == (group, name));
            match known {
                None => {
                    let _ = writeln!(text, "  {group} {name}: {value} {unit}, was not measured");
                }
                Some(then) if matters(then.value, *value, unit) => {
                    let change = 100.0 * (value - then.value) / then.value;
                    let change =
                        if change.is_finite() { format!(" ({change:+.1} %)") } else { String::new() };
                    let unit = if unit == name { String::new() } else { format!(" {unit}") };
                    let _ = writeln!(text, "  {group} {name}: {} to {value}{unit}{change}", then.value);
                }
                Some(_) => {}
            }
        }
        if text.len() == length {
            text.push_str("  nothing has changed\n");
        }
        Ok(Some(clean::screen(&text)))
    }
}

/// The last runs, the oldest first, with what was measured in them.
fn select_past(connection: &Connection) -> rusqlite::Result<Past> {
    let mut runs = connection.prepare(
        "SELECT id, strftime('%Y-%m-%d %H:%M', made, 'unixepoch'), kind, revision, exit, seed FROM
            (SELECT * FROM run ORDER BY made DESC, id DESC LIMIT ?) ORDER BY made, id",
    )?;
    let runs: Vec<(i64, PastRun)> = runs
        .query_map([SHOWN], |row| {
            let seed: String = row.get(5)?;
            let run = PastRun {
                made: row.get(1)?,
                kind: row.get(2)?,
                commit: row.get(3)?,
                exit: row.get(4)?,
                seed: seed.parse().unwrap_or_default(),
            };
            Ok((row.get(0)?, run))
        })?
        .collect::<Result<_, _>>()?;
    let mut series: Vec<Series> = Vec::new();
    for (index, (id, _)) in runs.iter().enumerate() {
        for Measurement { group, name, unit, value, .. } in figures_of(connection, *id)? {
            let known = series.iter().position(|it| (&it.group, &it.name) == (&group, &name));
            let at = known.unwrap_or_else(|| {
                series.push(Series { group, name, unit, values: vec![None; runs.len()] });
                series.len() - 1
            });
            series[at].values[index] = Some(value);
        }
    }
    Ok(Past { runs: runs.into_iter().map(|(_, run)| run).collect(), series })
}

fn figures_of(connection: &Connection, run: i64) -> rusqlite::Result<Vec<Measurement>> {
    let query = "SELECT family, name, unit, value FROM figure WHERE run = ? ORDER BY rowid";
    let mut figures = connection.prepare_cached(query)?;
    figures
        .query_map([run], |row| Ok(measurement(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect()
}

/// What a result came to, in figures.
fn figures(report: &Report) -> Vec<Measurement> {
    let ran = || report.lanes.iter().filter(|lane| lane.ran());
    let count = |name: &str, value: u64| measurement("run".into(), name.into(), name.into(), value as f64);
    let mut counts = Counts::default();
    ran().for_each(|lane| counts += lane.counts);
    let (points, all) = reached(report);
    let mut figures = vec![count("cases", ran().map(|lane| lane.cases).sum())];
    figures.extend(Verdict::ALL.map(|verdict| count(verdict.name(), counts.of(verdict))));
    figures.extend([
        count("findings", bugs(report).len() as u64),
        count("points reached", points as u64),
        count("points", all as u64),
    ]);
    for lane in ran().filter(|lane| lane.oracle_seconds > 0.0) {
        let (name, speed) = (format!("{} {}", lane.subject, lane.lane), lane.cases_per_second().round());
        figures.push(measurement("cases a second".into(), name, "1/s".into(), speed));
    }
    figures.extend(report.measurements.iter().cloned());
    figures
}

fn measurement(group: String, name: String, unit: String, value: f64) -> Measurement {
    Measurement { group, name, value, unit, at_most: None, at_least: None }
}

/// What a result is not happy with, each in a line.
fn entries(report: &Report) -> Vec<(&'static str, String)> {
    let findings = report.findings.iter().map(|finding| {
        ("difference", format!("{} {} {} {}", finding.subject, finding.lane, finding.topic, finding.aspect))
    });
    findings.chain(complaints(report).into_iter().map(|it| (it.kind, it.text))).collect()
}
