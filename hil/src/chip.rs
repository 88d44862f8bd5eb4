//! A chip, or several of the same, as a machine.
//!
//! Every batch carries a canary to every chip: one of its cases a second time, with the order to answer it wrongly.
//! Where the two answers agree, whatever compares them is blind, and nothing that the chip has answered or will answer
//! is worth anything: the run is void.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use data_encoding::HEXLOWER;
use oracle::report::Measurement;
use oracle::{Answer, Machine};
use vectors::minivm::{Case, MiniVm, Outcome};
use vectors::{Profile, Subject};
use wire::{Task, Wrong};

use crate::convert;
use crate::links::faulty::Injected;
use crate::session::{Counts, Session};

/// One or more chips with the same firmware, which share the cases among them.
pub struct Chip {
    name: String,
    chips: Vec<Watched>,
    injected: Vec<Arc<Mutex<Injected>>>,
}

/// A chip and its canaries.
struct Watched {
    session: Session,
    canaries: u64,
    /// What is wrong where a canary has agreed.
    void: Option<String>,
}

impl Chip {
    /// A machine of this name, whose chips all run this build of the firmware. `injected` counts the faults on links
    /// that have them.
    ///
    /// # Errors
    /// Where a chip runs another build.
    pub fn new(
        name: &str,
        sessions: Vec<Session>,
        injected: Vec<Arc<Mutex<Injected>>>,
        build: &[u8],
    ) -> Result<Self, String> {
        if let Some(other) = sessions.iter().find(|session| session.greeting.build != build) {
            let [runs, expected] = [&other.greeting.build, build].map(|build| HEXLOWER.encode(build));
            return Err(format!("the chip runs build {runs}, not {expected}"));
        }
        let watched = |session| Watched { session, canaries: 0, void: None };
        Ok(Chip { name: name.into(), chips: sessions.into_iter().map(watched).collect(), injected })
    }

    /// The first of them, for what is no batch of cases.
    pub fn session(&mut self) -> &mut Session {
        &mut self.chips[0].session
    }
}

impl Machine<MiniVm> for Chip {
    fn name(&self) -> &str {
        &self.name
    }

    fn profiles(&self) -> &[Profile] {
        &Profile::ALL
    }

    /// The chip, and the build id of its firmware.
    fn version(&self) -> String {
        let greeting = self.chips.first().map(|chip| &chip.session.greeting);
        greeting.map_or_else(String::new, |it| format!("{} build {}", it.chip, HEXLOWER.encode(&it.build)))
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let share = cases.len().div_ceil(self.chips.len().max(1)).max(1);
        thread::scope(|scope| {
            let running: Vec<_> = (self.chips.iter_mut().zip(cases.chunks(share)))
                .map(|(chip, cases)| scope.spawn(move || chip.run(profile, cases)))
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
            // A run without one proves nothing.
            measured("canaries recognised", self.chips.iter().map(|chip| chip.canaries).sum(), Some(1.0)),
            measured("requests", sum(|counts| counts.requests), None),
            measured("replies", sum(|counts| counts.replies), None),
            measured("damaged replies", sum(|counts| counts.damaged), None),
            measured("ignored replies", sum(|counts| counts.ignored), None),
            measured("cases sent again", sum(|counts| counts.resent), None),
            measured("resets seen", sum(|counts| counts.resets), None),
            measured("restarts", sum(|counts| counts.restarts), None),
        ];
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

impl Watched {
    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let mut encoded: Vec<_> =
            cases.iter().map(|case| convert::encode(case, convert::task(case))).collect();
        // Another part is wrong each time, of another case.
        let turn = self.canaries as usize;
        let sung = turn % cases.len();
        let wrong = Wrong::ALL[turn % Wrong::ALL.len()];
        let canary = Case { trace: false, ..cases[sung].clone() };
        encoded.push(convert::encode(&canary, Task::Canary(wrong)));
        let mut items = self.session.run(convert::profile(profile), &encoded);
        let canary = items.pop().map(|items| convert::answer(&canary, items));
        let answers: Vec<_> =
            cases.iter().zip(items).map(|(case, items)| convert::answer(case, items)).collect();
        self.judge(wrong, &answers[sung], canary.as_ref());
        match &self.void {
            Some(why) => vec![Answer::NotRun(why.clone()); cases.len()],
            None => answers,
        }
    }

    fn judge(&mut self, wrong: Wrong, honest: &Answer<Outcome>, canary: Option<&Answer<Outcome>>) {
        // Where one of the two has no outcome, there is nothing to compare.
        let (Answer::Outcome(honest), Some(Answer::Outcome(canary))) = (honest, canary) else { return };
        let honest = Outcome { trace: None, ..honest.clone() };
        if MiniVm::compare(&honest, canary).is_empty() {
            self.void =
                Some(format!("void: a canary with its {wrong:?} wrong was answered as if it were right"));
        } else {
            self.canaries += 1;
        }
    }
}
