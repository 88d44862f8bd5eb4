//! From differences to findings: grouped by what they look like, one of each group explained and written as a vector.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::event::{Event, Listener};
use super::given::{Campaign, Sides};
use super::known::Explainer;
use super::locate::{Pair, locate_one};
use super::sequence::shortest;
use super::shrink::shrink;
use super::suspect::{Look, Suspect};
use super::traces::traces;
use crate::called::{called, quoted};
use crate::machine::{Answer, FailureKind, run_checked, run_one};
use crate::report::{Blame, EXPLAINED, Finding, InCase, Traces, file_name};
use crate::subject::{Profile, Subject, agree, step_count};
use crate::suite::{Found, OF_MACHINE, OF_ORACLE, Written};

/// Sequences of cases tried at most to find the shortest after which a difference shows.
const SEQUENCES: usize = 400;
/// The cases before a failure that are tried, and the sequences of them.
const LAST: usize = 64;

/// The cases of a look.
struct Group<S: Subject> {
    count: u64,
    /// The first case.
    first: Suspect<S>,
    /// The first case of several steps in which the step is known.
    longer: Option<Suspect<S>>,
}

/// All differences of a campaign, by lane and look.
pub(super) struct Suspects<S: Subject>(BTreeMap<usize, BTreeMap<Look, Group<S>>>);

impl<S: Subject> Default for Suspects<S> {
    fn default() -> Self {
        Suspects(BTreeMap::new())
    }
}

impl<S: Subject> Suspects<S> {
    pub(super) fn add(&mut self, suspect: Suspect<S>) {
        let groups = self.0.entry(suspect.lane).or_default();
        let is_longer = suspect.located.is_some();
        let is_first = |known: &Suspect<S>| suspect.origin() < known.origin();
        match groups.get_mut(&suspect.look()) {
            None => {
                let longer = is_longer.then(|| suspect.clone());
                groups.insert(suspect.look(), Group { count: 1, first: suspect, longer });
            }
            Some(group) => {
                group.count += 1;
                if is_longer && group.longer.as_ref().is_none_or(is_first) {
                    group.longer = Some(suspect.clone());
                }
                if is_first(&group.first) {
                    group.first = suspect;
                }
            }
        }
    }

    /// Explains the first case of each look, of as many as are explained before `interrupt` is set.
    pub(super) fn explain(
        self,
        campaign: &mut Campaign<'_, S>,
        sides: &[Sides],
        mut known: Option<Explainer<S>>,
        interrupt: &AtomicBool,
        listener: &mut Listener<'_>,
    ) -> Vec<Finding> {
        let goes_on = || !interrupt.load(Ordering::Relaxed);
        let mut findings = Vec::new();
        for (lane, groups) in self.0 {
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_by(|(_, a), (_, b)| a.first.origin().cmp(b.first.origin()));
            let mut teller = Teller { campaign, machine: sides[lane].machine, known: &mut known };
            let mut of_lane = Vec::new();
            for (position, (look, group)) in groups.into_iter().enumerate() {
                let mut finding = teller.counted(look, &group);
                if position < EXPLAINED && goes_on() {
                    finding.in_case = group.longer.as_ref().and_then(|longer| teller.in_case(longer));
                    teller.explain(&mut finding, &group.first);
                    listener(&Event::Finding(&finding));
                }
                of_lane.push(finding);
            }
            findings.extend(Finding::in_order(of_lane));
        }
        findings
    }
}

/// A case made small, and both answers to it.
struct Smallest<S: Subject> {
    case: S::Case,
    expected: Answer<S::Outcome>,
    got: Answer<S::Outcome>,
    /// Whether the case shows it alone.
    alone: bool,
    /// The cases, by position in [`Suspect::before`], after which it shows, if it does not show alone.
    after: Vec<usize>,
}

/// Tells what is known of the differences of one lane.
struct Teller<'a, 'c, S: Subject> {
    campaign: &'a mut Campaign<'c, S>,
    machine: usize,
    known: &'a mut Option<Explainer<S>>,
}

impl<S: Subject> Teller<'_, '_, S> {
    /// What is known of a look without explaining it.
    fn counted(&self, (topic, aspect): Look, group: &Group<S>) -> Finding {
        let oracle_failed = matches!(group.first.expected, Answer::Broken(_) | Answer::Outside(_));
        Finding {
            lane: self.campaign.lanes[group.first.lane].clone(),
            subject: S::NAME.into(),
            profile: group.first.profiles.0.name().into(),
            blame: if oracle_failed { Blame::Oracle } else { Blame::Machine },
            topic,
            aspect,
            failure: group.first.failure(),
            count: group.count,
            origin: group.first.origin().clone(),
            group: group.first.origin().group(|| S::topics(group.first.case())[0]),
            ..Finding::default()
        }
    }

    /// The difference in a longer case, with what happened around it.
    fn in_case(&mut self, suspect: &Suspect<S>) -> Option<InCase> {
        let step = suspect.located.as_ref()?.step;
        let traces = self.traces(suspect, step, suspect.case())?;
        Some(InCase { origin: suspect.origin().clone(), step, traces })
    }

    fn explain(&mut self, finding: &mut Finding, suspect: &Suspect<S>) {
        let small = self.smallest(suspect);
        if !small.alone {
            // What was seen where it was searched for in the case depends on other cases too.
            finding.in_case = None;
        }
        if let Some(expected) = small.expected.outcome() {
            let differences = small.got.differences::<S>(&small.case, expected);
            finding.differences = differences.unwrap_or_default();
        }
        if let (Some(expected), Some(got)) = (small.expected.outcome(), small.got.outcome()) {
            finding.resembles = self.resembles(suspect, &small.case, (expected, got));
        }
        self.keep(finding, suspect, &small);
        let end = |answer: &Answer<S::Outcome>| answer.state::<S>(&small.case).unwrap_or_default();
        finding.explained = true;
        finding.alone = small.alone;
        let before = suspect.before();
        finding.after = small.after.iter().map(|&at| before[at].0.clone()).collect();
        finding.failure = suspect.failure();
        finding.step = suspect.located.as_ref().filter(|_| small.alone).map(|located| located.step);
        finding.listing = S::listing(&small.case);
        finding.before = S::start(&small.case);
        finding.expected = end(&small.expected);
        finding.got = end(&small.got);
        if small.alone {
            finding.traces = self.traces(suspect, step_count::<S>(&small.case), &small.case);
        }
    }

    /// The ledger rows that describe just this difference, if the machine follows another profile there than it should.
    fn resembles(
        &mut self,
        suspect: &Suspect<S>,
        case: &S::Case,
        (expected, got): (&S::Outcome, &S::Outcome),
    ) -> Vec<String> {
        let (machine_profile, oracle_profile) = suspect.profiles;
        let known = self.known.as_mut().filter(|_| machine_profile == oracle_profile);
        let Some(known) = known else { return Vec::new() };
        let others = S::PROFILES.iter().filter(|other| **other != oracle_profile);
        let mut found =
            others.filter_map(|&other| known.explain(case, (oracle_profile, expected), (other, got)));
        let rows = found.next().map(|explanation| explanation.rows).unwrap_or_default();
        rows.into_iter().map(str::to_owned).collect()
    }

    /// Both sides around a step of `case`.
    fn traces(&mut self, suspect: &Suspect<S>, step: u32, case: &S::Case) -> Option<Traces> {
        if !suspect.is_comparable() {
            return None;
        }
        let seats = &mut self.campaign.machines;
        let mut run = |(seat, profile): (usize, Profile), cases: &[S::Case]| {
            run_checked(&mut *seats[seat].machine, profile, cases)
        };
        let oracle = suspect.oracle.map(|oracle| (oracle, suspect.profiles.1));
        let machine = (self.machine, suspect.profiles.0);
        Some(traces::<S>(case, step, &mut |cases| {
            (oracle.map(|oracle| run(oracle, cases)).unwrap_or_default(), run(machine, cases))
        }))
    }

    fn both(&mut self, suspect: &Suspect<S>, cases: &[S::Case]) -> Vec<Pair<S>> {
        let oracle = suspect.oracle.expect("asked only if there is one");
        let seats = &mut self.campaign.machines;
        let expected = run_checked(&mut *seats[oracle].machine, suspect.profiles.1, cases);
        let got = run_checked(&mut *seats[self.machine].machine, suspect.profiles.0, cases);
        expected.into_iter().zip(got).collect()
    }

    /// The smallest case that shows the same difference.
    fn smallest(&mut self, suspect: &Suspect<S>) -> Smallest<S> {
        let as_it_was = |alone, after| Smallest {
            case: suspect.case().clone(),
            expected: suspect.expected.clone(),
            got: suspect.got.clone(),
            alone,
            after,
        };
        if !suspect.is_comparable() {
            return self.smallest_failure(suspect).unwrap_or_else(|| {
                let after = self.after_which_it_fails(suspect);
                as_it_was(after.is_none(), after.unwrap_or_default())
            });
        }
        let simplest = suspect.located.as_ref().map(|located| located.simplest().clone());
        let starts = simplest.into_iter().chain([suspect.case().clone()]);
        let mut shows_alone = |start: &S::Case| {
            let expected = self.fresh_oracle_says(suspect, start);
            self.shows(suspect, &[], (start, expected.as_ref()))
        };
        let Some(start) = starts.into_iter().find(&mut shows_alone) else {
            let after = self.after(suspect);
            return as_it_was(false, after);
        };
        if suspect.oracle.is_none() {
            return as_it_was(true, Vec::new());
        }
        let topic = suspect.topic();
        let case = shrink::<S>(start, &mut |batch| {
            let pairs = self.both(suspect, batch);
            batch.iter().zip(&pairs).position(|(case, pair)| {
                differs::<S>(case, pair) && self.topic(suspect, case).is_some_and(|it| it == topic)
            })
        });
        match self.both(suspect, std::slice::from_ref(&case)).pop() {
            Some((expected, got)) => Smallest { case, expected, got, alone: true, after: Vec::new() },
            None => as_it_was(true, Vec::new()),
        }
    }

    /// The step that fails, from the simplest start that is known. A failure costs too much to be made smaller.
    fn smallest_failure(&mut self, suspect: &Suspect<S>) -> Option<Smallest<S>> {
        let case = suspect.located.as_ref()?.simplest().clone();
        let (expected, got) = self.both(suspect, std::slice::from_ref(&case)).pop()?;
        let fails = matches!((&expected, &got), (Answer::Outcome(_), Answer::Broken(_)));
        fails.then_some(Smallest { case, expected, got, alone: true, after: Vec::new() })
    }

    /// The shortest sequence of cases after which the machine fails at this one; `None` if it fails at it alone, or if that
    /// cannot be tried, because each try would cost a time limit or the machine was seen to be unsteady.
    fn after_which_it_fails(&mut self, suspect: &Suspect<S>) -> Option<Vec<usize>> {
        let Answer::Broken(failure) = &suspect.got else { return None };
        let can_be_tried = !matches!(failure.kind, FailureKind::Hang | FailureKind::Unsteady);
        if !can_be_tried || self.fails(suspect, &[]) {
            return None;
        }
        let count = suspect.before().len();
        // A program that fails is started again each time, and it fails at others of the sequence too.
        let last = (count.saturating_sub(LAST)..count).collect();
        Some(shortest(last, LAST, |before| self.fails(suspect, before)))
    }

    /// Whether the machine fails at the case if it starts afresh and runs these of the cases before it.
    fn fails(&mut self, suspect: &Suspect<S>, before: &[usize]) -> bool {
        matches!(self.answer_after(suspect, before, suspect.case()), Some(Answer::Broken(_)))
    }

    /// What the machine says to the case if it starts afresh and runs these of the cases before it.
    fn answer_after(
        &mut self,
        suspect: &Suspect<S>,
        before: &[usize],
        case: &S::Case,
    ) -> Option<Answer<S::Outcome>> {
        let earlier = suspect.before();
        let mut cases: Vec<S::Case> = before.iter().map(|&at| earlier[at].1.clone()).collect();
        cases.push(case.clone());
        let machine = &mut *self.campaign.machines[self.machine].machine;
        machine.restart();
        run_checked(machine, suspect.profiles.0, &cases).pop()
    }

    /// Whether the difference shows in `case` if the machine starts afresh and runs these of the cases before it.
    /// `expected` is what a fresh oracle says to it.
    fn shows(
        &mut self,
        suspect: &Suspect<S>,
        before: &[usize],
        (case, expected): (&S::Case, Option<&S::Outcome>),
    ) -> bool {
        let Some(got) = self.answer_after(suspect, before, case) else { return false };
        let Some(held) = got.held() else { return false };
        let expected = match (suspect.oracle, suspect.vector) {
            (Some(_), _) => expected.cloned(),
            (None, Some(vector)) => {
                let vector = &self.campaign.suite.vectors[vector];
                vector.expected_in(suspect.profiles.1).map(|expectation| expectation.of(held))
            }
            (None, None) => None,
        };
        expected.is_some_and(|expected| differs::<S>(case, &(Answer::Outcome(expected), got.clone())))
    }

    /// What the oracle, if there is one, says to `case` when it starts afresh.
    fn fresh_oracle_says(&mut self, suspect: &Suspect<S>, case: &S::Case) -> Option<S::Outcome> {
        let oracle = &mut *self.campaign.machines[suspect.oracle?].machine;
        oracle.restart();
        run_one(oracle, suspect.profiles.1, case).outcome().cloned()
    }

    /// What the step is about at which the two differ in a case.
    fn topic(&mut self, suspect: &Suspect<S>, case: &S::Case) -> Option<&'static str> {
        if step_count::<S>(case) == 1 {
            return Some(S::topics(case)[0]);
        }
        locate_one::<S>(case, &mut |cases| self.both(suspect, cases)).map(|located| located.topic)
    }

    /// The shortest sequence of cases after which the difference shows.
    fn after(&mut self, suspect: &Suspect<S>) -> Vec<usize> {
        // It is asked once: there may be hundreds of sequences, and starting it may take long.
        let expected = self.fresh_oracle_says(suspect, suspect.case());
        let before = (0..suspect.before().len()).collect();
        shortest(before, SEQUENCES, |before| self.shows(suspect, before, (suspect.case(), expected.as_ref())))
    }

    /// Writes the case as a vector, if it is none yet or takes others before it, and says how to replay it.
    fn keep(&mut self, finding: &mut Finding, suspect: &Suspect<S>, small: &Smallest<S>) {
        if let Some(vector) = suspect.vector {
            let vector = &self.campaign.suite.vectors[vector];
            finding.file = crate::report::file_of(vector);
            finding.line = Some(vector.place.line);
            finding.rule = self.campaign.suite.rules.get(&vector.rule).cloned();
            let file = vector.place.file.display().to_string();
            finding.replay = self.replay(&format!("{} {}", quoted(&file), vector.name));
            if small.after.is_empty() {
                return;
            }
        }
        let Some(written) = S::written() else { return };
        // If the oracle has no outcome, the file says what the machine has: it is there to be replayed.
        let of_oracle = (&small.expected, OF_ORACLE, suspect.profiles.1);
        let of_machine = (&suspect.got, OF_MACHINE, suspect.profiles.0);
        let outcome = |(answer, rule, profile): (&'_ Answer<S::Outcome>, _, _)| {
            Some((answer.outcome()?.clone(), rule, profile))
        };
        let Some((outcome, rule, profile)) = outcome(of_oracle).or_else(|| outcome(of_machine)) else {
            return;
        };
        let content = serde_json::to_vec(&small.case).unwrap_or_default();
        let name = file_name(&format!("{}-{}-{}", S::NAME, finding.lane, finding.topic), &content);
        let note = format!(
            "Found by lane {}, case {}, seed {}.",
            finding.lane, finding.origin, self.campaign.plan.seed
        );
        let before = self.sequence(suspect, &small.after);
        let named = |(number, _): (usize, &_)| format!("{name}-{}", number + 1);
        let names: Vec<String> = before.iter().enumerate().map(named).collect();
        let mut found = Vec::new();
        for (name, (case, outcome)) in names.iter().zip(&before) {
            let rule = if suspect.oracle.is_some() { OF_ORACLE } else { OF_MACHINE };
            found.extend(outcome.as_ref().map(|outcome| Found {
                name,
                rule,
                note: &note,
                case,
                profile,
                outcome,
            }));
        }
        found.push(Found { name: &name, rule, note: &note, case: &small.case, profile, outcome: &outcome });
        finding.vector = written.write(&found);
        let folder = self.campaign.failures.clone();
        let path = folder.join(format!("{name}.yaml"));
        let missing = 1 + before.len() - found.len();
        if missing > 0 {
            let what = format!("{missing} of the cases before have no outcome, and are not in it");
            self.campaign.warnings.push(format!("{}: {what}", path.display()));
        }
        if !reads_back(written, &finding.vector, &path, &found) {
            let what = "does not read back as the case that was found, so replaying it shows something else";
            self.campaign.warnings.push(format!("{}: {what}", path.display()));
        }
        if let Err(error) = write(&path, &finding.vector) {
            self.campaign.warnings.push(format!("{}: {error}", path.display()));
        }
        let in_result = path.strip_prefix(folder.parent().unwrap_or(&folder)).unwrap_or(&path);
        finding.file = in_result.display().to_string();
        finding.replay = self.replay(&quoted(&finding.file));
    }

    /// The cases of a sequence, each with what the oracle says to it, if that is an outcome; with what the machine says if
    /// there is no oracle.
    fn sequence(&mut self, suspect: &Suspect<S>, after: &[usize]) -> Vec<(S::Case, Option<S::Outcome>)> {
        let before = suspect.before();
        let cases: Vec<S::Case> = after.iter().map(|&at| before[at].1.clone()).collect();
        if cases.is_empty() {
            return Vec::new();
        }
        let seat = suspect.oracle.unwrap_or(self.machine);
        let profile = if suspect.oracle.is_some() { suspect.profiles.1 } else { suspect.profiles.0 };
        let machine = &mut *self.campaign.machines[seat].machine;
        machine.restart();
        let answers = run_checked(machine, profile, &cases);
        cases.into_iter().zip(answers).map(|(case, answer)| (case, answer.outcome().cloned())).collect()
    }

    fn replay(&self, what: &str) -> String {
        format!("{} replay {what}{}", called(), self.campaign.replay_options)
    }
}

/// Whether a text that was written of these cases says them, and what is expected of each.
fn reads_back<S: Subject>(written: &dyn Written<S>, text: &str, path: &Path, found: &[Found<'_, S>]) -> bool {
    written.read(text, path).is_ok_and(|suite| {
        suite.vectors.len() == found.len()
            && suite.vectors.iter().zip(found).all(|(vector, found)| {
                let expected = vector.expected_in(found.profile);
                vector.case == *found.case
                    && expected.is_some_and(|expected| expected.of(found.outcome) == *found.outcome)
            })
    })
}

fn differs<S: Subject>(case: &S::Case, (expected, got): &Pair<S>) -> bool {
    match (expected, got) {
        (Answer::Outcome(expected), Answer::Outcome(got)) => !agree::<S>(case, expected, got),
        (Answer::Outcome(_), Answer::Outside(_)) => true,
        _ => false,
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
