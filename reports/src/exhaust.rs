//! What was exhausted: its file, and the screen.

use std::fmt::Write as _;
use std::path::Path;

use comfy_table::{CellAlignment, Table, presets};
use oracle::exhaust::{Found, PartRecord, Record, VERSION};
use oracle::report::{Exit, Measurement, Part, Report};
use oracle::{called, quoted, reading};
use serde::Deserialize;

use crate::clean;
use crate::stored::{replace, write_vector};

/// The file of the record, in the folder of the run.
pub const FILE: &str = "exhaust.json";

/// Reads a record: a folder with one in it, or the file. `None` if there is no such file.
///
/// # Errors
/// What is wrong with it.
pub fn read(path: &Path) -> Result<Option<Record>, String> {
    #[derive(Deserialize)]
    struct Version {
        exhaust: u32,
    }
    let file = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    if !file.exists() {
        return Ok(None);
    }
    let bad = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = reading::text(&file).map_err(|error| bad(&error))?;
    let Version { exhaust: version } = serde_json::from_str(&text).map_err(|error| bad(&error))?;
    if version != VERSION {
        return Err(bad(&format!("is of version {version}, this program reads {VERSION}")));
    }
    let record: Record = serde_json::from_str(&text).map_err(|error| bad(&error))?;
    match record.contradiction() {
        Some(what) => Err(bad(&format!("contradicts itself: {what}"))),
        None => Ok(Some(record)),
    }
}

/// Writes a record, which replaces the one in the folder as a whole, and the vectors of what is wrong.
///
/// # Errors
/// What could not be written.
pub fn write(record: &Record, folder: &Path) -> Result<(), String> {
    let file = folder.join(FILE);
    replace(&file, || serde_json::to_string(record))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let found = record.parts.iter().flat_map(|part| &part.found).filter(|found| !found.vector.is_empty());
    for Found { file, vector, .. } in found {
        write_vector(file, vector, folder).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(())
}

/// The same as a report: how much of each part is exhausted, and how many of its results are wrong, of which there must be
/// none. Its one job ends as the run does.
pub fn report(record: &Record, seconds: f64, interrupted: bool) -> Report {
    let mut report = Report::new("exhaust", record.build.commit.clone(), 0);
    let exit = Some(exit(record) as u8);
    report.parts = vec![Part { name: "exhaust".into(), exit, skipped_because: None, seconds }];
    (report.seconds, report.interrupted) = (seconds, interrupted);
    for part in &record.parts {
        let measured = |name: &str, value: f64, unit: &str, at_most| Measurement {
            group: format!("exhaust/{}", part.subject),
            name: format!("{} {name}", part.name),
            value,
            unit: unit.into(),
            at_most,
            at_least: None,
        };
        let share = 100.0 * part.run() as f64 / part.inputs.max(1) as f64;
        report.measurements.push(measured("exhausted", share, "%", None));
        report.measurements.push(measured("wrong", part.wrong() as f64, "results", Some(0.0)));
    }
    report
}

/// How a run ends that comes to this, if it is not interrupted.
fn exit(record: &Record) -> Exit {
    match () {
        () if record.wrong() > 0 => Exit::Differs,
        () if record.has_run() => Exit::Conformant,
        () => Exit::NothingSelected,
    }
}

/// How far it has come, and what is wrong.
pub fn screen(record: &Record, folder: &Path) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["", "subject", "part", "inputs", "of", "wrong", "core s", "digest"]);
    for part in &record.parts {
        let digest = part.digest().map_or("-".into(), |digest| digest[..16].to_owned());
        table.add_row([
            sign(part).into(),
            clean::line(&part.subject),
            clean::line(&part.name),
            part.run().to_string(),
            part.inputs.to_string(),
            part.wrong().to_string(),
            format!("{:.1}", part.seconds()),
            digest,
        ]);
    }
    for column in table.column_iter_mut().skip(3).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!("{}\n\n", table.trim_fmt());
    for part in record.parts.iter().filter(|part| part.wrong() > 0) {
        let _ = writeln!(text, "{} {}: {} results are wrong, e.g.", part.subject, part.name, part.wrong());
        for found in &part.found {
            let _ = writeln!(text, "  {}", clean::line(&found.what));
            if !found.file.is_empty() {
                let file = folder.join(&found.file).display().to_string();
                let file = clean::line(&quoted(&file));
                let _ = writeln!(text, "  replay: {} replay {file}", called());
            }
        }
    }
    clean::screen(&text)
}

/// All that there is and right, right as far as it went, or wrong.
fn sign(part: &PartRecord) -> char {
    match (part.wrong(), part.is_whole()) {
        (0, true) => '✓',
        (0, false) => '·',
        _ => '✗',
    }
}
