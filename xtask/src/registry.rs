//! The machines by name, and where the project keeps its vectors.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Args;
pub use fuzzing::known::{root, target_folder};
use hil::target::OnChip;
use oracle::Machine;
use oracle::ledger::Ledger;
use oracle::machines::process::Process;
use oracle::machines::python;
use oracle::native::Native;
use vectors::Suite;

use crate::Failure;
use crate::target::Target;

/// Calls a function that is generic over the subject, once for each subject.
macro_rules! for_each_subject {
    ($function:ident($($argument:expr),*)) => {
        [
            (<vectors::minivm::MiniVm as vectors::Subject>::NAME, $function::<vectors::minivm::MiniVm>($($argument),*)),
            (<vectors::hxe::Hxe as vectors::Subject>::NAME, $function::<vectors::hxe::Hxe>($($argument),*)),
        ]
    };
}
pub(crate) use for_each_subject;

/// The subjects by name.
pub fn subjects() -> Vec<&'static str> {
    fn there<S>() {}
    for_each_subject!(there()).into_iter().map(|(name, ())| name).collect()
}

/// How long a program may take for an answer where nobody says so, in seconds.
const TIME_LIMIT: f64 = 10.0;

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
    #[arg(long, value_name = "SECONDS", default_value_t = TIME_LIMIT)]
    pub time_limit: f64,
    #[command(flatten)]
    pub target: Target,
}

/// A machine that is there, or why it is not.
pub struct Entry<S: Native> {
    /// The name in lanes.
    pub name: String,
    /// The machine.
    pub machine: Result<Box<dyn Machine<S>>, String>,
    /// The command that starts it, where it is a program from the command line.
    pub command: Option<String>,
}

impl Machines {
    /// The checkout of the reference, if one was named.
    pub fn checkout(&self) -> Option<PathBuf> {
        self.upstream.clone().or_else(|| std::env::var_os("HSX_REFERENCE").map(PathBuf::from))
    }

    /// `rust`, `python`, `upstream`, then the chip, then the programs that know the subject, under the names they give
    /// themselves.
    pub fn load<S: OnChip>(&self) -> Vec<Entry<S>> {
        let mut entries = vec![own("rust"), own("python"), upstream(self.checkout().as_deref())];
        if let Some(target) = self.target.chosen()
            && let Some(machine) = S::on_chip(&target)
        {
            entries.push(Entry { name: target.machine().into(), machine, command: None });
        }
        let limit = Duration::from_secs_f64(self.time_limit.clamp(0.01, 3600.0));
        for program in &self.programs {
            let command = Some(program.clone());
            let entry = match Process::start::<S>(program, limit) {
                Ok(None) => continue,
                Ok(Some(mut process)) => {
                    let name = free_name(Machine::<S>::name(&process), &entries);
                    process.rename(name.clone());
                    Entry { name, machine: Ok(Box::new(process)), command }
                }
                Err(why) => Entry { name: free_name(program, &entries), machine: Err(why), command },
            };
            entries.push(entry);
        }
        entries
    }

    /// What another command needs to name the same machines.
    pub fn arguments(&self) -> Vec<String> {
        let programs = self.programs.iter().map(|command| ["--machine".into(), command.clone()]);
        let upstream = self.upstream.iter().map(|folder| ["--upstream".into(), folder.display().to_string()]);
        let limit =
            (self.time_limit != TIME_LIMIT).then(|| ["--time-limit".into(), self.time_limit.to_string()]);
        programs.chain(upstream).chain(limit).flatten().chain(self.target.arguments()).collect()
    }
}

fn own<S: Native>(name: &str) -> Entry<S> {
    let machine = match name {
        "rust" => Ok(S::machine() as Box<dyn Machine<S>>),
        _ => python::model::<S>().map(|machine| Box::new(machine) as Box<dyn Machine<S>>),
    };
    Entry { name: name.into(), machine, command: None }
}

fn upstream<S: Native>(checkout: Option<&Path>) -> Entry<S> {
    let machine = match checkout {
        None => Err("no checkout of the reference: give --upstream DIR or set HSX_REFERENCE".into()),
        Some(folder) => python::upstream::<S>(folder).map(|machine| Box::new(machine) as Box<dyn Machine<S>>),
    };
    Entry { name: "upstream".into(), machine, command: None }
}

/// `name`, or `name-2` and so on where it is taken. Names of lanes have no `~` and no `/` in them.
fn free_name<S: Native>(name: &str, entries: &[Entry<S>]) -> String {
    let name = name.replace(['~', '/'], "-");
    let taken = |candidate: &str| {
        candidate == oracle::lane::VECTORS || entries.iter().any(|entry| entry.name == candidate)
    };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|candidate| !taken(candidate)).unwrap_or(name)
}

/// One of our machines.
///
/// # Errors
/// Why there is none.
pub fn machine<S: Native>(name: &str, checkout: Option<&Path>) -> Result<Box<dyn Machine<S>>, String> {
    match name {
        "upstream" => upstream(checkout).machine,
        _ => own(name).machine,
    }
}

/// Arguments as they are typed behind a command.
pub fn typed(arguments: &[String]) -> String {
    let quoted = arguments.iter().map(|argument| shlex::try_quote(argument).unwrap_or(argument.into()));
    quoted.map(|argument| format!(" {argument}")).collect()
}

/// A path of the project: short where the command was called in its folder, else absolute.
pub fn in_project(path: &str) -> PathBuf {
    let here = std::env::current_dir().is_ok_and(|here| here == root());
    if here { PathBuf::from(path) } else { root().join(path) }
}

/// The bytes of a file.
///
/// # Errors
/// That it cannot be read, and why.
pub fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

/// The vectors of the subject, from `file` where one is named.
pub fn suite<S: Native>(file: Option<&Path>) -> Result<Suite<S>, Failure> {
    let folder = file.map_or_else(|| in_project(&format!("vectors/{}", S::NAME)), Path::to_owned);
    Suite::load(&folder).map_err(|errors| {
        let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::usage(messages.join("\n"))
    })
}

/// The divergence ledger.
pub fn ledger() -> Result<Ledger, Failure> {
    Ledger::load(&in_project("vectors/divergences.yaml")).map_err(Failure::usage)
}

/// What git says in the project's folder; nothing where it fails.
pub fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(root()).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
