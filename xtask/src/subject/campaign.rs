//! The campaign over one subject: from what was asked for to something that runs.

use oracle::campaign::{Campaign, Seat, Skipped};
use oracle::cores::Cores;
use oracle::ladder::ladders;
use oracle::lane::default_lanes;
use oracle::ledger::Ledger;
use oracle::origin::Origin;
use oracle::partition::Shard;
use oracle::plan::{Plan, Planned};
use oracle::report::Report;
use oracle::subject::{Subject, UnknownProfile};
use oracle::suite::Suite;
use oracle::{Lane, Role};

use super::players::{Entry, Players};
use crate::context::Context;
use crate::failure::Failure;
use crate::loading;
use crate::wanted::{WantedLanes, is_subject};

/// What was asked for, as far as campaigns are concerned.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// Only the subjects of these names; empty = all.
    pub subjects: Vec<String>,
    /// Only cases with one of these topics; empty = all.
    pub topics: Vec<String>,
    /// Only these lanes; empty = those that the machines call for.
    pub lanes: Vec<WantedLanes>,
    /// Only lanes in which the machine of this name takes part.
    pub only: Option<String>,
    /// Only lanes whose machine runs in the profile of this name.
    pub profile: Option<String>,
    /// How many random cases to draw.
    pub random: u64,
    /// Every how many-th case of the sweep to take; 1 = all.
    pub sweep_stride: usize,
    /// The seed of the random cases.
    pub seed: u64,
    /// Files to take cases from instead, with their contents.
    pub images: Vec<(String, Vec<u8>)>,
    /// How often each batch is run; more than once to find machines that do not repeat themselves.
    pub repeat: u32,
    /// What a replay command needs to name the same machines.
    pub replay_options: String,
}

/// The campaign over one subject: what takes part is known, and nothing is started.
pub struct Part<'a> {
    /// The name of the subject.
    pub subject: &'static str,
    /// Whether the subject can be on a chip.
    pub is_on_chip: bool,
    /// The names of the machines that there are for this subject.
    pub machines: Vec<String>,
    /// The lanes that take part, those that cannot run included.
    pub lanes: Vec<Lane>,
    /// The lanes that were asked for and name a profile that the subject does not have, with what it has.
    pub strangers: Vec<(Lane, UnknownProfile)>,
    /// The programs from the command line that a lane uses.
    pub programs: Vec<String>,
    /// The programs from the command line that cannot take part although they know the subject, and why.
    pub unfit: Vec<(String, String)>,
    /// What is left to be done.
    pub prepared: Box<dyn Prepared<'a> + 'a>,
}

/// A campaign that can be started.
pub trait Prepared<'a> {
    /// How many cases all shards together have; at most so many, where they are selected by topic.
    fn cases(&self) -> u64;

    /// Starts what the cases of a shard need. If it has none, no model and no reference in Python is
    /// loaded, and the campaign counts none in its lanes.
    ///
    /// # Errors
    /// The reference does not run whose checkout the command line names.
    fn start(self: Box<Self>, shard: Shard) -> Result<Run<'a>, Failure>;
}

/// Runs a campaign that is ready.
pub type Run<'a> = Box<dyn FnOnce(&mut Context) -> Result<Report, Failure> + 'a>;

/// A campaign over the subject `S`.
struct Of<'a, S: Subject> {
    chosen: &'a Chosen,
    suite: Suite<S>,
    ledger: Ledger,
    /// The cases of files, instead of those of the plan.
    given: Option<Vec<Planned<S>>>,
    entries: Vec<Entry<S>>,
    plan: Plan,
    cores: Cores,
    warnings: Vec<String>,
    /// Whether the command line names a checkout of the reference.
    has_checkout_option: bool,
}

/// The campaign over one subject; `None` if nothing that was asked for is about it. It has no lanes if nothing takes part.
///
/// # Errors
/// A vector, a ledger or an image that cannot be read.
pub fn prepare<'a, S: Subject>(chosen: &'a Chosen, players: &Players) -> Result<Option<Part<'a>>, Failure> {
    let known = S::all_topics();
    let is_known = |topic: &&String| known.contains(&topic.as_str());
    let topics: Vec<String> = chosen.topics.iter().filter(is_known).cloned().collect();
    let is_other = !chosen.topics.is_empty() && topics.is_empty()
        || !is_subject(&chosen.subjects, S::NAME)
        || !chosen.images.is_empty() && !can_hold::<S>(&chosen.images);
    if is_other {
        return Ok(None);
    }
    let suite = loading::suite::<S>(&players.project)?;
    let ledger = loading::ledger::<S>(&players.project)?;
    let given = given::<S>(&chosen.images)?;
    let entries = players.of::<S>();
    let (lanes, skipped) = choose_lanes(chosen, &entries);
    let stranger = |lane: &Lane| Some((lane.clone(), lane.profiles::<S>().err()?));
    let strangers = chosen.lanes.iter().filter_map(WantedLanes::named).filter_map(stranger).collect();
    let used = || entries.iter().filter(|entry| entry.is_in(&lanes));
    let mut warnings = players.warnings.clone();
    if used().any(|entry| entry.role == Role::Reference) {
        warnings.extend(players.reference_warning::<S>());
    }
    let plan = Plan {
        seed: chosen.seed,
        random: chosen.random,
        sweep_stride: chosen.sweep_stride,
        topics,
        shard: Shard::default(),
    };
    Ok(Some(Part {
        subject: S::NAME,
        is_on_chip: S::on_chip().is_some(),
        machines: entries.iter().map(|entry| entry.name.clone()).collect(),
        lanes: lanes.iter().cloned().chain(skipped.iter().map(|skipped| skipped.lane.clone())).collect(),
        strangers,
        programs: used().filter_map(|entry| entry.command.clone()).collect(),
        unfit: entries
            .iter()
            .filter_map(|entry| Some((entry.command.clone()?, entry.machine.as_ref().err()?.clone())))
            .collect(),
        prepared: Box::new(Of {
            chosen,
            suite,
            ledger,
            given,
            entries,
            plan,
            cores: players.cores.clone(),
            warnings,
            has_checkout_option: players.has_checkout_option::<S>(),
        }),
    }))
}

impl<'a, S: Subject> Prepared<'a> for Of<'a, S> {
    fn cases(&self) -> u64 {
        self.plan.count(&self.suite)
    }

    fn start(mut self: Box<Self>, shard: Shard) -> Result<Run<'a>, Failure> {
        self.plan.shard = shard;
        let has_cases = self.given.is_some() || self.plan.cases(&self.suite).next().is_some();
        if has_cases {
            let (lanes, _) = choose_lanes(self.chosen, &self.entries);
            let is_needed = |entry: &&mut Entry<S>| entry.role == Role::Reference || entry.is_in(&lanes);
            self.entries.iter_mut().filter(is_needed).for_each(Entry::load);
        }
        let mut references = self.entries.iter().filter(|entry| entry.role == Role::Reference);
        let wrong = references.find_map(|entry| entry.machine.as_ref().err());
        if let Some(why) = wrong.filter(|_| self.has_checkout_option) {
            return Err(Failure::usage(why));
        }
        Ok(Box::new(move |context| self.run(has_cases, context)))
    }
}

impl<S: Subject> Of<'_, S> {
    fn run(self, has_cases: bool, context: &mut Context) -> Result<Report, Failure> {
        let Of { chosen, suite, ledger, given, entries, plan, cores, mut warnings, .. } = self;
        let (lanes, skipped) = choose_lanes(chosen, &entries);
        let are_compared = lanes.iter().any(|lane| lane.machines().count() > 1);
        let is_open = chosen.lanes.is_empty() && chosen.only.is_none() && chosen.profile.is_none();
        if S::generates().is_some() && !are_compared && is_open {
            let what = "so the cases that it makes are not run";
            warnings.push(format!("no two machines of {} are compared, {what}", S::NAME));
        }
        let asked: Vec<Lane> =
            lanes.iter().chain(skipped.iter().map(|skipped| &skipped.lane)).cloned().collect();
        let leaves_out = leave_out(&asked, &entries);
        // Lanes that somebody has named have all cases.
        let is_named = !chosen.lanes.is_empty() || chosen.only.is_some() || given.is_some();
        let seat = |entry: Entry<S>| {
            let machine = entry.machine.ok()?;
            let sample = machine.sample().filter(|_| !is_named);
            Some(Seat { role: entry.role, machine, sample })
        };
        let campaign = Campaign {
            given,
            lanes,
            skipped,
            machines: entries.into_iter().filter_map(seat).collect(),
            repeat: chosen.repeat,
            cores,
            replay_options: chosen.replay_options.clone(),
            commit: context.commit.clone(),
            warnings,
            ..Campaign::new((&suite, &ledger), plan, context.folder.join("failures"))
        };
        let mut report = context.run(campaign)?;
        report.is_whole &= !leaves_out;
        // Cases of a file are none of a plan that could be drawn again; and without a case nobody knows what a machine has.
        if chosen.images.is_empty() && has_cases {
            report.ladders = ladders(&report, &suite);
        }
        Ok(report)
    }
}

/// Whether any of the files may be an image of the subject.
fn can_hold<S: Subject>(files: &[(String, Vec<u8>)]) -> bool {
    S::images().is_some_and(|images| files.iter().any(|(_, file)| images.is_kind(file)))
}

/// The cases of files, instead of those of the plan; `None` if no file was named.
fn given<S: Subject>(files: &[(String, Vec<u8>)]) -> Result<Option<Vec<Planned<S>>>, Failure> {
    let Some(images) = S::images().filter(|_| !files.is_empty()) else { return Ok(None) };
    let mut given = Vec::new();
    for (name, file) in files {
        let cases =
            images.cases(file).map_err(|why| Failure::usage(format!("{name}: {}: {why}", S::NAME)))?;
        given.extend((0..).zip(cases).map(|(index, case)| Planned {
            origin: Origin::Image { name: name.clone(), index },
            case,
            vector: None,
        }));
    }
    Ok(Some(given))
}

/// Whether it is no failure if a lane cannot run and nobody has named it.
fn is_optional<S: Subject>(lane: &Lane, entries: &[Entry<S>]) -> bool {
    let mut of = entries.iter().filter(|entry| lane.machines().any(|name| name == entry.name));
    of.any(|entry| entry.may_lack)
}

/// Whether these are not all lanes of the machines that are judged in them: then the run is no whole one of any.
fn leave_out<S: Subject>(lanes: &[Lane], entries: &[Entry<S>]) -> bool {
    let all: Vec<_> = entries.iter().map(Entry::player).collect();
    default_lanes::<S>(&all).iter().any(|lane| {
        let is_judged = lanes.iter().any(|it| it.machine == lane.machine);
        is_judged && !lanes.contains(lane) && !is_optional(lane, entries)
    })
}

/// The lanes to run and those that cannot be. One whose machines or profiles are not there for this subject is neither.
fn choose_lanes<S: Subject>(chosen: &Chosen, entries: &[Entry<S>]) -> (Vec<Lane>, Vec<Skipped>) {
    let named = chosen.lanes.iter().filter_map(WantedLanes::named);
    let mut candidates: Vec<(Lane, bool)> = named.map(|lane| (lane.clone(), true)).collect();
    let all: Vec<_> = entries.iter().map(Entry::player).collect();
    let is_wanted = |lane: &Lane| chosen.lanes.is_empty() || chosen.lanes.iter().any(|it| it.has(lane));
    for lane in default_lanes::<S>(&all) {
        if is_wanted(&lane) && !candidates.iter().any(|(known, _)| *known == lane) {
            candidates.push((lane.clone(), !is_optional(&lane, entries)));
        }
    }
    // Each subject has profiles of its own.
    candidates.retain(|(lane, _)| lane.profiles::<S>().is_ok());
    // Cases of a file are none of the vectors.
    candidates.retain(|(lane, _)| chosen.images.is_empty() || lane.machines().count() > 1);
    let is_of = |lane: &Lane, only: &String| lane.machines().any(|name| name == only);
    candidates.retain(|(lane, _)| chosen.only.as_ref().is_none_or(|only| is_of(lane, only)));
    // With vectors a machine runs in all of its profiles.
    let has = |lane: &Lane, wanted: &str| {
        let mut players = all.iter().filter(|player| lane.machines().any(|name| name == player.name));
        players.all(|player| player.profiles.iter().any(|profile| profile.name() == wanted))
    };
    let runs_in = |lane: &Lane, wanted: &str| {
        lane.runs_in(wanted) && (lane.machines().count() > 1 || has(lane, wanted))
    };
    candidates.retain(|(lane, _)| chosen.profile.as_ref().is_none_or(|wanted| runs_in(lane, wanted)));
    let (mut lanes, mut skipped) = (Vec::new(), Vec::new());
    for (lane, required) in candidates {
        let found = |name| entries.iter().find(|entry: &&Entry<S>| entry.name == name);
        let Some(sides) = lane.machines().map(found).collect::<Option<Vec<_>>>() else { continue };
        match sides.iter().find_map(|entry| entry.machine.as_ref().err()) {
            Some(because) => skipped.push(Skipped { because: because.clone(), lane, required }),
            None if lanes.contains(&lane) => {}
            None => lanes.push(lane),
        }
    }
    (lanes, skipped)
}
