//! What a check needs of a subject: cases as text, and how text is read.

use std::collections::BTreeMap;

use crate::protocol::{parse_object, parse_outcome};
use crate::subject::Subject;
use crate::suite::Suite;

/// Cases of a subject, with its types taken away.
pub struct Examples {
    /// The subject's name.
    pub(super) subject: &'static str,
    /// The names of its profiles.
    pub(super) profiles: Vec<&'static str>,
    /// Cases of vectors: the two shortest of every topic, the shortest first, and the longest of all as the last.
    pub(super) cases: Vec<String>,
    /// Reads a case.
    pub(super) read_case: fn(&str) -> Result<(), String>,
    /// Reads the outcome of a case.
    pub(super) read_outcome: fn(&str, &str) -> Result<(), String>,
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
        let longest = by_topic.values().flatten().max_by_key(|case| case.len()).cloned();
        let mut cases: Vec<String> = Vec::new();
        for mut of_topic in by_topic.into_values() {
            of_topic.sort_by_key(String::len);
            of_topic.dedup();
            cases.extend(of_topic.into_iter().take(OF_TOPIC));
        }
        cases.extend(longest);
        cases.sort_by_key(String::len);
        cases.dedup();
        Examples {
            subject: S::NAME,
            profiles: S::PROFILES.iter().map(|profile| profile.name()).collect(),
            cases,
            read_case: read_case::<S>,
            read_outcome: read_outcome::<S>,
        }
    }
}

fn read_case<S: Subject>(case: &str) -> Result<(), String> {
    S::check_case(&parse_object(case)?)
}

fn read_outcome<S: Subject>(case: &str, outcome: &str) -> Result<(), String> {
    S::check_outcome(&parse_object(case)?, &parse_outcome::<S>(outcome)?)
}
