//! The command line of Lockstep. It parses, calls and prints; what is done stands in the libraries.

mod bench;
mod conformance;
mod machine;
mod registry;
mod replay;
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
    /// Everything that must hold before a change lands: format, lints, docs, tests, a quick conformance run.
    Test(test::Options),
    /// Measure how fast the machines are, as ratios.
    Bench(bench::Options),
    /// Serve one of our machines by the machine protocol, on stdin and stdout.
    Machine(machine::Options),
    /// Run vectors of a file step by step on several machines.
    Replay(replay::Options),
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
}

fn main() -> ExitCode {
    let command = Command::parse();
    // A panic is our own bug, and must not be taken for a verdict. What it says is on stderr already.
    let exit = std::panic::catch_unwind(|| run(command)).unwrap_or(Exit::Internal);
    ExitCode::from(exit as u8)
}

fn run(command: Command) -> Exit {
    let result = match command {
        Command::Conformance(options) => conformance::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Machine(options) => machine::run(&options),
        Command::Replay(options) => replay::run(&options),
    };
    result.unwrap_or_else(|failure| {
        eprintln!("error: {}", failure.message.trim_end());
        failure.exit
    })
}
