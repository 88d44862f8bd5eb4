//! `cargo xtask check`: a talk with a machine by itself.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use oracle::check::{self, Examples};
use oracle::project::Project;
use oracle::report::Exit;

use crate::config::Config;
use crate::failure::Failure;
use crate::machines::typed;
use crate::{subjects, values};

/// Options of `cargo xtask check`.
#[derive(Args)]
#[command(after_help = after())]
pub struct Options {
    /// How long the program may take for an answer, in seconds. Stands before the command.
    #[arg(long, value_name = "SECONDS", value_parser = values::seconds, default_value = "5")]
    time_limit: Duration,
    /// A file that names the machines if no command is given [default: lockstep.toml in the current folder]. Stands before
    /// the command.
    #[arg(long, value_name = "FILE", conflicts_with = "command")]
    config: Option<PathBuf>,
    /// A program that speaks the machine protocol, with its arguments. Alone, it is split as a shell would [default: the
    /// machines of lockstep.toml]
    #[arg(value_name = "CMD", num_args = 1.., trailing_var_arg = true)]
    command: Vec<String>,
}

fn after() -> String {
    let called = oracle::called();
    format!(
        "\
Exit status: 0 if everything that the protocol demands is shown to hold, 1 if
something is wrong, 3 if something could not be seen (for example because the
machine answers no case by an outcome yet). oracle/PROTOCOL.md has the rules.

  {called} check python3 my_vm.py
  {called} check --time-limit 20 ./my_vm --as-machine"
    )
}

impl Options {
    /// What runs the machine on the cases: what names it here names it there.
    fn next(&self, command: &str) -> String {
        let machine = match (&self.command[..], &self.config) {
            ([], None) => String::new(),
            ([], Some(config)) => typed(&["--config".into(), config.display().to_string()]),
            _ => typed(&["--machine".into(), command.to_owned()]),
        };
        format!("conformance --quick{machine}")
    }
}

/// Has all dialogues, and says what is right and what is wrong.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let commands = match &options.command[..] {
        [] => Config::find(options.config.as_deref())?.machines,
        [line] => vec![line.clone()],
        words => vec![typed(words).trim_start().to_owned()],
    };
    if commands.is_empty() {
        return Err(Failure::usage("no command is given, and no lockstep.toml here names a machine"));
    }
    let known = subjects::ALL.iter().map(|subject| subject.examples(project));
    let known: Vec<Examples> = known.collect::<Result<_, _>>()?;
    let mut exit = Exit::Conformant;
    for command in &commands {
        let checked = check::check(command, options.time_limit, &known).map_err(Failure::usage)?;
        reports::print(&reports::check::screen(&checked, &options.next(command)));
        exit = exit.graver(checked.exit());
    }
    Ok(exit)
}
