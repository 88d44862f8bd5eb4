//! A machine that is a program of its own and speaks the machine protocol on its standard streams.
//!
//! Nothing it does may hurt more than the case it was at: a program that crashes, hangs, answers rubbish, out of order
//! or without end is killed with everything it started, the case is reported, and a new one goes on behind it. After
//! [`MAX_FAILURES`] failures, or [`MAX_HANGS`] that cost the whole time limit each, the rest is not run.

use std::collections::VecDeque;
use std::io::{BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::ChildWrapper;
use serde::Serialize;
use vectors::{Profile, Subject};

use super::processes::{Kind, Mark, spawn};
use crate::machine::{Answer, Machine};
use crate::protocol::{self, Hello, Line, Reply};

/// How many cases may break a machine before it is given up.
pub const MAX_FAILURES: usize = 20;
/// How many of those may be hangs.
pub const MAX_HANGS: usize = 3;

/// A machine behind a pipe.
pub struct Process {
    name: String,
    version: String,
    profiles: Vec<Profile>,
    command: Vec<String>,
    time_limit: Duration,
    running: Option<Running>,
    requests: u64,
    failures: usize,
    hangs: usize,
    /// Why it is not used any more.
    given_up: Option<String>,
}

/// Why an exchange failed.
enum Failure {
    Hang(String),
    Other(String),
}

use Failure::{Hang, Other};

impl Process {
    /// Starts `command`, a program with its arguments, and asks what it is. Every reply must come within `time_limit`.
    ///
    /// Nothing where it does not know the subject.
    ///
    /// # Errors
    /// Why it does not start, or what is wrong with its answer to `hello`.
    pub fn start<S: Subject>(command: &str, time_limit: Duration) -> Result<Option<Self>, String> {
        let words = shlex::split(command).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| format!("`{command}` is no command line"))?;
        let mut process = Process {
            name: words[0].clone(),
            version: String::new(),
            profiles: Vec::new(),
            command: words,
            time_limit,
            running: None,
            requests: 0,
            failures: 0,
            hangs: 0,
            given_up: None,
        };
        let hello = process.connect().map_err(|failure| match failure {
            Hang(why) | Other(why) => format!("`{command}`: {why}"),
        })?;
        if !hello.subjects.iter().any(|subject| subject == S::NAME) {
            return Ok(None);
        }
        process.profiles = hello.profiles.iter().filter_map(|profile| profile.parse().ok()).collect();
        if process.profiles.is_empty() {
            return Err(format!("`{command}` knows neither of the profiles reference and strict"));
        }
        process.name = hello.name;
        process.version = hello.version;
        Ok(Some(process))
    }

    /// Gives it another name, where its own is taken.
    pub fn rename(&mut self, name: String) {
        self.name = name;
    }

    fn connect(&mut self) -> Result<Hello, Failure> {
        let mut running =
            Running::spawn(&self.command).map_err(|error| Other(format!("cannot be started: {error}")))?;
        running.send(b"{\"op\":\"hello\",\"protocol\":1}\n".to_vec());
        let line = running.receive(self.time_limit)?;
        let hello: Hello = text(&line)
            .and_then(protocol::parse_object)
            .map_err(|error| Other(format!("answers hello with `{}`: {error}", excerpt(&line))))?;
        if hello.protocol != protocol::VERSION {
            return Err(Other(format!("speaks protocol {}, not {}", hello.protocol, protocol::VERSION)));
        }
        self.running = Some(running);
        Ok(hello)
    }

    /// Runs cases until one fails: the answers so far, and the failure.
    fn exchange<S: Subject>(
        &mut self,
        profile: Profile,
        cases: &[S::Case],
        answers: &mut Vec<Answer<S::Outcome>>,
    ) -> Result<(), Failure> {
        if self.running.is_none() {
            self.connect()?;
        }
        let first = self.requests;
        self.requests += cases.len() as u64;
        let running = self.running.as_mut().expect("connected above");
        running.send(requests::<S>(profile, first, cases));
        for number in first..self.requests {
            let line = running.receive(self.time_limit)?;
            answers.push(read_reply::<S>(number, &line).map_err(Other)?);
        }
        Ok(())
    }

    fn count(&mut self, failure: Failure) -> String {
        self.failures += 1;
        let why = match failure {
            Hang(why) => {
                self.hangs += 1;
                why
            }
            Other(why) => why,
        };
        if self.failures >= MAX_FAILURES || self.hangs >= MAX_HANGS {
            self.given_up = Some(format!("given up after {} failures, the last: {why}", self.failures));
        }
        why
    }
}

impl<S: Subject> Machine<S> for Process {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        let mut answers = Vec::with_capacity(cases.len());
        while answers.len() < cases.len() {
            if let Some(why) = &self.given_up {
                answers.resize(cases.len(), Answer::NotRun(why.clone()));
                break;
            }
            let rest = &cases[answers.len()..];
            if let Err(failure) = self.exchange::<S>(profile, rest, &mut answers) {
                self.running = None;
                answers.push(Answer::Broken(self.count(failure)));
            }
        }
        answers
    }

    fn finish(&mut self) -> Result<(), String> {
        match self.running.take() {
            Some(running) => running.end(self.time_limit),
            None => Ok(()),
        }
    }
}

fn requests<S: Subject>(profile: Profile, first: u64, cases: &[S::Case]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Run<'a, C> {
        op: &'static str,
        id: String,
        subject: &'static str,
        profile: &'static str,
        case: &'a C,
    }
    let mut lines = Vec::new();
    for (case, number) in cases.iter().zip(first..) {
        let request = Run { op: "run", id: id(number), subject: S::NAME, profile: profile.name(), case };
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
fn read_reply<S: Subject>(number: u64, line: &[u8]) -> Result<Answer<S::Outcome>, String> {
    let rubbish = |why: &dyn std::fmt::Display| format!("answers `{}`: {why}", excerpt(line));
    let reply: Reply = text(line).and_then(protocol::parse_object).map_err(|error| rubbish(&error))?;
    match &reply.id {
        Some(got) if *got == id(number) => {}
        Some(got) => return Err(format!("answers request `{got}` where `{}` is next", id(number))),
        None => return Err(format!("could not read the request: {}", reply.error.unwrap_or_default())),
    }
    match reply {
        Reply { outcome: Some(outcome), unsupported: None, error: None, .. } => {
            let outcome: S::Outcome =
                protocol::parse_object(outcome.get()).map_err(|error| rubbish(&error))?;
            Ok(Answer::Outcome(outcome))
        }
        Reply { outcome: None, unsupported: Some(why), error: None, .. } => Ok(Answer::Unsupported(why)),
        Reply { outcome: None, unsupported: None, error: Some(why), .. } => {
            Ok(Answer::Broken(format!("calls the case bad: {why}")))
        }
        _ => Err(rubbish(&"one of outcome, unsupported and error is wanted")),
    }
}

fn text(line: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(line).map_err(|error| error.to_string())
}

/// The start of a line, for a message.
fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(120)]);
    let text: String = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if line.len() > 120 { format!("{text}…") } else { text }
}

/// A started program. Dropping it kills it and everything it started.
struct Running {
    child: Box<dyn ChildWrapper>,
    mark: Mark,
    /// Closed to end its input.
    requests: Option<Sender<Vec<u8>>>,
    lines: Receiver<Line>,
    errors: Arc<Mutex<VecDeque<u8>>>,
}

impl Running {
    fn spawn(words: &[String]) -> std::io::Result<Self> {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (mut child, mark) = spawn(Kind::Machine, command)?;
        let (stdin, stdout, stderr) = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let (requests, to_write) = mpsc::channel();
        // Bounded, so that a flood fills the pipe and not our memory.
        let (send_line, lines) = mpsc::sync_channel(256);
        let errors = Arc::new(Mutex::new(VecDeque::new()));
        // The threads end with the program: killing it closes its ends of the pipes.
        if let Some(mut stdin) = stdin {
            thread::spawn(move || {
                to_write.into_iter().try_for_each(|bytes: Vec<u8>| stdin.write_all(&bytes))
            });
        }
        if let Some(stdout) = stdout {
            thread::spawn(move || {
                let mut output = BufReader::with_capacity(1 << 16, stdout);
                loop {
                    let line = protocol::read_line(&mut output).unwrap_or(Line::End);
                    let last = !matches!(line, Line::Whole(_));
                    if send_line.send(line).is_err() || last {
                        return;
                    }
                }
            });
        }
        if let Some(stderr) = stderr {
            let errors = Arc::clone(&errors);
            thread::spawn(move || keep_tail(stderr, &errors));
        }
        Ok(Running { child, mark, requests: Some(requests), lines, errors })
    }

    fn send(&mut self, bytes: Vec<u8>) {
        if let Some(requests) = &self.requests {
            // Where the program is gone, the next reply that does not come says so.
            let _ = requests.send(bytes);
        }
    }

    fn receive(&mut self, time_limit: Duration) -> Result<Vec<u8>, Failure> {
        match self.lines.recv_timeout(time_limit) {
            Ok(Line::Whole(line)) => Ok(line),
            Ok(Line::Partial(line)) => {
                Err(Other(format!("{} in the middle of a line: `{}`", self.ending(), excerpt(&line))))
            }
            Ok(Line::TooLong) => {
                Err(Other(format!("answers with more than {} bytes without a line end", protocol::MAX_LINE)))
            }
            Ok(Line::End) | Err(RecvTimeoutError::Disconnected) => Err(Other(self.ending())),
            Err(RecvTimeoutError::Timeout) => {
                Err(Hang(format!("no answer within {} s", time_limit.as_secs_f32())))
            }
        }
    }

    /// How it ended, with the last line it wrote to stderr.
    fn ending(&mut self) -> String {
        let how = match self.wait(Duration::from_millis(500)) {
            Some(status) => format!("ended ({status})"),
            None => "closed its output but lives on".to_owned(),
        };
        let errors: Vec<u8> =
            self.errors.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        match String::from_utf8_lossy(&errors).trim().lines().last() {
            Some(line) => format!("{how}, saying `{}`", excerpt(line.as_bytes())),
            None => how,
        }
    }

    fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            match self.child.inner_mut().try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
                _ => return None,
            }
        }
    }

    /// Closes its input and waits for it to end as the protocol asks.
    ///
    /// A child of it may hold its output open, so the end of the output is not waited for long, only its own end.
    fn end(mut self, time_limit: Duration) -> Result<(), String> {
        self.requests = None;
        let status = self.wait(time_limit);
        // What it said last may still be on the way.
        let patience = if status.is_some() { Duration::from_millis(200) } else { Duration::ZERO };
        match self.lines.recv_timeout(patience) {
            Ok(Line::Whole(line) | Line::Partial(line)) => {
                return Err(format!("answers `{}`, which nobody asked for", excerpt(&line)));
            }
            Ok(Line::TooLong) => return Err("floods its output after the last request".into()),
            Ok(Line::End) | Err(_) => {}
        }
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("ended with its input, but with {status}")),
            None => Err("does not end with its input".into()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, with or without children left in its group.
        let _ = self.child.start_kill();
        self.mark.kill_carriers();
        let _ = self.wait(Duration::from_secs(5));
    }
}

/// Reads to the end, keeping the last few lines.
fn keep_tail(mut input: impl Read, tail: &Mutex<VecDeque<u8>>) {
    const KEPT: usize = 2048;
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = input.read(&mut buffer) {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(&buffer[..length]);
        let excess = tail.len().saturating_sub(KEPT);
        tail.drain(..excess);
    }
}
