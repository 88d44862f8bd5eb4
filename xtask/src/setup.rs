//! `cargo xtask setup`: what firmware and emulator need.

use clap::Args;
use hil::setup;
use oracle::report::Exit;

use crate::failure::Failure;

/// Options of `cargo xtask setup`.
#[derive(Args)]
pub struct Options {
    /// Only say what is missing.
    #[arg(long)]
    check: bool,
}

/// Installs what can be installed, names the rest.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    if !options.check {
        setup::install();
    }
    let missing = setup::missing();
    missing.iter().for_each(|what| reports::say(&format!("missing: {what}")));
    if missing.is_empty() {
        reports::say("compiler and emulator for the chip are installed");
    }
    Ok(if missing.is_empty() { Exit::Conformant } else { Exit::Undetermined })
}
