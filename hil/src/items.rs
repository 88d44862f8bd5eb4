//! What goes to a chip for a case, and what comes back for it.

use hil_wire::{Case, Cost, End, Item, Sequence, Task};
use oracle::Answer;
use oracle::machine::{Failure, FailureKind};

/// What a chip is to run cases as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The number of the subject.
    pub subject: u8,
    /// The number of the profile.
    pub profile: u8,
}

/// A case, ready to be sent.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The task and the case, in postcard.
    pub(crate) bytes: Vec<u8>,
    /// How many steps it may take, over all rounds.
    pub(crate) steps: u32,
}

impl Encoded {
    /// A task for a case, as its subject writes that, which may take so many steps.
    pub fn new(task: Task, case: &[u8], steps: u32) -> Self {
        // Plain data: writing it to memory does not fail.
        let bytes = postcard::to_stdvec(&Case { task, bytes: case }).expect("memory takes everything");
        Encoded { bytes, steps }
    }
}

/// The items of an answer, in postcard; complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items(pub(crate) Vec<u8>);

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents<'a> {
    /// The parts of the outcome, as the subject writes them.
    pub parts: Vec<&'a [u8]>,
    /// Digests of the state, in order.
    pub digests: Vec<u64>,
    /// What a measurement has come to.
    pub cost: Option<Cost>,
    /// How the case ended.
    pub end: End<'a>,
}

/// Why an answer says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The chip has too little of something: of what, as the subject counts that.
    Unsupported(u8),
    /// It does not say how the case ended.
    NoEnd,
}

impl Items {
    /// What they say.
    ///
    /// # Errors
    /// They say nothing.
    pub fn contents(&self) -> Result<Contents<'_>, Silence> {
        let (mut parts, mut digests, mut cost) = (Vec::new(), Vec::new(), None);
        for item in Sequence::of_bytes(&self.0).iter().map_while(Result::ok) {
            match item {
                Item::Part(part) => parts.push(part),
                Item::Digest(digest) => digests.push(digest),
                Item::Cost(measured) => cost = Some(measured),
                Item::End(end) => return Ok(Contents { parts, digests, cost, end }),
                Item::Unsupported(limit) => return Err(Silence::Unsupported(limit)),
            }
        }
        Err(Silence::NoEnd)
    }
}

/// Why a case has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The chip does not run it, and says so, or it does not fit into a request.
    Unsupported(String),
    /// The chip fails at it.
    Fails(Failure),
    /// The chip could not be used any more.
    Lost(String),
}

impl Trouble {
    /// A failure of this kind.
    pub(crate) fn fails(kind: FailureKind, why: impl Into<String>) -> Self {
        Trouble::Fails(Failure::new(kind, why))
    }

    /// What a machine says to such a case.
    pub fn answer<O>(self) -> Answer<O> {
        match self {
            Trouble::Unsupported(why) => Answer::Unsupported(why),
            Trouble::Fails(failure) => Answer::Broken(failure),
            Trouble::Lost(why) => Answer::NotRun(why),
        }
    }
}
