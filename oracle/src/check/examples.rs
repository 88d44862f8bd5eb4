//! What a check needs of a subject: cases as text, and how text is read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::machine::{Answer, run_one};
use crate::protocol::{parse_object, parse_outcome};
use crate::subject::{Subject, agree, native, profile_of};
use crate::suite::{Suite, Vector};

/// Cases of a subject, with its types taken away.
pub struct Examples {
    /// The subject's name.
    pub(super) subject: &'static str,
    /// The names of its profiles.
    pub(super) profiles: Vec<&'static str>,
    /// Cases of vectors, the shortest first: the two shortest of every topic, the longest of all, and one whose outcome has
    /// bytes that are written with letters.
    pub(super) cases: Vec<String>,
    /// Reads a case.
    pub(super) read_case: fn(&str) -> Result<(), String>,
    /// Reads the outcome of a case.
    pub(super) read_outcome: fn(&str, &str) -> Result<(), String>,
    /// The case with a trace asked for; `None` if outcomes have none.
    pub(super) traced: fn(&str) -> Option<String>,
    /// Reads the outcome of such a case in a profile, and compares its trace with ours if it is our outcome.
    pub(super) read_trace: fn(&str, &str, &str) -> Result<(), String>,
}

/// How many cases of a topic are taken.
const OF_TOPIC: usize = 2;

impl Examples {
    /// Those of a subject, from its vectors.
    pub fn of<S: Subject>(suite: &Suite<S>) -> Self {
        let mut by_topic: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for vector in &suite.vectors {
            // Cases are plain data: writing them as text does not fail.
            let text = serde_json::to_string(&vector.case).unwrap_or_default();
            let topic = S::topics(&vector.case).first().copied().unwrap_or_default();
            by_topic.entry(topic).or_default().push(text);
        }
        let with_letters = suite.vectors.iter().filter(|it| has_letters(*it)).map(|it| it.case.clone());
        let with_letters = with_letters.map(|case| serde_json::to_string(&case).unwrap_or_default());
        let lettered = with_letters.min_by_key(String::len);
        let longest = by_topic.values().flatten().max_by_key(|case| case.len()).cloned();
        let mut cases: Vec<String> = Vec::new();
        for mut of_topic in by_topic.into_values() {
            of_topic.sort_by_key(String::len);
            of_topic.dedup();
            cases.extend(of_topic.into_iter().take(OF_TOPIC));
        }
        cases.extend(longest.into_iter().chain(lettered));
        cases.sort_by_key(String::len);
        cases.dedup();
        Examples {
            subject: S::NAME,
            profiles: S::PROFILES.iter().map(|profile| profile.name()).collect(),
            cases,
            read_case: read_case::<S>,
            read_outcome: read_outcome::<S>,
            traced: traced::<S>,
            read_trace: read_trace::<S>,
        }
    }
}

/// Whether an outcome that the vector expects has bytes in hex with a letter, which can be written in two ways.
fn has_letters<S: Subject>(vector: &Vector<S>) -> bool {
    fn is_in(value: &Value) -> bool {
        match value {
            Value::String(text) => {
                let is_hex = text.len() % 2 == 0 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                is_hex && text.bytes().any(|byte| byte.is_ascii_alphabetic())
            }
            Value::Array(items) => items.iter().any(is_in),
            Value::Object(members) => members.values().any(is_in),
            _ => false,
        }
    }
    let outcomes = vector.expected.iter().map(|expected| serde_json::to_value(&expected.outcome));
    outcomes.flatten().any(|outcome| is_in(&outcome))
}

fn traced<S: Subject>(case: &str) -> Option<String> {
    let case = parse_object(case).ok()?;
    let traced = S::steps()?.traced(&case);
    if traced == case { None } else { serde_json::to_string(&traced).ok() }
}

fn read_trace<S: Subject>(profile: &str, case: &str, outcome: &str) -> Result<(), String> {
    let (case, outcome): (S::Case, S::Outcome) = (parse_object(case)?, parse_outcome::<S>(outcome)?);
    S::check_outcome(&case, &outcome)?;
    let (Some(steps), Some(mut native), Ok(profile)) = (S::steps(), native::<S>(), profile_of::<S>(profile))
    else {
        return Ok(());
    };
    let Answer::Outcome(ours) = run_one(&mut *native, profile, &case) else { return Ok(()) };
    // What it computes is not looked at here, so a trace is compared only if it leads to the same.
    if !agree::<S>(&case, &ours, &outcome) {
        return Ok(());
    }
    let (expected, got) = (steps.trace(&case, &ours), steps.trace(&case, &outcome));
    match expected.iter().zip(&got).position(|(expected, got)| expected != got) {
        Some(at) => Err(format!("trace: row {at} is not that of the step that it stands for")),
        None if expected.len() != got.len() => {
            Err(format!("trace: {} rows for {} steps", got.len(), expected.len()))
        }
        None => Ok(()),
    }
}

fn read_case<S: Subject>(case: &str) -> Result<(), String> {
    S::check_case(&parse_object(case)?)
}

fn read_outcome<S: Subject>(case: &str, outcome: &str) -> Result<(), String> {
    S::check_outcome(&parse_object(case)?, &parse_outcome::<S>(outcome)?)
}
