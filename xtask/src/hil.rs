//! `cargo xtask hil`: the cases on a chip.

use std::path::PathBuf;

use clap::Args;
use hil::target::{self, Kind};
use oracle::plan::MOST_RANDOM;
use oracle::project::Project;
use oracle::report::{Exit, Report};

use crate::context::Context;
use crate::failure::Failure;
use crate::machines::typed;
use crate::subject::{Checkouts, OnChip, Players};
use crate::target::Target;
use crate::wanted::is_subject;
use crate::{page, subjects, values};

/// Options of `cargo xtask hil`.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    target: Target,
    /// Only this subject. May be given more than once
    #[arg(long = "subject", value_name = "SUBJECT", value_parser = values::subject())]
    subjects: Vec<String>,
    /// List debug probes and serial ports.
    #[arg(long)]
    list: bool,
    /// How many random cases to draw for each subject.
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(..=MOST_RANDOM))]
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

/// Runs the campaigns on the chip, follows the long programs, prints the screen, writes the files.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    if options.list {
        let list: String = target::list().iter().map(|line| format!("{line}\n")).collect();
        page::print(&list)?;
        return Ok(Exit::Conformant);
    }
    let kind = options.target.kind.unwrap_or(Kind::Qemu);
    let on_chip = OnChip {
        seed: options.seed,
        cases: options.cases,
        sweep: options.sweep,
        target: options.target.of_kind(kind, project),
        players: Players::own(project, Checkouts::default(), options.target.jobs()),
        replay_options: typed(&options.target.arguments_of_kind(kind)),
    };
    let folder = options.report.clone().unwrap_or_else(|| project.results("hil"));
    let mut context = Context::open(folder, project)?;
    let wanted = subjects::ALL.iter().filter(|subject| is_subject(&options.subjects, subject.name()));
    let reports = wanted.filter_map(|subject| subject.hil(&on_chip, &mut context).transpose());
    let whole = reports.collect::<Result<Vec<_>, _>>()?.into_iter().reduce(Report::and);
    Ok(context.finish(whole.ok_or_else(|| Failure::nothing("no such subject is on a chip"))?))
}
