//! A campaign: many cases, run in batches on every machine that some lane needs, judged lane by lane.
//!
//! Cases are drawn on a thread of their own while the batch before is run. Where they are drawn they are counted as
//! asked for, where they are judged they are counted by verdict; the two counts must agree in the end.

mod draw;
mod findings;
mod judge;
pub mod known;
pub mod locate;
mod points;
mod sequence;
pub mod shrink;
mod traces;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde::Serialize;

use crate::coverage::PointTable;
use crate::lane::Lane;
use crate::ledger::Ledger;
use crate::machine::{Machine, Role};
use crate::plan::{Plan, Planned, Shards};
use crate::report::{Finding, LaneReport, LedgerReport, MachineReport, Report, SuiteReport};
use crate::subject::{Profile, Subject, UnknownProfile};
use crate::suite::Suite;
use draw::Drawn;
use judge::Judge;

/// Everything a campaign needs.
pub struct Campaign<'a, S: Subject> {
    /// The command that runs it, for the report.
    pub kind: &'static str,
    /// The vectors.
    pub suite: &'a Suite<S>,
    /// The divergence ledger.
    pub ledger: &'a Ledger,
    /// The machines, each under the name that lanes use.
    pub machines: Vec<Seat<S>>,
    /// The lanes to run; all their machines are there.
    pub lanes: Vec<Lane>,
    /// The lanes that cannot run.
    pub skipped: Vec<Skipped>,
    /// The cases.
    pub plan: Plan,
    /// Cases to run instead of those of the plan.
    pub given: Option<Vec<Planned<S>>>,
    /// How often each batch is run, each time in another order; usually 1.
    pub repeat: u32,
    /// Where vectors of findings are written.
    pub failures: PathBuf,
    /// What a replay command needs to name the same machines, e.g. `--upstream DIR`.
    pub replay_options: String,
    /// The commit of the project; absent if git does not know it.
    pub commit: Option<String>,
    /// What should be known before the result is believed.
    pub warnings: Vec<String>,
}

/// A machine with its role in this campaign.
pub struct Seat<S: Subject> {
    /// What it is for the subject.
    pub role: Role,
    /// The machine.
    pub machine: Box<dyn Machine<S>>,
}

/// A lane that cannot run, and why.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// The lane.
    pub lane: Lane,
    /// Why.
    pub because: String,
    /// Whether it was asked for.
    pub required: bool,
}

/// What happens while a campaign runs.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event<'a> {
    /// It begins.
    Started {
        /// The subject.
        subject: &'a str,
        /// The seed.
        seed: u64,
        /// The lanes that run.
        lanes: Vec<String>,
        /// Cases that will be run on each lane between machines; fewer, if they are selected by topic.
        cases: u64,
    },
    /// A lane that will not run, or one that has finished.
    Lane(&'a LaneReport),
    /// A batch has been judged.
    Batch {
        /// Cases so far.
        done: u64,
        /// Of how many.
        cases: u64,
        /// Differences so far, over all lanes.
        differ: u64,
    },
    /// A difference has been explained.
    Finding(&'a Finding),
    /// It is over.
    Finished {
        /// The exit status.
        exit: u8,
        /// Wall-clock time in seconds.
        seconds: f64,
    },
}

/// Told of every event.
pub type Listener<'a> = dyn FnMut(&Event<'_>) + 'a;

/// A lane's two sides, by position in the list of machines.
#[derive(Clone, Debug)]
struct Sides {
    /// The machine under test.
    machine: usize,
    /// The oracle; absent if the vectors are.
    oracle: Option<usize>,
    /// The profiles that are compared: of the machine, of the oracle.
    profiles: Vec<(Profile, Profile)>,
}

impl<S: Subject> Campaign<'_, S> {
    /// Runs it. `interrupt`, once set, ends it after the batches at hand; differences are counted then, not explained.
    ///
    /// # Errors
    /// A lane names a profile that the subject does not have. Nothing has been run then.
    pub fn run(
        mut self,
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> Result<Report, UnknownProfile> {
        let start = Instant::now();
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
        let coverage = coverage::<S>(&sides);
        let mut judge = Judge::new(&self, sides);
        let Drawn { asked, cases } = judge.run(&mut self, total, interrupt, listener);
        let (mut lanes, findings) = judge.conclude(&mut self, &asked, interrupt, listener);
        lanes.extend(self.skipped.iter().map(|skipped| LaneReport {
            skipped_because: Some(skipped.because.clone()),
            required: skipped.required,
            ..LaneReport::new(S::NAME, skipped.lane.clone())
        }));
        lanes.iter().for_each(|lane| listener(&Event::Lane(lane)));
        let report = Report {
            random_cases: self.plan.random,
            sweep_stride: self.plan.sweep_stride as u64,
            shards: Shards::one(self.plan.shard),
            topics: self.plan.topics.clone(),
            suites: vec![SuiteReport { cases, ..crate::suite::report::report(self.suite) }],
            machines,
            lanes,
            is_whole: self.plan.is_full() && self.given.is_none(),
            coverage_is_gated: self.plan.is_full() && self.given.is_none() && !coverage.is_empty(),
            coverage,
            ledger: LedgerReport { rows, problems },
            findings,
            measurements: self.machines.iter().flat_map(|seat| seat.machine.measurements()).collect(),
            warnings: self.warnings,
            interrupted: interrupt.load(Ordering::Relaxed),
            seconds: start.elapsed().as_secs_f64(),
            ..Report::new(self.kind, self.commit, self.plan.seed)
        };
        listener(&Event::Finished { exit: report.exit() as u8, seconds: report.seconds });
        Ok(report)
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
