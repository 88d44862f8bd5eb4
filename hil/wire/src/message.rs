//! Messages: what the host asks for and what the chip answers.

use serde::{Deserialize, Serialize};

use crate::frame::Damage;
use oracle_sequence::Sequence;

/// What the host asks for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request<'a> {
    /// Asks who the chip is. Answered by [`Reply::Hello`].
    Hello,
    /// Asks for these cases to be run in this order. Answered by [`Reply::Items`], case by case, then [`Reply::Done`].
    Run {
        /// The number of the subject; [`Hello::subjects`] lists those that the firmware knows.
        subject: u8,
        /// The number of the profile, as the subject counts them.
        profile: u8,
        /// The cases.
        #[serde(borrow)]
        cases: Sequence<'a, Case<'a>>,
    },
    /// Asks the chip never to answer again, so that its watchdog must end this. For tests of the watchdog.
    Hang,
}

/// A case, and what is wanted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case<'a> {
    /// What is wanted.
    pub task: Task,
    /// The case as its subject writes it.
    #[serde(borrow, with = "serde_bytes")]
    pub bytes: &'a [u8],
}

/// What is wanted of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// The outcome.
    Outcome,
    /// The outcome with a trace: what each step has done.
    Trace,
    /// The outcome, made wrong in the place of this number, as the subject counts them. Whoever compares it must notice.
    Canary(u8),
    /// A digest of the state after every so many steps and at the end, each with the one before it in it; no outcome
    /// but the end.
    Digests {
        /// Steps from one digest to the next; 0 counts as 1.
        every: u32,
    },
    /// What some runs in a row take together, each from the starting state of the case, memory aside; then the end.
    Measure {
        /// How many runs.
        rounds: u16,
        /// Steps of each run at most, in place of what the case says. With 0 it measures what surrounds the steps.
        steps: u32,
        /// In which of the ways that the subject has of running a case, as the subject counts them.
        way: u8,
    },
}

/// What the chip answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply<'a> {
    /// Who it is. Sent unasked, under sequence number 0, after a start.
    Hello(#[serde(borrow)] Hello<'a>),
    /// A part of the answer to a case.
    Items {
        /// Which case of the request, from 0.
        case: u16,
        /// Which part of its answer, from 0. If one is missing, the answer is worth nothing.
        part: u16,
        /// What the part says; the last item of the last part is [`Item::End`] or [`Item::Unsupported`].
        items: Sequence<'a, Item<'a>>,
    },
    /// The request is done with.
    Done,
    /// The request was not understood. Cases before the one that was not may have been answered.
    Error(Refusal),
}

/// Who the chip is and what it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello<'a> {
    /// The chip's name.
    pub chip: &'a str,
    /// The build id that the linker gave the firmware, a hash of its contents.
    #[serde(with = "serde_bytes")]
    pub build: &'a [u8],
    /// The numbers of the subjects that the firmware has a runner for.
    #[serde(with = "serde_bytes")]
    pub subjects: &'a [u8],
    /// The longest request frame it takes, in bytes between the delimiters.
    pub max_frame: u32,
    /// What [`Cost::ticks`] counts.
    pub counter: Counter,
}

/// What a measurement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counter {
    /// Nothing: there is no counter.
    Nothing,
    /// SysTick, at the clock of the core; under QEMU's `-icount` that is time by instructions.
    SysTick,
    /// Cycles of the core.
    Cycles,
}

/// A piece of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item<'a> {
    /// A piece of the outcome, as the subject writes it.
    Part(#[serde(borrow, with = "serde_bytes")] &'a [u8]),
    /// A digest.
    Digest(u64),
    /// What a measurement has come to.
    Cost(Cost),
    /// How the case ended. The last item.
    End(End<'a>),
    /// The chip has too little of something for this case: of what, as the subject counts that. The last item.
    Unsupported(u8),
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End<'a> {
    /// Steps taken.
    pub steps: u32,
    /// Everything else, as the subject writes it.
    #[serde(borrow, with = "serde_bytes")]
    pub bytes: &'a [u8],
}

/// What runs have taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// What the counter counted.
    pub ticks: u32,
    /// Bytes of stack that were used at most.
    pub stack: u32,
    /// Bytes of the subject's state, without what it says is not to be counted.
    pub state: u32,
}

/// Why a request was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// What arrived was no frame.
    Damaged(Damage),
    /// The frame was longer than this, in bytes between the delimiters.
    TooLong(u32),
    /// The frame was whole, but its message is none. At this case of a run, from 0, if it is one.
    Malformed(Option<u16>),
    /// The frame was a reply.
    NotARequest,
    /// The firmware has no runner for the subject of this number.
    Subject(u8),
    /// The runner does not know the profile of this number.
    Profile(u8),
}
