//! `cargo xtask machine`: one of our machines behind the machine protocol.

use std::io::{BufWriter, ErrorKind};

use clap::Args;
use clap::builder::PossibleValuesParser;
use itertools::Itertools;
use oracle::project::Project;
use oracle::report::Exit;
use oracle::server::{self, Service};

use crate::checkouts::{self, CheckoutOptions};
use crate::failure::Failure;
use crate::subject::Players;
use crate::subjects;

/// Options of `cargo xtask machine`.
#[derive(Args)]
pub struct Options {
    /// Which machine.
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    name: String,
    #[command(flatten)]
    checkouts: CheckoutOptions,
}

/// The machine that speaks the protocol itself, in C.
const IN_C: &str = "c";

/// The machines that can be had so: those of the subjects that are compiled in, and those that are started.
fn names() -> Vec<String> {
    let compiled = subjects::ALL.iter().flat_map(|subject| subject.machines());
    compiled.chain([IN_C, "python", "upstream"].map(str::to_owned)).unique().collect()
}

/// How it is started as a program of its own.
///
/// # Errors
/// This program cannot be found.
pub fn in_c() -> Result<String, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let own = own.to_str().and_then(|own| shlex::try_quote(own).ok());
    Ok(format!("{} machine {IN_C}", own.ok_or("the path of this program cannot be quoted")?))
}

/// Serves until the end of input.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    if options.name == IN_C {
        let status = minivm_capi_driver::serve();
        return if status == 0 {
            Ok(Exit::Conformant)
        } else {
            Err(Failure::usage("standard input or output failed"))
        };
    }
    let players = Players::own(project, options.checkouts.0.clone(), 1);
    let mut services: Vec<Box<dyn Service>> = Vec::new();
    for subject in subjects::ALL {
        services.extend(subject.service(&options.name, &players)?);
    }
    if services.is_empty() {
        let message = format!("no checkout of a reference: give {}", checkouts::options());
        return Err(Failure::undetermined(message));
    }
    match server::serve(&mut services, std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock())) {
        Ok(()) => Ok(Exit::Conformant),
        // Whoever drove the machine has gone; there is nobody left to tell.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Conformant),
        Err(error) => Err(Failure::usage(format!("standard input or output: {error}"))),
    }
}
