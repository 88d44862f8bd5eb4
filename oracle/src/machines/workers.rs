//! Machines in Python: worker processes, each with an interpreter of its own.
//!
//! One interpreter runs on one core only, and takes the whole process with it if it crashes. Workers are started as often as
//! there are cores, and are shared by all subjects. A batch is cut into pieces that any of them may run; the answers are
//! put together in the order of the cases, so that they do not depend on how many workers there are. A case is sent once
//! for all profiles, and an answer that is the same in several profiles comes back once. If there is more than one core, a worker
//! has its next piece before it has answered the last, so that it does not wait while that answer is read; with one core,
//! nothing is done beside it.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::running::{Running, excerpt};
use crate::cases::{Cases, Profile};
use crate::cores::Cores;
use crate::machine::{Answer, Failure, FailureKind, Machine};
use crate::project::commit_of;

/// The most cases in a piece: so many that messages cost little beside them.
const LARGEST_PIECE: usize = 256;
/// The fewest, unless there are no more: enough to be worth a message.
const SMALLEST_PIECE: usize = 16;
/// How long the answer to a piece may take once it is waited for. The slowest piece takes a second.
const TIME_LIMIT: Duration = Duration::from_secs(120);
/// The longest answer to a piece, in bytes.
const MAX_ANSWER: usize = 512 << 20;

/// Worker processes, started when they are needed.
#[derive(Clone)]
pub struct Workers(Arc<Pool>);

struct Pool {
    command: Vec<String>,
    /// How many may work at once.
    cores: Cores,
    /// Workers that run, and wait for work.
    idle: Mutex<Vec<Running>>,
}

/// The workers as a machine of one subject.
pub struct Crew {
    name: &'static str,
    version: String,
    profiles: &'static [Profile],
    workers: Workers,
    /// The first failure that no case could be blamed for.
    unblamed: Mutex<Option<String>>,
}

impl Workers {
    /// As many workers at once as there is room for, each started by `command`, a program with its arguments.
    pub fn new(command: Vec<String>, cores: Cores) -> Self {
        Workers(Arc::new(Pool { command, cores, idle: Mutex::default() }))
    }

    /// Machine `python`: the model of the subject, which is not loaded yet.
    pub fn model<S: Cases>(&self) -> Crew {
        self.crew("python", env!("CARGO_PKG_VERSION").into(), S::PROFILES)
    }

    /// Machine `upstream`: the reference in `checkout`, which the workers were started with. It runs the first profile.
    /// Whether `checkout` is one of the reference shows when it is loaded.
    pub fn upstream<S: Cases>(&self, checkout: &Path) -> Crew {
        let version = commit_of(checkout).unwrap_or_else(|| "no commit that git can name".into());
        self.crew("upstream", version, &S::PROFILES[..1])
    }

    fn crew(&self, name: &'static str, version: String, profiles: &'static [Profile]) -> Crew {
        Crew { name, version, profiles, workers: self.clone(), unblamed: Mutex::default() }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Running>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives work to a worker. One that fails at it is not used again.
    fn at_work<T>(&self, work: impl FnOnce(&mut Running) -> Result<T, Failure>) -> Result<T, Failure> {
        let idle = self.idle().pop();
        let mut worker = idle.map_or_else(|| self.start(), Ok)?;
        let done = work(&mut worker)?;
        self.idle().push(worker);
        Ok(done)
    }

    fn start(&self) -> Result<Running, Failure> {
        Running::spawn(&self.0.command).map_err(|error| {
            Failure::new(FailureKind::Crash, format!("{} cannot be started: {error}", self.0.command[0]))
        })
    }
}

impl Crew {
    /// Gives cases to a worker.
    fn give<S: Cases>(worker: &mut Running, profiles: &[Profile], cases: &[S::Case]) {
        let names: Vec<&str> = profiles.iter().map(|profile| profile.name()).collect();
        // Cases are plain data: writing them to memory does not fail.
        let mut request = serde_json::to_vec(&(S::NAME, names, cases)).unwrap_or_default();
        request.push(b'\n');
        worker.send(request);
    }

    /// What a worker answers to the cases that it was given first: an entry for each, with an answer for each profile.
    fn answered<S: Cases>(
        worker: &mut Running,
        profiles: &[Profile],
        cases: &[S::Case],
    ) -> Result<Entries<S>, Failure> {
        let line = worker.receive(TIME_LIMIT, MAX_ANSWER)?;
        let form = |why: String| Failure::new(FailureKind::Form, why);
        let entries: Vec<Vec<&RawValue>> = serde_json::from_slice(&line)
            .map_err(|_| form(format!("does not answer, but says {}", excerpt(&line))))?;
        if entries.len() != cases.len() {
            return Err(form(format!("{} answers to {} cases", entries.len(), cases.len())));
        }
        if let Some(entry) = entries.iter().find(|entry| entry.len() != profiles.len()) {
            return Err(form(format!("{} answers in {} profiles", entry.len(), profiles.len())));
        }
        Ok(entries.iter().map(|entry| answers(entry)).collect())
    }

    /// Gives cases to a worker that has none, and waits for the answers.
    fn ask<S: Cases>(&self, profiles: &[Profile], cases: &[S::Case]) -> Result<Entries<S>, Failure> {
        self.workers.at_work(|worker| {
            self.workers.0.cores.busy(|| {
                Self::give::<S>(worker, profiles, cases);
                Self::answered::<S>(worker, profiles, cases)
            })
        })
    }

    /// The answers to a piece.
    fn piece<S: Cases>(&self, profiles: &[Profile], cases: &[S::Case]) -> Entries<S> {
        self.ask::<S>(profiles, cases)
            .unwrap_or_else(|failure| self.one_by_one::<S>(profiles, cases, failure))
    }

    /// The answers to a piece that a worker has failed at: each case is run alone, and then in each profile alone, to find
    /// what it fails at. If none of them is to blame, the worker is.
    fn one_by_one<S: Cases>(&self, profiles: &[Profile], cases: &[S::Case], failure: Failure) -> Entries<S> {
        if cases.len() == 1 && profiles.len() == 1 {
            return vec![vec![Answer::Broken(failure)]];
        }
        let alone: Vec<Vec<_>> = if cases.len() > 1 {
            cases.iter().flat_map(|case| self.piece::<S>(profiles, std::slice::from_ref(case))).collect()
        } else {
            let alone = |profile| self.piece::<S>(std::slice::from_ref(profile), cases).remove(0);
            vec![profiles.iter().flat_map(alone).collect()]
        };
        if !alone.iter().flatten().any(|answer| matches!(answer, Answer::Broken(_))) {
            let mut unblamed = self.unblamed.lock().unwrap_or_else(PoisonError::into_inner);
            unblamed.get_or_insert(failure.without_a_case());
        }
        alone
    }

    /// Lets one worker run pieces until there are none, or it fails. `given` is what it has been given and not answered: it
    /// fails at the first of them.
    fn run_pieces<S: Cases>(
        &self,
        worker: &mut Running,
        profiles: &[Profile],
        pieces: &Pieces<'_, S::Case>,
        (given, done): (&mut VecDeque<usize>, &mut Vec<(usize, Entries<S>)>),
    ) -> Result<(), Failure> {
        let most = self.workers.0.cores.most();
        let mut run_piece = || {
            // What is left at the end is for those who have nothing.
            while (given.is_empty() || given.len() < 2 && most > 1 && pieces.left() >= most)
                && let Some(at) = pieces.next()
            {
                Self::give::<S>(worker, profiles, pieces.all[at]);
                given.push_back(at);
            }
            let Some(&at) = given.front() else { return Ok(false) };
            done.push((at, Self::answered::<S>(worker, profiles, pieces.all[at])?));
            given.pop_front();
            Ok(true)
        };
        while self.workers.0.cores.busy(&mut run_piece)? {}
        Ok(())
    }

    /// Runs pieces until there are none, on as many workers as it takes.
    fn take_pieces<S: Cases>(
        &self,
        profiles: &[Profile],
        pieces: &Pieces<'_, S::Case>,
    ) -> Vec<(usize, Entries<S>)> {
        let mut done = Vec::new();
        loop {
            let mut given = VecDeque::new();
            let run = self
                .workers
                .at_work(|worker| self.run_pieces::<S>(worker, profiles, pieces, (&mut given, &mut done)));
            let Err(failure) = run else { return done };
            // One that cannot be started has been given nothing.
            let Some(at) = given.pop_front().or_else(|| pieces.next()) else { return done };
            done.push((at, self.one_by_one::<S>(profiles, pieces.all[at], failure)));
            done.extend(given.into_iter().map(|at| (at, self.piece::<S>(profiles, pieces.all[at]))));
        }
    }

    /// The answers to all cases, an entry for each with an answer for each profile.
    fn answers<S: Cases>(&self, profiles: &[Profile], cases: &[S::Case]) -> Entries<S> {
        let most = self.workers.0.cores.most();
        let pieces = Pieces::of(cases, most);
        let mut done = thread::scope(|scope| {
            let take = || self.take_pieces::<S>(profiles, &pieces);
            let threads: Vec<_> = (1..most.min(pieces.all.len())).map(|_| scope.spawn(take)).collect();
            let mut done = take();
            for thread in threads {
                done.extend(thread.join().expect("asking a worker does not panic"));
            }
            done
        });
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().flat_map(|(_, answers)| answers).collect()
    }
}

impl<S: Cases> Machine<S> for Crew {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn profiles(&self) -> &[Profile] {
        self.profiles
    }

    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        self.answers::<S>(&[profile], cases).into_iter().flatten().collect()
    }

    fn run_profiles(
        &mut self,
        profiles: &[Profile],
        cases: &[S::Case],
    ) -> Option<Vec<Vec<Answer<S::Outcome>>>> {
        let mut by_profile: Vec<Vec<_>> = profiles.iter().map(|_| Vec::with_capacity(cases.len())).collect();
        for entry in self.answers::<S>(profiles, cases) {
            for (answers, answer) in by_profile.iter_mut().zip(entry) {
                answers.push(answer);
            }
        }
        Some(by_profile)
    }

    fn keeps_to_cores(&self) -> bool {
        true
    }

    fn load(&mut self) -> Result<(), String> {
        // Nothing is run, but everything is loaded, and each profile is known.
        self.ask::<S>(self.profiles, &[]).map(drop).map_err(|failure| failure.why)
    }

    fn restart(&mut self) {
        self.workers.idle().clear();
    }

    fn finish(&mut self) -> Result<(), String> {
        let unblamed = self.unblamed.get_mut().unwrap_or_else(PoisonError::into_inner);
        unblamed.take().map_or(Ok(()), Err)
    }
}

/// An entry for each case, with an answer for each profile.
type Entries<S> = Vec<Vec<Answer<<S as Cases>::Outcome>>>;

/// A batch in pieces that get smaller towards its end, so that the workers end at about the same time.
struct Pieces<'c, C> {
    all: Vec<&'c [C]>,
    taken: AtomicUsize,
}

impl<'c, C> Pieces<'c, C> {
    fn of(mut rest: &'c [C], workers: usize) -> Self {
        let mut all = Vec::new();
        while !rest.is_empty() {
            let size = (rest.len() / (2 * workers)).clamp(SMALLEST_PIECE, LARGEST_PIECE).min(rest.len());
            let (piece, behind) = rest.split_at(size);
            all.push(piece);
            rest = behind;
        }
        Pieces { all, taken: AtomicUsize::new(0) }
    }

    /// How many nobody has taken.
    fn left(&self) -> usize {
        self.all.len().saturating_sub(self.taken.load(Ordering::Relaxed))
    }

    /// The position of the next piece that nobody has taken.
    fn next(&self) -> Option<usize> {
        let at = self.taken.fetch_add(1, Ordering::Relaxed);
        (at < self.all.len()).then_some(at)
    }
}

/// The answers in an entry, which are still JSON: each as `run_batch` gives it, or the position of one that it is the same
/// as.
fn answers<O: Clone + DeserializeOwned>(entry: &[&RawValue]) -> Vec<Answer<O>> {
    let mut answers: Vec<Answer<O>> = Vec::with_capacity(entry.len());
    for answer in entry {
        let same = answer.get().parse::<usize>().ok().and_then(|at| answers.get(at).cloned());
        answers.push(same.unwrap_or_else(|| Entry::answer(answer)));
    }
    answers
}

/// One answer as `run_batch` gives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "O: DeserializeOwned", rename_all = "lowercase")]
enum Entry<O> {
    Outcome(O),
    Unsupported(String),
    Error(String),
    Raised(String),
}

impl<O: DeserializeOwned> Entry<O> {
    /// What an entry comes to that is still JSON.
    fn answer(entry: &RawValue) -> Answer<O> {
        match serde_json::from_str(entry.get()) {
            Ok(Entry::Outcome(outcome)) => Answer::Outcome(outcome),
            Ok(Entry::Unsupported(why)) => Answer::Unsupported(why),
            Ok(Entry::Error(why)) => {
                Answer::broken(FailureKind::Refusal, format!("calls the case bad: {why}"))
            }
            Ok(Entry::Raised(why)) => Answer::broken(FailureKind::Crash, why),
            Err(error) => Answer::broken(FailureKind::Form, format!("answers rubbish: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_PIECE, Pieces, SMALLEST_PIECE};

    #[test]
    fn pieces_are_all_cases_in_their_order_the_smallest_last() {
        for (count, workers) in itertools::iproduct!([0, 1, 3, 4, 5, 256, 1000], [1, 2, 7]) {
            let cases: Vec<usize> = (0..count).collect();
            let pieces = Pieces::of(&cases, workers).all;
            assert_eq!(pieces.concat(), cases);
            assert!(pieces.is_sorted_by_key(|piece| std::cmp::Reverse(piece.len())));
            let (last, others) =
                pieces.split_last().map_or((0, &[][..]), |(last, others)| (last.len(), others));
            assert!(last <= LARGEST_PIECE && (count == 0) == (last == 0));
            assert!(others.iter().all(|piece| (SMALLEST_PIECE..=LARGEST_PIECE).contains(&piece.len())));
        }
    }
}
