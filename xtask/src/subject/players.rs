//! The machines that there are for a subject: ours, the reference, a chip, and programs from the command line.

use std::time::Duration;

use hil::chip::codec;
use oracle::cores::Cores;
use oracle::lane::{Player, VECTORS};
use oracle::machines::caught::Caught;
use oracle::machines::program::Program;
use oracle::machines::python;
use oracle::machines::workers::Workers;
use oracle::project::{Project, commit_of};
use oracle::subject::{Profile, Subject};
use oracle::{Lane, Machine, Role};

use super::checkouts::Checkouts;

/// How long a program may take for an answer if nobody says so.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Everything that machines are made of, looked up once for all subjects.
pub struct Players {
    /// The checkout at hand.
    pub project: Project,
    /// The checkouts of references.
    checkouts: Checkouts,
    /// How long a program may take for an answer.
    pub time_limit: Duration,
    /// What runs the models.
    models: Workers,
    /// What runs the reference that is behind adapters in Python, if a checkout was named.
    references: Option<Workers>,
    /// How much may be done at once.
    pub cores: Cores,
    /// Our machine in C, which is a process of its own; `None` if nobody wants it.
    pub in_c: Option<Program>,
    /// The programs, by the command that starts each.
    pub programs: Vec<(String, Program)>,
    /// The chip, if one was named.
    pub target: Option<hil::target::Target>,
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
    /// The profiles in which it has lanes if nobody names any; `None`: in all that it has.
    by_default: Option<&'static [Profile]>,
    /// Whether it is no failure that it is not there, if nobody has named it: a reference without a checkout, and what this
    /// program was built without.
    pub may_lack: bool,
}

impl Players {
    /// Our own machines alone, and the reference if there is a checkout. Those in Python run in so many processes.
    pub fn own(project: &Project, checkouts: Checkouts, jobs: usize) -> Self {
        let cores = Cores::new(jobs);
        Players {
            project: project.clone(),
            models: python::workers(project, None, cores.clone()),
            references: checkouts
                .of_adapters()
                .ok()
                .map(|checkout| python::workers(project, Some(&checkout), cores.clone())),
            cores,
            checkouts,
            time_limit: TIME_LIMIT,
            in_c: None,
            programs: Vec::new(),
            target: None,
            warnings: Vec::new(),
        }
    }

    /// The machines of a subject: those in this program, the model, the reference, the chip, then the programs that know
    /// the subject, under the names they give themselves. Model and reference are not loaded yet.
    pub fn of<S: Subject>(&self) -> Vec<Entry<S>> {
        let mut entries: Vec<Entry<S>> = S::machines()
            .into_iter()
            .map(|(role, machine)| {
                let machine = boxed(Caught::new(machine));
                Entry::new(machine.name().to_owned(), role, Ok(machine))
            })
            .collect();
        entries.extend(S::absent().into_iter().map(|(role, name, why)| Entry {
            may_lack: true,
            ..Entry::new(name, role, Err(why.to_owned()))
        }));
        let in_c = self.in_c.iter().filter_map(|it| it.machine::<S>(it.hello().name).transpose());
        entries.extend(in_c.map(|machine| Entry {
            // The boundary is the same in every profile, and a process costs what a function does not.
            by_default: Some(&S::PROFILES[..1]),
            ..Entry::new("c", Role::Twin, machine.map(boxed))
        }));
        if python::has_model::<S>(&self.project) {
            entries.push(Entry::new("python", Role::Model, Ok(boxed(self.models.model::<S>()))));
        } else if S::generates().is_some() && !entries.iter().any(|entry| entry.role == Role::Model) {
            // The cases that it makes are run where two readings are compared, and this is the second one.
            let why = format!(
                "there is no model: {} is no folder",
                python::model_folder::<S>(&self.project).display()
            );
            entries.push(Entry::new("python", Role::Model, Err(why)));
        }
        if S::reference().is_some() || python::has_reference::<S>(&self.project) {
            entries.push(Entry {
                may_lack: self.checkouts.of::<S>().is_err(),
                ..Entry::new("upstream", Role::Reference, self.reference_of::<S>())
            });
        }
        if let Some(target) = &self.target {
            let codec = codec::<S>();
            // A run of several subjects is whole without a chip for those that have no firmware.
            let may_lack = codec.is_err();
            let chip = codec.and_then(|_| target.connect::<S>()).map(boxed);
            entries.push(Entry { may_lack, ..Entry::new(target.machine(), Role::Chip, chip) });
        }
        for (command, program) in &self.programs {
            let name = free_name(&program.hello().name, &entries);
            let machine = match program.machine::<S>(name.clone()) {
                Ok(None) => continue,
                Ok(Some(machine)) => Ok(boxed(machine)),
                Err(why) => Err(why),
            };
            entries
                .push(Entry { command: Some(command.clone()), ..Entry::new(name, Role::Program, machine) });
        }
        entries
    }

    fn reference_of<S: Subject>(&self) -> Result<Box<dyn Machine<S>>, String> {
        if let Some(reference) = S::reference() {
            let checkout = self.checkouts.of::<S>()?;
            return reference.machine(&self.project, &checkout, self.time_limit);
        }
        let checkout = self.checkouts.of_adapters()?;
        let references = self.references.as_ref().ok_or("the reference was not started")?;
        Ok(boxed(references.upstream::<S>(&checkout)))
    }

    /// Whether the command line names a checkout of the reference.
    pub fn has_checkout_option<S: Subject>(&self) -> bool {
        self.checkouts.has_option_for::<S>()
    }

    /// What should be known about the checkout of the reference before its answers are believed.
    pub fn reference_warning<S: Subject>(&self) -> Option<String> {
        let folder = self.checkouts.of::<S>().ok()?;
        let pinned = S::REFERENCE_COMMIT?;
        let head = commit_of(&folder).unwrap_or_else(|| "no commit that git can name".into());
        let is_pinned = !head.is_empty() && pinned.starts_with(&head);
        (!is_pinned).then(|| format!("{} is at {head}, the facts are those of {pinned}", folder.display()))
    }
}

impl<S: Subject> Entry<S> {
    fn new(name: impl Into<String>, role: Role, machine: Result<Box<dyn Machine<S>>, String>) -> Self {
        Entry { name: name.into(), role, machine, command: None, by_default: None, may_lack: false }
    }

    /// Whether it is one of the machines of any of these lanes.
    pub fn is_in(&self, lanes: &[Lane]) -> bool {
        lanes.iter().flat_map(Lane::machines).any(|name| name == self.name)
    }

    /// Loads the machine. One that does not load is not there.
    pub fn load(&mut self) {
        if let Err(why) = self.machine.as_mut().map_or(Ok(()), |machine| machine.load()) {
            self.machine = Err(why);
        }
    }

    /// The same with its machine loaded.
    pub fn loaded(mut self) -> Self {
        self.load();
        self
    }

    /// The machine as far as lanes are made of it. One that is not there is taken to run what one like it would run.
    pub fn player(&self) -> Player {
        let usual: Vec<Profile> = match self.role {
            Role::Native | Role::Twin | Role::Model | Role::Chip => S::PROFILES.to_vec(),
            Role::Reference | Role::Program => S::PROFILES[..1].to_vec(),
        };
        let all = self.machine.as_ref().map_or(usual, |machine| machine.profiles().to_vec());
        let profiles = self.by_default.map_or(all, <[Profile]>::to_vec);
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
