//! `cargo xtask budget`: what the VM costs on a chip.

use std::path::PathBuf;

use clap::Args;
use hil::budget;
use hil::firmware::Toolchain;
use hil::target::counting;
use oracle::report::{Exit, Report};
use vectors::minivm::MiniVm;

use crate::context::Context;
use crate::{Failure, registry};

/// Options of `cargo xtask budget`.
#[derive(Args)]
pub struct Options {
    /// Keep what is measured as what must not be exceeded from now on.
    #[arg(long)]
    accept: bool,
    /// Where report.json goes [default: target/lockstep/budget]
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// Measures, prints the table, writes the files.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let undetermined = |message| Failure { exit: Exit::Undetermined, message };
    let folder = options.report.clone().unwrap_or_else(|| registry::in_project("target/lockstep/budget"));
    let suite = registry::suite::<MiniVm>(None)?;
    let file = registry::in_project("mcu-target/budget.yaml");
    let baselines = budget::load(&file).map_err(Failure::usage)?;
    let compiler = Toolchain::find().and_then(Toolchain::version).map_err(undetermined)?;
    let (firmware, mut session) = counting(&registry::target_folder()).map_err(undetermined)?;
    let context = Context::open(folder)?;

    let measured = budget::measure(&firmware, &mut session, &suite.vectors);
    let mut report = Report::new("budget", context.commit.clone(), 0);
    report.measurements = measured.map_err(undetermined)?;
    if options.accept {
        let text = budget::accepted(baselines, &report.measurements, &compiler);
        std::fs::write(&file, text)
            .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
        println!("{} keeps them for {compiler}", file.display());
    } else if !budget::bound(&mut report.measurements, &baselines, &compiler) {
        report.warnings.push(format!(
            "{} knows nothing of {compiler}, so only aims are checked; `cargo xtask budget --accept` adds it",
            file.display()
        ));
    }
    print!("{}", budget::table(&report.measurements, &compiler));
    context.finish(&report)
}
