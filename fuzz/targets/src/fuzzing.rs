//! What can be fuzzed at a checkout: its targets by name.

use oracle::fuzz::{Bench, ModelUse, Target};
use oracle::project::Project;

use crate::subject::{FuzzedSubject, Subjects};
use crate::targets::{cases, chip, protocol, vector, wire};

/// A checkout, and the subjects that are fuzzed there.
#[derive(Clone)]
pub struct Fuzzing {
    /// The checkout.
    pub project: Project,
    /// The subjects.
    pub subjects: Vec<&'static dyn FuzzedSubject>,
}

/// Makes a target.
pub type Make = Box<dyn Fn(&Bench) -> Box<dyn Target>>;

/// Makes a target that every subject gets for nothing: of the subjects that there are.
type CreateOfAll = fn(Subjects<'_>, &Bench) -> Box<dyn Target>;

/// The targets of all subjects together.
const OF_ALL: [(&str, CreateOfAll); 5] = [
    ("cases", cases::create),
    ("chip", chip::create),
    ("protocol", protocol::create),
    ("vector", vector::create),
    ("wire", wire::create),
];

impl Fuzzing {
    /// Every target by name, with what makes it.
    pub fn targets(&self) -> Vec<(&'static str, Make)> {
        let mut all: Vec<(&'static str, Make)> = Vec::new();
        for (name, create) in OF_ALL {
            let subjects = self.subjects.clone();
            all.push((name, Box::new(move |bench| create(&subjects, bench))));
        }
        let own = self.subjects.iter().flat_map(|subject| subject.targets());
        for (name, create) in own {
            all.push((name, Box::new(create)));
        }
        for &subject in &self.subjects {
            let Some(name) = subject.cases_target() else { continue };
            all.push((name, Box::new(move |bench| cases::create(&[subject], bench))));
        }
        all.sort_by_key(|(name, _)| *name);
        all
    }

    /// The names of all targets.
    pub fn names(&self) -> Vec<&'static str> {
        self.targets().into_iter().map(|(name, _)| name).collect()
    }

    /// The name and the maker of a target.
    ///
    /// # Errors
    /// There is none of this name; names those that there are.
    pub fn find(&self, wanted: &str) -> Result<(&'static str, Make), String> {
        let found = self.targets().into_iter().find(|(name, _)| *name == wanted);
        found.ok_or_else(|| format!("there is no target `{wanted}`, only {}", self.names().join(", ")))
    }

    /// What targets are made with here.
    pub fn bench(&self, model: ModelUse) -> Bench {
        Bench { model, project: Some(self.project.clone()) }
    }
}
