//! A campaign's result: plain data, complete, without a word about how it is shown.
//!
//! `reports/REPORT.md` documents the JSON form. A change that readers must know of raises [`SCHEMA`].

mod exit;
mod finding;
mod merge;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::coverage::ProfileCoverage;
use crate::ledger::CheckedRow;
use crate::plan::Shards;

pub use exit::Exit;
pub use finding::{Blame, EXPLAINED, Finding, InProgram, SEARCHED_PROGRAMS, Step, Traces, file_name};
pub use merge::merge;

/// The version of the report's form.
pub const SCHEMA: u32 = 3;

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
    /// Every how many-th case of the sweep was taken; 1 = all.
    pub sweep_stride: u64,
    /// Which parts of the cases this is the result of.
    pub shards: Shards,
    /// The opcodes that cases were selected by; empty = all.
    pub opcodes: Vec<String>,
    /// What the cases were: vectors, rules, and the digests that fix them.
    pub suites: Vec<SuiteReport>,
    /// The machines that took part, with their versions.
    pub machines: Vec<MachineReport>,
    /// The lanes.
    pub lanes: Vec<LaneReport>,
    /// What was hit, by profile.
    pub coverage: Vec<ProfileCoverage>,
    /// Whether holes in the coverage are a failure once all shards are there: only where nothing else was left out.
    pub coverage_is_gated: bool,
    /// The divergence ledger.
    pub ledger: LedgerReport,
    /// Differences, grouped and explained.
    pub findings: Vec<Finding>,
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

/// What the cases of a subject were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteReport {
    /// The subject.
    pub subject: String,
    /// SHA-256 over vectors and rules, in hexadecimal.
    pub hash: String,
    /// The sum of the SHA-256 of every case that was drawn, modulo 2^256: the same for every split into shards.
    pub cases: crate::digest::Sum,
    /// The sentences of the specification, by id.
    pub rules: BTreeMap<String, String>,
    /// The vectors, by name.
    pub vectors: BTreeMap<String, VectorReport>,
}

/// Where a vector stands and what it tests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorReport {
    /// The rule.
    pub rule: String,
    /// The coverage row it starts with, e.g. a mnemonic.
    pub topic: String,
    /// File and line in the project.
    pub place: String,
}

/// A machine that took part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineReport {
    /// The subject.
    pub subject: String,
    /// The name, as in lanes.
    pub name: String,
    /// What it says of its version; empty where it says nothing.
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
    /// Cases by what they hit: coverage row, e.g. an opcode, then coverage point.
    pub points: BTreeMap<String, BTreeMap<String, PointCases>>,
    /// Differing programs: [`SEARCHED_PROGRAMS`] of them are searched for the step that differs.
    pub differing_programs: u64,
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

/// The cases of a lane that hit a coverage point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointCases {
    /// Cases judged.
    pub cases: u64,
    /// Those of one step that differ as the ledger says.
    pub known: u64,
    /// Those of one step that differ, or where the oracle failed.
    pub failed: u64,
    /// Those of more steps that do: it need not be this one.
    pub passed_by: u64,
    /// The first few cases, in the order of [`crate::plan::order`].
    pub examples: Vec<String>,
    /// The first few that failed, of one step.
    pub failures: Vec<String>,
}

impl PointCases {
    /// Examples kept of each kind.
    const KEPT: usize = 3;

    /// Keeps `id` if it is one of the first.
    pub(crate) fn keep(list: &mut Vec<String>, id: &str) {
        let later = |known: &String| crate::plan::order(known) > crate::plan::order(id);
        if list.iter().any(|known| known == id) || list.len() == Self::KEPT && !list.last().is_some_and(later)
        {
            return;
        }
        let at = list.iter().position(later).unwrap_or(list.len());
        list.insert(at, id.to_owned());
        list.truncate(Self::KEPT);
    }
}

impl LaneReport {
    /// The cases asked for, then the verdicts: agree, known, differ, oracle fault, unsupported, not run.
    pub fn counts(&self) -> [u64; 7] {
        [self.cases, self.agree, self.known, self.differ, self.oracle_fault, self.unsupported, self.not_run]
    }

    /// The verdicts, which must come to `cases`.
    pub fn judged(&self) -> u64 {
        self.counts()[1..].iter().sum()
    }

    /// Whether cases were asked for and not one could be compared.
    pub fn compared_nothing(&self) -> bool {
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

impl Report {
    /// The result of a run in which nothing has happened yet. Everything else is set by what happens.
    pub fn new(kind: impl Into<String>, commit: Option<String>, seed: u64) -> Self {
        Report {
            schema: SCHEMA,
            kind: kind.into(),
            commit,
            seed,
            random_cases: 0,
            sweep_stride: 1,
            shards: Shards::default(),
            opcodes: Vec::new(),
            suites: Vec::new(),
            machines: Vec::new(),
            lanes: Vec::new(),
            coverage: Vec::new(),
            coverage_is_gated: false,
            ledger: LedgerReport::default(),
            findings: Vec::new(),
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
        for suite in other.suites {
            // A suite of two jobs is there once, with the cases that the first has drawn.
            let is_same = |own: &SuiteReport| (&own.subject, &own.hash) == (&suite.subject, &suite.hash);
            if !self.suites.iter().any(is_same) {
                self.suites.push(suite);
            }
        }
        merge::union(&mut self.machines, other.machines);
        self.lanes.extend(other.lanes);
        for coverage in other.coverage {
            // Two jobs on one subject hit the same points: they count once, and what either has hit is no hole.
            let same = |own: &&mut ProfileCoverage| {
                (&own.subject, own.profile) == (&coverage.subject, coverage.profile)
            };
            if self.coverage.iter_mut().find(same).is_none_or(|own| own.add(&coverage).is_err()) {
                self.coverage.push(coverage);
            }
        }
        self.coverage_is_gated |= other.coverage_is_gated;
        merge::union(&mut self.ledger.rows, other.ledger.rows);
        merge::union(&mut self.ledger.problems, other.ledger.problems);
        self.findings.extend(other.findings);
        self.measurements.extend(other.measurements);
        self.parts.extend(other.parts);
        merge::union(&mut self.warnings, other.warnings);
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
            let findings = || self.findings.iter().filter(|finding| finding.is_of(lane));
            let name = format!("{} {}", lane.subject, lane.name);
            for (side, problem) in [("machine", &lane.machine_problem), ("oracle", &lane.oracle_problem)] {
                warnings.extend(problem.iter().map(|problem| format!("{name}: {side}: {problem}")));
            }
            match findings().filter(|finding| !finding.explained).count() {
                0 => {}
                1 => warnings
                    .push(format!("{name}: 1 more group of differences is counted, but not explained")),
                more => {
                    warnings.push(format!(
                        "{name}: {more} more groups of differences are counted, but not explained"
                    ));
                }
            }
            let searched: u64 = findings().map(|finding| finding.programs.len() as u64).sum();
            if lane.differing_programs > searched {
                warnings.push(format!(
                    "{name}: {} more differing programs are counted, but not searched for their first difference",
                    lane.differing_programs - searched
                ));
            }
        }
        warnings
    }
}
