//! Statements: what a machine implements and conforms to, and in which run it was shown.
//!
//! A statement names everything that its result depends on by digest: the vectors and rules, every case that was drawn,
//! the ledger, the verdicts. None of it depends on times, paths, host names, the order of cases or how they were split.
//! The seal is a digest too: it shows that a statement was changed, not who made it.
//!
//! A machine conforms if it implements everything that was asked of it. Of one that implements a part, the statement says
//! which part, and nothing of it says that the machine conforms.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::{AutoEscape, Environment, context};
use oracle::Role;
use oracle::digest::{self, Sum};
use oracle::exhaust::{PartRecord, Record};
use oracle::ledger::CheckedRow;
use oracle::report::{Exit, LaneReport, MachineReport, Report};
use oracle::verdict::Counts;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::clean;

/// The version of the form.
pub const VERSION: u32 = 3;

/// What a machine implements, all of it as it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`VERSION`].
    pub statement: u32,
    /// The machine, as lanes name it.
    pub machine: String,
    /// The version of the suite: that of the project.
    pub suite_version: String,
    /// The commit of the project; absent if git does not know it.
    pub commit: Option<String>,
    /// The machine's subjects, and what it was asked about them.
    pub suites: Vec<Suite>,
    /// The machine's lanes. In none of them does a case fail.
    pub lanes: Vec<Lane>,
    /// What the machine has passed.
    pub coverage: Vec<Coverage>,
    /// The seed of the random cases.
    pub seed: u64,
    /// How many random cases were drawn.
    pub random_cases: u64,
    /// The machines of these lanes, with their versions.
    pub builds: Vec<MachineReport>,
    /// The digest of the verdicts.
    pub results: String,
    /// What of the machine was run on inputs of parts that were to be exhausted, and was right on all of them.
    pub exhausted: Vec<Exhausted>,
    /// The digest of all of the above.
    pub seal: String,
}

/// What fixes the cases of a subject and their judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// The subject.
    pub subject: String,
    /// The digest of vectors and rules.
    pub hash: String,
    /// The sum of the digests of all cases drawn.
    pub cases: Sum,
    /// The digest of the ledger; see [`ledger_hash`].
    pub ledger: String,
}

/// A lane in which no case fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// The subject.
    pub subject: String,
    /// The lane.
    pub lane: oracle::Lane,
    /// Its cases by verdict.
    pub counts: Counts,
    /// Of those that are not implemented, those that only the oracle does not implement.
    pub unsupported_by_oracle: u64,
    /// The cases of the groups in which something is not implemented.
    pub unsupported: BTreeMap<String, Counts>,
}

/// What the machine has passed of a subject's coverage points in a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The subject.
    pub subject: String,
    /// The profile.
    pub profile: String,
    /// Points that the machine has passed.
    pub passed: u64,
    /// Points that there are.
    pub points: u64,
}

/// What was run of something with a finite number of inputs. No result was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exhausted {
    /// The subject.
    pub subject: String,
    /// The part of it.
    pub part: String,
    /// How many inputs were run.
    pub run: u64,
    /// How many inputs there are.
    pub inputs: u64,
    /// The digest of all results; absent if not all inputs were run.
    pub digest: Option<String>,
}

/// Why a file is not taken for a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be read, or is no statement that this program reads.
    NoStatement(String),
    /// It is one, and was changed after it was made.
    Changed(String),
}

/// The digest of a subject's rows of the ledger.
pub fn ledger_hash(rows: &[CheckedRow], subject: &str) -> String {
    let rows: Vec<&CheckedRow> = rows.iter().filter(|row| row.subject == subject).collect();
    digest::of("lockstep ledger", &rows)
}

impl Statement {
    /// What a result says of a machine.
    ///
    /// # Errors
    /// Why it says nothing of the machine that could be stated.
    pub fn of(report: &Report, machine: &str) -> Result<Self, String> {
        let lanes: Vec<&LaneReport> = report
            .lanes
            .iter()
            .filter(|lane| lane.ran() && lane.sample.is_none() && lane.lane.machine == machine)
            .filter(|lane| !is_against_a_program(report, lane))
            .collect();
        if lanes.is_empty() {
            return Err(format!("the result has no lane of a machine `{machine}` that ran"));
        }
        is_fit(report)?;
        for lane in &lanes {
            conforms(lane).map_err(|why| format!("{} {}: {why}", lane.subject, lane.lane))?;
            if lane.counts.compared() == 0 {
                return Err(format!("{} {}: not one case was compared", lane.subject, lane.lane));
            }
        }
        if report.exit() != Exit::Conformant {
            return Err(format!("the verdict of the result is: {}", report.exit()));
        }
        let coverage = coverage(report, machine, &lanes)?;
        let suites = suites(report, &lanes);
        let takes_part = |build: &&MachineReport| {
            lanes
                .iter()
                .any(|lane| lane.subject == build.subject && lane.lane.machines().any(|it| it == build.name))
        };
        let results = results(report, &lanes, &suites, &coverage);
        let statement = Statement {
            statement: VERSION,
            machine: machine.into(),
            suite_version: env!("CARGO_PKG_VERSION").into(),
            commit: report.commit.clone(),
            suites,
            lanes: lanes.iter().map(|lane| stated(lane)).collect(),
            coverage,
            seed: report.seed,
            random_cases: report.random_cases,
            // Others are not there when the lanes are run again.
            builds: report.machines.iter().filter(takes_part).cloned().collect(),
            results,
            exhausted: Vec::new(),
            seal: String::new(),
        };
        Ok(Statement { seal: statement.seal(), ..statement })
    }

    /// The same with what was exhausted of the machine.
    ///
    /// # Errors
    /// A result is wrong, or it was found at another commit.
    pub fn with_exhausted(self, record: &Record) -> Result<Self, String> {
        if record.build.commit != self.commit {
            let commit = |it: &Option<String>| it.clone().unwrap_or_else(|| "an unknown commit".into());
            let (theirs, own) = (commit(&record.build.commit), commit(&self.commit));
            return Err(format!("what was exhausted is of {theirs}, the result of {own}"));
        }
        let is_own = |part: &&PartRecord| {
            part.machine == self.machine && self.suites.iter().any(|suite| suite.subject == part.subject)
        };
        let mut exhausted = Vec::new();
        for part in record.parts.iter().filter(is_own) {
            if part.wrong() > 0 {
                let (subject, name, wrong) = (&part.subject, &part.name, part.wrong());
                return Err(format!("of {subject} {name} {wrong} results are wrong, among all inputs"));
            }
            exhausted.push(Exhausted {
                subject: part.subject.clone(),
                part: part.name.clone(),
                run: part.run(),
                inputs: part.inputs,
                digest: part.digest(),
            });
        }
        let statement = Statement { exhausted, ..self };
        Ok(Statement { seal: statement.seal(), ..statement })
    }

    /// Whether the machine implements everything that was asked of it, so that it can be said to conform.
    pub fn conforms(&self) -> bool {
        self.lanes.iter().all(|lane| lane.counts.unsupported == lane.unsupported_by_oracle)
            && self.coverage.iter().all(|coverage| coverage.passed == coverage.points)
    }

    /// What can be said of the machine, in words.
    pub fn claim(&self) -> &'static str {
        if self.conforms() { "conforms" } else { "implements a part" }
    }

    fn seal(&self) -> String {
        digest::of("lockstep statement", &Statement { seal: String::new(), ..self.clone() })
    }

    /// Reads a statement, and checks its seal.
    ///
    /// # Errors
    /// Why it is none, or that it was changed.
    pub fn read(file: &Path) -> Result<Self, Refused> {
        #[derive(Deserialize)]
        struct Version {
            statement: u32,
        }
        let bad = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let none = |error: &dyn std::fmt::Display| Refused::NoStatement(bad(error));
        let text = oracle::reading::text(file).map_err(|error| none(&error))?;
        let Version { statement: version } = serde_json::from_str(&text).map_err(|error| none(&error))?;
        if version != VERSION {
            return Err(none(&format!("is of version {version}, this program reads {VERSION}")));
        }
        let statement: Statement = serde_json::from_str(&text).map_err(|error| none(&error))?;
        if statement.seal != statement.seal() {
            return Err(Refused::Changed(bad(&"was changed after it was made: the seal does not fit")));
        }
        Ok(statement)
    }

    /// Whether what it is about is still the same. `now` may have other subjects too.
    ///
    /// # Errors
    /// What has changed since.
    pub fn check(&self, now: &[Suite]) -> Result<(), String> {
        for stated in &self.suites {
            let subject = &stated.subject;
            let now = now.iter().find(|suite| suite.subject == *subject);
            let now = now.ok_or_else(|| format!("there is no suite of {subject} any more"))?;
            let changed = |what: &str, now: &str, was: &str| {
                let same = now == was;
                let error =
                    || format!("the {what} of {subject} has changed: {} was {}", short(now), short(was));
                if same { Ok(()) } else { Err(error()) }
            };
            changed("suite", &now.hash, &stated.hash)?;
            changed("ledger", &now.ledger, &stated.ledger)?;
            if now.cases != stated.cases {
                return Err(format!("the generated cases of {subject} have changed"));
            }
        }
        Ok(())
    }

    /// Whether a part of the same cases, run again, says the same.
    ///
    /// # Errors
    /// What it says instead.
    pub fn holds_in(&self, sample: &Report) -> Result<(), String> {
        let mut compared = 0;
        for stated in &self.lanes {
            let name = format!("{} {}", stated.subject, stated.lane);
            let found = sample
                .lanes
                .iter()
                .find(|lane| (&lane.subject, &lane.lane) == (&stated.subject, &stated.lane));
            let lane = found.ok_or_else(|| format!("{name} was not run again"))?;
            if let Some(because) = &lane.skipped_because {
                return Err(format!("{name} could not be run again: {because}"));
            }
            conforms(lane).map_err(|why| format!("{name}: {why}"))?;
            compared += lane.counts.compared();
            stated.implements(lane).map_err(|why| format!("{name}: {why}"))?;
        }
        for build in &self.builds {
            if !sample.machines.contains(build) {
                let MachineReport { subject, name, version, .. } = build;
                return Err(format!("{subject} {name} is of another version than {version}"));
            }
        }
        if compared == 0 {
            return Err("not one case was compared".into());
        }
        Ok(())
    }

    /// A badge, as SVG. It is green only if the machine conforms.
    ///
    /// # Errors
    /// Those of the template, which is a bug of ours.
    pub fn badge(&self) -> Result<String, minijinja::Error> {
        let sum = |count: fn(&Lane) -> u64| self.lanes.iter().map(count).sum::<u64>();
        let (cases, unsupported) = (sum(|lane| lane.counts.passed()), sum(|lane| lane.counts.unsupported));
        let passed: u64 = self.coverage.iter().map(|coverage| coverage.passed).sum();
        let points: u64 = self.coverage.iter().map(|coverage| coverage.points).sum();
        let mut text =
            format!("{} {} · {cases} cases · {passed} of {points} points", self.machine, self.claim());
        if unsupported > 0 {
            text += &format!(" · {unsupported} unsupported");
        }
        let text = clean::xml(&clean::line(&text));
        // Letters of this size are some 6.6 units wide.
        let width = 20 + 66 * text.chars().count() / 10;
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.render_str(
            include_str!("html/badge.svg"),
            context! { text, width, conforms => self.conforms(), seal => short(&self.seal) },
        )
    }
}

impl Lane {
    /// Whether the machine, run again on a part of the cases, implements what it did.
    fn implements(&self, lane: &LaneReport) -> Result<(), String> {
        let nothing = Counts::default();
        for (group, sample) in &lane.groups {
            let stated = self.unsupported.get(group).unwrap_or(&nothing);
            if is_more(stated, sample) {
                let Counts { unsupported, .. } = sample;
                return Err(format!(
                    "{unsupported} of {} cases of {group} are not implemented, more than were stated",
                    sample.judged()
                ));
            }
        }
        Ok(())
    }
}

/// Whether more is not implemented in a sample than there can be by what is stated of the whole. If it was a part of the
/// whole, a sample has about the same share of it: six standard deviations more are no chance.
fn is_more(stated: &Counts, sample: &Counts) -> bool {
    if sample.unsupported == 0 || stated.unsupported == stated.judged() && stated.unsupported > 0 {
        return false;
    }
    if stated.unsupported == 0 || sample.unsupported > stated.unsupported {
        return true;
    }
    let share = stated.unsupported as f64 / stated.judged() as f64;
    let cases = sample.judged() as f64;
    sample.unsupported as f64 > share * cases + 6.0 * (share * (1.0 - share) * cases).sqrt() + 1.0
}

/// Whether the oracle is a program too, which may be as wrong as the machine: that shows nothing.
fn is_against_a_program(report: &Report, lane: &LaneReport) -> bool {
    let mut programs =
        report.machines.iter().filter(|it| it.subject == lane.subject && it.role == Role::Program);
    programs.any(|it| it.name != lane.lane.machine && lane.lane.machines().any(|name| name == it.name))
}

/// Whether something can be stated from a result at all.
fn is_fit(report: &Report) -> Result<(), String> {
    if report.kind != "conformance" {
        return Err(format!("the result is one of `{}`, not of `conformance`", report.kind));
    }
    if report.interrupted || !report.is_whole || !report.shards.are_all() {
        return Err("the result is not that of a full run: cases or lanes were left out, shards are missing, or runs of \
                    unlike plans were merged"
            .into());
    }
    if let Some(lane) = report.lanes.iter().find(|lane| lane.required && !lane.ran()) {
        let because = lane.skipped_because.as_deref().unwrap_or_default();
        return Err(format!("the required lane {} {} was skipped: {because}", lane.subject, lane.lane));
    }
    match report.ledger.all_problems().next() {
        Some(problem) => Err(format!("the ledger does not hold: {problem}")),
        None => Ok(()),
    }
}

fn conforms(lane: &LaneReport) -> Result<(), String> {
    let Counts { differ, oracle_fault, not_run, .. } = lane.counts;
    if (differ, oracle_fault, not_run) != (0, 0, 0) {
        return Err(format!(
            "{differ} of {} cases differ, {oracle_fault} are oracle faults, {not_run} were not run",
            lane.cases
        ));
    }
    if let Some((_, problem)) = lane.problems().next() {
        return Err(problem.to_owned());
    }
    if lane.counts.judged() != lane.cases {
        return Err(format!("{} of {} cases were judged", lane.counts.judged(), lane.cases));
    }
    Ok(())
}

/// What the machine has passed of the subjects that it was compared on.
fn coverage(report: &Report, machine: &str, lanes: &[&LaneReport]) -> Result<Vec<Coverage>, String> {
    let own: Vec<Coverage> = report
        .coverage_of(machine)
        .map(|coverage| Coverage {
            subject: coverage.table.subject.clone(),
            profile: coverage.table.profile.clone(),
            passed: coverage.passed() as u64,
            points: coverage.total() as u64,
        })
        .collect();
    let unknown = lanes.iter().find(|lane| {
        let is_watched = report.coverage.iter().any(|table| table.subject == lane.subject);
        is_watched && !own.iter().any(|coverage| coverage.subject == lane.subject)
    });
    match unknown {
        Some(lane) => Err(format!(
            "{machine} was compared with no machine on {}, so nobody knows what it covers",
            lane.subject
        )),
        None => Ok(own),
    }
}

fn suites(report: &Report, lanes: &[&LaneReport]) -> Vec<Suite> {
    let is_own = |subject: &str| lanes.iter().any(|lane| lane.subject == subject);
    let own = report.suites.iter().filter(|suite| is_own(&suite.subject));
    own.map(|suite| Suite {
        subject: suite.subject.clone(),
        hash: suite.hash.clone(),
        cases: suite.cases,
        ledger: ledger_hash(&report.ledger.rows, &suite.subject),
    })
    .collect()
}

fn stated(lane: &LaneReport) -> Lane {
    let partly = lane.groups.iter().filter(|(_, counts)| counts.unsupported > 0);
    Lane {
        subject: lane.subject.clone(),
        lane: lane.lane.clone(),
        counts: lane.counts,
        unsupported_by_oracle: lane.unsupported_by_oracle,
        unsupported: partly.map(|(group, counts)| (group.clone(), *counts)).collect(),
    }
}

/// The digest of everything that the verdicts are.
fn results(report: &Report, lanes: &[&LaneReport], suites: &[Suite], coverage: &[Coverage]) -> String {
    let lane = |lane: &&LaneReport| json!([stated(lane), lane.known_by_row, lane.groups, lane.points]);
    let lanes: Vec<serde_json::Value> = lanes.iter().map(lane).collect();
    digest::of("lockstep results", &json!([lanes, suites, coverage, report.seed, report.random_cases]))
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
