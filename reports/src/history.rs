//! History: what results came to, run after run, in one SQLite file.
//!
//! A run is collected once, however often its result is read. Only what trends and comparisons need is kept: figures,
//! findings and holes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oracle::digest;
use oracle::report::{Measurement, Report};
use rusqlite::{Connection, OptionalExtension, params};

use crate::html::{Past, PastRun, Series};

/// Runs that the page shows.
const SHOWN: u32 = 60;

/// A figure that changes by less than this share is not worth a word, where it is a speed.
const NOISE: f64 = 0.2;

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

/// The file.
pub struct History(Connection);

/// The history in a result's folder, `history.sqlite`; empty where there is none.
///
/// # Errors
/// Those of SQLite.
pub fn beside(folder: &Path) -> Result<Past, String> {
    let file = folder.join("history.sqlite");
    if file.exists() { History::open(&file)?.past() } else { Ok(Past::default()) }
}

impl History {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// Those of SQLite, with the file.
    pub fn open(file: &Path) -> Result<Self, String> {
        let open = || {
            let connection = Connection::open(file)?;
            // Several runs may end at the same time.
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.execute_batch(TABLES)?;
            Ok(connection)
        };
        open().map(History).map_err(|error: rusqlite::Error| format!("{}: {error}", file.display()))
    }

    /// Keeps what a result came to. Says whether it was new.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn collect(&mut self, report: &Report, made: SystemTime) -> Result<bool, String> {
        self.insert(report, made).map_err(|error| error.to_string())
    }

    fn insert(&mut self, report: &Report, made: SystemTime) -> rusqlite::Result<bool> {
        let seconds = made.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
        let transaction = self.0.transaction()?;
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
    /// Those of SQLite.
    pub fn past(&self) -> Result<Past, String> {
        self.select_past().map_err(|error| error.to_string())
    }

    fn select_past(&self) -> rusqlite::Result<Past> {
        let mut runs = self.0.prepare(
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
        let mut past = Past { runs: Vec::new(), series: Vec::new() };
        for (index, (id, _)) in runs.iter().enumerate() {
            for figure in self.figures_of(*id)? {
                let known = past
                    .series
                    .iter_mut()
                    .find(|series| (&series.group, &series.name) == (&figure.group, &figure.name));
                let series = match known {
                    Some(series) => series,
                    None => {
                        let values = vec![None; runs.len()];
                        let Measurement { group, name, unit, .. } = figure.clone();
                        past.series.push(Series { group, name, unit, values });
                        past.series.last_mut().expect("one was added")
                    }
                };
                series.values[index] = Some(figure.value);
            }
        }
        past.runs = runs.into_iter().map(|(_, run)| run).collect();
        Ok(past)
    }

    fn figures_of(&self, run: i64) -> rusqlite::Result<Vec<Measurement>> {
        let mut figures = self
            .0
            .prepare_cached("SELECT family, name, unit, value FROM figure WHERE run = ? ORDER BY rowid")?;
        figures
            .query_map([run], |row| Ok(measurement(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect()
    }

    /// What has changed since the last run of the same kind at a commit, in words. Nothing where there is none of it.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn since(&self, report: &Report, revision: &str) -> Result<Option<String>, String> {
        self.compare(report, revision).map_err(|error| error.to_string())
    }

    fn compare(&self, report: &Report, revision: &str) -> rusqlite::Result<Option<String>> {
        let then: Option<(i64, String, String)> = self
            .0
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
            .0
            .prepare("SELECT kind, text FROM entry WHERE run = ?")?
            .query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let now: BTreeSet<(String, String)> =
            entries(report).into_iter().map(|(kind, entry)| (kind.to_owned(), entry)).collect();
        for (kind, entry) in now.difference(&before) {
            let _ = writeln!(text, "  new {kind}: {entry}");
        }
        for (kind, entry) in before.difference(&now) {
            let _ = writeln!(text, "  no more {kind}: {entry}");
        }
        let then = self.figures_of(run)?;
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
                    let unit = if unit == name { "" } else { unit };
                    let _ = writeln!(text, "  {group} {name}: {} to {value} {unit}{change}", then.value);
                }
                Some(_) => {}
            }
        }
        if text.len() == length {
            text.push_str("  nothing has changed\n");
        }
        Ok(Some(text))
    }
}

/// Speeds and shares of time are noisy; what is counted is not.
fn matters(then: f64, now: f64, unit: &str) -> bool {
    let noisy = unit.ends_with("/s") || unit.is_empty() || unit == "s";
    let change = (now - then).abs();
    if noisy { change > NOISE * then.abs() } else { change > 0.0 }
}

/// What a result came to, in figures.
fn figures(report: &Report) -> Vec<Measurement> {
    let ran = || report.lanes.iter().filter(|lane| lane.skipped_because.is_none());
    let count = |name: &str, value: u64| measurement("run".into(), name.into(), name.into(), value as f64);
    let points: (usize, usize) = report
        .coverage
        .iter()
        .map(|coverage| coverage.totals())
        .fold((0, 0), |(all, hit), (more, more_hit)| (all + more, hit + more_hit));
    let mut figures = vec![
        count("cases", ran().map(|lane| lane.cases).sum()),
        count("differences", ran().map(|lane| lane.differ).sum()),
        count("findings", report.findings.len() as u64),
        count("points hit", points.1 as u64),
        count("points", points.0 as u64),
    ];
    for lane in ran().filter(|lane| lane.oracle_seconds > 0.0) {
        let name = format!("{} {}", lane.subject, lane.name);
        figures.push(measurement(
            "cases a second".into(),
            name,
            "1/s".into(),
            lane.cases_per_second().round(),
        ));
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
    let holes = report.coverage.iter().flat_map(|coverage| {
        coverage.holes().map(move |(row, point)| {
            ("hole", format!("{} {} {row} {point}", coverage.subject, coverage.profile))
        })
    });
    let ledger = report.ledger.all_problems().map(|problem| ("ledger problem", problem));
    let skipped = report
        .lanes
        .iter()
        .filter(|lane| lane.skipped_because.is_some())
        .map(|lane| ("skipped lane", format!("{} {}", lane.subject, lane.name)));
    findings.chain(holes).chain(ledger).chain(skipped).collect()
}
