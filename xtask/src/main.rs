//! The command line of Lockstep. It parses, calls and prints; what is done stands in the libraries.

// Both panic if nobody reads any more; `reports` prints.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod budget;
mod carried;
mod check;
mod checkouts;
mod color;
mod completions;
mod config;
mod conformance;
mod context;
mod differences;
mod exhaust;
mod export;
mod failure;
mod fuzz;
mod hil;
mod init;
mod interrupt;
mod isa;
mod ladder;
mod last;
mod loading;
mod machine;
mod machines;
mod nightly;
mod page;
mod replay;
mod report;
mod serve;
mod setup;
mod shard;
mod statement;
mod subject;
mod subjects;
mod target;
mod test;
mod values;
mod wanted;
mod watch;
mod weights;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};
use oracle::report::Exit;

use failure::Failure;

/// Proves that implementations of a bytecode VM behave the same, instruction by instruction.
#[derive(Parser)]
#[command(name = oracle::called(), bin_name = oracle::called(), version)]
enum Command {
    /// Run machines against each other and against the vectors, and say for every topic whether they agree.
    Conformance(Box<conformance::Options>),
    /// Make a folder to start a port from: a machine with two opcodes, lockstep.toml, a workflow.
    Init(init::Options),
    /// Talk to a machine by itself: does it do what the machine protocol demands? What one runs first.
    Check(check::Options),
    /// What a machine that does little yet should implement next, from the last result.
    Ladder(ladder::Options),
    /// The page of an instruction set: encoding, operands, flags, faults, rules with their vectors, divergences.
    Isa(isa::Options),
    /// The page of what profiles do unlike the reference or its documents, from the ledgers of some subjects.
    Differences(differences::Options),
    /// Write a subject's vectors as files: JSON lines, and tables in C and Rust, for ports that are no process.
    Export(export::Options),
    /// Run cases on a chip: in QEMU, at a debug probe, at a serial port.
    Hil(hil::Options),
    /// Measure what the VM costs on a chip, and fail if that has grown.
    Budget(budget::Options),
    /// Install or name what firmware and emulator need.
    Setup(setup::Options),
    /// Everything that must hold before a change lands: format, lints, docs, tests, a quick conformance run.
    Test(test::Options),
    /// Measure how fast the machines are, as ratios.
    Bench(bench::Options),
    /// Serve one of our machines by the machine protocol, on stdin and stdout.
    Machine(machine::Options),
    /// Serve the executive to its tools over TCP, on this machine unless it is told otherwise.
    Serve(serve::Options),
    /// Show stored results, or merge them.
    Report(report::Options),
    /// Everything there is, each with a time of its own, and what it came to.
    Nightly(nightly::Options),
    /// Run what has a finite number of inputs to the end, against a second implementation of the rules.
    Exhaust(exhaust::Options),
    /// State that a machine conforms, from the result of a full run.
    Statement(statement::Options),
    /// Check a statement: that nothing it is about has changed, and that a sample of its cases still agrees.
    Verify(statement::VerifyOptions),
    /// Run vectors of a file step by step on several machines, or the input of a fuzz target.
    Replay(replay::Options),
    /// Fuzz targets side by side; what they find becomes a vector.
    Fuzz(fuzz::FuzzOptions),
    /// Move a finding to the regressions, which run in every test.
    Promote(fuzz::PromoteOptions),
    /// Make the inputs that fuzzing starts from, as few as cover the same.
    Corpus(fuzz::CorpusOptions),
    /// What a shell needs to complete this command line, printed.
    Completions(completions::Options),
    /// A command of a subject.
    #[command(external_subcommand)]
    OfSubject(Vec<OsString>),
}

impl Command {
    /// Whether it builds what it runs, or changes the files of the project itself.
    fn needs_checkout(&self) -> bool {
        matches!(
            self,
            Command::Hil(_)
                | Command::Budget(_)
                | Command::Test(_)
                | Command::Bench(_)
                | Command::Nightly(_)
                | Command::Fuzz(_)
                | Command::Promote(_)
                | Command::Corpus(_)
        )
    }
}

/// The status of such a command that nobody reads any more, as shells give it.
const SIGPIPE: i32 = 128 + 13;

fn main() -> ExitCode {
    let command = parse();
    interrupt::install();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if let Some(why) = info.payload_as_str().and_then(unprinted) {
            give_up(why);
        }
        hook(info);
    }));
    // A panic is our own bug, and must not be taken for a verdict. What it says is on stderr already.
    ExitCode::from(std::panic::catch_unwind(|| carry_out(command)).unwrap_or(Exit::Internal as u8))
}

/// Why something could not be printed, if that is what a panic says. Other rooms print in a way that panics, for commands
/// of subjects and for `setup`: none of them has a verdict that could be lost.
fn unprinted(panic: &str) -> Option<&str> {
    let printing = ["failed printing to stdout: ", "failed printing to stderr: "];
    printing.into_iter().find_map(|printing| panic.strip_prefix(printing))
}

/// Ends a command whose text cannot be printed.
fn give_up(why: &str) -> ! {
    // Whoever reads may have read enough, as `head` has.
    if why.starts_with("Broken pipe") {
        std::process::exit(SIGPIPE);
    }
    reports::note(&format!("error: standard output: {why}"));
    std::process::exit(Exit::Usage as i32)
}

/// Parses the command line.
fn parse() -> Command {
    let mut arguments = config::arguments();
    // A command of a subject parses its own command line, and so has its own help.
    if let [help, name] = &arguments[..]
        && help == "help"
        && of_subjects().any(|(known, _)| *name == *known)
    {
        arguments = vec![name.clone(), "--help".into()];
    }
    let arguments = std::iter::once(OsString::new()).chain(arguments);
    let matches = command_line().try_get_matches_from(arguments).unwrap_or_else(|error| refuse(&error));
    color::heed(&matches);
    Command::from_arg_matches(&matches).unwrap_or_else(|error| refuse(&error))
}

/// Says what is wrong with the command line, or the help that it asks for.
fn refuse(error: &clap::Error) -> ! {
    match error.print() {
        Err(why) if !error.use_stderr() && why.kind() != ErrorKind::BrokenPipe => give_up(&why.to_string()),
        _ => std::process::exit(error.exit_code()),
    }
}

/// The command line. The help names the subjects' own commands too.
fn command_line() -> clap::Command {
    let lines: Vec<String> = of_subjects().map(|(name, about)| format!("  {name:<12} {about}")).collect();
    let statuses = exit_statuses();
    let of_subjects = match lines.is_empty() {
        true => String::new(),
        false => format!("Commands of subjects:\n{}\n\n", lines.join("\n")),
    };
    let mut command = Command::command().after_help(format!("{of_subjects}{statuses}"));
    for verdict in ["conformance", "hil", "report", "nightly"] {
        command = command.mut_subcommand(verdict, |it| it.after_help(&statuses));
    }
    command.arg(color::option())
}

/// The commands of the subjects, by name, with what they do.
fn of_subjects() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    subjects::ALL.iter().filter_map(|subject| subject.commands()).flat_map(|commands| commands.list())
}

/// What a status says: the end of the help of every command whose status is a verdict.
fn exit_statuses() -> String {
    let mut exits = Exit::BY_GRAVITY;
    exits.sort_by_key(|exit| *exit as u8);
    let lines = exits.map(|exit| format!("  {:<4} {exit}", exit as u8));
    format!("Exit status, of several the gravest:\n{}", lines.join("\n"))
}

fn carry_out(command: Command) -> u8 {
    if let Command::OfSubject(arguments) = command {
        return of_subject(arguments);
    }
    if let Command::Completions(options) = command {
        let of_subject =
            |(name, about): &(&'static str, &'static str)| clap::Command::new(*name).about(*about);
        let completed = command_line().subcommands(of_subjects().map(of_subject));
        return completions::run(&options, completed).map_or_else(complain, |exit| exit as u8);
    }
    // A server needs no checkout of the project.
    if let Command::Serve(options) = command {
        return serve::run(&options).map_or_else(complain, |exit| exit as u8);
    }
    let needs_checkout = command.needs_checkout();
    let project = carried::project_at_hand().and_then(|project| match needs_checkout {
        true => project.needs_checkout().map(|()| project),
        false => Ok(project),
    });
    let result = project.map_err(Failure::undetermined).and_then(|project| match command {
        Command::Conformance(options) => conformance::run(*options, &project),
        Command::Init(options) => init::run(&options, &project),
        Command::Check(options) => check::run(&options, &project),
        Command::Ladder(options) => ladder::run(&options, &project),
        Command::Isa(options) => isa::run(&options, &project),
        Command::Differences(options) => differences::run(&options, &project),
        Command::Export(options) => export::run(&options, &project),
        Command::Hil(options) => hil::run(&options, &project),
        Command::Budget(options) => budget::run(&options, &project),
        Command::Setup(options) => setup::run(&options),
        Command::Test(options) => test::run(&options, &project),
        Command::Bench(options) => bench::run(&options, &project),
        Command::Machine(options) => machine::run(&options, &project),
        Command::Nightly(options) => nightly::run(&options, &project),
        Command::Exhaust(options) => exhaust::run(&options, &project),
        Command::Statement(options) => statement::state(&options, &project),
        Command::Verify(options) => statement::verify(&options, &project),
        Command::Report(options) => report::run(&options, &project),
        Command::Replay(options) => replay::run(&options, &project),
        Command::Fuzz(options) => fuzz::fuzz(&options, &project),
        Command::Promote(options) => fuzz::promote(&options, &project),
        Command::Corpus(options) => fuzz::corpus(&options, &project),
        Command::OfSubject(_) | Command::Serve(_) | Command::Completions(_) => {
            Err(Failure::internal("dealt with above"))
        }
    });
    interrupt::give_way();
    result.map_or_else(complain, |exit| exit as u8)
}

/// Carries out a command of a subject; its exit status is the command's own.
fn of_subject(arguments: Vec<OsString>) -> u8 {
    let name = arguments.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let offers =
        |commands: &&dyn oracle::subject::Commands| commands.list().iter().any(|(known, _)| *known == name);
    match subjects::ALL.iter().filter_map(|subject| subject.commands()).find(offers) {
        Some(commands) => commands.run(arguments),
        None => complain(Failure::usage(format!("there is no command `{name}`; --help lists them"))),
    }
}

/// Says why a command was not carried out, and gives the exit status.
fn complain(failure: Failure) -> u8 {
    reports::note(&format!("error: {}", failure.message.trim_end()));
    failure.exit as u8
}
