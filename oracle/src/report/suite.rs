//! What a report says of the vectors: which there are, what they test, and the digest that fixes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cases::Cases;
use crate::digest;
use crate::suite::{Expectation, Suite, Vector};

/// What the cases of a subject were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteReport {
    /// The subject.
    pub subject: String,
    /// SHA-256 over vectors and rules, in hexadecimal.
    pub hash: String,
    /// The sum of the SHA-256 of every case that was drawn, modulo 2^256: the same for every split into shards.
    pub cases: digest::Sum,
    /// The sentences of the specification, by id.
    pub rules: BTreeMap<String, String>,
    /// The vectors, by name.
    pub vectors: BTreeMap<String, VectorReport>,
}

/// Where a vector stands and what it tests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorReport {
    /// The rule.
    pub rule: String,
    /// The topic that it starts with.
    pub topic: String,
    /// The file in the project.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
}

/// The suite; the cases that were drawn are not known here.
pub fn suite_report<S: Cases>(suite: &Suite<S>) -> SuiteReport {
    let vectors: Vec<Value> = suite.vectors.iter().map(content).collect();
    let content = json!({"subject": S::NAME, "rules": suite.rules, "vectors": vectors});
    let vector = |vector: &Vector<S>| {
        let topic = S::topics(&vector.case)[0].into();
        let (rule, file, line) = (vector.rule.clone(), file_of(vector), vector.place.line);
        let report = VectorReport { rule, topic, file, line };
        (vector.name.clone(), report)
    };
    SuiteReport {
        subject: S::NAME.into(),
        hash: digest::of("lockstep suite", &content),
        rules: suite.rules.clone(),
        vectors: suite.vectors.iter().map(vector).collect(),
        ..SuiteReport::default()
    }
}

/// Everything about a vector that a verdict can depend on.
fn content<S: Cases>(vector: &Vector<S>) -> Value {
    let stated =
        |expectation: &Expectation<S>| expectation.partial.as_ref().map(|partial| partial.stated.clone());
    let expected =
        |expectation: &Expectation<S>| json!([expectation.profile, expectation.outcome, stated(expectation)]);
    let expected: Vec<Value> = vector.expected.iter().map(expected).collect();
    json!([vector.name, vector.rule, vector.case, expected, vector.document])
}

/// The file of a vector in the project, wherever that lies.
pub fn file_of<S: Cases>(vector: &Vector<S>) -> String {
    let parts: Vec<_> = vector.place.file.iter().collect();
    let start = parts.iter().rposition(|part| *part == S::NAME).unwrap_or(parts.len().saturating_sub(1));
    Path::new("vectors").join(parts[start..].iter().collect::<PathBuf>()).display().to_string()
}
