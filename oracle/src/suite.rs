//! What a report says of the vectors: which there are, what they test, and the digest that fixes them.

use std::path::Path;

use serde_json::{Value, json};
use vectors::{Subject, Suite, Vector};

use crate::digest;
use crate::report::{SuiteReport, VectorReport};

/// The suite; the cases that were drawn are not known here.
pub fn report<S: Subject>(suite: &Suite<S>) -> SuiteReport {
    let vectors: Vec<Value> = suite.vectors.iter().map(content).collect();
    let content = json!({"subject": S::NAME, "rules": suite.rules, "vectors": vectors});
    let vector = |vector: &Vector<S>| {
        let report = VectorReport {
            rule: vector.rule.clone(),
            topic: S::topics(&vector.case)[0].into(),
            place: place(vector),
        };
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
    let expected = |expectation: &vectors::Expectation<S>| {
        json!([expectation.profile, expectation.outcome, format!("{:?}", expectation.open)])
    };
    let expected: Vec<Value> = vector.expected.iter().map(expected).collect();
    json!([vector.name, vector.rule, vector.case, expected, vector.document])
}

/// Where a vector stands in the project, wherever that lies.
pub fn place<S: Subject>(vector: &Vector<S>) -> String {
    let parts: Vec<_> = vector.place.file.iter().collect();
    let start = parts.iter().rposition(|part| *part == S::NAME).unwrap_or(parts.len().saturating_sub(1));
    let file = Path::new("vectors").join(parts[start..].iter().collect::<std::path::PathBuf>());
    format!("{}:{}", file.display(), vector.place.line)
}
