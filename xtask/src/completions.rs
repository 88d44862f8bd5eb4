//! `cargo xtask completions`: what a shell needs to complete the command line.

use clap::{Args, Command};
use clap_complete::Shell;
use oracle::report::Exit;

use crate::failure::Failure;
use crate::page;

/// Options of `cargo xtask completions`.
#[derive(Args)]
pub struct Options {
    /// The shell
    shell: Shell,
}

/// Prints them for a command line, whose program is called `lockstep`.
pub fn run(options: &Options, mut command_line: Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    // It panics if it cannot write, which memory always lets it.
    clap_complete::generate(options.shell, &mut command_line, "lockstep", &mut script);
    page::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Conformant)
}
