//! A campaign's result: plain data, complete, without a word about how it is shown.
//!
//! `reports/REPORT.md` documents the JSON form. A change that readers must know of raises [`SCHEMA`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vectors::{Difference, Profile};

use crate::coverage::ProfileCoverage;
use crate::ledger::CheckedRow;

/// The version of the report's form.
pub const SCHEMA: u32 = 2;

/// The result of a run: a campaign, a fuzzing session, a benchmark, a check of budgets, or several of these merged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The command that made it: `conformance`, `hil`, `fuzz`, `bench`, `budget`, `nightly`.
    pub kind: String,
    /// The commit of the project that ran, if git knows.
    pub commit: Option<String>,
    /// The seed of everything random.
    pub seed: u64,
    /// How many random cases were drawn, before any filter.
    pub random_cases: u64,
    /// Which part of the cases this run took: part `.0` of `.1`.
    pub shard: (u64, u64),
    /// The opcodes that cases were selected by; empty = all.
    pub opcodes: Vec<String>,
    /// The lanes.
    pub lanes: Vec<LaneReport>,
    /// What was hit, by profile.
    pub coverage: Vec<ProfileCoverage>,
    /// Whether holes in the coverage are a failure: only where nothing was left out.
    pub coverage_is_gated: bool,
    /// The divergence ledger.
    pub ledger: LedgerReport,
    /// Differences, grouped and explained.
    pub findings: Vec<Finding>,
    /// What was measured beside verdicts: speeds, sizes, instruction counts, shares.
    pub measurements: Vec<Measurement>,
    /// What should be known before the result is believed.
    pub warnings: Vec<String>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// Wall-clock time in seconds.
    pub seconds: f64,
}

/// The verdicts of a lane. `cases` is counted where cases are drawn, the others where they are judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneReport {
    /// The lane's name.
    pub name: String,
    /// The subject's name.
    pub subject: String,
    /// Cases asked for.
    pub cases: u64,
    /// Both outcomes are the same, in every field.
    pub agree: u64,
    /// They differ, and a row of the ledger explains it.
    pub known: u64,
    /// They differ, or the machine failed.
    pub differ: u64,
    /// The oracle failed, or broke a rule that holds for every implementation.
    pub oracle_fault: u64,
    /// One of the two does not implement the case.
    pub unsupported: u64,
    /// One of the two could not be used any more.
    pub not_run: u64,
    /// Known differences by ledger row; `D4+D5` where it takes both.
    pub known_by_row: BTreeMap<String, u64>,
    /// Cases and failures by where the cases come from: `vector/NAME`, `sweep/OPCODE`, `program`, `instruction`.
    pub groups: BTreeMap<String, Group>,
    /// Why the lane did not run at all.
    pub skipped_because: Option<String>,
    /// Whether the lane was asked for, so that it is a failure if it does not run.
    pub required: bool,
    /// What the machine did wrong that no case could be blamed for.
    pub machine_problem: Option<String>,
    /// The same of the oracle.
    pub oracle_problem: Option<String>,
    /// Seconds spent in the machine.
    pub machine_seconds: f64,
    /// Seconds spent in the oracle.
    pub oracle_seconds: f64,
}

/// The cases of a lane that come from one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Cases judged.
    pub cases: u64,
    /// Those that differ, or where the oracle failed.
    pub failed: u64,
}

impl LaneReport {
    /// The verdicts, which must come to `cases`.
    pub fn judged(&self) -> u64 {
        self.agree + self.known + self.differ + self.oracle_fault + self.unsupported + self.not_run
    }

    /// Whether cases were asked for and not one could be compared.
    fn compared_nothing(&self) -> bool {
        self.cases > 0 && self.judged() == self.unsupported + self.not_run
    }

    /// Cases a second, the time of both sides taken together.
    pub fn cases_per_second(&self) -> f64 {
        self.cases as f64 / (self.machine_seconds + self.oracle_seconds).max(1e-9)
    }
}

/// The state of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerReport {
    /// Every row, checked.
    pub rows: Vec<CheckedRow>,
    /// Problems that belong to no row.
    pub problems: Vec<String>,
}

impl LedgerReport {
    /// Everything that is wrong with it.
    pub fn all_problems(&self) -> impl Iterator<Item = String> {
        let of_rows =
            self.rows.iter().filter_map(|row| Some(format!("{}: {}", row.id, row.problem.as_ref()?)));
        of_rows.chain(self.problems.iter().cloned())
    }
}

/// Something measured, and what it must keep to where that is fixed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// What it belongs to, e.g. `budget/thumb`, `fuzz/loader`, `speed/instructions`.
    pub group: String,
    /// What was measured, e.g. `ADD`, `executions`, `rust / python`.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its unit, e.g. `bytes`, `instructions`, `1/s`; empty for a ratio or a share.
    pub unit: String,
    /// What it must not exceed.
    pub at_most: Option<f64>,
    /// What it must reach.
    pub at_least: Option<f64>,
}

impl Measurement {
    /// Whether it keeps to its bounds. What is not a number does not.
    pub fn holds(&self) -> bool {
        self.value.is_finite()
            && self.at_most.is_none_or(|bound| self.value <= bound)
            && self.at_least.is_none_or(|bound| self.value >= bound)
    }
}

/// A group of differences that look alike, explained by one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The lane.
    pub lane: String,
    /// The subject.
    pub subject: String,
    /// The profile that the machine under test ran in.
    pub profile: Profile,
    /// Who is to blame.
    pub blame: Blame,
    /// What it is about, e.g. the opcode at the first difference.
    pub topic: String,
    /// How many cases look like this, as far as they were looked at.
    pub count: u64,
    /// The case it is explained by, e.g. `sweep/17`.
    pub case: String,
    /// How the machine or the oracle failed, where there is no outcome to compare.
    pub failure: Option<String>,
    /// The step at which the two first differ, from 1.
    pub step: Option<u32>,
    /// The smallest case that shows it, for people.
    pub listing: String,
    /// The fields that differ in it.
    pub differences: Vec<Difference>,
    /// The complete state before, where the two still agreed, field by field.
    pub before: Vec<(String, String)>,
    /// What the oracle has after it.
    pub expected: Vec<(String, String)>,
    /// What the machine has after it.
    pub got: Vec<(String, String)>,
    /// The ledger row that describes just this, where the machine was not supposed to follow it.
    pub resembles: Option<String>,
    /// The vector that was written, or that failed.
    pub file: String,
    /// The command that shows it again.
    pub replay: String,
}

/// Who is to blame for a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blame {
    /// The machine under test.
    Machine,
    /// The oracle.
    Oracle,
}

/// How a run ends, as an exit status. Part of the public interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Everything agrees, or the ledger explains it.
    Conformant = 0,
    /// A machine differs.
    Differs = 1,
    /// Wrong usage, or a bad vector.
    Usage = 2,
    /// It could not be determined: a required lane is missing, or a machine could not be used to the end.
    Undetermined = 3,
    /// Nothing was selected.
    NothingSelected = 4,
    /// The ledger does not hold, or does not explain a difference between profiles.
    Ledger = 5,
    /// An oracle failed.
    OracleFault = 6,
    /// A gate fell: coverage, or a measurement out of its bounds.
    Gate = 7,
    /// Our own bug: the verdicts do not add up.
    Internal = 70,
    /// Interrupted.
    Interrupted = 130,
}

impl Report {
    /// The result of this campaign and of one over another subject, run with the same options, as one.
    #[must_use]
    pub fn and(mut self, other: Report) -> Report {
        self.lanes.extend(other.lanes);
        self.coverage.extend(other.coverage);
        self.coverage_is_gated |= other.coverage_is_gated;
        self.ledger.rows.extend(other.ledger.rows);
        self.ledger.problems.extend(other.ledger.problems);
        self.findings.extend(other.findings);
        self.measurements.extend(other.measurements);
        for warning in other.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.interrupted |= other.interrupted;
        self.seconds += other.seconds;
        self
    }

    /// The exit status that the result calls for: the gravest one.
    pub fn exit(&self) -> Exit {
        let ran = || self.lanes.iter().filter(|lane| lane.skipped_because.is_none());
        let across =
            |lane: &&LaneReport| lane.name.split_once('~').is_some_and(|(machine, _)| machine.contains('/'));
        let differs = |lane: &LaneReport| lane.differ > 0 || lane.machine_problem.is_some();
        if ran().any(|lane| lane.judged() != lane.cases) {
            Exit::Internal
        } else if self.interrupted {
            Exit::Interrupted
        } else if ran().filter(|lane| !across(lane)).any(differs) {
            Exit::Differs
        } else if ran().any(|lane| lane.oracle_fault > 0 || lane.oracle_problem.is_some()) {
            Exit::OracleFault
        } else if self.ledger.all_problems().next().is_some() || ran().filter(across).any(differs) {
            Exit::Ledger
        } else if (self.coverage_is_gated
            && self.coverage.iter().any(|coverage| coverage.holes().next().is_some()))
            || !self.measurements.iter().all(Measurement::holds)
        {
            Exit::Gate
        } else if self.lanes.iter().any(|lane| lane.required && lane.skipped_because.is_some())
            || ran().any(|lane| lane.not_run > 0 || lane.compared_nothing())
        {
            Exit::Undetermined
        } else if self.measurements.is_empty() && ran().all(|lane| lane.cases == 0) {
            Exit::NothingSelected
        } else {
            Exit::Conformant
        }
    }
}
