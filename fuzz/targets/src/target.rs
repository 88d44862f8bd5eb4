//! The trait of everything that is fuzzed.

use std::fmt::{self, Display, Formatter};

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use vectors::{Profile, hxe, minivm};

/// Something that eats any bytes, and notices when what it tests is wrong.
///
/// A target keeps its memories and machines between inputs; nothing of an input may be left behind in them.
pub trait Target {
    /// The name: that of its file, of its binary and of its folders.
    fn name(&self) -> &'static str;

    /// What makes an input useful, in a few words. An input that is not only shows that rubbish is refused.
    fn useful_means(&self) -> &'static str;

    /// Runs one input and says whether it was of use.
    ///
    /// # Errors
    /// What is wrong with the thing that is tested. A panic is as bad, and is caught by the [harness](crate::harness).
    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint>;

    /// Changes an input a little, in a way that keeps it useful. `basic` changes bytes without knowing any format.
    fn mutate(&self, input: &mut Vec<u8>, _rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        basic(input);
    }

    /// Inputs to start from, made from the project's vectors and programs.
    fn seeds(&self, known: &Known) -> Vec<Vec<u8>>;

    /// Inputs that are simpler than this one, the boldest simplifications first.
    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        crate::simpler::bytes(input)
    }

    /// The cases that the input stands for, where it stands for cases of a subject.
    fn meanings(&self, _input: &[u8]) -> Vec<Meaning> {
        Vec::new()
    }

    /// The input for people.
    fn describe(&self, input: &[u8]) -> String {
        String::from_utf8_lossy(input).into_owned()
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

/// What findings are grouped by: one bug should have one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cause {
    /// What it is about: an opcode, a part of the format, the place of a panic.
    pub topic: String,
    /// What is wrong about it: a field, or a law that does not hold.
    pub field: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The cause.
    pub cause: Cause,
    /// How far it is off, in words and values.
    pub message: String,
    /// Whether it is only the model that differs: no law of the target's own is broken.
    pub by_model: bool,
}

impl Complaint {
    /// A complaint.
    pub fn new(topic: impl Into<String>, field: impl Into<String>, message: impl Into<String>) -> Self {
        let cause = Cause { topic: topic.into(), field: field.into() };
        Complaint { cause, message: message.into(), by_model: false }
    }

    /// Complains unless a law holds. Values are put into words only where it does not.
    ///
    /// # Errors
    /// The complaint.
    pub fn unless(
        holds: bool,
        topic: &str,
        field: &str,
        message: impl FnOnce() -> String,
    ) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Complaint::new(topic, field, message())) }
    }
}

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.topic, self.field)
    }
}

impl Display for Complaint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause, self.message)
    }
}

/// What an input means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// A case of the instruction set.
    MiniVm(Profile, minivm::Case),
    /// A case of the loader.
    Hxe(Profile, hxe::Case),
}

/// What the project knows already, from which seeds are made.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The cases of the instruction set's vectors.
    pub cases: Vec<minivm::Case>,
    /// The cases of the loader's vectors.
    pub images: Vec<hxe::Case>,
    /// Assembly texts.
    pub programs: Vec<String>,
    /// Vector files.
    pub vector_files: Vec<String>,
}
