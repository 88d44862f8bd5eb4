//! `cargo xtask hil`: the cases on a chip.

use std::path::PathBuf;

use clap::Args;
use hil::target::{self, Kind};
use hil::{drift, plan};
use oracle::Machine;
use oracle::campaign::{Campaign, Skipped};
use oracle::machines::python;
use oracle::native::Native;
use oracle::report::Exit;
use vectors::minivm::MiniVm;

use crate::context::Context;
use crate::target::Target;
use crate::{Failure, registry};

/// Options of `cargo xtask hil`.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    target: Target,
    /// List debug probes and serial ports.
    #[arg(long)]
    list: bool,
    /// How many random cases to draw; one in four is a program.
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

/// Runs the campaign on the chip, follows the long programs, prints the screen, writes the files.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    if options.list {
        target::list().iter().for_each(|line| println!("{line}"));
        return Ok(Exit::Conformant);
    }
    let kind = options.target.kind.unwrap_or(Kind::Qemu);
    let target = options.target.of_kind(kind);
    let replay_options = registry::typed(&options.target.arguments_of_kind(kind));
    let folder = options.report.clone().unwrap_or_else(|| registry::in_project("target/lockstep/hil"));
    let suite = registry::suite::<MiniVm>(None)?;
    let ledger = registry::ledger()?;
    let mut context = Context::open(folder)?;

    let lanes = plan::lanes(target.machine());
    let mut machines: Vec<Box<dyn Machine<MiniVm>>> = vec![MiniVm::machine()];
    machines.push(Box::new(
        python::model::<MiniVm>().map_err(|message| Failure { exit: Exit::Undetermined, message })?,
    ));
    let (mut digests, mut drifts) = (Vec::new(), Vec::new());
    let (lanes, skipped) = match target.connect() {
        Ok(mut chip) => {
            (digests, drifts) = drift::check(&mut chip, &suite.vectors, &replay_options);
            machines.push(Box::new(chip));
            (lanes, Vec::new())
        }
        Err(because) => {
            let skip = |lane: &oracle::Lane| Skipped {
                lane: lane.to_string(),
                because: because.clone(),
                required: true,
            };
            (Vec::new(), lanes.iter().map(skip).collect())
        }
    };
    let campaign = Campaign {
        kind: "hil",
        suite: &suite,
        ledger: &ledger,
        plan: plan::plan(options.seed, options.cases, options.sweep),
        given: None,
        lanes,
        skipped,
        machines,
        failures: context.folder.join("failures"),
        replay_options,
        commit: context.commit.clone(),
        warnings: Vec::new(),
    };
    let mut report = context.run(campaign);
    report.lanes.extend(digests);
    report.findings.extend(drifts);
    context.finish(&report)
}
