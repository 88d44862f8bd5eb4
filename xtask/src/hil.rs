//! `cargo xtask hil`: the cases on a chip.

use std::path::PathBuf;

use clap::Args;
use hil::target::{self, Kind};
use hil::{drift, plan};
use oracle::Role;
use oracle::campaign::{Campaign, Seat, Skipped};
use oracle::lane::Player;
use oracle::project::Project;
use oracle::report::{Exit, Report};
use oracle::subject::Subject;

use crate::context::Context;
use crate::failure::Failure;
use crate::machines::{Entry, Players, typed};
use crate::target::Target;
use crate::{loading, subjects};

/// Options of `cargo xtask hil`.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    target: Target,
    /// List debug probes and serial ports.
    #[arg(long)]
    list: bool,
    /// How many random cases to draw for each subject.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    cases: u64,
    /// How many cases of the sweep to take, at least.
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    sweep: usize,
    /// The seed of the random cases.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where report.json, events.ndjson, junit.xml and the vectors of failures go [default: target/lockstep/hil]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// What the campaign of a subject on a chip needs.
pub struct OnChip<'a> {
    options: &'a Options,
    target: hil::target::Target,
    players: Players,
    replay_options: String,
}

/// Runs the campaigns on the chip, follows the long programs, prints the screen, writes the files.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    if options.list {
        target::list().iter().for_each(|line| println!("{line}"));
        return Ok(Exit::Conformant);
    }
    let kind = options.target.kind.unwrap_or(Kind::Qemu);
    let on_chip = OnChip {
        options,
        target: options.target.of_kind(kind, project),
        players: Players::own(project, None),
        replay_options: typed(&options.target.arguments_of_kind(kind)),
    };
    let folder = options.report.clone().unwrap_or_else(|| project.path("target/lockstep/hil"));
    let mut context = Context::open(folder, project)?;
    let mut whole: Option<Report> = None;
    for subject in subjects::ALL {
        if let Some(report) = subject.hil(&on_chip, &mut context)? {
            whole = Some(match whole {
                None => report,
                Some(whole) => whole.and(report),
            });
        }
    }
    Ok(context.finish(whole.ok_or_else(|| Failure::nothing("no subject is on a chip"))?))
}

/// The campaign of one subject; `None` if it is on no chip.
pub fn campaign<S: Subject>(on_chip: &OnChip<'_>, context: &mut Context) -> Result<Option<Report>, Failure> {
    let Some(codec) = S::on_chip() else { return Ok(None) };
    let OnChip { options, target, players, replay_options } = on_chip;
    let suite = loading::suite::<S>(&players.project)?;
    let ledger = loading::ledger::<S>(&players.project)?;
    let ours = |entry: &Entry<S>| matches!(entry.role, Role::Native | Role::Model);
    let entries: Vec<Entry<S>> = players.of::<S>().into_iter().filter(ours).collect();
    let others: Vec<Player> = entries.iter().map(Entry::player).collect();
    let mut seats = Vec::new();
    for entry in entries {
        seats.push(Seat { role: entry.role, machine: entry.machine.map_err(Failure::undetermined)? });
    }
    let (mut digests, mut drifts) = (Vec::new(), Vec::new());
    let usual = Player { name: target.machine().into(), role: Role::Chip, profiles: codec.profiles() };
    let (lanes, skipped) = match target.connect::<S>() {
        Ok(mut chip) => {
            (digests, drifts) = drift::check(&mut chip, &suite, replay_options);
            let profiles = oracle::Machine::<S>::profiles(&chip).to_vec();
            seats.push(Seat { role: Role::Chip, machine: Box::new(chip) });
            (plan::lanes(&Player { profiles, ..usual }, &others), Vec::new())
        }
        Err(because) => {
            let skip = |lane| Skipped { lane, because: because.clone(), required: true };
            (Vec::new(), plan::lanes(&usual, &others).into_iter().map(skip).collect())
        }
    };
    let campaign = Campaign {
        kind: "hil",
        suite: &suite,
        ledger: &ledger,
        plan: plan::plan::<S>(options.seed, options.cases, options.sweep),
        given: None,
        repeat: 1,
        lanes,
        skipped,
        machines: seats,
        failures: context.folder.join("failures"),
        replay_options: replay_options.clone(),
        commit: context.commit.clone(),
        warnings: Vec::new(),
    };
    let mut report = context.run(campaign)?;
    report.lanes.extend(digests);
    report.findings.extend(drifts);
    Ok(Some(report))
}
