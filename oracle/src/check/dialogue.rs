//! A demand of the protocol, and what has come of it.

use super::stage::Stage;
use crate::machine::Failure;
use crate::machines::program::Hello;
use crate::report::Exit;

/// A demand of the protocol, with the conversation that shows whether it holds.
pub struct Dialogue {
    /// A name that no other has.
    pub name: &'static str,
    /// What a machine does that keeps it, for people.
    pub about: &'static str,
    /// The sentence, or a part of one, of `oracle/PROTOCOL.md` that demands it.
    pub rule: &'static str,
    /// Whether a machine that does otherwise fails the check.
    pub required: bool,
    pub(super) conversation: fn(&mut Stage<'_>) -> Result<Played, Failure>,
}

/// What a conversation has shown.
#[derive(Debug)]
pub(super) enum Played {
    /// The demand holds.
    Held,
    /// Nothing, and why.
    NotShown(String),
}

/// What is shown if there is nothing to send.
pub(super) const NO_CASE: &str = "there is no case of a subject that it names";

impl Played {
    /// Nothing, and why.
    pub(super) fn not_shown(why: &str) -> Result<Self, Failure> {
        Ok(Played::NotShown(why.into()))
    }
}

impl Dialogue {
    /// A demand that every machine must meet.
    pub(super) const fn new(
        name: &'static str,
        about: &'static str,
        rule: &'static str,
        conversation: fn(&mut Stage<'_>) -> Result<Played, Failure>,
    ) -> Self {
        Dialogue { name, about, rule, required: true, conversation }
    }

    /// The same as a piece of advice.
    pub(super) const fn advice(self) -> Self {
        Dialogue { required: false, ..self }
    }

    pub(super) fn play(&self, stage: &mut Stage<'_>) -> Result<Played, Failure> {
        let played = stage.open().and_then(|()| (self.conversation)(stage));
        stage.close();
        played
    }
}

/// What a check has come to.
#[derive(Default)]
pub struct Checked {
    /// What the program says of itself; absent if it does not say it as the protocol wants.
    pub hello: Option<Hello>,
    /// The subject and the profile that cases were taken of.
    pub subject: Option<(String, String)>,
    /// What came of each dialogue, in order.
    pub lines: Vec<Line>,
}

/// What came of a dialogue.
pub struct Line {
    /// The dialogue.
    pub dialogue: &'static Dialogue,
    /// What came of it.
    pub ending: Ending,
}

/// How a dialogue ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The machine does what it should.
    Right,
    /// It does not.
    Wrong(Wrong),
    /// It could not be seen, and why.
    NotShown(String),
}

/// What a machine does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What it is.
    pub why: String,
    /// The request it is about, cut to a readable length; empty if it is about none.
    pub sent: String,
    /// What came back, cut too; empty if nothing did.
    pub came: String,
}

impl Checked {
    /// How many lines have ended in this way, of those that are required or of those that are not.
    pub fn count(&self, required: bool, ending: impl Fn(&Ending) -> bool) -> usize {
        self.lines.iter().filter(|line| line.dialogue.required == required && ending(&line.ending)).count()
    }

    /// The exit status: conformant only if every dialogue that is required has shown that the machine is right.
    pub fn exit(&self) -> Exit {
        if self.count(true, |ending| matches!(ending, Ending::Wrong(_))) > 0 {
            Exit::Differs
        } else if self.count(true, |ending| *ending != Ending::Right) > 0 || self.lines.is_empty() {
            Exit::Undetermined
        } else {
            Exit::Conformant
        }
    }
}
