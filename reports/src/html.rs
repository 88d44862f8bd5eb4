//! One HTML file with everything in it: opens from disk, asks the network for nothing.
//!
//! The result itself lies in the page as JSON; what is made of it there is in `html/*.js`.

use minijinja::{AutoEscape, Environment, context};
use oracle::coverage::Coverage;
use oracle::report::{Exit, Ladder, Measurement, Report};
use oracle::verdict::{Counts, Sign, Verdict};
use serde::Serialize;

use crate::bugs::{Bug, BugData, bugs, what};
use crate::change::matters;
use crate::coverage::machines;
use crate::{paint, terminal};

const TEMPLATE: &str = include_str!("html/template.html");
/// The columns of the screen that stands there if scripts are off.
const WITHOUT_SCRIPTS: usize = 100;
const STYLE: &str = include_str!("html/report.css");
const SCRIPT: &str = concat!(
    include_str!("html/page.js"),
    include_str!("html/values.js"),
    include_str!("html/place.js"),
    include_str!("html/overview.js"),
    include_str!("html/views.js"),
    include_str!("html/coverage.js"),
    include_str!("html/figures.js"),
    include_str!("html/matrix.js"),
    include_str!("html/differences.js"),
    include_str!("html/stepper.js"),
    include_str!("html/start.js")
);

/// What the scripts read.
#[derive(Serialize)]
struct Data<'a> {
    report: &'a Report,
    past: &'a Past,
    /// The findings by their cause; see [`crate::bugs`].
    bugs: Vec<BugData>,
    /// What is seen of each finding.
    seen: Vec<String>,
    /// What each program should implement next, in a sentence.
    next: Vec<NextData>,
    /// The command that made it, as it is typed; empty if it was made by none.
    command: String,
    exits: Vec<ExitData>,
    /// Of each series of the past, whether it has changed in the last run, beyond what is noise.
    changed: Vec<bool>,
    /// Whether holes in the coverage fail the run.
    gated: bool,
    /// Whether each measurement holds.
    held: Vec<bool>,
    coverage: Vec<CoverageData>,
    verdicts: Vec<VerdictData>,
    signs: Vec<SignData>,
}

/// What has been covered in a profile, by one machine or by all cases; see [`Coverage`].
#[derive(Serialize)]
struct CoverageData {
    subject: String,
    profile: String,
    /// The machine; absent if it is about the cases that were put to any machine.
    machine: Option<String>,
    reached: usize,
    passed: usize,
    total: usize,
    /// Points that no case has reached, with their topics.
    holes: Vec<(String, String)>,
}

/// What a program should implement next.
#[derive(Serialize)]
struct NextData {
    machine: String,
    sentence: String,
}

/// An exit status, what it says, and the sign that is shown of it.
#[derive(Serialize)]
struct ExitData {
    status: u8,
    meaning: String,
    sign: &'static str,
}

/// A verdict: its key in counts, its name and meaning for people.
#[derive(Serialize)]
struct VerdictData {
    key: Verdict,
    name: &'static str,
    meaning: &'static str,
    /// The sign of cases that all have it.
    sign: &'static str,
}

/// A row of the one table of signs, the gravest first; see [`Sign::needs`].
#[derive(Serialize)]
struct SignData {
    name: &'static str,
    symbol: char,
    meaning: &'static str,
    needs: &'static [&'static [Verdict]],
}

impl CoverageData {
    fn of(coverage: &Coverage<'_>) -> Self {
        let hole = |(topic, point): (&str, &str)| (topic.to_owned(), point.to_owned());
        CoverageData {
            subject: coverage.table.subject.clone(),
            profile: coverage.table.profile.clone(),
            machine: coverage.machine.map(str::to_owned),
            reached: coverage.reached(),
            passed: coverage.passed(),
            total: coverage.total(),
            holes: coverage.holes().into_iter().map(hole).collect(),
        }
    }

    /// That of all cases, then that of each machine.
    fn all(report: &Report) -> Vec<Self> {
        let machines = machines(report).into_iter().flat_map(|machine| report.coverage_of(machine));
        report.coverage().chain(machines).map(|coverage| CoverageData::of(&coverage)).collect()
    }
}

impl NextData {
    fn of(ladder: &Ladder) -> Self {
        NextData { machine: ladder.machine.clone(), sentence: crate::ladder::line(ladder) }
    }
}

impl ExitData {
    fn of(exit: Exit) -> Self {
        ExitData { status: exit as u8, meaning: exit.to_string(), sign: paint::sign_of(exit).name() }
    }
}

/// The command line that made a result.
fn command(report: &Report) -> String {
    let words = oracle::called().split(' ').chain(report.arguments.iter().map(String::as_str));
    if report.arguments.is_empty() { String::new() } else { shlex::try_join(words).unwrap_or_default() }
}

impl VerdictData {
    fn of(key: Verdict) -> Self {
        let mut one = Counts::default();
        one.count(key);
        VerdictData { key, name: key.name(), meaning: key.meaning(), sign: one.sign().name() }
    }
}

impl SignData {
    fn of(sign: Sign) -> Self {
        SignData { name: sign.name(), symbol: sign.symbol(), meaning: sign.meaning(), needs: sign.needs() }
    }
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
    /// The value of each run; absent if it was not measured.
    pub values: Vec<Option<f64>>,
}

impl Series {
    /// Whether the last run has measured something else than the one before it, beyond what is noise.
    fn has_changed(&self) -> bool {
        let mut known = self.values.iter().rev().flatten();
        let (Some(now), Some(then)) = (known.next(), known.next()) else { return false };
        matters(*then, *now, &self.unit)
    }
}

/// The page.
///
/// # Errors
/// Those of the template, which is a bug of ours.
pub fn page(report: &Report, past: &Past) -> Result<String, minijinja::Error> {
    let exit = report.exit();
    let sign = paint::sign_of(exit);
    // The page shows all warnings, those that are counted included.
    let shown = Report { warnings: report.all_warnings(), ..report.clone() };
    let data = serde_json::to_string(&Data {
        report: &shown,
        past,
        bugs: bugs(report).iter().map(Bug::data).collect(),
        seen: report.findings.iter().map(what).collect(),
        next: report.ladders.iter().map(NextData::of).collect(),
        command: command(report),
        changed: past.series.iter().map(Series::has_changed).collect(),
        exits: Exit::BY_GRAVITY.map(ExitData::of).into(),
        gated: report.gates_coverage(),
        held: report.measurements.iter().map(Measurement::holds).collect(),
        coverage: CoverageData::all(report),
        verdicts: Verdict::ALL.map(VerdictData::of).into(),
        signs: Sign::ALL.map(SignData::of).into(),
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
            sign => sign.name(),
            symbol => sign.symbol(),
            summary => terminal::summed_up(report),
            status => exit as u8,
            screen => terminal::screen(report, WITHOUT_SCRIPTS),
            style => STYLE,
            script => SCRIPT,
            // Nothing in it can end the script element, and it stays the same JSON.
            data => data.replace('<', "\\u003c"),
        },
    )
}
