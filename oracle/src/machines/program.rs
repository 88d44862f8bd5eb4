//! A machine that is a program of its own and speaks the machine protocol on its standard streams.
//!
//! Nothing it does may hurt more than the case it was at: a program that crashes, hangs, answers rubbish, out of order or
//! without end is killed with everything it started. Which case that was is found out by the cases alone: those that have
//! no answer are sent again one by one, so that a program which keeps its replies back is not blamed for a case that it
//! had answered already. If it fails at none of them then, it is the program as a whole that is reported.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::running::{Running, excerpt};
use crate::cases::Cases;
use crate::machine::{Answer, Failure, FailureKind, Machine, believable};
use crate::outside;
use crate::printable::printable;
use crate::protocol::{self, HelloOne, HelloTwo, Reply, Version};
use crate::subject::{Profile, Subject};

/// How long a program may be restarted for, all in all, before it is given up.
pub const MAX_RESTARTING: Duration = Duration::from_secs(120);
/// How many hangs, each of which costs the whole time limit, before it is given up.
pub const MAX_HANGS: usize = 3;
/// How often it is tried to start a program again that has ended.
const STARTS: u32 = 3;
/// How long to wait before the next try: what a program holds alone may not be free at once.
const BETWEEN_STARTS: Duration = Duration::from_millis(200);
/// The longest name or version that is kept, in characters.
const LONGEST_NAME: usize = 200;
/// The longest answer to a case of many, in bytes.
const MAX_ANSWER: usize = 16 << 20;
/// The longest answer to a case that is run alone, in bytes: it may have a long trace.
const MAX_ANSWER_ALONE: usize = 512 << 20;

/// A started program, which may know several subjects. It is there once, however many subjects it is used for.
#[derive(Clone)]
pub struct Program(Arc<Mutex<Conversation>>);

/// What a program says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The version of the protocol that it speaks.
    pub protocol: Version,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The subjects that it knows, each with the names of the profiles that it can run.
    pub subjects: Vec<(String, Vec<String>)>,
}

/// The program as a machine of one subject.
pub struct Spoken {
    name: String,
    version: String,
    profiles: Vec<Profile>,
    program: Program,
    has_finished: bool,
}

/// The exchange with a program.
struct Conversation {
    command: Vec<String>,
    time_limit: Duration,
    hello: Hello,
    running: Option<Running>,
    /// Machines that have not finished.
    users: usize,
    requests: u64,
    failures: usize,
    hangs: usize,
    restarting: Duration,
    /// The first failure that no case could be blamed for.
    unblamed: Option<String>,
    /// Why it is not used any more.
    given_up: Option<String>,
    /// Set if nobody wants its answers any more.
    interrupt: Option<&'static AtomicBool>,
}

impl Program {
    /// Starts `command`, a program with its arguments, and asks what it is. Every reply must come within `time_limit`.
    ///
    /// # Errors
    /// Why it does not start, or what is wrong with its answer to `hello`.
    pub fn start(command: &str, time_limit: Duration) -> Result<Self, String> {
        let words = shlex::split(command).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| format!("`{command}` is no command line"))?;
        let (running, hello) = greet(&words, time_limit)
            .map_err(|failure| format!("`{command}`: {}", printable(&failure.why, 4 * LONGEST_NAME)))?;
        Ok(Program(Arc::new(Mutex::new(Conversation {
            command: words,
            time_limit,
            hello,
            running: Some(running),
            users: 0,
            requests: 0,
            failures: 0,
            hangs: 0,
            restarting: Duration::ZERO,
            unblamed: None,
            given_up: None,
            interrupt: None,
        }))))
    }

    /// The same program; once the flag is set no answer is waited for, and what has none was not run.
    #[must_use]
    pub fn until(self, interrupt: &'static AtomicBool) -> Self {
        self.conversation().interrupt = Some(interrupt);
        self
    }

    /// What it says of itself.
    pub fn hello(&self) -> Hello {
        self.conversation().hello.clone()
    }

    /// The program as a machine of subject `S` under this name; `None` if it does not know the subject.
    ///
    /// # Errors
    /// It knows the subject, but none of its profiles.
    pub fn machine<S: Subject>(&self, name: String) -> Result<Option<Spoken>, String> {
        let hello = self.hello();
        let Some((_, names)) = hello.subjects.iter().find(|(subject, _)| subject == S::NAME) else {
            return Ok(None);
        };
        let known = S::PROFILES.iter().filter(|profile| names.iter().any(|name| name == profile.name()));
        let profiles: Vec<Profile> = known.copied().collect();
        if profiles.is_empty() {
            let ours: Vec<&str> = S::PROFILES.iter().map(|profile| profile.name()).collect();
            let theirs = if names.is_empty() { "no profile".into() } else { names.join(", ") };
            let ours = ours.join(", ");
            return Err(format!("{} runs {} in {theirs}, but its profiles are {ours}", hello.name, S::NAME));
        }
        self.conversation().users += 1;
        Ok(Some(Spoken {
            name,
            version: hello.version,
            profiles,
            program: self.clone(),
            has_finished: false,
        }))
    }

    fn conversation(&self) -> MutexGuard<'_, Conversation> {
        // A panic while a program is spoken to leaves nothing half done that a restart would not mend.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the program and says hello: in version 2 first, and in version 1 if that is not understood.
fn greet(words: &[String], time_limit: Duration) -> Result<(Running, Hello), Failure> {
    let mut running = start(words)?;
    match hello(&mut running, Version::Two, time_limit) {
        Ok(Some(hello)) => return Ok((running, hello)),
        Ok(None) => {}
        Err(failure) if failure.kind == FailureKind::Form => return Err(failure),
        // A program of version 1 may not live through a version that it does not know.
        Err(_) => running = start(words)?,
    }
    greet_in(running, Version::One, time_limit)
}

fn start(words: &[String]) -> Result<Running, Failure> {
    Running::spawn(words)
        .map_err(|error| Failure::new(FailureKind::Crash, format!("cannot be started: {error}")))
}

/// Says hello in a version that must be understood.
fn greet_in(
    mut running: Running,
    version: Version,
    time_limit: Duration,
) -> Result<(Running, Hello), Failure> {
    let hello = hello(&mut running, version, time_limit)?;
    let refused = || {
        let why = format!("answers hello in protocol {} with an error", version.number());
        Failure::new(FailureKind::Form, why)
    };
    Ok((running, hello.ok_or_else(refused)?))
}

/// Says hello; `None` if the answer is an error.
fn hello(running: &mut Running, version: Version, time_limit: Duration) -> Result<Option<Hello>, Failure> {
    running.send(format!("{{\"op\":\"hello\",\"protocol\":{}}}\n", version.number()).into_bytes());
    let line = running.receive(time_limit, MAX_ANSWER)?;
    read_hello(&line).map_err(|why| Failure::new(FailureKind::Form, why))
}

/// Reads the reply to `hello`; `None` if it is an error.
pub(crate) fn read_hello(line: &[u8]) -> Result<Option<Hello>, String> {
    #[derive(serde::Deserialize)]
    struct Kind {
        #[serde(default)]
        protocol: Option<u64>,
        #[serde(default)]
        error: Option<String>,
    }
    let complain = |error: String| format!("answers hello with `{}`: {error}", excerpt(line));
    let text = text(line).map_err(complain)?;
    let kind: Kind = protocol::parse_object(text).map_err(complain)?;
    if kind.error.is_some() {
        return Ok(None);
    }
    let number = kind.protocol.ok_or_else(|| complain("protocol: missing".into()))?;
    let version = Version::of(number).ok_or_else(|| format!("speaks protocol {number}, not 1 or 2"))?;
    let shown = |text: String| printable(&text, LONGEST_NAME);
    Ok(Some(match version {
        Version::One => {
            let HelloOne { name, version: its, subjects, profiles, .. } =
                protocol::parse_object(text).map_err(complain)?;
            let subjects = subjects.into_iter().map(|subject| (subject, profiles.clone())).collect();
            Hello { protocol: version, name: shown(name), version: shown(its), subjects }
        }
        Version::Two => {
            let HelloTwo { name, version: its, subjects, .. } =
                protocol::parse_object(text).map_err(complain)?;
            let subjects = subjects.into_iter().collect();
            Hello { protocol: version, name: shown(name), version: shown(its), subjects }
        }
    }))
}

impl Conversation {
    /// Runs cases until one fails: the answers so far, and the failure.
    fn exchange<S: Subject>(
        &mut self,
        profile: Profile,
        cases: &[S::Case],
        answers: &mut Vec<Answer<S::Outcome>>,
    ) -> Result<(), Failure> {
        let limit = if cases.len() == 1 { MAX_ANSWER_ALONE } else { MAX_ANSWER };
        let first = self.requests;
        let last = first + cases.len() as u64;
        self.requests = last;
        let interrupt = self.interrupt;
        let Some(running) = &mut self.running else { return Ok(()) };
        running.send(requests::<S>(profile, first, cases));
        for (number, case) in (first..last).zip(cases) {
            let line = running.receive_until(&|| is_set(interrupt), self.time_limit, limit)?;
            // Of an answer that means nothing, nothing large is kept while the others are waited for.
            answers.push(believable::<S>(case, read_reply::<S>(number, case, &line)?));
        }
        Ok(())
    }

    /// Starts the program again if it has ended. If it does not start any more, it is given up: no case is to blame.
    fn revive(&mut self) {
        let mut tries = 0;
        while self.running.is_none() && self.given_up.is_none() {
            tries += 1;
            let greeted = start(&self.command)
                .and_then(|running| greet_in(running, self.hello.protocol, self.time_limit));
            match greeted {
                Ok((running, hello)) if hello == self.hello => self.running = Some(running),
                Ok(_) => self.given_up = Some("it says another hello than at first".into()),
                Err(_) if tries < STARTS => std::thread::sleep(BETWEEN_STARTS),
                Err(failure) => self.given_up = Some(format!("it does not start again: {}", failure.why)),
            }
        }
    }

    /// Counts a failure and starts again. Only of a case that was alone is it sure that it hangs.
    fn recover(&mut self, failure: &Failure, is_sure: bool) {
        self.running = None;
        self.failures += 1;
        self.hangs += usize::from(is_sure && failure.kind == FailureKind::Hang);
        let start = Instant::now();
        if self.hangs < MAX_HANGS {
            self.revive();
        }
        self.restarting += start.elapsed();
        if self.restarting >= MAX_RESTARTING || self.hangs >= MAX_HANGS {
            let many = match self.hangs {
                hangs @ MAX_HANGS.. => format!("{hangs} cases at which it hangs"),
                _ => format!("{} failures", self.failures),
            };
            self.given_up = Some(format!("given up after {many}, the last: {}", failure.why));
        }
    }

    fn run<S: Subject>(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        let mut answers = Vec::with_capacity(cases.len());
        // How many cases go alone because one of them has ended the program, and how it ended.
        let mut alone = 0;
        let mut ended: Option<Failure> = None;
        self.revive();
        while answers.len() < cases.len() {
            if let Some(why) = &self.given_up {
                answers.resize(cases.len(), Answer::NotRun(why.clone()));
                break;
            }
            let before = answers.len();
            let together = if alone > 0 { 1 } else { cases.len() - before };
            let rest = &cases[before..before + together];
            let result = self.exchange::<S>(profile, rest, &mut answers);
            alone = usize::saturating_sub(alone, answers.len() - before);
            if result.is_err() && is_set(self.interrupt) {
                self.running = None;
                self.given_up = Some("the run was interrupted before it answered".into());
            } else if let Err(failure) = result {
                let is_sure = together == 1 || failure.kind == FailureKind::Form;
                self.recover(&failure, is_sure);
                if is_sure {
                    answers.push(Answer::Broken(failure));
                    (alone, ended) = (0, None);
                } else {
                    (alone, ended) = (cases.len() - answers.len(), Some(failure));
                }
            } else if alone == 0
                && let Some(failure) = ended.take()
            {
                self.unblamed.get_or_insert(failure.without_a_case());
            }
        }
        answers
    }
}

impl<S: Subject> Machine<S> for Spoken {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn command(&self) -> Option<String> {
        let words = &self.program.conversation().command;
        shlex::try_join(words.iter().map(String::as_str)).ok()
    }

    fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        self.program.conversation().run::<S>(profile, cases)
    }

    fn restart(&mut self) {
        self.program.conversation().running = None;
    }

    /// Ends the program, unless another machine still uses it.
    fn finish(&mut self) -> Result<(), String> {
        let mut conversation = self.program.conversation();
        if !std::mem::replace(&mut self.has_finished, true) {
            conversation.users -= 1;
        }
        if conversation.users > 0 {
            return Ok(());
        }
        let limit = conversation.time_limit;
        let end = conversation.running.take().map_or(Ok(()), |running| running.end(limit));
        conversation.unblamed.take().map_or(end, Err)
    }
}

impl Drop for Spoken {
    fn drop(&mut self) {
        if !self.has_finished {
            self.program.conversation().users -= 1;
        }
    }
}

fn is_set(flag: Option<&AtomicBool>) -> bool {
    flag.is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// A request to run a case.
#[derive(Serialize)]
pub(crate) struct Run<'a, C> {
    op: &'static str,
    id: String,
    subject: &'static str,
    profile: &'static str,
    case: &'a C,
}

impl<'a, C> Run<'a, C> {
    pub(crate) fn new<S: Cases<Case = C>>(id: String, profile: Profile, case: &'a C) -> Self {
        Run { op: "run", id, subject: S::NAME, profile: profile.name(), case }
    }
}

fn requests<S: Subject>(profile: Profile, first: u64, cases: &[S::Case]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (case, number) in cases.iter().zip(first..) {
        let request = Run::new::<S>(id(number), profile, case);
        // Cases are plain data: writing them to memory does not fail.
        let _ = serde_json::to_writer(&mut lines, &request);
        lines.push(b'\n');
    }
    lines
}

fn id(number: u64) -> String {
    format!("c{number}")
}

/// The answer in a line, which must be that to request `number`.
fn read_reply<S: Subject>(number: u64, case: &S::Case, line: &[u8]) -> Result<Answer<S::Outcome>, Failure> {
    let form = |why: String| Failure::new(FailureKind::Form, why);
    let rubbish = |why: String| form(format!("answers `{}`: {why}", excerpt(line)));
    let reply: Reply = text(line).and_then(protocol::parse_object).map_err(rubbish)?;
    match &reply.id {
        Some(got) if *got == id(number) => {}
        Some(got) => return Err(form(format!("answers request `{got}` where `{}` is next", id(number)))),
        None => return Err(form(format!("could not read the request: {}", reply.error.unwrap_or_default()))),
    }
    match reply {
        Reply { outcome: Some(outcome), unsupported: None, error: None, .. } => {
            // The case has been answered, if not in the right form; what comes next can still be understood.
            Ok(match protocol::parse_outcome::<S>(outcome.get()) {
                Ok(outcome) => Answer::Outcome(outcome),
                Err(why) => match outside::read::<S>(case, outcome.get()) {
                    Some(outside) => Answer::Outside(Box::new(outside)),
                    None => {
                        let why = format!("answers with an outcome that is none: {why}");
                        Answer::broken(FailureKind::Form, why)
                    }
                },
            })
        }
        Reply { outcome: None, unsupported: Some(why), error: None, .. } => Ok(Answer::Unsupported(why)),
        Reply { outcome: None, unsupported: None, error: Some(why), .. } => {
            Ok(Answer::broken(FailureKind::Refusal, format!("calls the case bad: {why}")))
        }
        _ => Err(rubbish("one of outcome, unsupported and error is wanted".into())),
    }
}

fn text(line: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(line).map_err(|error| error.to_string())
}
