//! Statements: that a machine conforms, to what, and in which run it was shown.
//!
//! A statement names everything that its result depends on by digest: the vectors and rules, every case that was drawn,
//! the ledger, the verdicts. None of it depends on times, paths, host names, the order of cases or how they were split.
//! The seal is a digest too: it shows that a statement was changed, not who made it.

use std::path::Path;

use minijinja::{AutoEscape, Environment, context};
use oracle::digest::{self, Sum};
use oracle::ledger::CheckedRow;
use oracle::report::{LaneReport, MachineReport, Report, SuiteReport};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vectors::Profile;

/// The version of the form.
pub const VERSION: u32 = 1;

/// That a machine conforms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`VERSION`].
    pub statement: u32,
    /// The machine, as lanes name it.
    pub machine: String,
    /// The version of the suite: that of the project.
    pub suite_version: String,
    /// The commit of the project.
    pub commit: Option<String>,
    /// The cases, by subject.
    pub suites: Vec<Suite>,
    /// The digest of the ledger.
    pub ledger: String,
    /// The machine's lanes, all conformant.
    pub lanes: Vec<Lane>,
    /// Coverage, complete.
    pub coverage: Vec<Coverage>,
    /// The seed of the random cases.
    pub seed: u64,
    /// How many random cases were drawn.
    pub random_cases: u64,
    /// The machines of these lanes, with their versions.
    pub builds: Vec<MachineReport>,
    /// The digest of the verdicts.
    pub results: String,
    /// The digest of all of the above.
    pub seal: String,
}

/// The cases of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// The subject.
    pub subject: String,
    /// The digest of vectors and rules.
    pub hash: String,
    /// The sum of the digests of all cases drawn.
    pub cases: Sum,
}

/// A lane that conforms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// The subject.
    pub subject: String,
    /// The lane's name.
    pub name: String,
    /// Cases judged.
    pub cases: u64,
    /// Those that agree.
    pub agree: u64,
    /// Those that differ as the ledger says.
    pub known: u64,
    /// Those that a side does not implement.
    pub unsupported: u64,
}

/// Coverage of a subject in a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The subject.
    pub subject: String,
    /// The profile.
    pub profile: Profile,
    /// Points hit, which are all there are.
    pub points: u64,
}

/// The digest of a ledger.
pub fn ledger_hash(rows: &[CheckedRow]) -> String {
    digest::of("lockstep ledger", &rows)
}

impl Statement {
    /// What a result says of a machine.
    ///
    /// # Errors
    /// Why it does not say that the machine conforms.
    pub fn of(report: &Report, machine: &str) -> Result<Self, String> {
        let tested = |lane: &&LaneReport| {
            lane.skipped_because.is_none()
                && machines_of(&lane.name).first().is_some_and(|first| first == machine)
        };
        let lanes: Vec<&LaneReport> = report.lanes.iter().filter(tested).collect();
        if lanes.is_empty() {
            return Err(format!("the result has no lane of a machine `{machine}` that ran"));
        }
        if report.kind != "conformance" {
            return Err(format!("the result is one of `{}`, not of `conformance`", report.kind));
        }
        if report.interrupted || !report.gates_coverage() {
            return Err("the result is not that of a full run: cases were left out".into());
        }
        for lane in &lanes {
            conforms(lane).map_err(|why| format!("{} {}: {why}", lane.subject, lane.name))?;
        }
        if let Some(problem) = report.ledger.all_problems().next() {
            return Err(format!("the ledger does not hold: {problem}"));
        }
        if let Some((row, point)) = report.coverage.iter().find_map(|coverage| coverage.holes().next()) {
            return Err(format!("coverage has holes: {row} {point}"));
        }
        let suite = |suite: &SuiteReport| Suite {
            subject: suite.subject.clone(),
            hash: suite.hash.clone(),
            cases: suite.cases,
        };
        let suites: Vec<Suite> = report.suites.iter().map(suite).collect();
        // Others are not there when the lanes are run again.
        let takes_part = |build: &&MachineReport| {
            lanes
                .iter()
                .any(|lane| lane.subject == build.subject && machines_of(&lane.name).contains(&build.name))
        };
        let builds = report.machines.iter().filter(takes_part).cloned().collect();
        let ledger = ledger_hash(&report.ledger.rows);
        let results = results(report, &lanes, &suites, &ledger);
        let statement = Statement {
            statement: VERSION,
            machine: machine.into(),
            suite_version: env!("CARGO_PKG_VERSION").into(),
            commit: report.commit.clone(),
            suites,
            ledger,
            lanes: lanes.into_iter().map(stated).collect(),
            coverage: report
                .coverage
                .iter()
                .map(|coverage| Coverage {
                    subject: coverage.subject.clone(),
                    profile: coverage.profile,
                    points: coverage.totals().1 as u64,
                })
                .collect(),
            seed: report.seed,
            random_cases: report.random_cases,
            builds,
            results,
            seal: String::new(),
        };
        Ok(Statement { seal: statement.seal(), ..statement })
    }

    fn seal(&self) -> String {
        digest::of("lockstep statement", &Statement { seal: String::new(), ..self.clone() })
    }

    /// Reads a statement, and checks its seal.
    ///
    /// # Errors
    /// Why it is none, or that it was changed.
    pub fn read(file: &Path) -> Result<Self, String> {
        let bad = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| bad(&error))?;
        let statement: Statement = serde_json::from_str(&text).map_err(|error| bad(&error))?;
        if statement.statement != VERSION {
            return Err(bad(&format!("is of version {}, this program reads {VERSION}", statement.statement)));
        }
        if statement.seal != statement.seal() {
            return Err(bad(&"was changed after it was made: the seal does not fit"));
        }
        Ok(statement)
    }

    /// Whether what it is about is still the same.
    ///
    /// # Errors
    /// What has changed since.
    pub fn check(&self, suites: &[Suite], ledger: &str) -> Result<(), String> {
        for stated in &self.suites {
            let now = suites.iter().find(|suite| suite.subject == stated.subject);
            let now = now.ok_or_else(|| format!("there is no suite of {} any more", stated.subject))?;
            let subject = &stated.subject;
            if now.hash != stated.hash {
                return Err(format!(
                    "the suite of {subject} has changed: {} was {}",
                    short(&now.hash),
                    short(&stated.hash)
                ));
            }
            if now.cases != stated.cases {
                return Err(format!("the generated cases of {subject} have changed"));
            }
        }
        if ledger != self.ledger {
            return Err(format!("the ledger has changed: {} was {}", short(ledger), short(&self.ledger)));
        }
        Ok(())
    }

    /// Whether a part of the same cases, run again, says the same.
    ///
    /// # Errors
    /// What it says instead.
    pub fn holds_in(&self, sample: &Report) -> Result<(), String> {
        for stated in &self.lanes {
            let name = format!("{} {}", stated.subject, stated.name);
            let lane = sample
                .lanes
                .iter()
                .find(|lane| (&lane.subject, &lane.name) == (&stated.subject, &stated.name));
            let lane = lane.ok_or_else(|| format!("{name} was not run again"))?;
            if let Some(because) = &lane.skipped_because {
                return Err(format!("{name} could not be run again: {because}"));
            }
            conforms(lane).map_err(|why| format!("{name}: {why}"))?;
        }
        for build in &self.builds {
            if !sample.machines.contains(build) {
                return Err(format!(
                    "{} {} is of another version than {}",
                    build.subject, build.name, build.version
                ));
            }
        }
        Ok(())
    }

    /// A badge, as SVG.
    ///
    /// # Errors
    /// Those of the template, which is a bug of ours.
    pub fn badge(&self) -> Result<String, minijinja::Error> {
        let sum = |count: fn(&Lane) -> u64| self.lanes.iter().map(count).sum::<u64>();
        let (cases, unsupported) = (sum(|lane| lane.agree + lane.known), sum(|lane| lane.unsupported));
        let points: u64 = self.coverage.iter().map(|coverage| coverage.points).sum();
        let scope = match unsupported {
            0 => format!("{points} points"),
            // What is covered is not what this machine has done.
            _ => format!("{unsupported} unsupported"),
        };
        let text = format!("{} conforms · {cases} cases · {scope}", self.machine);
        // Letters of this size are some 6.6 units wide.
        let width = 20 + 66 * text.chars().count() / 10;
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment
            .render_str(include_str!("html/badge.svg"), context! { text, width, seal => short(&self.seal) })
    }
}

/// The machines of a lane, first the one that it tests.
fn machines_of(lane: &str) -> Vec<String> {
    let lane = lane.parse::<oracle::Lane>();
    lane.map_or_else(|_| Vec::new(), |lane| lane.machines().map(str::to_owned).collect())
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn conforms(lane: &LaneReport) -> Result<(), String> {
    let problem = lane.machine_problem.as_ref().or(lane.oracle_problem.as_ref());
    match (lane.differ, lane.oracle_fault, lane.not_run, problem) {
        (0, 0, 0, None) if lane.compared_nothing() => Err("it implements none of the cases".into()),
        (0, 0, 0, None) if lane.judged() == lane.cases => Ok(()),
        (0, 0, 0, Some(problem)) => Err(problem.clone()),
        (differ, oracle_fault, not_run, _) => Err(format!(
            "{differ} of {} cases differ, {oracle_fault} are oracle faults, {not_run} were not run",
            lane.cases
        )),
    }
}

fn stated(lane: &LaneReport) -> Lane {
    Lane {
        subject: lane.subject.clone(),
        name: lane.name.clone(),
        cases: lane.cases,
        agree: lane.agree,
        known: lane.known,
        unsupported: lane.unsupported,
    }
}

/// The digest of everything that the verdicts are.
fn results(report: &Report, lanes: &[&LaneReport], suites: &[Suite], ledger: &str) -> String {
    let lane = |lane: &&LaneReport| json!([stated(lane), lane.known_by_row, lane.groups, lane.points]);
    let lanes: Vec<serde_json::Value> = lanes.iter().map(lane).collect();
    digest::of(
        "lockstep results",
        &json!([lanes, suites, ledger, report.coverage, report.seed, report.random_cases]),
    )
}
