//! Merging: results of parts of a run, in whatever order and on whatever machines they were made, as the one result that
//! the whole run would have had.

use std::collections::{BTreeMap, BTreeSet};

use itertools::Itertools;

use super::finding::Finding;
use super::ladder::Ladder;
use super::result::{MachineReport, Part, Report, union};
use crate::called::{called, quoted};
use crate::lane::Lane;
use crate::plan::Shards;

/// Results that are being merged, one after the other. Those of the same command over the same lanes are shards of one run;
/// those of different commands or lanes, e.g. from other machines, stand beside each other.
#[derive(Debug, Default)]
pub struct Merging {
    runs: Vec<Run>,
}

/// A run of which some shards are there.
#[derive(Debug)]
struct Run {
    /// Subject and lane of each of its lanes, sorted: a lane that one shard has skipped may stand elsewhere in another.
    lanes: Vec<(String, Lane)>,
    report: Report,
}

impl Merging {
    /// Adds a result.
    ///
    /// # Errors
    /// Why it does not belong to the others: it is there twice, or of another commit, seed or suite.
    pub fn add(&mut self, report: Report) -> Result<(), String> {
        if let Some(Run { report: first, .. }) = self.runs.first()
            && first.commit != report.commit
        {
            let names = BTreeSet::from([&first.commit, &report.commit]);
            let names: Vec<&str> = names.iter().map(|commit| commit.as_deref().unwrap_or("none")).collect();
            return Err(format!("the results are of different commits: {}", names.join(", ")));
        }
        let mut lanes: Vec<_> =
            report.lanes.iter().map(|lane| (lane.subject.clone(), lane.lane.clone())).collect();
        lanes.sort();
        if let Some(((subject, lane), _)) = lanes.iter().tuple_windows().find(|(one, next)| one == next) {
            return Err(format!("a result has the lane {subject} {lane} twice"));
        }
        let same = |run: &&mut Run| (&run.lanes, &run.report.kind) == (&lanes, &report.kind);
        match self.runs.iter_mut().find(same) {
            Some(run) => run.report.add_shard(report),
            None => {
                let known = |lane: &&(String, Lane)| self.runs.iter().any(|run| run.lanes.contains(lane));
                if let Some((subject, lane)) = lanes.iter().find(known) {
                    return Err(format!(
                        "two runs with different lanes both have {subject} {lane}: run what only one of them has by itself, e.g. with --only"
                    ));
                }
                self.runs.push(Run { lanes, report });
                Ok(())
            }
        }
    }

    /// The one result, of which nothing is missing.
    ///
    /// # Errors
    /// Nothing was added, or shards are missing: which ones, and the commands that make them.
    pub fn whole(mut self) -> Result<Report, String> {
        for Run { report, .. } in &mut self.runs {
            let missing = missing(report);
            if !missing.is_empty() {
                let commands: Vec<String> = missing
                    .iter()
                    .filter_map(|part| Some(format!("\n  {}", part.command.as_ref()?)))
                    .collect();
                let names: Vec<&str> = missing.iter().map(|part| &*part.name).collect();
                return Err(format!(
                    "{}: shards are missing: {}{}",
                    report.kind,
                    names.join(", "),
                    commands.concat()
                ));
            }
            report.arguments = without(&report.arguments, &[SHARD, "--weights"]);
            report.shards = Shards::default();
        }
        self.together()
    }

    /// What is there, as one result. A shard that is missing is a part that did not run, so it is never conformant.
    ///
    /// # Errors
    /// Nothing was added.
    pub fn partial(mut self) -> Result<Report, String> {
        for Run { report, .. } in &mut self.runs {
            for Missing { name, command } in missing(report) {
                let name = format!("{} {name}", report.kind);
                let because =
                    command.map_or("it is missing".into(), |command| format!("it is missing: {command}"));
                report.parts.push(Part { name, skipped_because: Some(because), ..Part::default() });
            }
        }
        self.together()
    }

    fn together(self) -> Result<Report, String> {
        let several = self.runs.iter().map(|run| &run.report.kind).collect::<BTreeSet<_>>().len() > 1;
        let reports = self.runs.into_iter().map(|run| run.report);
        let mut whole = reports.reduce(Report::and).ok_or("there is nothing to merge")?;
        // What fails in one part may say what a finding of another is about.
        whole.quote_rules();
        Ok(if several { Report { kind: "merged".into(), ..whole } } else { whole })
    }
}

/// Merges results, of which none may be missing.
///
/// # Errors
/// Those of [`Merging::add`] and [`Merging::whole`].
pub fn merge(reports: Vec<Report>) -> Result<Report, String> {
    let mut merging = Merging::default();
    reports.into_iter().try_for_each(|report| merging.add(report))?;
    merging.whole()
}

/// A shard that is not there.
struct Missing {
    /// `part/of`; or `…`, for the others.
    name: String,
    /// What makes it, as it is typed; absent if the others do not say how they were made.
    command: Option<String>,
}

/// The shards that are not there; of many the first few, because a file can claim any number.
fn missing(report: &Report) -> Vec<Missing> {
    const NAMED: usize = 8;
    let shards = &report.shards;
    let mut missing = shards.missing().map(|part| format!("{part}/{}", shards.of));
    let name = |name: String| Missing { command: of_shard(&report.arguments, &name), name };
    let mut named: Vec<Missing> = missing.by_ref().take(NAMED).map(name).collect();
    if missing.next().is_some() {
        named.push(Missing { name: "…".into(), command: None });
    }
    named
}

/// The command that makes another shard; `None` if these arguments make none.
fn of_shard(arguments: &[String], shard: &str) -> Option<String> {
    let of_all = without(arguments, &[SHARD]);
    if of_all.len() == arguments.len() {
        return None;
    }
    let words = of_all.into_iter().chain([SHARD.into(), shard.into()]);
    Some(format!("{} {}", called(), words.map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")))
}

/// The option that says which part of the cases is run.
const SHARD: &str = "--shard";

/// Arguments without these options and their values.
fn without(arguments: &[String], options: &[&str]) -> Vec<String> {
    let mut kept = Vec::with_capacity(arguments.len());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let (name, value) = argument.split_once('=').map_or((&**argument, None), |(it, of)| (it, Some(of)));
        if !options.contains(&name) {
            kept.push(argument.clone());
        } else if value.is_none() {
            arguments.next();
        }
    }
    kept
}

impl Report {
    /// Adds another shard of the same run.
    fn add_shard(&mut self, mut other: Report) -> Result<(), String> {
        self.take_skips(&mut other)?;
        let twice: Vec<String> = self
            .shards
            .parts
            .intersection(&other.shards.parts)
            .map(|part| format!("{part}/{}", self.shards.of))
            .collect();
        let same = [
            ("schemas", self.schema == other.schema),
            ("seeds", self.seed == other.seed),
            ("numbers of random cases", self.random_cases == other.random_cases),
            ("parts of the sweep", self.sweep_stride == other.sweep_stride),
            ("topics", self.topics == other.topics),
            ("selections", self.is_whole == other.is_whole),
            ("numbers of shards", self.shards.of == other.shards.of),
            ("partitions into shards", self.shards.partition == other.shards.partition),
            ("suites", self.suites.iter().map(|suite| &suite.hash).eq(other.suites.iter().map(|s| &s.hash))),
            ("versions of machines", self.machines == other.machines),
            ("ledgers", self.ledger == other.ledger),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            return Err(format!("{}: the results are of different {what}", self.kind));
        }
        if !twice.is_empty() {
            return Err(format!("{}: shards are there twice: {}", self.kind, twice.join(", ")));
        }
        self.shards.parts.extend(other.shards.parts);
        union(&mut self.made, other.made);
        self.commands.extend(other.commands);
        for (suite, other) in self.suites.iter_mut().zip(other.suites) {
            suite.cases.add_sum(other.cases);
        }
        for (subject, spent) in other.spent {
            self.spent.entry(subject).or_default().add(spent);
        }
        for lane in &mut self.lanes {
            if let Some(others) = other.lanes.iter().find(|others| others.is_of_same_lane(lane)) {
                lane.add(others)?;
            }
        }
        if self.coverage != other.coverage {
            return Err(format!("{}: the results are of different coverage points", self.kind));
        }
        self.add_ladders(other.ladders);
        self.findings.extend(other.findings);
        self.findings = self.merged_findings();
        for measurement in other.measurements {
            if !self.measurements.contains(&measurement) {
                self.measurements.push(measurement);
            }
        }
        self.parts.extend(other.parts);
        union(&mut self.warnings, other.warnings);
        self.interrupted |= other.interrupted;
        // Shards run at the same time.
        self.seconds = self.seconds.max(other.seconds);
        Ok(())
    }

    /// Adds the ladders of another shard. One without a case of a subject has none of it; the order is that of the machines.
    fn add_ladders(&mut self, others: Vec<Ladder>) {
        for other in others {
            let is_same =
                |own: &&mut Ladder| (&own.subject, &own.machine) == (&other.subject, &other.machine);
            match self.ladders.iter_mut().find(is_same) {
                Some(own) => own.add(other),
                None => self.ladders.push(other),
            }
        }
        let machines = &self.machines;
        let place = |ladder: &Ladder| {
            let is_its = |of: &MachineReport| (&of.subject, &of.name) == (&ladder.subject, &ladder.machine);
            machines.iter().position(is_its)
        };
        self.ladders.sort_by_key(place);
    }

    /// The findings as they would be had their cases been found in one run.
    fn merged_findings(&mut self) -> Vec<Finding> {
        let mut merged = Vec::new();
        for lane in &self.lanes {
            let of_lane: Vec<Finding> =
                self.findings.iter().filter(|finding| finding.is_of(lane)).cloned().collect();
            merged.extend(Finding::in_order(Finding::of_one_run(of_lane)));
        }
        merged
    }
}

impl Finding {
    /// Joins those that look alike.
    fn of_one_run(findings: Vec<Finding>) -> Vec<Finding> {
        let mut joined: BTreeMap<(String, String), Finding> = BTreeMap::new();
        for finding in findings {
            let look = (finding.topic.clone(), finding.aspect.clone());
            match joined.remove(&look) {
                None => joined.insert(look, finding),
                Some(known) => joined.insert(look, known.joined(finding)),
            };
        }
        joined.into_values().collect()
    }

    fn joined(self, other: Finding) -> Finding {
        let count = self.count + other.count;
        let (mut first, second) = if self.origin <= other.origin { (self, other) } else { (other, self) };
        first.count = count;
        let longer = first.in_case.take().into_iter().chain(second.in_case);
        first.in_case = longer.min_by(|a, b| a.origin.cmp(&b.origin));
        first
    }
}
