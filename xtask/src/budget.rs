//! `cargo xtask budget`: what the subjects on a chip cost there.

use std::path::PathBuf;

use clap::Args;
use hil::budget;
use hil::firmware::{Content, Toolchain};
use hil::target::counting;
use oracle::project::Project;
use oracle::report::{Exit, Report};

use crate::context::Context;
use crate::failure::Failure;
use crate::subjects;
use crate::target::target_folder;

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

/// Measures, prints the tables, writes the files.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let folder = options.report.clone().unwrap_or_else(|| project.results("budget"));
    let file = project.path("mcu-target/budget.yaml");
    let baselines = budget::load(&file).map_err(Failure::usage)?;
    let compiler = Toolchain::find().and_then(Toolchain::version).map_err(Failure::undetermined)?;
    let (firmware, mut session) =
        counting(project, Content::Shared, &target_folder(project)).map_err(Failure::undetermined)?;
    let context = Context::open(folder, project)?;

    let mut report = Report::new("budget", context.commit.clone(), 0);
    report.measurements.push(budget::measure_firmware(&firmware).map_err(Failure::undetermined)?);
    for subject in subjects::ALL {
        report.measurements.extend(subject.budget(&firmware, &mut session, project)?);
    }
    if options.accept {
        let text = budget::accepted(baselines, &report.measurements, &compiler);
        std::fs::write(&file, text).map_err(|error| Failure::file(&file, error))?;
        reports::say(&format!("{} keeps them for {compiler}", file.display()));
    } else if !budget::bound(&mut report.measurements, &baselines, &compiler) {
        report.warnings.push(format!(
            "{} knows nothing of {compiler}, so only aims are checked; `cargo xtask budget --accept` adds it",
            file.display()
        ));
    }
    for subject in subjects::ALL {
        reports::print(&subject.budget_table(&report.measurements, &compiler));
    }
    Ok(context.finish(report))
}
