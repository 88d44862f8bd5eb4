//! `cargo xtask conformance`: the main job.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use hil::target::OnChip;
use oracle::Lane;
use oracle::campaign::{Campaign, Skipped};
use oracle::ledger::Ledger;
use oracle::machines::python;
use oracle::native::Native;
use oracle::plan::{Plan, Planned};
use oracle::report::{Exit, Report};
use vectors::Profile;

use crate::Failure;
use crate::context::Context;
use crate::registry::{self, Entry, Machines, for_each_subject};

/// Options of `cargo xtask conformance`.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    machines: Machines,
    /// Only this subject.
    #[arg(long, value_parser = PossibleValuesParser::new(registry::subjects()))]
    subject: Option<String>,
    /// Only cases with this opcode. May be given more than once.
    #[arg(long = "opcode", value_name = "MNEMONIC")]
    opcodes: Vec<String>,
    /// Only this lane, e.g. `rust~python/strict`. May be given more than once.
    #[arg(long = "lane", value_name = "LANE")]
    lanes: Vec<Lane>,
    /// Only this profile.
    #[arg(long)]
    profile: Option<Profile>,
    /// How many random cases to draw; one in four is a program [default: 80000, with --quick 4000]
    #[arg(long, value_name = "N")]
    cases: Option<u64>,
    /// The seed of the random cases.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Run only part I of N.
    #[arg(long, value_name = "I/N", value_parser = shard, default_value = "1/1")]
    shard: (u64, u64),
    /// A sixteenth of the sweep, and few random cases. Coverage is not gated.
    #[arg(long)]
    quick: bool,
    /// An HXE image to load and run on all machines, instead of the usual cases. May be given more than once.
    #[arg(long = "image", value_name = "FILE", conflicts_with_all = ["opcodes", "cases", "seed", "shard", "quick"])]
    images: Vec<PathBuf>,
    /// Where report.json, report.html, events.ndjson, junit.xml and the vectors of failures go [default: target/lockstep]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// Reads `I/N`.
pub fn shard(text: &str) -> Result<(u64, u64), String> {
    let parsed = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    parsed
        .filter(|&(part, of)| (1..=of).contains(&part))
        .ok_or_else(|| "I/N with 1 <= I <= N is wanted".into())
}

/// Runs a campaign over each subject, prints the screen, writes the files.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let folder = options.report.clone().unwrap_or_else(|| registry::in_project("target/lockstep"));
    let ledger = registry::ledger()?;
    check_opcodes(&options.opcodes)?;
    let images = read_images(&options.images)?;
    // Everything is looked up before anything runs: a wrong name must not cost the time of a campaign.
    let mut parts = Vec::new();
    for (_, part) in for_each_subject!(prepare(options, &ledger, &images)) {
        parts.extend(part?);
    }
    check_lanes(options, &parts)?;
    let takes_part = |program: &&String| parts.iter().any(|part| part.programs.contains(program));
    if let Some(program) = options.machines.programs.iter().find(|program| !takes_part(program)) {
        let message = format!("`{program}` takes part in no subject");
        return Err(Failure { exit: Exit::Undetermined, message });
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        return Err(Failure {
            exit: Exit::NothingSelected,
            message: "no lane of any subject is selected".into(),
        });
    }
    // From here on results are written, over those of an earlier run.
    let mut context = Context::open(folder)?;
    let reports = parts.into_iter().map(|part| (part.run)(&mut context));
    let report = reports.reduce(Report::and).expect("there are parts");
    context.finish(&report)
}

/// The campaign over one subject, ready to run.
struct Part<'a> {
    /// The names of the machines that there are for this subject.
    machines: Vec<String>,
    /// The programs from the command line that know it.
    programs: Vec<String>,
    /// The lanes that take part, those that cannot run included.
    lanes: usize,
    run: Box<dyn FnOnce(&mut Context) -> Report + 'a>,
}

impl Part<'_> {
    fn is_empty(&self) -> bool {
        self.lanes == 0
    }
}

/// The campaign over one subject; nothing where the subject is not selected.
fn prepare<'a, S: OnChip>(
    options: &'a Options,
    ledger: &'a Ledger,
    images: &[(String, Vec<u8>)],
) -> Result<Option<Part<'a>>, Failure> {
    let known = S::all_topics();
    let topics: Vec<String> = options.opcodes.iter().filter(|topic| is_in(&known, topic)).cloned().collect();
    let others = topics.is_empty() && !options.opcodes.is_empty();
    if others || options.subject.as_ref().is_some_and(|subject| subject != S::NAME) {
        return Ok(None);
    }
    let suite = registry::suite::<S>(None)?;
    let entries = options.machines.load::<S>();
    let (lanes, skipped) = choose_lanes(options, &entries);
    let checkout = options.machines.checkout();
    let loaded = |name: &str| entries.iter().any(|entry| entry.name == name && entry.machine.is_ok());
    let warnings =
        checkout.filter(|_| loaded("upstream")).and_then(|folder| python::upstream_warning(&folder));
    let random = options.cases.unwrap_or(if options.quick { 4_000 } else { 80_000 });
    let plan = Plan {
        seed: options.seed,
        random,
        sweep_stride: if options.quick { 16 } else { 1 },
        topics,
        shard: options.shard,
    };
    let given = (!images.is_empty()).then(|| images.iter().flat_map(cases_of_image).collect());
    Ok(Some(Part {
        machines: entries.iter().map(|entry| entry.name.clone()).collect(),
        programs: entries.iter().filter_map(|entry| entry.command.clone()).collect(),
        lanes: lanes.len() + skipped.len(),
        run: Box::new(move |context| {
            let campaign = Campaign {
                kind: "conformance",
                suite: &suite,
                ledger,
                plan,
                given,
                lanes,
                skipped,
                machines: entries.into_iter().filter_map(|entry| entry.machine.ok()).collect(),
                failures: context.folder.join("failures"),
                replay_options: registry::typed(&options.machines.arguments()),
                commit: context.commit.clone(),
                warnings: warnings.into_iter().collect(),
            };
            context.run(campaign)
        }),
    }))
}

/// The images with their names.
fn read_images(files: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let read = |file: &PathBuf| {
        let image = registry::read(file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Ok((name.into_owned(), image))
    };
    files.iter().map(read).collect()
}

fn cases_of_image<S: Native>((name, image): &(String, Vec<u8>)) -> Vec<Planned<S>> {
    let planned = |(index, case)| Planned { id: format!("image/{name}/{index}"), case, vector: None };
    S::cases_of_image(image).into_iter().enumerate().map(planned).collect()
}

/// Whether every lane that was asked for has its machines in some subject.
fn check_lanes(options: &Options, parts: &[Part<'_>]) -> Result<(), Failure> {
    let known = |part: &Part<'_>, name: &str| part.machines.iter().any(|known| known == name);
    for lane in &options.lanes {
        if !parts.iter().any(|part| lane.machines().all(|name| known(part, name))) {
            let missing = lane.machines().find(|name| !parts.iter().any(|part| known(part, name)));
            let known: BTreeSet<&str> =
                parts.iter().flat_map(|part| &part.machines).map(String::as_str).collect();
            let known: Vec<&str> = known.into_iter().collect();
            return Err(Failure::usage(match missing {
                Some(name) => {
                    format!("lane {lane}: there is no machine `{name}`, only {}", known.join(", "))
                }
                None => format!("lane {lane}: its machines have no subject in common"),
            }));
        }
    }
    Ok(())
}

fn is_in(known: &[&str], topic: &str) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(topic))
}

/// The lanes to run and those that cannot be. One whose machines are not there for this subject is neither.
///
/// By default: every machine of ours against the vectors and the better oracles, the two profiles of the ledger
/// against each other, and every program against the model, the vectors and the reference.
fn choose_lanes<S: Native>(options: &Options, entries: &[Entry<S>]) -> (Vec<Lane>, Vec<Skipped>) {
    let asked_for_upstream = options.machines.checkout().is_some();
    let mut candidates: Vec<(Lane, bool)> = options.lanes.iter().map(|lane| (lane.clone(), true)).collect();
    if candidates.is_empty() {
        candidates = default_lanes(entries)
            .into_iter()
            .map(|lane| {
                let required = asked_for_upstream || !lane.machines().any(|machine| machine == "upstream");
                (lane, required)
            })
            .collect();
    }
    // Nobody has stated what comes out of an image.
    candidates.retain(|(lane, _)| options.images.is_empty() || lane.machines().count() > 1);
    candidates.retain(|(lane, _)| options.profile.is_none_or(|wanted| lane.runs_in(wanted)));
    let (mut lanes, mut skipped) = (Vec::new(), Vec::new());
    for (lane, required) in candidates {
        let found = |name| entries.iter().find(|entry: &&Entry<S>| entry.name == name);
        let Some(sides) = lane.machines().map(found).collect::<Option<Vec<_>>>() else {
            continue;
        };
        match sides.iter().find_map(|entry| entry.machine.as_ref().err()) {
            Some(because) => {
                skipped.push(Skipped { lane: lane.to_string(), because: because.clone(), required });
            }
            None => lanes.push(lane),
        }
    }
    (lanes, skipped)
}

/// `rust`, `python` and `upstream` come first in the registry.
const OWN_MACHINES: usize = 3;

fn default_lanes<S: Native>(entries: &[Entry<S>]) -> Vec<Lane> {
    let mut lanes = vec![
        Lane::between("rust", "python", Profile::Reference),
        Lane::between("rust", "python", Profile::Strict),
        Lane::with_vectors("rust"),
        Lane::with_vectors("python"),
        Lane::across(("rust", Profile::Strict), ("python", Profile::Reference)),
        Lane::between("rust", "upstream", Profile::Reference),
        Lane::between("python", "upstream", Profile::Reference),
    ];
    for entry in entries.iter().skip(OWN_MACHINES) {
        let profiles =
            entry.machine.as_ref().map_or(vec![Profile::Reference], |machine| machine.profiles().to_vec());
        lanes.extend(profiles.into_iter().map(|profile| Lane::between(&entry.name, "python", profile)));
        lanes.push(Lane::with_vectors(&entry.name));
        if entries.iter().any(|entry| entry.name == "upstream" && entry.machine.is_ok()) {
            lanes.push(Lane::between(&entry.name, "upstream", Profile::Reference));
        }
    }
    lanes
}

fn check_opcodes(opcodes: &[String]) -> Result<(), Failure> {
    fn topics<S: Native>() -> Vec<&'static str> {
        S::all_topics()
    }
    let known: Vec<&str> = for_each_subject!(topics()).into_iter().flat_map(|(_, topics)| topics).collect();
    match opcodes.iter().find(|opcode| !is_in(&known, opcode)) {
        Some(opcode) => {
            Err(Failure::usage(format!("there is no opcode `{opcode}`, only {}", known.join(" "))))
        }
        None => Ok(()),
    }
}
