//! The machines that are named on the command line.

use std::time::Duration;

use clap::Args;
use oracle::machines::program::Program;
use oracle::project::Project;
use oracle::quoted;

use crate::checkouts::CheckoutOptions;
use crate::failure::Failure;
use crate::interrupt;
use crate::machine;
use crate::subject::Players;
use crate::subjects;
use crate::target::Target;
use crate::values;

/// Which machines take part beside our own.
#[derive(Args)]
pub struct Machines {
    /// A program that speaks the machine protocol, with its arguments. May be given more than once.
    #[arg(long = "machine", value_name = "CMD ARGS")]
    pub programs: Vec<String>,
    #[command(flatten)]
    checkouts: CheckoutOptions,
    /// How long a program may take for an answer, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = values::seconds, default_value = TIME_LIMIT)]
    pub time_limit: Duration,
    #[command(flatten)]
    pub target: Target,
}

/// How long a program may take for an answer if nobody says so, in seconds.
const TIME_LIMIT: &str = "10";

impl Machines {
    /// Starts what is to be started.
    ///
    /// # Errors
    /// A program that does not start or does not answer, or that knows no subject of ours.
    pub fn start(&self, project: &Project) -> Result<Players, Failure> {
        let mut players = Players::own(project, self.checkouts.0.clone(), self.target.jobs());
        players.time_limit = self.time_limit;
        players.target = self.target.chosen(project);
        if players.target.is_some() {
            project.needs_checkout().map_err(Failure::undetermined)?;
        }
        let in_c = machine::in_c().and_then(|command| Program::start(&command, self.time_limit));
        players.in_c = Some(in_c.map_err(Failure::undetermined)?.until(interrupt::flag_of_a_run()));
        for command in &self.programs {
            let program = Program::start(command, self.time_limit).map_err(Failure::undetermined)?;
            warn_of_unknown(&mut players, command, &program)?;
            players.programs.push((command.clone(), program.until(interrupt::flag_of_a_run())));
        }
        Ok(players)
    }

    /// What another command needs to name the same machines.
    pub fn arguments(&self) -> Vec<String> {
        let programs = self.programs.iter().map(|command| ["--machine".into(), command.clone()]);
        let is_other = values::seconds(TIME_LIMIT) != Ok(self.time_limit);
        let limit = is_other.then(|| ["--time-limit".into(), self.time_limit.as_secs_f64().to_string()]);
        programs
            .chain(self.checkouts.0.arguments())
            .chain(limit)
            .flatten()
            .chain(self.target.arguments())
            .collect()
    }
}

/// What a program says of itself and we do not know must not be dropped without a word: it may be a slip.
fn warn_of_unknown(players: &mut Players, command: &str, program: &Program) -> Result<(), Failure> {
    let hello = program.hello();
    let mut unknown = Vec::new();
    let mut knows_one = false;
    for (name, profiles) in &hello.subjects {
        let Some(subject) = subjects::ALL.iter().find(|subject| subject.name() == name) else {
            unknown.push(format!("there is no subject `{name}`"));
            continue;
        };
        knows_one = true;
        // In version 1 the profiles are those of any subject.
        let all = || subjects::ALL.iter().flat_map(|subject| subject.profiles());
        let is_known = |profile: &str| match hello.protocol {
            oracle::protocol::Version::One => all().any(|known| known.name() == profile),
            oracle::protocol::Version::Two => subject.profiles().iter().any(|known| known.name() == profile),
        };
        for profile in profiles.iter().filter(|profile| !is_known(profile)) {
            unknown.push(format!("{name} has no profile `{profile}`"));
        }
    }
    unknown.dedup();
    let unknown: Vec<String> =
        unknown.into_iter().map(|what| format!("`{command}` says more than is known here: {what}")).collect();
    if !knows_one {
        let names: Vec<&str> = subjects::ALL.iter().map(|subject| subject.name()).collect();
        let message = format!("`{command}` takes part in no subject: there are {}", names.join(", "));
        return Err(Failure::undetermined(message));
    }
    if hello.protocol == oracle::protocol::Version::Two && !unknown.is_empty() {
        return Err(Failure::usage(unknown.join("\n")));
    }
    players.warnings.extend(unknown);
    Ok(())
}

/// Arguments as they are typed behind a command.
pub fn typed(arguments: &[String]) -> String {
    arguments.iter().map(|argument| format!(" {}", quoted(argument))).collect()
}
