//! The commands of this subject: `hxe` makes images and looks into them, `run` runs one.

mod file;
mod images;
mod run;

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use oracle::report::Exit;
use oracle::subject::Commands;

use crate::Hxe;

/// The commands, as they are called behind `cargo xtask`.
#[derive(Parser)]
#[command(name = oracle::called(), bin_name = oracle::called(), no_binary_name = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build HXE images, and look into them.
    #[command(subcommand)]
    Hxe(images::Command),
    /// Run an HXE image without an executive, and end with its status.
    Run(run::Options),
}

impl Commands for Hxe {
    fn list(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("hxe", "Build HXE images, and look into them"),
            ("run", "Run an HXE image without an executive, and end with its status"),
        ]
    }

    fn run(&self, arguments: Vec<OsString>) -> u8 {
        let command = match CommandLine::try_parse_from(arguments) {
            Ok(CommandLine { command }) => command,
            Err(error) => {
                // If nobody reads the message, nothing is left to be told.
                let _ = error.print();
                return error.exit_code().try_into().unwrap_or(Exit::Usage as u8);
            }
        };
        let result = match command {
            Command::Hxe(command) => images::run(&command).map(|exit| exit as u8),
            Command::Run(options) => run::run(&options).map(|status| status.code()),
        };
        result.unwrap_or_else(|message| {
            eprintln!("error: {}", message.trim_end());
            Exit::Usage as u8
        })
    }
}
