//! What a report says of the vectors: which there are, what they test, and the digest that fixes them.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Expectation, Suite, Vector};
use crate::digest;
use crate::report::{SuiteReport, VectorReport};
use crate::subject::Subject;

/// The suite; the cases that were drawn are not known here.
pub fn report<S: Subject>(suite: &Suite<S>) -> SuiteReport {
    let vectors: Vec<Value> = suite.vectors.iter().map(content).collect();
    let content = json!({"subject": S::NAME, "rules": suite.rules, "vectors": vectors});
    let vector = |vector: &Vector<S>| {
        let topic = S::topics(&vector.case)[0].into();
        let (rule, file, line) = (vector.rule.clone(), file(vector), vector.place.line);
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
fn content<S: Subject>(vector: &Vector<S>) -> Value {
    let stated =
        |expectation: &Expectation<S>| expectation.partial.as_ref().map(|partial| partial.stated.clone());
    let expected =
        |expectation: &Expectation<S>| json!([expectation.profile, expectation.outcome, stated(expectation)]);
    let expected: Vec<Value> = vector.expected.iter().map(expected).collect();
    json!([vector.name, vector.rule, vector.case, expected, vector.document])
}

/// The file of a vector in the project, wherever that lies.
pub fn file<S: Subject>(vector: &Vector<S>) -> String {
    let parts: Vec<_> = vector.place.file.iter().collect();
    let start = parts.iter().rposition(|part| *part == S::NAME).unwrap_or(parts.len().saturating_sub(1));
    Path::new("vectors").join(parts[start..].iter().collect::<PathBuf>()).display().to_string()
}
