//! `cargo xtask conformance`: the main job.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use itertools::Itertools;
use oracle::partition::Partition;
use oracle::plan::MOST_RANDOM;
use oracle::project::Project;
use oracle::report::{Exit, LaneReport, Report};
use reports::stored;

use crate::config::{self, Config};
use crate::context::Context;
use crate::failure::Failure;
use crate::last::last;
use crate::machines::{Machines, typed};
use crate::shard::{self, Shard};
use crate::subject::{Chosen, Part};
use crate::wanted::{WantedLanes, is_subject, topics};
use crate::{loading, subjects, values, watch, weights};

/// Options of `cargo xtask conformance`.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    machines: Machines,
    /// Only this subject. May be given more than once
    #[arg(long = "subject", value_name = "SUBJECT", value_parser = values::subject())]
    subjects: Vec<String>,
    /// Only cases with this topic, e.g. an instruction, or with topics like `LD*`. May be given more than once.
    #[arg(long = "opcode", visible_alias = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
    /// Only this lane, e.g. `rust~python/strict`, or lanes like `*~vectors`. May be given more than once.
    #[arg(long = "lane", value_name = "LANE")]
    lanes: Vec<WantedLanes>,
    /// Only lanes of this machine.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Only this profile.
    #[arg(long, value_parser = PossibleValuesParser::new(profiles()))]
    profile: Option<String>,
    /// How many random cases to draw for each subject [default: 80000, with --quick 4000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=MOST_RANDOM))]
    cases: Option<u64>,
    /// The seed of the random cases.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Run only part I of N. `auto`, or `auto/N`, finds I in the environment of GitLab, Buildkite, Slurm or Kubernetes.
    #[arg(long, value_name = "I/N", value_parser = shard::shard, default_value = "1/1")]
    shard: Shard,
    /// Give each shard one subject, or a few, instead of a bit of all, so that all take the same time by what this earlier
    /// result says that cases of each subject take. The same for all shards
    #[arg(long, value_name = "RESULT", requires = "shard")]
    weights: Option<PathBuf>,
    /// A sixteenth of the sweep, and few random cases. Coverage is not gated.
    #[arg(long)]
    quick: bool,
    /// Run every batch so many times, in as many orders, and report what is not the same each time.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    repeat: u32,
    /// An image to load and run on all machines, instead of the usual cases. May be given more than once.
    #[arg(long = "image", value_name = "FILE", conflicts_with_all = ["topics", "cases", "seed", "shard", "quick"])]
    images: Vec<PathBuf>,
    /// Where report.json, report.html, events.ndjson, junit.xml and the vectors of failures go [default:
    /// target/lockstep, outside a checkout lockstep, or a folder below it if only some of the cases are run]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Only the topics and lanes in which the last result, or the one in --report, has differences; with its seed and
    /// number of cases
    #[arg(long, conflicts_with_all = ["subjects", "topics", "lanes", "cases", "seed", "shard", "quick", "images"])]
    rerun_failed: bool,
    /// Run again on every change of the files of the machines that --machine or lockstep.toml names
    #[arg(long)]
    watch: bool,
    /// A file that names machines, lanes, profile and folder of the result where no option does [default: lockstep.toml
    /// in the current folder, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the result if no option names one.
    #[arg(skip)]
    results: PathBuf,
}

/// The names of all profiles of all subjects.
fn profiles() -> BTreeSet<&'static str> {
    subjects::ALL.iter().flat_map(|subject| subject.profiles()).map(|profile| profile.name()).collect()
}

impl Options {
    /// Takes from the file what no option says.
    fn completed(mut self, project: &Project) -> Result<Self, Failure> {
        let config = Config::find(self.config.as_deref())?;
        if self.rerun_failed {
            let folder = self.report.clone().map_or_else(|| last(project, config.report.as_deref()), Ok)?;
            self.take_failed(&folder)?;
        }
        // Of all that the file names, a run without options is the whole.
        let of_options = self.kind();
        // Lanes are those of its machines.
        if self.machines.programs.is_empty() {
            if self.lanes.is_empty() {
                self.lanes = config.parsed_lanes()?;
            }
            self.machines.programs = config.machines;
        }
        if let Some(stranger) = config.profile.as_ref().filter(|name| !profiles().contains(name.as_str())) {
            let file = self.config.as_deref().unwrap_or(Path::new(config::FILE));
            return Err(Failure::file(file, format!("there is no profile `{stranger}`")));
        }
        self.profile = self.profile.or(config.profile);
        self.results = match &config.report {
            Some(own) => own.join(of_options),
            None => project.results(self.kind()),
        };
        Ok(self)
    }

    /// Takes topics, lanes, seed and number of cases from a stored result.
    fn take_failed(&mut self, folder: &Path) -> Result<(), Failure> {
        let report = stored::read(folder).map_err(Failure::usage)?.report;
        // What a machine does wrong that no case is to blame for is no finding, and cases that were not run may fail yet.
        let is_open = |lane: &&LaneReport| lane.machine_problem.is_some() || lane.counts.not_run > 0;
        let open = report.lanes.iter().filter(is_open);
        let failed = report.findings.iter().map(|it| (&it.subject, &it.lane, it.own_topic()));
        let failed: Vec<_> = failed.chain(open.map(|lane| (&lane.subject, &lane.lane, None))).collect();
        self.lanes.extend(failed.iter().map(|(_, lane, _)| WantedLanes::Named((*lane).clone())));
        // A lane of the same name that another subject has did not fail, or did not run.
        let is_known = |name: &&String| subjects::ALL.iter().any(|subject| subject.name() == **name);
        let named = failed.iter().map(|(subject, ..)| *subject).filter(is_known);
        self.subjects = named.unique().cloned().collect();
        // If one of them is about every topic, so is what is run.
        let topics = failed.iter().map(|(.., topic)| topic.map(str::to_owned));
        self.topics.extend(topics.collect::<Option<Vec<String>>>().into_iter().flatten());
        if failed.is_empty() {
            return Err(Failure::nothing(format!("{}: nothing has failed there", folder.display())));
        }
        self.lanes.sort_by_key(ToString::to_string);
        self.lanes.dedup();
        (self.seed, self.cases, self.quick) =
            (report.seed, Some(report.random_cases), report.sweep_stride > 1);
        Ok(())
    }

    /// The folder below that of all results: runs that leave something out have their own, so that they do not take the
    /// place of a full one.
    fn kind(&self) -> &'static str {
        let is_whole = self.subjects.is_empty()
            && self.topics.is_empty()
            && self.lanes.is_empty()
            && self.only.is_none()
            && self.profile.is_none();
        match (self.images.is_empty(), self.quick, is_whole) {
            (false, ..) => "image",
            (true, true, _) => "quick",
            (true, false, false) => "selected",
            (true, false, true) => "",
        }
    }

    /// The folder of the result. A shard has one below it, by its number, so that one command line does for all shards.
    fn folder(&self) -> PathBuf {
        let folder = self.report.clone().unwrap_or_else(|| self.results.clone());
        match self.shard.part {
            (_, 1) => folder,
            (part, of) => folder.join(format!("shard-{part}-of-{of}")),
        }
    }

    /// What lanes must be like, in words.
    fn such(&self) -> String {
        self.profile.as_ref().map_or(String::new(), |profile| format!(" in profile `{profile}`"))
    }

    /// The topics of the subject that is asked for, or of all.
    fn known_topics(&self) -> Vec<&'static str> {
        let subjects = subjects::ALL.iter().filter(|subject| is_subject(&self.subjects, subject.name()));
        subjects.flat_map(|subject| subject.topics()).collect()
    }

    fn chosen(&self) -> Result<Chosen, Failure> {
        let image = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), loading::read(file)?))
        };
        Ok(Chosen {
            subjects: self.subjects.clone(),
            topics: topics(&self.topics, &self.known_topics())?,
            lanes: self.lanes.clone(),
            only: self.only.clone(),
            profile: self.profile.clone(),
            random: self.cases.unwrap_or(if self.quick { 4_000 } else { 80_000 }),
            sweep_stride: if self.quick { 16 } else { 1 },
            seed: self.seed,
            images: self.images.iter().map(image).collect::<Result<_, _>>()?,
            repeat: self.repeat,
            replay_options: typed(&self.machines.arguments()),
        })
    }
}

/// Runs a campaign over each subject, prints the screen, writes the files.
pub fn run(options: Options, project: &Project) -> Result<Exit, Failure> {
    let options = &options.completed(project)?;
    if options.watch {
        return watch::run(&options.machines.programs, options.config.as_deref());
    }
    let chosen = options.chosen()?;
    options.shard.tell();
    let players = options.machines.start(project)?;
    // Everything is looked up before anything runs: a wrong name must not cost the time of a campaign.
    let parts = subjects::ALL.iter().map(|subject| subject.prepare(&chosen, &players));
    let parts = parts.filter_map(Result::transpose);
    let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
    if players.target.is_some() && !parts.iter().any(|part| part.is_on_chip) {
        let names = parts.iter().map(|part| part.subject).join(", ");
        return Err(Failure::nothing(format!("--target: {names} is on no chip")));
    }
    check_lanes(options, &parts)?;
    parts.retain(|part| !part.lanes.is_empty());
    if parts.is_empty() {
        let such = options.such();
        let images = if options.images.is_empty() { "" } else { " that runs such an image" };
        return Err(Failure::nothing(format!("no lane{such} of any subject{images} is selected")));
    }
    let takes_part = |program: &&String| parts.iter().any(|part| part.programs.contains(program));
    if let Some(program) = options.machines.programs.iter().find(|program| !takes_part(program)) {
        let mut unfit = parts.iter().flat_map(|part| &part.unfit);
        if let Some((_, why)) = unfit.find(|(command, _)| command == program) {
            return Err(Failure::undetermined(format!("`{program}`: {why}")));
        }
        return Err(Failure::usage(format!("no lane that is selected uses `{program}`")));
    }
    let warnings = without_effect(options, &parts);
    let (part, of) = options.shard.part;
    let partition = match &options.weights {
        Some(result) => weights::partition(result, of, &parts)?,
        None => Partition::even(of),
    };
    let started = parts.into_iter().map(|it| it.prepared.start(partition.shard(part, it.subject)));
    let runs = started.collect::<Result<Vec<_>, _>>()?;
    let mut context = Context::open(options.folder(), project)?;
    context.warnings.extend(warnings);
    let reports = runs.into_iter().map(|run| run(&mut context)).collect::<Result<Vec<_>, _>>()?;
    let whole = reports.into_iter().reduce(Report::and);
    Ok(context.finish(whole.ok_or_else(|| Failure::internal("there are no parts"))?))
}

/// What was asked for and does nothing in this run.
fn without_effect(options: &Options, parts: &[Part<'_>]) -> Vec<String> {
    let mut warnings = Vec::new();
    let by_vectors = parts.iter().flat_map(|part| &part.lanes).all(|lane| lane.machines().count() == 1);
    if by_vectors && let Some(profile) = &options.profile {
        warnings.push(format!("profile `{profile}` selects nothing: vectors run in every profile"));
    }
    for (index, lane) in options.lanes.iter().enumerate() {
        if options.lanes[..index].contains(lane) {
            warnings.push(format!("lane {lane} is named twice and runs once"));
        }
    }
    if by_vectors && (options.cases.is_some() || options.seed != 1) {
        warnings.push("--cases and --seed change nothing: no lane runs anything but vectors".into());
    }
    warnings
}

/// Whether what was asked for is there: the machines of every lane, and its profiles, in some subject.
fn check_lanes(options: &Options, parts: &[Part<'_>]) -> Result<(), Failure> {
    let known = |part: &Part<'_>, name: &str| part.machines.iter().any(|known| known == name);
    let all: BTreeSet<&str> = parts.iter().flat_map(|part| &part.machines).map(String::as_str).collect();
    let all = all.into_iter().collect::<Vec<_>>().join(", ");
    let runs = |wanted: &WantedLanes| parts.iter().flat_map(|part| &part.lanes).any(|lane| wanted.has(lane));
    let patterns = options.lanes.iter().filter(|wanted| wanted.named().is_none());
    if let Some(pattern) = patterns.into_iter().find(|pattern| !runs(pattern)) {
        let such = options.such();
        return Err(Failure::usage(format!("no lane{such} is like `{pattern}`: there are machines {all}")));
    }
    let known_anywhere = |name: &str| parts.iter().any(|part| known(part, name));
    if let Some(only) = options.only.as_ref().filter(|only| !known_anywhere(only)) {
        return Err(Failure::usage(format!("there is no machine `{only}`, only {all}")));
    }
    for lane in options.lanes.iter().filter_map(WantedLanes::named) {
        let mut its = parts.iter().filter(|part| lane.machines().all(|name| known(part, name)));
        let unknown = its.clone().flat_map(|part| &part.strangers).find(|(stranger, _)| stranger == lane);
        if its.any(|part| part.strangers.iter().all(|(stranger, _)| stranger != lane)) {
            continue;
        }
        if let Some((lane, unknown)) = unknown {
            return Err(Failure::usage(format!("lane {lane}: {unknown}")));
        }
        let missing = lane.machines().find(|name| !known_anywhere(name));
        return Err(Failure::usage(match missing {
            Some(name) => format!("lane {lane}: there is no machine `{name}`, only {all}"),
            None => format!("lane {lane}: its machines have no subject in common"),
        }));
    }
    Ok(())
}
