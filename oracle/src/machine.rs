//! The trait of everything that runs cases.

use serde::{Deserialize, Serialize};

use crate::cases::{Cases, Difference, Profile, State, agree, compare, differences};
use crate::measurement::Measurement;
use crate::outside::Outside;
use crate::printable::printable;

/// What a machine is for its subject. Lanes are made from roles, not from names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The implementation in this project.
    Native,
    /// The implementation in this project, run in another way that must come to the same in every case.
    Twin,
    /// An independent second reading of the specification, in this project too.
    Model,
    /// The existing implementation that everything is measured against.
    Reference,
    /// A program that speaks the machine protocol.
    #[default]
    Program,
    /// Firmware on a chip, emulated or real.
    Chip,
}

/// What a machine says to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<O> {
    /// What came out.
    Outcome(O),
    /// What came out, if numbers in it are out of the range of their fields.
    Outside(Box<Outside<O>>),
    /// The machine does not implement what the case needs, and says so. Why.
    Unsupported(String),
    /// The machine failed at this case.
    Broken(Failure),
    /// The case was never put to the machine, because it could not be used any more. Why.
    NotRun(String),
}

/// How a machine failed at a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind.
    pub kind: FailureKind,
    /// What happened, for people.
    pub why: String,
}

/// The ways in which a machine can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureKind {
    /// It crashed, panicked or raised: that is the doing of the case.
    Crash,
    /// It did not answer in time.
    Hang,
    /// Its answer does not have the form of one: that is the same mistake whatever the case is about.
    Form,
    /// It refuses the case as bad, although it is not.
    Refusal,
    /// Its outcome is one that no implementation can give.
    Impossible,
    /// It does not say the same when the case is run again among others.
    Unsteady,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: FailureKind, why: impl Into<String>) -> Self {
        Failure { kind, why: why.into() }
    }

    /// What is said of a failure at several cases if each of them, run alone, does not fail.
    pub(crate) fn without_a_case(&self) -> String {
        format!("{}, but at no case that is run alone", self.why)
    }

    /// The key by which failures are grouped: what happened, with `#` for each number (decimal, or hexadecimal behind
    /// `0x`). For [`FailureKind::Form`] what stands between backticks is left out too, for it quotes the case.
    pub fn aspect(&self) -> String {
        let why = match self.kind {
            FailureKind::Form => self.why.split('`').step_by(2).collect::<Vec<_>>().join("`…`"),
            _ => self.why.clone(),
        };
        let mut parts = why.split("0x");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            plain.push('0');
            plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
        }
        let mut aspect = String::with_capacity(plain.len());
        for c in plain.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }) {
            if c != '#' || !aspect.ends_with('#') {
                aspect.push(c);
            }
        }
        aspect
    }
}

impl FailureKind {
    /// Whether it is the doing of what the case does, so that the step can be looked for at which it happens. What costs
    /// the whole time limit is not looked for.
    pub const fn is_of_a_step(self) -> bool {
        matches!(self, FailureKind::Crash | FailureKind::Impossible)
    }
}

impl<O> Answer<O> {
    /// A failure of this kind.
    pub fn broken(kind: FailureKind, why: impl Into<String>) -> Self {
        Answer::Broken(Failure::new(kind, why))
    }

    /// What came out, if anything did that an outcome can hold.
    pub fn outcome(&self) -> Option<&O> {
        match self {
            Answer::Outcome(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// What came out, as far as an outcome can hold it.
    pub fn held(&self) -> Option<&O> {
        match self {
            Answer::Outcome(outcome) => Some(outcome),
            Answer::Outside(outside) => Some(&outside.outcome),
            _ => None,
        }
    }

    /// The state that came out, if anything did.
    pub fn state<S: Cases<Outcome = O>>(&self, case: &S::Case) -> Option<State> {
        match self {
            Answer::Outcome(outcome) => Some(S::end(case, outcome)),
            Answer::Outside(outside) => Some(outside.state::<S>(case)),
            _ => None,
        }
    }

    /// Why nothing came out; `None` if something did.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Answer::Outcome(_) | Answer::Outside(_) => None,
            Answer::Unsupported(why) | Answer::NotRun(why) => Some(why),
            Answer::Broken(failure) => Some(&failure.why),
        }
    }

    /// Every field in which it differs from an outcome; `None` if nothing came out.
    pub fn differences<S: Cases<Outcome = O>>(
        &self,
        case: &S::Case,
        expected: &O,
    ) -> Option<Vec<Difference>> {
        match self {
            Answer::Outcome(got) => Some(compare::<S>(case, expected, got)),
            Answer::Outside(got) => Some(differences(&S::end(case, expected), &got.state::<S>(case))),
            Answer::Unsupported(_) | Answer::Broken(_) | Answer::NotRun(_) => None,
        }
    }

    /// Whether the case can be cut to find the step after which the answer is what it is.
    pub(crate) fn can_be_located(&self) -> bool {
        match self {
            Answer::Outcome(_) | Answer::Outside(_) => true,
            Answer::Broken(failure) => failure.kind.is_of_a_step(),
            Answer::Unsupported(_) | Answer::NotRun(_) => false,
        }
    }
}

/// A part of the cases, for a machine that costs more for a case than it is worth in every one.
pub struct Sample<S: Cases> {
    /// Which cases it is beside the vectors, in words, e.g. `one in 8 of those that run more than one instruction`.
    pub what: &'static str,
    /// Whether a case is one of them in a profile. That depends on nothing else, so the sample is the same in every run,
    /// whatever it is split into.
    pub takes: fn(&S::Case, Profile) -> bool,
}

impl<S: Cases> Clone for Sample<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Cases> Copy for Sample<S> {}

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 400;

/// Something that runs cases of a subject.
///
/// Cases come in batches, because an interpreter, a pipe and a probe all need that. Nothing of a case may be left behind
/// for the next one.
pub trait Machine<S: Cases>: Send {
    /// The name, as it stands in lanes.
    fn name(&self) -> &str;

    /// What it says of its version; empty if it says nothing.
    fn version(&self) -> String {
        String::new()
    }

    /// The command line that starts it, as it is typed; `None` if it is no program of its own.
    fn command(&self) -> Option<String> {
        None
    }

    /// The profiles it can run.
    fn profiles(&self) -> &[Profile];

    /// The cases that are enough in lanes that nobody has named, beside the vectors; `None`: all. A lane that is named has
    /// all.
    fn sample(&self) -> Option<Sample<S>> {
        None
    }

    /// What it has measured beside its answers, for the report.
    fn measurements(&self) -> Vec<Measurement> {
        Vec::new()
    }

    /// Loads what it is made of, before its first case: who asks it nothing need not pay for that. What it is, and what it
    /// can run, is known before.
    ///
    /// # Errors
    /// Why it cannot be used.
    fn load(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Runs the cases; one answer for each, in the same order. Never fails as a whole: what goes wrong is the answer
    /// of the case where it went wrong.
    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>>;

    /// Runs the cases in several profiles at once: in each profile, in their order, what [`Machine::run`] would give. `None`
    /// if the machine gains nothing by that, and has run nothing.
    fn run_profiles(
        &mut self,
        _profiles: &[Profile],
        _cases: &[S::Case],
    ) -> Option<Vec<Vec<Answer<S::Outcome>>>> {
        None
    }

    /// Whether it shares its work out among processes of its own, and itself keeps to how many may be at work at once.
    fn keeps_to_cores(&self) -> bool {
        false
    }

    /// Forgets all that earlier cases may have left behind, by starting afresh if the machine can. What depends on the
    /// cases before is searched with it.
    fn restart(&mut self) {}

    /// Ends the machine after its last case.
    ///
    /// # Errors
    /// What it did wrong that no case could be blamed for.
    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// Runs a batch and believes nothing that cannot be: an outcome that no implementation can give is a failure, whoever
/// gives it, and a machine that breaks the contract of one answer a case is not believed at all. Reasons are fit to be
/// shown.
pub fn run_checked<S: Cases>(
    machine: &mut dyn Machine<S>,
    profile: Profile,
    cases: &[S::Case],
) -> Vec<Answer<S::Outcome>> {
    if !machine.profiles().contains(&profile) {
        let why = format!("{} has no profile {profile}", machine.name());
        return vec![Answer::Unsupported(why); cases.len()];
    }
    believed::<S>(machine.run(profile, cases), cases)
}

/// As [`run_checked`], in several profiles at once; `None` if the machine has to be asked in each by itself.
pub fn run_checked_in<S: Cases>(
    machine: &mut dyn Machine<S>,
    profiles: &[Profile],
    cases: &[S::Case],
) -> Option<Vec<Vec<Answer<S::Outcome>>>> {
    if profiles.len() < 2 || profiles.iter().any(|profile| !machine.profiles().contains(profile)) {
        return None;
    }
    let answers = machine.run_profiles(profiles, cases).filter(|answers| answers.len() == profiles.len())?;
    Some(answers.into_iter().map(|answers| believed::<S>(answers, cases)).collect())
}

/// What can be believed of the answers to a batch.
fn believed<S: Cases>(answers: Vec<Answer<S::Outcome>>, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
    if answers.len() != cases.len() {
        let why = format!("{} answers to {} cases", answers.len(), cases.len());
        return vec![Answer::broken(FailureKind::Form, why); cases.len()];
    }
    answers.into_iter().zip(cases).map(|(answer, case)| believable::<S>(case, answer)).collect()
}

/// Runs a batch `times` times, each time in another order. A case to which the machine does not always say the same has
/// no answer that could be believed.
pub fn run_repeated<S: Cases>(
    machine: &mut dyn Machine<S>,
    profile: Profile,
    cases: &[S::Case],
    times: u32,
) -> Vec<Answer<S::Outcome>> {
    let mut answers = run_checked(machine, profile, cases);
    for time in 1..times {
        let mut order: Vec<usize> = (0..cases.len()).collect();
        fastrand::Rng::with_seed(time.into()).shuffle(&mut order);
        let again: Vec<S::Case> = order.iter().map(|&at| cases[at].clone()).collect();
        for (at, again) in order.into_iter().zip(run_checked(machine, profile, &again)) {
            let same = match (&answers[at], &again) {
                (Answer::NotRun(_), _) => continue,
                // It was not run so often as it should have been.
                (_, Answer::NotRun(_)) => {
                    answers[at] = again;
                    continue;
                }
                (Answer::Outcome(one), Answer::Outcome(other)) => agree::<S>(&cases[at], one, other),
                (Answer::Outside(one), Answer::Outside(other)) => one == other,
                (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
            };
            if !same {
                let why = "does not say the same when the case is run again in another order";
                answers[at] = Answer::broken(FailureKind::Unsteady, why);
            }
        }
    }
    answers
}

/// The answer as far as it can be believed, and fit to be shown.
pub(crate) fn believable<S: Cases>(case: &S::Case, answer: Answer<S::Outcome>) -> Answer<S::Outcome> {
    let shown = |why: &str| printable(why, LONGEST_REASON);
    match answer {
        Answer::Outcome(outcome) => match S::check_outcome(case, &outcome) {
            Ok(()) => Answer::Outcome(outcome),
            Err(rule) => {
                let why = shown(&format!("gives an outcome that cannot be: {rule}"));
                Answer::broken(FailureKind::Impossible, why)
            }
        },
        Answer::Outside(outside) => Answer::Outside(outside),
        Answer::Unsupported(why) => Answer::Unsupported(shown(&why)),
        Answer::Broken(failure) => Answer::broken(failure.kind, shown(&failure.why)),
        Answer::NotRun(why) => Answer::NotRun(shown(&why)),
    }
}

/// Runs one case, believing what can be.
pub fn run_one<S: Cases>(
    machine: &mut dyn Machine<S>,
    profile: Profile,
    case: &S::Case,
) -> Answer<S::Outcome> {
    let mut answers = run_checked(machine, profile, std::slice::from_ref(case));
    answers.pop().unwrap_or_else(|| Answer::broken(FailureKind::Form, "no answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_that_differ_in_numbers_look_alike() {
        let aspect = |why: &str| Failure::new(FailureKind::Crash, why).aspect();
        assert_eq!(aspect("fault at 0x7ffdeadbeef, line 12"), aspect("fault at 0x1, line 7"));
        assert_eq!(aspect("ended (signal: 11)"), "ended (signal: #)");
        assert_eq!(aspect("no answer within 10 s at 0x1F"), "no answer within # s at #");
        assert_ne!(aspect("fault at face"), aspect("fault at bed"));
        let form = |why: &str| Failure::new(FailureKind::Form, why).aspect();
        assert_eq!(
            form("answers `{\"a\":1}`: trailing text"),
            form("answers `{\"b\":\"c\"}`: trailing text")
        );
        assert_ne!(form("answers `1`: trailing text"), form("answers `1`: no object"));
        assert_ne!(aspect("ended, saying `no memory`"), aspect("ended, saying `no such file`"));
    }
}
