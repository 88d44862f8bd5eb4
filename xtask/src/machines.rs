//! The machines that take part in a command: ours, the reference, a chip, and programs from the command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use oracle::lane::{Player, VECTORS};
use oracle::machines::program::Program;
use oracle::machines::python;
use oracle::project::{Project, commit_of};
use oracle::subject::{Profile, Subject};
use oracle::{Machine, Role};

use crate::failure::Failure;
use crate::subjects;
use crate::target::Target;
use crate::values;

/// Which machines take part beside our own.
#[derive(Args)]
pub struct Machines {
    /// A program that speaks the machine protocol, with its arguments. May be given more than once.
    #[arg(long = "machine", value_name = "CMD ARGS")]
    pub programs: Vec<String>,
    /// A checkout of the reference [default: $HSX_REFERENCE]
    #[arg(long, value_name = "DIR")]
    pub upstream: Option<PathBuf>,
    /// How long a program may take for an answer, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = values::seconds, default_value = TIME_LIMIT)]
    pub time_limit: Duration,
    #[command(flatten)]
    pub target: Target,
}

/// How long a program may take for an answer if nobody says so, in seconds.
const TIME_LIMIT: &str = "10";

/// Everything that machines are made of, looked up once for all subjects.
pub struct Players {
    /// The checkout at hand.
    pub project: Project,
    /// The checkout of the reference, if one was named.
    pub reference: Option<PathBuf>,
    /// The programs, by the command that starts each.
    programs: Vec<(String, Program)>,
    /// The chip, if one was named.
    target: Option<hil::target::Target>,
    /// What should be known of the machines before their results are believed.
    pub warnings: Vec<String>,
}

/// A machine that is there, or why it is not.
pub struct Entry<S: Subject> {
    /// The name in lanes.
    pub name: String,
    /// What it is for the subject.
    pub role: Role,
    /// The machine.
    pub machine: Result<Box<dyn Machine<S>>, String>,
    /// The command that starts it, if it is a program from the command line.
    pub command: Option<String>,
}

impl Machines {
    /// The checkout of the reference, if one was named.
    pub fn reference(&self) -> Option<PathBuf> {
        self.upstream.clone().or_else(|| std::env::var_os("HSX_REFERENCE").map(PathBuf::from))
    }

    /// Starts what is to be started.
    ///
    /// # Errors
    /// A program that does not start or does not answer, or that knows no subject of ours.
    pub fn start(&self, project: &Project) -> Result<Players, Failure> {
        let mut players = Players {
            project: project.clone(),
            reference: self.reference(),
            programs: Vec::new(),
            target: self.target.chosen(project),
            warnings: Vec::new(),
        };
        for command in &self.programs {
            let program = Program::start(command, self.time_limit).map_err(Failure::undetermined)?;
            players.warn_of_unknown(command, &program)?;
            players.programs.push((command.clone(), program));
        }
        Ok(players)
    }

    /// What another command needs to name the same machines.
    pub fn arguments(&self) -> Vec<String> {
        let programs = self.programs.iter().map(|command| ["--machine".into(), command.clone()]);
        let upstream = self.upstream.iter().map(|folder| ["--upstream".into(), folder.display().to_string()]);
        let is_other = values::seconds(TIME_LIMIT) != Ok(self.time_limit);
        let limit = is_other.then(|| ["--time-limit".into(), self.time_limit.as_secs_f64().to_string()]);
        programs.chain(upstream).chain(limit).flatten().chain(self.target.arguments()).collect()
    }
}

impl Players {
    /// Our own machines alone.
    pub fn own(project: &Project, reference: Option<PathBuf>) -> Self {
        let project = project.clone();
        Players { project, reference, programs: Vec::new(), target: None, warnings: Vec::new() }
    }

    /// What a program says of itself and we do not know must not be dropped without a word: it may be a slip.
    fn warn_of_unknown(&mut self, command: &str, program: &Program) -> Result<(), Failure> {
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
                oracle::protocol::Version::Two => {
                    subject.profiles().iter().any(|known| known.name() == profile)
                }
            };
            for profile in profiles.iter().filter(|profile| !is_known(profile)) {
                unknown.push(format!("{name} has no profile `{profile}`"));
            }
        }
        unknown.dedup();
        let unknown: Vec<String> = unknown
            .into_iter()
            .map(|what| format!("`{command}` says more than is known here: {what}"))
            .collect();
        if !knows_one {
            let names: Vec<&str> = subjects::ALL.iter().map(|subject| subject.name()).collect();
            let message = format!("`{command}` takes part in no subject: there are {}", names.join(", "));
            return Err(Failure::undetermined(message));
        }
        if hello.protocol == oracle::protocol::Version::Two && !unknown.is_empty() {
            return Err(Failure::usage(unknown.join("\n")));
        }
        self.warnings.extend(unknown);
        Ok(())
    }

    /// The machines of a subject: those in this program, the model, the reference, the chip, then the programs that know
    /// the subject, under the names they give themselves.
    pub fn of<S: Subject>(&self) -> Vec<Entry<S>> {
        let mut entries: Vec<Entry<S>> = S::machines()
            .into_iter()
            .map(|(role, machine)| Entry {
                name: machine.name().into(),
                role,
                machine: Ok(machine),
                command: None,
            })
            .collect();
        if python::has_model::<S>(&self.project) {
            let model = python::model::<S>(&self.project);
            entries.push(Entry::new("python", Role::Model, model.map(boxed)));
        }
        if python::has_reference::<S>(&self.project) {
            entries.push(Entry::new("upstream", Role::Reference, self.reference_of::<S>()));
        }
        if let (Some(target), Some(_)) = (&self.target, S::on_chip()) {
            let chip = target.connect::<S>().map(boxed);
            entries.push(Entry::new(target.machine(), Role::Chip, chip));
        }
        for (command, program) in &self.programs {
            let name = free_name(&program.hello().name, &entries);
            let machine = match program.machine::<S>(name.clone()) {
                Ok(None) => continue,
                Ok(Some(machine)) => Ok(boxed(machine)),
                Err(why) => Err(why),
            };
            entries
                .push(Entry { command: Some(command.clone()), ..Entry::new(&name, Role::Program, machine) });
        }
        entries
    }

    fn reference_of<S: Subject>(&self) -> Result<Box<dyn Machine<S>>, String> {
        let missing = || "no checkout of the reference: give --upstream DIR or set HSX_REFERENCE".to_owned();
        let folder = self.reference.as_deref().ok_or_else(missing)?;
        python::upstream::<S>(&self.project, folder).map(boxed)
    }

    /// What should be known about the checkout of the reference before its answers are believed.
    pub fn reference_warning<S: Subject>(&self) -> Option<String> {
        let folder: &Path = self.reference.as_deref()?;
        let pinned = S::REFERENCE_COMMIT?;
        let head = commit_of(folder).unwrap_or_else(|| "no commit that git can name".into());
        let is_pinned = !head.is_empty() && pinned.starts_with(&head);
        (!is_pinned).then(|| format!("{} is at {head}, the facts are those of {pinned}", folder.display()))
    }
}

impl<S: Subject> Entry<S> {
    fn new(name: &str, role: Role, machine: Result<Box<dyn Machine<S>>, String>) -> Self {
        Entry { name: name.into(), role, machine, command: None }
    }

    /// The machine as far as lanes are made of it. One that is not there is taken to run what one like it would run.
    pub fn player(&self) -> Player {
        let usual: Vec<Profile> = match self.role {
            Role::Native | Role::Model | Role::Chip => S::PROFILES.to_vec(),
            Role::Reference | Role::Program => S::PROFILES[..1].to_vec(),
        };
        let profiles = self.machine.as_ref().map_or(usual, |machine| machine.profiles().to_vec());
        Player { name: self.name.clone(), role: self.role, profiles }
    }
}

fn boxed<S: Subject>(machine: impl Machine<S> + 'static) -> Box<dyn Machine<S>> {
    Box::new(machine)
}

/// `name`, or `name-2` and so on if it is taken. Names of lanes have no `~` and no `/` in them.
fn free_name<S: Subject>(name: &str, entries: &[Entry<S>]) -> String {
    let plain = |c: char| if c == '~' || c == '/' || c.is_control() || c.is_whitespace() { '-' } else { c };
    let name: String = name.chars().map(plain).take(LONGEST_NAME).collect();
    let name = if name.is_empty() { "program".to_owned() } else { name };
    let taken = |candidate: &str| candidate == VECTORS || entries.iter().any(|entry| entry.name == candidate);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|candidate| !taken(candidate)).unwrap_or(name)
}

/// The longest name that a machine has in lanes, in characters.
const LONGEST_NAME: usize = 60;

/// Arguments as they are typed behind a command.
pub fn typed(arguments: &[String]) -> String {
    let quoted = arguments.iter().map(|argument| shlex::try_quote(argument).unwrap_or(argument.into()));
    quoted.map(|argument| format!(" {argument}")).collect()
}
