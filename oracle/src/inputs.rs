//! All inputs of one kind, if they are few enough to run them all: what a subject says of them.

use crate::cases::{Cases, Profile};

/// Everything of a subject that can be exhausted.
pub trait Exhausts<S: Cases>: Sync {
    /// The parts, each with a name of its own.
    fn parts(&self) -> Vec<Part<S>>;
}

/// All inputs of one kind.
pub struct Part<S: Cases> {
    /// The name, unique in the subject.
    pub name: &'static str,
    /// What is run, and against what, in a sentence.
    pub about: &'static str,
    /// How many inputs there are.
    pub inputs: u64,
    /// Into how many chunks they are cut, numbered from 0; at least 1.
    pub chunks: u64,
    /// Runs the inputs of a chunk, always the same in the same order.
    pub run: RunChunk<S>,
}

/// Runs the chunk of this number.
pub type RunChunk<S> = Box<dyn Fn(u64, &mut Chunk<S>) + Send + Sync>;

/// How many wrong results of a chunk are kept; all are counted.
const KEPT: usize = 4;

/// What running a chunk comes to.
pub struct Chunk<S: Cases> {
    /// The digest of the results.
    pub digest: u64,
    /// How many inputs were run.
    pub inputs: u64,
    /// How many results were wrong.
    pub wrong: u64,
    /// The first of those.
    pub found: Vec<Wrong<S>>,
}

/// A result that is not what the rules say.
#[derive(Clone, Debug)]
pub struct Wrong<S: Cases> {
    /// Input, result, and what it should be, in a line.
    pub what: String,
    /// The same as a case with its profile and the outcome that it should have; `None` if it is none.
    pub case: Option<Box<Expected<S>>>,
}

/// A case with what should come out of it.
#[derive(Clone, Debug)]
pub struct Expected<S: Cases> {
    /// The case.
    pub case: S::Case,
    /// The profile that it runs in.
    pub profile: Profile,
    /// What should come out.
    pub outcome: S::Outcome,
}

impl<S: Cases> Default for Chunk<S> {
    fn default() -> Self {
        // The offset basis of FNV-1a.
        Chunk { digest: 0xCBF2_9CE4_8422_2325, inputs: 0, wrong: 0, found: Vec::new() }
    }
}

impl<S: Cases> Chunk<S> {
    /// Counts an input, and takes its results into the digest.
    #[inline(always)]
    pub fn result<const N: usize>(&mut self, values: [u64; N]) {
        self.inputs += 1;
        for value in values {
            // FNV-1a, a word at a time.
            self.digest = (self.digest ^ value).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    /// Counts a wrong result; what it is is only asked for if it is kept.
    #[cold]
    pub fn wrong(&mut self, wrong: impl FnOnce() -> Wrong<S>) {
        self.wrong += 1;
        if self.found.len() < KEPT {
            self.found.push(wrong());
        }
    }
}
