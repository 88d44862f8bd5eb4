//! A chip, or several of the same, as a machine.
//!
//! Every batch carries a canary to every chip: one of its cases a second time, with the order to answer it wrongly.
//! If the two answers agree, whatever compares them is blind, and nothing that the chip has answered or will answer
//! is worth anything: the run is void.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use data_encoding::HEXLOWER;
use hil_wire::Task;
use oracle::machine::FailureKind;
use oracle::report::Measurement;
use oracle::subject::{Arrived, OnChip, Profile, Subject, agree, step_count};
use oracle::{Answer, Machine};

use crate::items::{Contents, Encoded, Items, Reading, Silence, Trouble};
use crate::links::faulty::Injected;
use crate::session::{Counts, Session};

/// How a subject is put to a chip.
pub type Codec<S> = &'static dyn OnChip<S>;

/// One or more chips with the same firmware, which share the cases among them.
pub struct Chip<S: Subject> {
    name: String,
    codec: Codec<S>,
    profiles: Vec<Profile>,
    chips: Vec<Guarded>,
    injected: Vec<Arc<Mutex<Injected>>>,
}

/// A chip with its canaries.
struct Guarded {
    session: Session,
    /// Whether it has given an outcome.
    answered: bool,
    /// Canaries that were recognised.
    canaries: u64,
    /// The places in which one was recognised.
    proved: BTreeSet<usize>,
    /// What is wrong if a canary has agreed.
    void: Option<String>,
}

impl<S: Subject> Chip<S> {
    /// A machine of this name, whose chips all run this build of the firmware. `injected` counts the faults on links
    /// that have them.
    ///
    /// # Errors
    /// There is no chip, or one runs another build, or the subject is not on them.
    pub fn new(
        name: &str,
        sessions: Vec<Session>,
        injected: Vec<Arc<Mutex<Injected>>>,
        build: &[u8],
    ) -> Result<Self, String> {
        let codec = codec::<S>()?;
        if sessions.is_empty() {
            return Err(format!("{name} has no chip"));
        }
        for session in &sessions {
            if session.greeting.build != build {
                let [runs, expected] =
                    [&session.greeting.build[..], build].map(|build| HEXLOWER.encode(build));
                return Err(format!("the chip runs build {runs}, not {expected}"));
            }
            is_on::<S>(session)?;
        }
        let guarded =
            |session| Guarded { session, answered: false, canaries: 0, proved: BTreeSet::new(), void: None };
        Ok(Chip {
            name: name.into(),
            codec,
            profiles: codec.profiles(),
            chips: sessions.into_iter().map(guarded).collect(),
            injected,
        })
    }

    /// How many have given outcomes, and have not recognised a canary in each place.
    fn unproved(&self) -> u64 {
        let places = self.codec.canaries().len();
        // Without names of places there is one.
        let is_unproved = |chip: &&Guarded| chip.answered && chip.proved.len() < places.max(1);
        self.chips.iter().filter(is_unproved).count() as u64
    }

    /// The first of them, for what is no batch of cases.
    pub fn session(&mut self) -> &mut Session {
        &mut self.chips[0].session
    }
}

/// How the subject is put to a chip.
///
/// # Errors
/// It is on none.
pub fn codec<S: Subject>() -> Result<Codec<S>, String> {
    S::on_chip().ok_or_else(|| format!("{} is on no chip", S::NAME))
}

/// Whether the firmware at the other end of the session runs the subject.
///
/// # Errors
/// It does not.
pub(crate) fn is_on<S: Subject>(session: &Session) -> Result<(), String> {
    let knows = session.greeting.subjects.contains(&codec::<S>()?.number());
    knows.then_some(()).ok_or_else(|| format!("the firmware does not run {}", S::NAME))
}

/// How frames name the subject and the profile.
///
/// # Errors
/// The firmware cannot run in the profile.
pub(crate) fn reading<S: Subject>(codec: Codec<S>, profile: Profile) -> Result<Reading, Trouble> {
    let number = codec.profile(profile);
    let unknown = || Trouble::Unsupported(format!("the firmware does not run profile {profile}"));
    Ok(Reading { subject: codec.number(), profile: number.ok_or_else(unknown)? })
}

/// What an answer says.
///
/// # Errors
/// It says nothing.
pub(crate) fn contents<S: Subject>(codec: Codec<S>, items: &Items) -> Result<Contents<'_>, Trouble> {
    items.contents().map_err(|silence| match silence {
        Silence::Unsupported(limit) => Trouble::Unsupported(codec.limit(limit).into()),
        Silence::NoEnd => Trouble::fails(FailureKind::Form, "its answer has no end"),
    })
}

impl<S: Subject> Machine<S> for Chip<S> {
    fn name(&self) -> &str {
        &self.name
    }

    fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The chip, and the build id of its firmware.
    fn version(&self) -> String {
        let greeting = self.chips.first().map(|chip| &chip.session.greeting);
        greeting.map_or_else(String::new, |it| format!("{} build {}", it.chip, HEXLOWER.encode(&it.build)))
    }

    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        let codec = self.codec;
        let reading = match reading(codec, profile) {
            Ok(reading) => reading,
            Err(trouble) => return vec![trouble.answer(); cases.len()],
        };
        let share = cases.len().div_ceil(self.chips.len()).max(1);
        thread::scope(|scope| {
            let running: Vec<_> = (self.chips.iter_mut().zip(cases.chunks(share)))
                .map(|(chip, cases)| scope.spawn(move || chip.run(codec, reading, cases)))
                .collect();
            running.into_iter().flat_map(|chip| chip.join().expect("running cases does not panic")).collect()
        })
    }

    fn measurements(&self) -> Vec<Measurement> {
        let measured = |name: &str, value: u64, at_least: Option<f64>| Measurement {
            group: format!("link/{}", self.name),
            name: name.into(),
            value: value as f64,
            unit: String::new(),
            at_most: None,
            at_least,
        };
        let sum = |count: fn(&Counts) -> u64| self.chips.iter().map(|chip| count(&chip.session.counts)).sum();
        let mut all = vec![
            // What a chip says without one proves nothing.
            measured("canaries recognised", self.chips.iter().map(|chip| chip.canaries).sum(), Some(1.0)),
            Measurement {
                at_most: Some(0.0),
                ..measured("chips that missed a canary", self.unproved(), None)
            },
            measured("requests", sum(|counts| counts.requests), None),
            measured("replies", sum(|counts| counts.replies), None),
            measured("damaged replies", sum(|counts| counts.damaged), None),
            measured("ignored replies", sum(|counts| counts.ignored), None),
            measured("cases sent again", sum(|counts| counts.resent), None),
            measured("resets seen", sum(|counts| counts.resets), None),
            measured("restarts", sum(|counts| counts.restarts), None),
        ];
        if !self.injected.is_empty() {
            let total = |it: &Arc<Mutex<Injected>>| it.lock().unwrap_or_else(PoisonError::into_inner).total();
            // If none came, the run says nothing about faults.
            all.push(measured("faults injected", self.injected.iter().map(total).sum(), Some(1.0)));
        }
        for injected in &self.injected {
            let injected = injected.lock().unwrap_or_else(PoisonError::into_inner);
            all.extend(
                injected.by_fault().map(|(fault, count)| {
                    measured(&format!("injected: {fault:?}").to_lowercase(), count, None)
                }),
            );
            all.push(Measurement {
                at_most: Some(0.0),
                ..measured("changed frames accepted", injected.undetected, None)
            });
        }
        all
    }

    fn finish(&mut self) -> Result<(), String> {
        self.chips.iter().find_map(|chip| chip.void.clone()).map_or(Ok(()), Err)
    }
}

impl Guarded {
    fn run<S: Subject>(
        &mut self,
        codec: Codec<S>,
        reading: Reading,
        cases: &[S::Case],
    ) -> Vec<Answer<S::Outcome>> {
        let task = |case: &S::Case| if codec.wants_trace(case) { Task::Trace } else { Task::Outcome };
        let mut encoded: Vec<_> = cases.iter().map(|case| encode(codec, case, task(case))).collect();
        // Another part is wrong each time, of another case.
        let turn = self.canaries as usize;
        let repeated = turn % cases.len();
        let place = turn % codec.canaries().len().max(1);
        encoded.push(encode(codec, &cases[repeated], Task::Canary(place as u8)));

        let mut items = self.session.run(reading, &encoded);
        let canary = items.pop();
        let answers: Vec<_> =
            cases.iter().zip(items).map(|(case, items)| answer(codec, case, items)).collect();
        self.answered |= answers.iter().any(|answer| answer.outcome().is_some());
        if let Some(canary) = canary {
            self.judge(codec, (&cases[repeated], &answers[repeated]), (place, canary));
        }
        // A short run would come to some places only.
        let with_outcome = cases.iter().zip(&answers).filter(|(_, answer)| answer.outcome().is_some());
        // A trace, which no canary has, would be a difference by itself.
        if let Some(pair) = with_outcome.min_by_key(|(case, _)| codec.wants_trace(case)) {
            self.prove(codec, reading, pair);
        }
        match &self.void {
            Some(why) => vec![Answer::NotRun(why.clone()); cases.len()],
            None => answers,
        }
    }

    /// Tries the places in which no canary has been recognised, with a case and the right answer to it.
    fn prove<S: Subject>(
        &mut self,
        codec: Codec<S>,
        reading: Reading,
        pair: (&S::Case, &Answer<S::Outcome>),
    ) {
        let places = (0..codec.canaries().len()).filter(|place| !self.proved.contains(place));
        let places: Vec<usize> = places.collect();
        let canary = |&place: &usize| encode(codec, pair.0, Task::Canary(place as u8));
        let encoded: Vec<_> = places.iter().map(canary).collect();
        if encoded.is_empty() || self.void.is_some() {
            return;
        }
        for canary in places.into_iter().zip(self.session.run(reading, &encoded)) {
            self.judge(codec, pair, canary);
        }
    }

    /// Takes note of what came to a canary that is wrong in this place: whether it agrees with the right answer to the case.
    /// If one of the two has no outcome, there is nothing to compare.
    fn judge<S: Subject>(
        &mut self,
        codec: Codec<S>,
        (case, right): (&S::Case, &Answer<S::Outcome>),
        (place, items): (usize, Result<Items, Trouble>),
    ) {
        let wrong = answer(codec, case, items);
        let (Some(right), Some(wrong)) = (right.outcome(), wrong.outcome()) else { return };
        if agree::<S>(case, right, wrong) {
            let place = codec.canaries().get(place).copied().unwrap_or_default();
            let why = format!("void: a canary with its {place} wrong was answered as if it were right");
            self.void = Some(why);
        } else {
            self.canaries += 1;
            self.proved.insert(place);
        }
    }
}

/// A case as it is sent, with what is to be done with it.
fn encode<S: Subject>(codec: Codec<S>, case: &S::Case, task: Task) -> Encoded {
    Encoded::new(task, &codec.encode(case), step_count::<S>(case))
}

/// What the chip's answer to the case comes to.
fn answer<S: Subject>(codec: Codec<S>, case: &S::Case, items: Result<Items, Trouble>) -> Answer<S::Outcome> {
    let decode = |items: &Items| {
        let Contents { parts, digests, cost, end } = contents(codec, items)?;
        if !digests.is_empty() || cost.is_some() {
            return Err(Trouble::fails(FailureKind::Form, "answers with something else than an outcome"));
        }
        Ok(codec.decode(case, &Arrived { parts, steps: end.steps, end: end.bytes }))
    };
    items.and_then(|items| decode(&items)).unwrap_or_else(Trouble::answer)
}
