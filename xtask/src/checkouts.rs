//! The options that name checkouts of references: one for the adapters in Python, and those that subjects bring.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};
use oracle::subject::CheckoutName;

use crate::subject::{Checkouts, OF_ADAPTERS};
use crate::subjects;

/// The checkouts that are named on a command line.
#[derive(Clone, Debug, Default)]
pub struct CheckoutOptions(pub Checkouts);

/// Each option, with what it is a checkout of.
fn all() -> impl Iterator<Item = (CheckoutName, String)> {
    let of_subjects = subjects::ALL.iter().filter_map(|subject| {
        Some((subject.checkout()?, format!("A checkout of the reference of `{}`", subject.name())))
    });
    std::iter::once((OF_ADAPTERS, "A checkout of the reference".to_owned())).chain(of_subjects)
}

/// The options, for a message: each with its hyphens and its value.
pub fn options() -> String {
    let options: Vec<String> = all().map(|(name, _)| format!("--{} DIR", name.option)).collect();
    options.join(" or ")
}

impl Args for CheckoutOptions {
    fn augment_args(command: Command) -> Command {
        all().fold(command, |command, (CheckoutName { option, variable }, what)| {
            let help = format!("{what} [default: ${variable}]");
            let option = Arg::new(option).long(option).value_name("DIR").value_parser(value_parser!(PathBuf));
            command.arg(option.help(help))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for CheckoutOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given =
            |(name, _): (CheckoutName, _)| Some((name, matches.get_one::<PathBuf>(name.option)?.clone()));
        Ok(CheckoutOptions(Checkouts(all().filter_map(given).collect())))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
