//! The stage for a dialogue: the program, what is known of it, and what was said last.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::examples::Examples;
use super::said::{Said, wrong};
use crate::machine::{Failure, FailureKind};
use crate::machines::program::{Hello, read_hello};
use crate::machines::running::Running;
use crate::printable::printable;
use crate::protocol::Version;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 16 << 20;
/// How many time limits a dialogue may take in all.
const LIMITS: u32 = 6;
/// The longest part of a line that is kept to be shown, in characters.
const EXCERPT: usize = 200;

/// Where dialogues are had, one after the other.
pub(super) struct Stage<'a> {
    words: Vec<String>,
    time_limit: Duration,
    pub(super) known: &'a [Examples],
    hello: Option<Hello>,
    /// The subject that cases are taken of, and the profile that they run in.
    chosen: Option<(&'a Examples, String)>,
    /// The cases that the machine has answered alone, with its answers, until it failed.
    pub(super) alone: Vec<(&'a str, Said)>,
    running: Option<Running>,
    deadline: Instant,
    /// The requests that have no answer yet.
    waiting: VecDeque<String>,
    sent: String,
    came: String,
}

impl<'a> Stage<'a> {
    pub(super) fn new(command: &str, time_limit: Duration, known: &'a [Examples]) -> Result<Self, String> {
        let words = shlex::split(command).filter(|words| !words.is_empty());
        Ok(Stage {
            words: words.ok_or_else(|| format!("`{command}` is no command line"))?,
            time_limit,
            known,
            hello: None,
            chosen: None,
            alone: Vec::new(),
            running: None,
            deadline: Instant::now(),
            waiting: VecDeque::new(),
            sent: String::new(),
            came: String::new(),
        })
    }

    /// What the program says of itself, once it has said it as the protocol wants.
    pub(super) fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// The subject and the profile that cases are taken of.
    pub(super) fn subject(&self) -> Option<(String, String)> {
        self.chosen.as_ref().map(|(examples, profile)| (examples.subject.to_owned(), profile.clone()))
    }

    /// The request that was answered last, or that waits, and what has come back since.
    pub(super) fn last(&self) -> (String, String) {
        (self.sent.clone(), self.came.clone())
    }

    /// Starts the program, and says hello if it is known in which version.
    pub(super) fn open(&mut self) -> Result<(), Failure> {
        self.deadline = Instant::now() + LIMITS * self.time_limit;
        self.waiting.clear();
        self.sent.clear();
        self.came.clear();
        let running = Running::spawn(&self.words)
            .map_err(|error| Failure::new(FailureKind::Crash, format!("it cannot be started: {error}")))?;
        self.running = Some(running);
        if self.hello.is_some() {
            self.send(&self.greeting());
            self.reply()?;
        }
        Ok(())
    }

    /// Ends the program, whatever it is doing.
    pub(super) fn close(&mut self) {
        self.running = None;
    }

    /// Says hello in this version, strictly; nothing comes out if the reply is an error.
    pub(super) fn greet(&mut self, version: Version) -> Result<bool, Failure> {
        self.send(&greeting(version.number()));
        let line = self.line()?;
        self.hello = read_hello(&line).map_err(wrong)?;
        let Some(hello) = &self.hello else { return Ok(false) };
        // In our order, not in that of the reply: cases of the first subject show most.
        self.chosen = self.known.iter().find_map(|examples| {
            let (_, profiles) = hello.subjects.iter().find(|(subject, _)| subject == examples.subject)?;
            let runs = |profile: &&&str| profiles.iter().any(|its| its == **profile);
            Some((examples, (*examples.profiles.iter().find(runs)?).to_owned()))
        });
        Ok(true)
    }

    /// Sends a line.
    pub(super) fn send(&mut self, line: &str) {
        self.send_line(line.as_bytes());
    }

    /// Sends a line that may be no text.
    pub(super) fn send_line(&mut self, line: &[u8]) {
        let start = &line[..line.len().min(4 * EXCERPT + 4)];
        self.waiting.push_back(printable(&String::from_utf8_lossy(start), EXCERPT));
        self.send_bytes([line, b"\n"].concat());
    }

    /// Sends bytes that are not taken for a request of their own.
    pub(super) fn send_bytes(&mut self, bytes: Vec<u8>) {
        if let Some(running) = &mut self.running {
            running.send(bytes);
        }
    }

    fn line(&mut self) -> Result<Vec<u8>, Failure> {
        if let Some(sent) = self.waiting.pop_front() {
            self.sent = sent;
        }
        self.came.clear();
        let left = self.deadline.saturating_duration_since(Instant::now());
        let running = self.running.as_mut().ok_or_else(|| wrong("it has ended"))?;
        let line = running.receive(left.min(self.time_limit), MAX_ANSWER)?;
        let start = &line[..line.len().min(4 * EXCERPT + 4)];
        self.came = printable(&String::from_utf8_lossy(start), EXCERPT);
        Ok(line)
    }

    /// The next reply.
    pub(super) fn reply(&mut self) -> Result<Said, Failure> {
        Said::read(&self.line()?)
    }

    /// The next reply, which must be that to the case with this id.
    pub(super) fn answer(&mut self, id: &str) -> Result<Said, Failure> {
        let said = self.reply()?;
        said.answers(id)?;
        Ok(said)
    }

    /// Closes the input; answers can still be read.
    pub(super) fn close_input(&mut self) {
        if let Some(running) = &mut self.running {
            running.close();
        }
    }

    /// Closes the input: the program must end by itself, with status 0, and say nothing more.
    pub(super) fn end(&mut self) -> Result<(), Failure> {
        self.came.clear();
        let running = self.running.take().ok_or_else(|| wrong("it has ended"))?;
        running.end(self.time_limit).map_err(wrong)
    }

    /// The cases of the chosen subject; none if the machine knows no subject that is known here.
    pub(super) fn examples(&self) -> &'a [String] {
        self.chosen.as_ref().map_or(&[], |(examples, _)| &examples.cases)
    }

    /// Whether this is a case of the chosen subject.
    pub(super) fn is_case(&self, case: &str) -> bool {
        self.chosen.as_ref().is_some_and(|(examples, _)| (examples.read_case)(case).is_ok())
    }

    /// What is wrong with an outcome.
    pub(super) fn read_outcome(&self, case: &str, outcome: &str) -> Result<(), String> {
        self.chosen.as_ref().map_or(Ok(()), |(examples, _)| (examples.read_outcome)(case, outcome))
    }

    /// The case with a trace asked for; `None` if outcomes of the chosen subject have none.
    pub(super) fn traced(&self, case: &str) -> Option<String> {
        self.chosen.as_ref().and_then(|(examples, _)| (examples.traced)(case))
    }

    /// What is wrong with an outcome that was asked for with its trace.
    pub(super) fn read_trace(&self, case: &str, outcome: &str) -> Result<(), String> {
        self.chosen
            .as_ref()
            .map_or(Ok(()), |(examples, profile)| (examples.read_trace)(profile, case, outcome))
    }

    /// Whether there are cases to be answered, and none was.
    pub(super) fn has_answered_nothing(&self) -> bool {
        !self.examples().is_empty() && self.alone.is_empty()
    }

    /// The cases that have been answered by an outcome, with the answers.
    pub(super) fn implemented(&self) -> Vec<(&'a str, Said)> {
        self.alone.iter().filter(|(_, said)| said.has("outcome")).cloned().collect()
    }

    /// A case to talk about: one that is implemented if there is any.
    pub(super) fn case(&self) -> Option<&'a str> {
        let implemented = self.alone.iter().find(|(_, said)| said.has("outcome"));
        implemented.map(|(case, _)| *case).or_else(|| self.examples().first().map(String::as_str))
    }

    /// The request to say hello in the version that the machine speaks.
    pub(super) fn greeting(&self) -> String {
        greeting(self.hello.as_ref().map_or(Version::One, |hello| hello.protocol).number())
    }

    /// The request to run a case of the chosen subject.
    pub(super) fn request(&self, id: &str, case: &str) -> String {
        let (subject, profile) = self.subject().unwrap_or_default();
        request(id, &subject, &profile, case)
    }

    /// Whether the machine speaks the first version.
    pub(super) fn is_version_one(&self) -> bool {
        self.hello.as_ref().is_some_and(|hello| hello.protocol == Version::One)
    }
}

/// The request to say hello.
pub(super) fn greeting(version: u64) -> String {
    format!("{{\"op\":\"hello\",\"protocol\":{version}}}")
}

/// The request to run a case.
pub(super) fn request(id: &str, subject: &str, profile: &str, case: &str) -> String {
    let [id, subject, profile] = [id, subject, profile].map(|text| Value::from(text).to_string());
    format!("{{\"op\":\"run\",\"id\":{id},\"subject\":{subject},\"profile\":{profile},\"case\":{case}}}")
}
