//! Requests and answers over a link that may lose, repeat and change what it carries.
//!
//! Every case is answered once: an answer counts if all its parts have come in order under the number of the
//! request that is waited for, and cases without one are sent again under a new number. If the chip has started
//! anew, or is silent and does not answer a hello either, the case that it was at goes alone the next time, so that
//! what happens then is its doing.

use std::io;
use std::time::Duration;

use hil_wire::frame::{self, DELIMITER, Frame, frame_size};
use hil_wire::{Counter, Item, Kind, Refusal, Reply, Request, Sequence};
use oracle::machine::{Failure, FailureKind};

use crate::items::{Encoded, Items, Reading, Trouble};
use crate::link::Link;

/// How often the chip is started until somebody must answer.
const MAX_STARTS: u32 = 10;
/// How often the same case may take the chip down, when it is alone, until it is blamed.
const MAX_DEATHS: u32 = 3;
/// How many attempts in a row may bring nothing.
const MAX_ATTEMPTS: u32 = 60;
/// How long the chip may say nothing until it is asked whether it is there.
const ASK_AFTER: Duration = Duration::from_millis(250);
/// Steps that the slowest chip makes in a second.
const STEPS_PER_SECOND: u32 = 20_000;
/// Cases of one request.
const MAX_CASES: usize = 64;

/// The answer to each case, or why there is none.
type Answers = Vec<Result<Items, Trouble>>;

/// Who the chip says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Its name.
    pub chip: String,
    /// The build id of its firmware.
    pub build: Vec<u8>,
    /// The numbers of the subjects that it runs.
    pub subjects: Vec<u8>,
    /// What it measures with.
    pub counter: Counter,
    /// The longest request frame it takes, in bytes between the delimiters.
    max_frame: usize,
}

/// What happened on the link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests sent.
    pub requests: u64,
    /// Replies that were used.
    pub replies: u64,
    /// What arrived and was no frame, or no reply.
    pub damaged: u64,
    /// Replies that were too late, came twice, or belonged to nothing.
    pub ignored: u64,
    /// Cases sent again.
    pub resent: u64,
    /// Times the chip has started anew by itself.
    pub resets: u64,
    /// Times it was started anew.
    pub restarts: u64,
}

/// A conversation with a chip.
pub struct Session {
    link: Box<dyn Link>,
    /// Who it is.
    pub greeting: Greeting,
    /// What happened so far.
    pub counts: Counts,
    sequence: u32,
    /// What has arrived; what stands before `read` is dealt with.
    incoming: Vec<u8>,
    read: usize,
    /// Why it is not used any more.
    given_up: Option<String>,
}

/// How an exchange ended.
enum Ending {
    /// The chip said that it is done, or it has nothing to do although it did not say so.
    Over,
    /// It started anew.
    Reset,
    /// It says nothing.
    Silent,
    /// The other end of the link is gone.
    Gone,
    /// It finds the request malformed.
    Malformed,
    /// It does not run cases of this subject or in this profile.
    Unknown(&'static str),
}

impl Session {
    /// Asks who is there.
    ///
    /// # Errors
    /// Nobody answers, or somebody who is not understood.
    pub fn open(link: Box<dyn Link>) -> Result<Self, String> {
        let nobody = Greeting {
            chip: String::new(),
            build: Vec::new(),
            subjects: Vec::new(),
            counter: Counter::Nothing,
            max_frame: 0,
        };
        let mut session = Session {
            link,
            greeting: nobody,
            counts: Counts::default(),
            sequence: 0,
            incoming: Vec::new(),
            read: 0,
            given_up: None,
        };
        session.greeting = session.greet()?;
        session.counts = Counts::default();
        Ok(session)
    }

    /// Says hello until it is answered; starts the chip again if the link breaks meanwhile.
    fn greet(&mut self) -> Result<Greeting, String> {
        let mut why = String::new();
        for _ in 0..MAX_STARTS {
            match self.hello() {
                Ok(answer) => return answer,
                Err(error) => why = error.to_string(),
            }
            self.start_again()?;
        }
        Err(why)
    }

    fn hello(&mut self) -> io::Result<Result<Greeting, String>> {
        let mut refusal = None;
        for _ in 0..silences(self.link.patience()) {
            let number = self.send(&Request::Hello)?;
            while let Some((sequence, payload)) = self.next()? {
                match read(&payload) {
                    Some(Reply::Hello(hello)) if sequence == number => {
                        return Ok(Ok(Greeting {
                            chip: hello.chip.to_owned(),
                            build: hello.build.to_vec(),
                            subjects: hello.subjects.to_vec(),
                            counter: hello.counter,
                            max_frame: hello.max_frame as usize,
                        }));
                    }
                    Some(Reply::Error(why)) => refusal = Some(why),
                    _ => self.counts.ignored += 1,
                }
            }
        }
        Ok(Err(match refusal {
            Some(why) => format!("the chip does not understand hello: {why:?}"),
            None => "nobody answers: no firmware, or other lines or another speed than it uses".into(),
        }))
    }

    fn start_again(&mut self) -> Result<(), String> {
        self.counts.restarts += 1;
        (self.incoming, self.read) = (Vec::new(), 0);
        self.link.restart()
    }

    /// Makes the chip hang, and waits until its watchdog has started it anew.
    ///
    /// # Errors
    /// That does not happen.
    pub fn hang(&mut self) -> Result<(), String> {
        self.send(&Request::Hang).map_err(|error| error.to_string())?;
        for _ in 0..silences(self.link.patience()) {
            if let Some((0, payload)) = self.next().map_err(|error| error.to_string())?
                && let Some(Reply::Hello(_)) = read(&payload)
            {
                return Ok(());
            }
        }
        Err("the watchdog does not bite".into())
    }

    /// Runs the cases; one answer each, in the same order.
    pub fn run(&mut self, reading: Reading, cases: &[Encoded]) -> Answers {
        let mut answers: Vec<Option<Result<Items, Trouble>>> =
            cases.iter().map(|case| self.refuse(case)).collect();
        let mut attempts = Attempts::default();
        while let Some(first) = answers.iter().position(Option::is_none) {
            if let Some(why) = &self.given_up {
                answers[first] = Some(Err(Trouble::Lost(why.clone())));
                continue;
            }
            let batch = self.batch(cases, &answers, attempts.alone);
            let ending = self.exchange(reading, cases, &batch, &mut answers);
            if let Ending::Unknown(why) = ending {
                let open = answers.iter_mut().filter(|answer| answer.is_none());
                open.for_each(|answer| *answer = Some(Err(Trouble::Unsupported(why.into()))));
                break;
            }
            let progress = answers[first].is_some();
            self.counts.resent += batch.iter().filter(|&&index| answers[index].is_none()).count() as u64;
            let next = answers.iter().position(Option::is_none);
            if let Some(failure) = self.deal_with(ending, &mut attempts, progress) {
                let at = next.unwrap_or(first);
                answers[at] = Some(Err(Trouble::Fails(failure)));
                attempts = Attempts::default();
            }
        }
        answers.into_iter().map(|answer| answer.expect("the loop ends when all are there")).collect()
    }

    /// Runs one case.
    ///
    /// # Errors
    /// It has no answer.
    pub fn run_one(&mut self, reading: Reading, case: Encoded) -> Result<Items, Trouble> {
        let answer = self.run(reading, &[case]).pop();
        answer.unwrap_or_else(|| Err(Trouble::Lost("the chip was not asked".into())))
    }

    /// What is left to do after an exchange. Gives why the first case without an answer must be given up.
    fn deal_with(&mut self, ending: Ending, attempts: &mut Attempts, progress: bool) -> Option<Failure> {
        if progress {
            *attempts = Attempts::default();
        }
        attempts.fruitless += 1;
        let (kind, what) = match ending {
            Ending::Over => (FailureKind::Form, "does not answer it"),
            Ending::Reset => (FailureKind::Crash, "starts anew"),
            Ending::Silent => (FailureKind::Hang, "says nothing more"),
            Ending::Gone => (FailureKind::Crash, "ends"),
            Ending::Malformed | Ending::Unknown(_) => {
                return Some(Failure::new(FailureKind::Refusal, "the chip calls the case malformed"));
            }
        };
        if let Ending::Silent | Ending::Gone = ending
            && let Err(why) = self.start_again().and_then(|()| self.greet())
        {
            self.given_up = Some(format!("the chip cannot be started again: {why}"));
            return None;
        }
        if !matches!(ending, Ending::Over) {
            attempts.deaths += u32::from(attempts.alone);
            attempts.alone = true;
        }
        (attempts.deaths >= MAX_DEATHS || attempts.fruitless >= MAX_ATTEMPTS)
            .then(|| Failure::new(kind, format!("the chip {what} ({} attempts)", attempts.fruitless)))
    }
}

/// What was tried for the first case without an answer.
#[derive(Default)]
struct Attempts {
    /// Without any progress.
    fruitless: u32,
    /// Of these, those that took the chip down while the case was alone.
    deaths: u32,
    /// Whether it goes alone.
    alone: bool,
}

// One exchange.

impl Session {
    fn refuse(&self, case: &Encoded) -> Option<Result<Items, Trouble>> {
        (request_size(case.bytes.len()) > self.greeting.max_frame).then(|| {
            let (size, limit) = (case.bytes.len(), self.greeting.max_frame);
            Err(Trouble::Unsupported(format!(
                "the case takes {size} bytes, and the chip has room for {limit}"
            )))
        })
    }

    /// The next cases that fit into one request, by position.
    fn batch(
        &self,
        cases: &[Encoded],
        answers: &[Option<Result<Items, Trouble>>],
        alone: bool,
    ) -> Vec<usize> {
        let mut size = 0;
        let waiting = answers.iter().enumerate().filter(|(_, answer)| answer.is_none());
        let fits = |&(index, _): &(usize, _)| {
            size += cases[index].bytes.len();
            request_size(size) <= self.greeting.max_frame
        };
        waiting.take(if alone { 1 } else { MAX_CASES }).take_while(fits).map(|(index, _)| index).collect()
    }

    fn exchange(
        &mut self,
        reading: Reading,
        cases: &[Encoded],
        batch: &[usize],
        answers: &mut [Option<Result<Items, Trouble>>],
    ) -> Ending {
        let bytes: Vec<u8> = batch.iter().flat_map(|&index| &cases[index].bytes).copied().collect();
        let steps = batch.iter().fold(0, |sum: u32, &index| sum.saturating_add(cases[index].steps));
        let time = self.link.patience() + Duration::from_secs((steps / STEPS_PER_SECOND).into());
        let Reading { subject, profile } = reading;
        let cases = Sequence::of_bytes(&bytes);
        let number = match self.send(&Request::Run { subject, profile, cases }) {
            Ok(number) => number,
            Err(_) => return Ending::Gone,
        };
        let mut silent = 0;
        let mut first_question = None;
        let mut partial = Partial::default();
        loop {
            let (sequence, payload) = match self.next() {
                Ok(Some(reply)) => reply,
                Ok(None) if silent >= silences(time) => return Ending::Silent,
                Ok(None) => {
                    silent += 1;
                    // An idle chip answers a hello: then the request was lost, or the end of its answer.
                    match self.send(&Request::Hello) {
                        Ok(question) => _ = first_question.get_or_insert(question),
                        Err(_) => return Ending::Gone,
                    }
                    continue;
                }
                Err(_) => return Ending::Gone,
            };
            let asked = first_question.is_some_and(|question| sequence >= question);
            match read(&payload) {
                Some(Reply::Hello(_)) if sequence == 0 => {
                    self.counts.resets += 1;
                    return Ending::Reset;
                }
                Some(Reply::Hello(_)) if asked => return Ending::Over,
                // The request was damaged on its way. If there were questions too, it may have been one of them.
                Some(Reply::Error(_)) if sequence == 0 && first_question.is_none() => return Ending::Over,
                Some(Reply::Items { case, part, items }) if sequence == number => {
                    self.counts.replies += 1;
                    let answer = batch.get(usize::from(case)).map(|&index| &mut answers[index]);
                    if let (Some(whole), Some(answer)) = (partial.add(case, part, items), answer) {
                        // Nothing is answered twice.
                        answer.get_or_insert(Ok(whole));
                    }
                }
                Some(Reply::Done) if sequence == number => return Ending::Over,
                Some(Reply::Error(refusal)) if sequence == number => match refusal {
                    Refusal::Malformed(_) => return Ending::Malformed,
                    Refusal::Subject(_) => return Ending::Unknown("the firmware does not run this subject"),
                    Refusal::Profile(_) => return Ending::Unknown("the firmware does not run this profile"),
                    _ => self.counts.ignored += 1,
                },
                _ => self.counts.ignored += 1,
            }
        }
    }

    /// Sends a request under a new number, which it gives.
    fn send(&mut self, request: &Request<'_>) -> io::Result<u32> {
        self.sequence = self.sequence.checked_add(1).unwrap_or(1);
        let cases = if let Request::Run { cases, .. } = request { cases.bytes().len() } else { 0 };
        let mut buffer = vec![0; frame_size(cases + BEFORE_CASES)];
        let length = frame::encode(Kind::Request, self.sequence, request, &mut buffer)
            .map_err(|error| io::Error::other(error.to_string()))?;
        self.counts.requests += 1;
        self.link.send(&buffer[..length])?;
        Ok(self.sequence)
    }

    /// The next reply: its number and its message. `None` if none has come for a while.
    fn next(&mut self) -> io::Result<Option<(u32, Vec<u8>)>> {
        loop {
            while let Some(length) = self.incoming[self.read..].iter().position(|&byte| byte == DELIMITER) {
                let piece = &mut self.incoming[self.read..][..length];
                self.read += length + 1;
                match Frame::decode(piece) {
                    Ok(Frame { kind: Kind::Reply, sequence, payload }) => {
                        return Ok(Some((sequence, payload.to_vec())));
                    }
                    // Delimiters stand before and behind a frame.
                    _ if length == 0 => {}
                    _ => self.counts.damaged += 1,
                }
            }
            self.incoming.drain(..std::mem::take(&mut self.read));
            let before = self.incoming.len();
            self.link.receive(&mut self.incoming, ASK_AFTER)?;
            if self.incoming.len() == before {
                return Ok(None);
            }
        }
    }
}

/// The bytes that a request takes at most beside its cases.
const BEFORE_CASES: usize = 16;

/// The bytes between the delimiters of a request with cases of so many bytes.
fn request_size(cases: usize) -> usize {
    frame_size(cases + BEFORE_CASES) - 2
}

fn silences(time: Duration) -> u128 {
    time.as_millis() / ASK_AFTER.as_millis()
}

fn read(payload: &[u8]) -> Option<Reply<'_>> {
    postcard::from_bytes(payload).ok()
}

/// An answer of which some parts have come.
#[derive(Default)]
struct Partial {
    /// The case and the part that must come next.
    next: Option<(u16, u16)>,
    items: Vec<u8>,
}

impl Partial {
    /// Adds a part. Gives the answer, if it is whole now.
    fn add(&mut self, case: u16, part: u16, items: Sequence<'_, Item<'_>>) -> Option<Items> {
        if part == 0 {
            self.items.clear();
        } else if self.next != Some((case, part)) {
            self.next = None;
            return None;
        }
        self.next = Some((case, part.wrapping_add(1)));
        self.items.extend(items.bytes());
        match items.iter().last()? {
            Ok(Item::End(_) | Item::Unsupported(_)) => Some(Items(std::mem::take(&mut self.items))),
            _ => None,
        }
    }
}
