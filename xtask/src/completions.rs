//! `cargo xtask completions`: what a shell needs to complete the command line.

use clap::{Args, Command};
use clap_complete::Shell;
use oracle::report::Exit;

/// Options of `cargo xtask completions`.
#[derive(Args)]
pub struct Options {
    /// The shell
    shell: Shell,
}

/// Prints them for a command line, whose program is called `lockstep`.
pub fn run(options: &Options, mut command_line: Command) -> Exit {
    clap_complete::generate(options.shell, &mut command_line, "lockstep", &mut std::io::stdout());
    Exit::Conformant
}
