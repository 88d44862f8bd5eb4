//! `cargo xtask machine`: one of our machines behind the machine protocol.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use oracle::native::Native;
use oracle::report::Exit;
use oracle::server::{self, Service};

use crate::Failure;
use crate::registry::{self, for_each_subject};

/// Options of `cargo xtask machine`.
#[derive(Args)]
pub struct Options {
    /// Which machine.
    #[arg(value_parser = PossibleValuesParser::new(["rust", "python", "upstream"]))]
    name: String,
    /// A checkout of the reference, for `upstream` [default: $HSX_REFERENCE]
    #[arg(long, value_name = "DIR")]
    upstream: Option<PathBuf>,
}

/// Serves until the end of input.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let checkout = options.upstream.clone().or_else(|| std::env::var_os("HSX_REFERENCE").map(PathBuf::from));
    let mut services: Vec<Box<dyn Service>> = Vec::new();
    for (_, service) in for_each_subject!(service(&options.name, checkout.as_deref())) {
        services.push(service?);
    }
    match server::serve(
        &mut services,
        std::io::stdin().lock(),
        std::io::BufWriter::new(std::io::stdout().lock()),
    ) {
        Ok(()) => Ok(Exit::Conformant),
        // Whoever drove the machine has gone; there is nobody left to tell.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Conformant),
        Err(error) => Err(Failure::internal(error)),
    }
}

fn service<S: Native>(name: &str, checkout: Option<&Path>) -> Result<Box<dyn Service>, Failure> {
    let machine = registry::machine::<S>(name, checkout);
    let machine = machine.map_err(|message| Failure { exit: Exit::Undetermined, message })?;
    Ok(Box::new(machine))
}
