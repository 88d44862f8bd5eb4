//! `cargo xtask statement` and `cargo xtask verify`: that a machine conforms, in a file that can be checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use oracle::exhaust::Record;
use oracle::machines::processes::{Kind, spawn};
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::project::Project;
use oracle::report::Exit;
use reports::statement::{Exhausted, Refused, Statement};
use reports::stored;

use crate::context::lock;
use crate::failure::Failure;
use crate::machines::Machines;
use crate::{color, exhaust, page, subjects, values};

/// Options of `cargo xtask statement`.
#[derive(Args)]
pub struct Options {
    /// The machine, as lanes name it.
    machine: String,
    /// The result of a full run [default: as `conformance` has it]
    #[arg(long, value_name = "RESULT")]
    report: Option<PathBuf>,
    /// What was exhausted [default: as `exhaust` has it]
    #[arg(long, value_name = "RESULT")]
    exhausted: Option<PathBuf>,
    /// Where statement-MACHINE.json and .svg go [default: beside the result]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Options of `cargo xtask verify`.
#[derive(Args)]
pub struct VerifyOptions {
    /// The statement.
    file: PathBuf,
    /// Which part of the cases to run again.
    #[arg(long, value_name = "I/N", value_parser = values::shard, default_value = "1/16")]
    sample: (u64, u64),
    #[command(flatten)]
    machines: Machines,
}

/// Writes the statement and its badge.
pub fn state(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let path = options.report.clone().unwrap_or_else(|| project.results(""));
    let stored = stored::read(&path).map_err(Failure::usage)?;
    let mut statement = Statement::of(&stored.report, &options.machine).map_err(Failure::undetermined)?;
    if let Some(record) = exhausted(options, project)? {
        statement = statement.with_exhausted(&record).map_err(Failure::undetermined)?;
    }
    let folder = options.out.clone().unwrap_or(stored.folder);
    let file = folder.join(format!("statement-{}.json", options.machine));
    let text = serde_json::to_string_pretty(&statement).map_err(Failure::internal)? + "\n";
    let badge = statement.badge().map_err(Failure::internal)?;
    fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, error))?;
    for (file, text) in [(&file, text), (&file.with_extension("svg"), badge)] {
        fs::write(file, text).map_err(|error| Failure::file(file, error))?;
    }
    let Statement { machine, results, .. } = &statement;
    let mut said = format!("{}: {machine} {}, results {results}\n", file.display(), statement.claim());
    let whole = statement.exhausted.iter().filter(|part| part.digest.is_some());
    let whole: Vec<&str> = whole.map(|part| part.part.as_str()).collect();
    if !whole.is_empty() {
        said += &format!("exhausted: {}\n", whole.join(", "));
    }
    page::print(&said)?;
    Ok(Exit::Conformant)
}

/// What this build has exhausted. That of another one is left out, unless it was asked for by name.
fn exhausted(options: &Options, project: &Project) -> Result<Option<Record>, Failure> {
    let path = options.exhausted.clone().unwrap_or_else(|| project.results("exhaust"));
    let record = reports::exhaust::read(&path).map_err(Failure::usage)?;
    let Some(record) = record else {
        return match &options.exhausted {
            Some(_) => Err(Failure::usage(format!("{}: there is no result", path.display()))),
            None => Ok(None),
        };
    };
    let build = exhaust::build(project)?;
    if build.is(&record.build) {
        return Ok(Some(record));
    }
    let why = format!("{} is of another build than this one", path.display());
    match &options.exhausted {
        Some(_) => Err(Failure::undetermined(why)),
        None => {
            reports::warn(&format!("{why}, and is left out"));
            Ok(None)
        }
    }
}

/// Checks the statement, runs the sample, and says whether the statement still holds.
pub fn verify(options: &VerifyOptions, project: &Project) -> Result<Exit, Failure> {
    let refused = |why| Failure {
        exit: Exit::Differs,
        message: format!("{} does not hold: {why}", options.file.display()),
    };
    let statement = Statement::read(&options.file).map_err(|why| match why {
        Refused::NoStatement(why) => Failure::usage(why),
        Refused::Changed(why) => Failure { exit: Exit::Differs, message: why },
    })?;
    let plan = Plan {
        seed: statement.seed,
        random: statement.random_cases,
        sweep_stride: 1,
        topics: Vec::new(),
        shard: Shard::default(),
    };
    let named = |name: &str| statement.suites.iter().any(|suite| suite.subject == name);
    let known = subjects::ALL.iter().filter(|subject| named(subject.name()));
    let now = known.map(|subject| subject.suite(project, &plan)).collect::<Result<Vec<_>, _>>()?;
    statement.check(&now).map_err(refused)?;
    statement.exhausted.iter().try_for_each(|part| still_right(part, options.sample)).map_err(refused)?;
    let folder = project.results("verify");
    fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, error))?;
    // The result of the sample is read behind its run: nobody else may write there meanwhile.
    let _locked = lock(&folder)?;
    let folder = folder.join("sample");
    let exit = sample(options, &statement, &folder)?;
    let results = stored::results_in(&folder).map_err(Failure::usage)?;
    let sample = stored::read(&results[0]).map_err(Failure::usage)?.report;
    if sample.exit() != exit {
        let why = format!("the sample has ended with \"{exit}\", and its result says \"{}\"", sample.exit());
        return Err(Failure::undetermined(why));
    }
    statement.holds_in(&sample).map_err(refused)?;
    let cases: u64 = sample.spent.values().map(|spent| spent.cases).sum();
    reports::say(&format!("{} holds: {cases} cases run again", options.file.display()));
    Ok(Exit::Conformant)
}

/// Whether what was exhausted is still there, and a chunk of it still right.
fn still_right(stated: &Exhausted, (sample, _): (u64, u64)) -> Result<(), String> {
    let Exhausted { subject, part: name, .. } = stated;
    let mut parts = subjects::ALL.iter().flat_map(|subject| subject.exhausted());
    let part = parts.find(|part| (part.subject, part.name) == (subject.as_str(), name.as_str()));
    let part = part.ok_or_else(|| format!("{subject} {name} cannot be exhausted any more"))?;
    if part.inputs != stated.inputs {
        return Err(format!("{subject} {name} has other inputs: {} were {}", part.inputs, stated.inputs));
    }
    let (done, found) = part.run(sample % part.chunks);
    match found.first() {
        None if done.wrong == 0 => Ok(()),
        found => Err(format!("{subject} {name}: {}", found.map_or("a result is wrong", |found| &found.what))),
    }
}

/// Runs a part of the statement's cases on its lanes, as a run of its own, and tells how that ended.
fn sample(options: &VerifyOptions, statement: &Statement, folder: &Path) -> Result<Exit, Failure> {
    let mut command = Command::new(std::env::current_exe().map_err(Failure::internal)?);
    let (part, of) = options.sample;
    command.args(["conformance", "--shard", &format!("{part}/{of}")]).arg("--report").arg(folder);
    command.args(["--seed", &statement.seed.to_string(), "--cases", &statement.random_cases.to_string()]);
    for suite in &statement.suites {
        command.args(["--subject", &suite.subject]);
    }
    let mut lanes: Vec<String> = statement.lanes.iter().map(|lane| lane.lane.to_string()).collect();
    lanes.sort();
    lanes.dedup();
    for lane in lanes {
        command.args(["--lane", &lane]);
    }
    command.args(options.machines.arguments()).args(color::arguments());
    // What an earlier sample said must not be taken for what this one says.
    let _ = fs::remove_dir_all(folder);
    let (mut child, mark) = spawn(Kind::Job, command).map_err(Failure::internal)?;
    let status = child.wait().map_err(Failure::internal)?;
    mark.kill_carriers();
    let exit =
        status.code().and_then(|code| u8::try_from(code).ok()).map_or(Exit::Internal, Exit::from_status);
    match exit {
        Exit::Conformant | Exit::Differs | Exit::Undetermined | Exit::Ledger | Exit::OracleFault => Ok(exit),
        Exit::Usage => Err(Failure::usage(
            "the sample cannot be run as it was asked for: name the machines of the statement, e.g. with --machine",
        )),
        exit => Err(Failure { exit, message: format!("the sample could not be run: {exit}") }),
    }
}
