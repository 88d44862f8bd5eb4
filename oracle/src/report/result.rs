//! The result of a run as a whole.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::ladder::Ladder;
use super::lane::LaneReport;
use super::made::Made;
use super::spent::Spent;
use super::suite::SuiteReport;
use crate::ledger::CheckedRow;
use crate::machine::Role;
use crate::measurement::Measurement;
use crate::plan::Shards;
use crate::points::PointTable;

/// The version of the report's form.
pub const SCHEMA: u32 = 5;

/// The result of a run: a campaign, a fuzzing session, a benchmark, a check of budgets, or several of these merged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The command that made it: `conformance`, `hil`, `fuzz`, `bench`, `budget`, `exhaust`, `nightly`;
    /// `merged` if results of several commands stand beside each other.
    pub kind: String,
    /// The arguments that it was made with, the command first; empty if it was made by no command line.
    pub arguments: Vec<String>,
    /// When and on what it was made: once, or once for each of the shards that were merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<Made>,
    /// The commit of the project that ran, if git knows.
    pub commit: Option<String>,
    /// The seed of everything random.
    pub seed: u64,
    /// How many random cases were drawn, before any filter.
    pub random_cases: u64,
    /// Every how many-th case of the sweep was taken; 1 = all.
    pub sweep_stride: u64,
    /// Which parts of the cases this is the result of.
    pub shards: Shards,
    /// The topics that cases were selected by; empty = all.
    pub topics: Vec<String>,
    /// What the cases were: vectors, rules, and the digests that fix them.
    pub suites: Vec<SuiteReport>,
    /// What the cases of each subject have taken, by its name: what a run is split by so that all shards take the same time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spent: BTreeMap<String, Spent>,
    /// The machines that took part, with their versions.
    pub machines: Vec<MachineReport>,
    /// The command lines of those machines that are programs, by name. They are no part of what a machine is: the same
    /// program may lie elsewhere for another shard.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub commands: BTreeMap<String, String>,
    /// The lanes.
    pub lanes: Vec<LaneReport>,
    /// The coverage points that there are, by subject and profile. What was hit stands in the lanes.
    pub coverage: Vec<PointTable>,
    /// Whether it is of one plan and no case of it was left out, other shards aside. It is not if topics or a part of the
    /// sweep were selected, if other cases were run than those of the plan, or if it was put together of unlike plans.
    pub is_whole: bool,
    /// Whether holes in the coverage are a failure once all shards are there: only where nothing else was left out.
    pub coverage_is_gated: bool,
    /// The divergence ledger.
    pub ledger: LedgerReport,
    /// Differences, grouped and explained.
    pub findings: Vec<Finding>,
    /// What each program that took part implements, and what it should implement next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ladders: Vec<Ladder>,
    /// What was measured beside verdicts: speeds, sizes, instruction counts, shares.
    pub measurements: Vec<Measurement>,
    /// The jobs that a run of several was made of; empty for a single one.
    pub parts: Vec<Part>,
    /// What should be known before the result is believed.
    pub warnings: Vec<String>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// Wall-clock time in seconds.
    pub seconds: f64,
}

/// A machine that took part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineReport {
    /// The subject.
    pub subject: String,
    /// The name, as in lanes.
    pub name: String,
    /// What it is for the subject.
    pub role: Role,
    /// What it says of its version; empty if it says nothing.
    pub version: String,
}

/// A job of a run of several: what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The command, e.g. `fuzz`.
    pub name: String,
    /// Its exit status; nothing where it did not run.
    pub exit: Option<u8>,
    /// Why it did not run.
    pub skipped_because: Option<String>,
    /// Wall-clock time in seconds.
    pub seconds: f64,
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

impl Report {
    /// The result of a run in which nothing has happened yet. Everything else is set by what happens.
    pub fn new(kind: impl Into<String>, commit: Option<String>, seed: u64) -> Self {
        Report {
            schema: SCHEMA,
            kind: kind.into(),
            arguments: Vec::new(),
            made: Vec::new(),
            commit,
            seed,
            random_cases: 0,
            sweep_stride: 1,
            shards: Shards::default(),
            topics: Vec::new(),
            suites: Vec::new(),
            spent: BTreeMap::new(),
            machines: Vec::new(),
            commands: BTreeMap::new(),
            lanes: Vec::new(),
            coverage: Vec::new(),
            is_whole: false,
            coverage_is_gated: false,
            ledger: LedgerReport::default(),
            findings: Vec::new(),
            ladders: Vec::new(),
            measurements: Vec::new(),
            parts: Vec::new(),
            warnings: Vec::new(),
            interrupted: false,
            seconds: 0.0,
        }
    }

    /// The result of this campaign and of one over another subject, or of another job, as one.
    #[must_use]
    pub fn and(mut self, other: Report) -> Report {
        self.is_whole &= other.is_whole
            && (self.seed, self.random_cases, &self.shards)
                == (other.seed, other.random_cases, &other.shards);
        for suite in other.suites {
            // A suite of two jobs is there once, with the cases that the first has drawn.
            let is_same = |own: &SuiteReport| (&own.subject, &own.hash) == (&suite.subject, &suite.hash);
            if !self.suites.iter().any(is_same) {
                self.suites.push(suite);
            }
        }
        // What two jobs on one subject have done is not the same: as of the suite, what counts is the first.
        other.spent.into_iter().for_each(|(subject, spent)| {
            self.spent.entry(subject).or_insert(spent);
        });
        union(&mut self.made, other.made);
        union(&mut self.machines, other.machines);
        self.commands.extend(other.commands);
        self.lanes.extend(other.lanes);
        union(&mut self.coverage, other.coverage);
        self.coverage_is_gated |= other.coverage_is_gated;
        union(&mut self.ledger.rows, other.ledger.rows);
        union(&mut self.ledger.problems, other.ledger.problems);
        self.findings.extend(other.findings);
        self.ladders.extend(other.ladders);
        self.measurements.extend(other.measurements);
        self.parts.extend(other.parts);
        union(&mut self.warnings, other.warnings);
        self.interrupted |= other.interrupted;
        self.seconds += other.seconds;
        self
    }

    /// Whether holes in the coverage fail this result.
    pub fn gates_coverage(&self) -> bool {
        self.coverage_is_gated && self.shards.are_all()
    }

    /// The same result with the files that it names as seen from outside `folder`, in which it lies.
    #[must_use]
    pub fn seen_from_outside(&self, folder: &Path) -> Report {
        let mut report = self.clone();
        report.findings.iter_mut().for_each(|finding| finding.move_into(folder));
        report
    }

    /// What should be known before the result is believed: the warnings, machines and oracles that do not work, and what
    /// was counted but not explained.
    pub fn all_warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        for lane in &self.lanes {
            let name = format!("{} {}", lane.subject, lane.lane);
            warnings.extend(lane.problems().map(|(who, problem)| format!("{name}: {who}: {problem}")));
            warnings.extend(lane.not_run().map(|why| format!("{name}: {why}")));
            let unexplained =
                self.findings.iter().filter(|finding| finding.is_of(lane) && !finding.explained);
            match unexplained.count() {
                0 => {}
                1 => warnings
                    .push(format!("{name}: 1 more group of differences is counted, but not explained")),
                more => warnings.push(format!(
                    "{name}: {more} more groups of differences are counted, but not explained"
                )),
            }
        }
        warnings
    }
}

/// Adds what is not there yet.
pub(super) fn union<T: PartialEq>(own: &mut Vec<T>, others: Vec<T>) {
    for other in others {
        if !own.contains(&other) {
            own.push(other);
        }
    }
}
