//! Fuzz targets: the trait of something that eats any bytes and notices when what it tests is wrong.
//!
//! Targets belong to subjects and stand here so that a subject can bring its own. How they are run, how often, and what
//! becomes of what they find is not known here.

mod complaint;
pub mod simpler;

pub use complaint::{Cause, Complaint};

use crate::cases::{Cases, Profile};
use crate::project::Project;
use crate::random::Rng;

/// A subject with fuzz targets of its own.
pub trait Fuzzed: Sync {
    /// The targets by name, each with what makes it.
    fn targets(&self) -> Vec<(&'static str, Create)>;

    /// The name of a target that runs any case of this subject alone. `None` if only the one target does that runs the
    /// cases of all subjects.
    fn cases_target(&self) -> Option<&'static str> {
        None
    }
}

/// Makes a target.
pub type Create = fn(&Bench) -> Box<dyn Target>;

/// What a target is made with.
#[derive(Clone, Debug)]
pub struct Bench {
    /// How often a model is asked.
    pub model: ModelUse,
    /// The checkout at hand, which models and words for mutation are taken from; absent on a machine that has none. A
    /// model can be asked only if it is there.
    pub project: Option<Project>,
}

/// How often a model, which is slow, is asked about an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelUse {
    /// Never.
    Never,
    /// About some inputs.
    Sampled,
    /// About every input.
    Always,
}

/// Something that eats any bytes, and notices when what it tests is wrong.
///
/// A target keeps its memories and machines between inputs; nothing of an input may be left behind in them.
pub trait Target {
    /// What makes an input useful, in a few words. An input that is not only shows that rubbish is refused.
    fn useful_means(&self) -> &'static str;

    /// Runs one input and says whether it was of use.
    ///
    /// # Errors
    /// What is wrong with the thing that is tested. A panic is as bad, and is caught by whoever runs the target.
    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint>;

    /// Changes an input a little, in a way that keeps it useful. `basic` changes bytes without knowing any format.
    fn mutate(&self, input: &mut Vec<u8>, _rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        basic(input);
    }

    /// Inputs to start from, made from the vectors and programs of a checkout.
    ///
    /// # Errors
    /// What cannot be read, with its place.
    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String>;

    /// Inputs that are simpler than this one, the boldest simplifications first. By default bytes are dropped and
    /// cleared without knowing the format.
    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        simpler::bytes(input)
    }

    /// The cases that the input stands for, if it stands for cases of a subject.
    fn cases(&self, _input: &[u8]) -> Vec<FuzzedCase> {
        Vec::new()
    }

    /// The input for people.
    fn describe(&self, input: &[u8]) -> String {
        String::from_utf8_lossy(input).into_owned()
    }
}

/// A case that an input stands for, as the machine protocol has it.
#[derive(Clone, Debug, PartialEq)]
pub struct FuzzedCase {
    /// The subject's name.
    pub subject: &'static str,
    /// The profile's name.
    pub profile: &'static str,
    /// The case.
    pub case: serde_json::Value,
}

impl FuzzedCase {
    /// A case of subject `S`.
    pub fn of<S: Cases>(profile: Profile, case: &S::Case) -> Self {
        // Cases are plain data: writing them to memory does not fail.
        let case = serde_json::to_value(case).unwrap_or_default();
        FuzzedCase { subject: S::NAME, profile: profile.name(), case }
    }
}

/// What an input was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It got to what is tested.
    Useful,
    /// It was refused at the door.
    Useless,
}

impl From<bool> for Use {
    fn from(useful: bool) -> Self {
        if useful { Use::Useful } else { Use::Useless }
    }
}
