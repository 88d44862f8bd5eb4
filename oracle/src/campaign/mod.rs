//! A campaign: many cases, run in batches on every machine that some lane needs, judged lane by lane.

mod ask;
mod draw;
mod event;
mod failing;
mod findings;
mod given;
mod judge;
mod judged;
pub mod known;
pub mod locate;
mod pipeline;
mod points;
mod sequence;
pub mod shrink;
mod suspect;
mod traces;

use std::fmt::{self, Display, Formatter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

pub use event::{Event, Listener};
pub use given::{Campaign, Seat, Skipped};

use crate::contract::{self, BrokenContract};
use crate::lane::Lane;
use crate::plan::Shards;
use crate::points::PointTable;
use crate::report::{LaneReport, LedgerReport, MachineReport, Report, Spent, SuiteReport, suite_report};
use crate::subject::{Profile, Subject, UnknownProfile};
use given::Sides;
use pipeline::Ran;

/// Why a campaign was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotRun {
    /// A lane names a profile that the subject does not have.
    Profile(UnknownProfile),
    /// The subject, or the names of its machines, are not as they must be.
    Contract(BrokenContract),
}

impl Display for CannotRun {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            CannotRun::Profile(error) => error.fmt(f),
            CannotRun::Contract(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CannotRun {}

impl From<UnknownProfile> for CannotRun {
    fn from(error: UnknownProfile) -> Self {
        CannotRun::Profile(error)
    }
}

impl From<BrokenContract> for CannotRun {
    fn from(error: BrokenContract) -> Self {
        CannotRun::Contract(error)
    }
}

impl<S: Subject> Campaign<'_, S> {
    /// Runs it. `interrupt`, once set, ends it after the batches at hand; differences are counted then, not explained.
    ///
    /// # Errors
    /// Why nothing was run.
    pub fn run(mut self, interrupt: &AtomicBool, listener: &mut Listener<'_>) -> Result<Report, CannotRun> {
        let start = Instant::now();
        self.check_contract()?;
        let sides = self.sides()?;
        let (rows, problems) = self.ledger.check(self.suite);
        let total =
            self.given.as_ref().map_or_else(|| self.plan.count(self.suite), |given| given.len() as u64);
        listener(&Event::Started {
            subject: S::NAME,
            seed: self.plan.seed,
            lanes: self.lanes.iter().map(ToString::to_string).collect(),
            cases: total,
        });
        let machines = self.machine_reports();
        let commands = self.machines.iter().map(|seat| &seat.machine);
        let commands = commands.filter_map(|machine| Some((machine.name().into(), machine.command()?)));
        let commands =
            commands.filter(|(name, _)| machines.iter().any(|machine| machine.name == *name)).collect();
        let coverage = coverage::<S>(&sides);
        let Ran { mut lanes, suspects, explainer, drawn, cases } =
            pipeline::run(&mut self, &sides, total, interrupt, listener);
        let findings = suspects.explain(&mut self, &sides, explainer, interrupt, listener);
        self.end_machines(&sides, &mut lanes);
        lanes.extend(self.skipped.iter().map(|skipped| LaneReport {
            skipped_because: Some(skipped.because.clone()),
            required: skipped.required,
            ..LaneReport::new(S::NAME, skipped.lane.clone())
        }));
        lanes.iter().for_each(|lane| listener(&Event::Lane(lane)));
        let is_compared = sides.iter().any(|sides| sides.oracle.is_some());
        if S::written().is_some() && self.suite.vectors.is_empty() {
            self.warnings.push(format!("{} has no vector", S::NAME));
        }
        let seconds = start.elapsed().as_secs_f64();
        // What cases of a file take says nothing of those of a plan.
        let spent = self.given.is_none().then(|| (S::NAME.into(), Spent { cases: drawn, seconds }));
        let makes_cases_for_nobody = S::generates().is_some() && !is_compared;
        let is_whole =
            self.plan.is_full() && self.given.is_none() && !self.is_sample && !makes_cases_for_nobody;
        let mut report = Report {
            random_cases: self.plan.random,
            sweep_stride: self.plan.sweep_stride as u64,
            shards: Shards::one(&self.plan.shard),
            topics: self.plan.topics.clone(),
            suites: vec![SuiteReport { cases, ..suite_report(self.suite) }],
            spent: spent.into_iter().collect(),
            machines,
            commands,
            lanes,
            is_whole,
            coverage_is_gated: is_whole && !coverage.is_empty(),
            coverage,
            ledger: LedgerReport { rows, problems },
            findings,
            measurements: self.machines.iter().flat_map(|seat| seat.machine.measurements()).collect(),
            warnings: self.warnings,
            interrupted: interrupt.load(Ordering::Relaxed),
            seconds,
            ..Report::new(self.kind, self.commit, self.plan.seed)
        };
        report.quote_rules();
        listener(&Event::Finished { exit: report.exit() as u8, seconds: report.seconds });
        Ok(report)
    }

    /// What the subject and the names of the machines must be for a result to be worth anything.
    fn check_contract(&self) -> Result<(), BrokenContract> {
        let names = contract::names(self.machines.iter().map(|seat| seat.machine.name()));
        if !names.is_empty() {
            return Err(BrokenContract { subject: S::NAME, promises: names });
        }
        contract::check(self.suite)
    }

    /// Ends the machines, and notes what each did wrong that no case could be blamed for.
    fn end_machines(&mut self, sides: &[Sides], lanes: &mut [LaneReport]) {
        let finish = |seat: &mut Seat<S>| seat.machine.finish().err();
        let problems: Vec<Option<String>> = self.machines.iter_mut().map(finish).collect();
        for (lane, sides) in lanes.iter_mut().zip(sides) {
            lane.machine_problem = problems[sides.machine].clone();
            lane.oracle_problem = sides.oracle.and_then(|oracle| problems[oracle].clone());
        }
    }

    fn sides(&self) -> Result<Vec<Sides>, UnknownProfile> {
        let position = |name: &str| {
            let found = self.machines.iter().position(|seat| seat.machine.name() == name);
            found.expect("lanes name machines that are there")
        };
        let side = |lane: &Lane| {
            let mut machines = lane.machines().map(position);
            let machine = machines.next().expect("a lane has a machine");
            Ok(Sides { machine, oracle: machines.next(), profiles: lane.profiles::<S>()? })
        };
        self.lanes.iter().map(side).collect()
    }

    /// The machines that take part.
    fn machine_reports(&self) -> Vec<MachineReport> {
        let takes_part = |name: &str| self.lanes.iter().any(|lane| lane.machines().any(|of| of == name));
        let seats = self.machines.iter().filter(|seat| takes_part(seat.machine.name()));
        let report = |seat: &Seat<S>| MachineReport {
            subject: S::NAME.into(),
            name: seat.machine.name().into(),
            role: seat.role,
            version: seat.machine.version(),
        };
        seats.map(report).collect()
    }
}

/// The points of the profiles in which a lane compares two machines.
fn coverage<S: Subject>(sides: &[Sides]) -> Vec<PointTable> {
    let Some(watched) = S::watched() else { return Vec::new() };
    let compared = |profile: &&Profile| {
        let machines = sides.iter().filter(|sides| sides.oracle.is_some());
        machines.flat_map(|sides| &sides.profiles).any(|(of, _)| of == *profile)
    };
    S::PROFILES.iter().filter(compared).map(|&profile| PointTable::of(watched, profile)).collect()
}
