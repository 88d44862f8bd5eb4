//! The command of this subject: `conc` makes images, looks into them and runs them.

mod conc;

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use oracle::report::Exit;
use oracle::subject::Commands;

use crate::cases::Cockpit;

/// The command, as it is called behind `cargo xtask`.
#[derive(Parser)]
#[command(name = oracle::called(), bin_name = oracle::called(), no_binary_name = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build CONC images of CockpitVM, look into them, and run them.
    #[command(subcommand)]
    Conc(conc::Command),
}

impl Commands for Cockpit {
    fn list(&self) -> &'static [(&'static str, &'static str)] {
        &[("conc", "Build CONC images of CockpitVM, look into them, and run them")]
    }

    fn run(&self, arguments: Vec<OsString>) -> u8 {
        let Command::Conc(command) = match CommandLine::try_parse_from(arguments) {
            Ok(CommandLine { command }) => command,
            Err(error) => {
                // If nobody reads the message, nothing is left to be told.
                let _ = error.print();
                return error.exit_code().try_into().unwrap_or(Exit::Usage as u8);
            }
        };
        conc::run(&command).unwrap_or_else(|message| {
            eprintln!("error: {}", message.trim_end());
            Exit::Usage as u8
        })
    }
}
