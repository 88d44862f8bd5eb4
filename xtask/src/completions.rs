//! `cargo xtask completions`: what a shell needs to complete the command line.

use clap::Args;
use clap_complete::Shell;
use oracle::report::Exit;

/// Options of `cargo xtask completions`.
#[derive(Args)]
pub struct Options {
    /// The shell
    shell: Shell,
}

/// Prints them, for the program `lockstep`.
pub fn run(options: &Options) -> Exit {
    clap_complete::generate(options.shell, &mut crate::command_line(), "lockstep", &mut std::io::stdout());
    Exit::Conformant
}
