//! One HTML file with everything in it: opens from disk, asks the network for nothing.
//!
//! The result itself lies in the page as JSON; what is made of it there is in `html/*.js`.

use minijinja::{AutoEscape, Environment, context};
use oracle::report::{Exit, Measurement, Report};
use serde::Serialize;

use crate::terminal;

const TEMPLATE: &str = include_str!("html/template.html");
const STYLE: &str = include_str!("html/report.css");
const SCRIPT: &str = concat!(
    include_str!("html/page.js"),
    include_str!("html/views.js"),
    include_str!("html/matrix.js"),
    include_str!("html/differences.js")
);

/// What the scripts read.
#[derive(Serialize)]
struct Data<'a> {
    report: &'a Report,
    past: &'a Past,
    /// Whether holes in the coverage fail the run.
    gated: bool,
    /// Whether each measurement holds.
    held: Vec<bool>,
}

/// What earlier runs have measured; see [`crate::history`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Past {
    /// The runs, the oldest first.
    pub runs: Vec<PastRun>,
    /// What was measured in them.
    pub series: Vec<Series>,
}

/// An earlier run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PastRun {
    /// When its result was collected.
    pub made: String,
    /// The command.
    pub kind: String,
    /// The commit of the project.
    pub commit: Option<String>,
    /// The exit status.
    pub exit: u8,
    /// The seed.
    pub seed: u64,
}

/// One figure over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// What it belongs to.
    pub group: String,
    /// What was measured.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The value of each run, nothing where it was not measured.
    pub values: Vec<Option<f64>>,
}

/// The page.
///
/// # Errors
/// Those of the template, which is a bug of ours.
pub fn page(report: &Report, past: &Past) -> Result<String, minijinja::Error> {
    let exit = report.exit();
    // The page shows all warnings, those that are counted included.
    let shown = Report { warnings: report.all_warnings(), ..report.clone() };
    let data = serde_json::to_string(&Data {
        report: &shown,
        past,
        gated: report.gates_coverage(),
        held: report.measurements.iter().map(Measurement::holds).collect(),
    })
    .unwrap_or_default();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.render_str(
        TEMPLATE,
        context! {
            kind => report.kind.as_str(),
            facts => terminal::heading(report),
            verdict => exit.to_string(),
            conformant => exit == Exit::Conformant,
            screen => terminal::screen(report),
            style => STYLE,
            script => SCRIPT,
            // Nothing in it can end the script element, and it stays the same JSON.
            data => data.replace('<', "\\u003c"),
        },
    )
}
