//! The command line of Lockstep. It parses, calls and prints; what is done stands in the libraries.

mod bench;
mod budget;
mod conformance;
mod context;
mod fuzz;
mod hil;
mod hxe;
mod machine;
mod nightly;
mod registry;
mod replay;
mod report;
mod run;
mod setup;
mod statement;
mod target;
mod test;

use std::process::ExitCode;

use clap::Parser;
use oracle::report::Exit;

/// Proves that implementations of a bytecode VM behave the same, instruction by instruction.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
enum Command {
    /// Run machines against each other and against the vectors, and say for every opcode whether they agree.
    Conformance(conformance::Options),
    /// Run cases on a chip: in QEMU, at a debug probe, at a serial port.
    Hil(hil::Options),
    /// Measure what the VM costs on a chip, and fail where that has grown.
    Budget(budget::Options),
    /// Install or name what firmware and emulator need.
    Setup(setup::Options),
    /// Everything that must hold before a change lands: format, lints, docs, tests, a quick conformance run.
    Test(test::Options),
    /// Measure how fast the machines are, as ratios.
    Bench(bench::Options),
    /// Serve one of our machines by the machine protocol, on stdin and stdout.
    Machine(machine::Options),
    /// Build HXE images, and look into them.
    #[command(subcommand)]
    Hxe(hxe::Command),
    /// Run an HXE image without an executive, and end with its status.
    Run(run::Options),
    /// Show stored results, or merge them.
    Report(report::Options),
    /// Everything there is, each with a time of its own, and what it came to.
    Nightly(nightly::Options),
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
}

/// A command that cannot be carried out as it was given.
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn usage(message: impl Into<String>) -> Self {
        Failure { exit: Exit::Usage, message: message.into() }
    }

    fn internal(message: impl ToString) -> Self {
        Failure { exit: Exit::Internal, message: message.to_string() }
    }
}

/// The status of a command that nobody reads any more, as shells give it.
const SIGPIPE: i32 = 128 + 13;

fn main() -> ExitCode {
    let command = Command::parse();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        // Whoever reads may have read enough, as `head` has.
        if info.payload_as_str().is_some_and(|what| what.starts_with("failed printing to stdout")) {
            std::process::exit(SIGPIPE);
        }
        hook(info);
    }));
    // A panic is our own bug, and must not be taken for a verdict. What it says is on stderr already.
    ExitCode::from(std::panic::catch_unwind(|| carry_out(command)).unwrap_or(Exit::Internal as u8))
}

fn carry_out(command: Command) -> u8 {
    let result = match command {
        // Its exit status is the program's own.
        Command::Run(options) => return run::run(&options).map_or_else(complain, |status| status.code()),
        Command::Hxe(command) => hxe::run(&command),
        Command::Conformance(options) => conformance::run(&options),
        Command::Hil(options) => hil::run(&options),
        Command::Budget(options) => budget::run(&options),
        Command::Setup(options) => setup::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Machine(options) => machine::run(&options),
        Command::Nightly(options) => nightly::run(&options),
        Command::Statement(options) => statement::state(&options),
        Command::Verify(options) => statement::verify(&options),
        Command::Report(options) => report::run(&options),
        Command::Replay(options) => replay::run(&options),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Promote(options) => fuzz::promote(&options),
        Command::Corpus(options) => fuzz::corpus(&options),
    };
    result.map_or_else(complain, |exit| exit as u8)
}

/// Says why a command was not carried out, and gives the exit status.
fn complain(failure: Failure) -> u8 {
    eprintln!("error: {}", failure.message.trim_end());
    failure.exit as u8
}
