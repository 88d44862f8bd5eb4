//! The vectors of a suite for whoever drives a port without this program: lines of JSON, each with a request of the
//! machine protocol and the reply that is expected.

use serde::Serialize;

use crate::cases::Cases;
use crate::machine::{Machine, run_one};
use crate::machines::program::Run;
use crate::report::suite_report;
use crate::subject::{Subject, native};
use crate::suite::{Expectation, Row, Suite, Vector};

/// Vectors that can be exported.
pub struct Rows<'a, S: Cases> {
    /// Every vector in every profile that it runs in.
    pub rows: Vec<Row<'a, S>>,
    /// Those that are not among them: they leave something open, and there is no native machine that completes them.
    pub left_out: Vec<&'a str>,
}

/// The vectors of a suite. What one of them leaves open is what the native machine comes out with.
pub fn rows<S: Subject>(suite: &Suite<S>) -> Rows<'_, S> {
    let mut native = native::<S>();
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for vector in &suite.vectors {
        for expectation in &vector.expected {
            let native = native.as_mut().map(|machine| &mut **machine as &mut dyn Machine<S>);
            match whole(vector, expectation, native) {
                Some(outcome) => {
                    let stated = expectation.partial.as_ref().map(|partial| partial.stated.as_str());
                    rows.push(Row { vector, profile: expectation.profile, outcome, stated });
                }
                None => left_out.push(vector.name.as_str()),
            }
        }
    }
    left_out.dedup();
    Rows { rows, left_out }
}

fn whole<S: Subject>(
    vector: &Vector<S>,
    expectation: &Expectation<S>,
    native: Option<&mut dyn Machine<S>>,
) -> Option<S::Outcome> {
    if expectation.partial.is_none() {
        return Some(expectation.outcome.clone());
    }
    Some(expectation.of(run_one(native?, expectation.profile, &vector.case).outcome()?))
}

/// What fixes the vectors: the digest of the suite, and the commit of the project if it is known.
pub fn version<S: Cases>(suite: &Suite<S>, commit: Option<&str>) -> String {
    let hash = suite_report(suite).hash;
    let commit = commit.map_or_else(|| "an unknown commit".into(), |commit| format!("commit {commit}"));
    format!("suite {hash} of {commit}")
}

/// What the first line says.
#[derive(Serialize)]
struct Head<'a> {
    subject: &'static str,
    version: &'a str,
    /// How many lines follow.
    lines: usize,
    left_out: &'a [&'a str],
}

#[derive(Serialize)]
struct Line<'a, C, O> {
    rule: &'a str,
    request: Run<'a, C>,
    reply: Reply<'a, O>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated: Option<&'a str>,
}

#[derive(Serialize)]
struct Reply<'a, O> {
    id: String,
    outcome: &'a O,
}

/// The lines: what they are of, then one for each vector and profile.
pub fn json_lines<S: Cases>(Rows { rows, left_out }: &Rows<'_, S>, version: &str) -> String {
    let mut text = line(&Head { subject: S::NAME, version, lines: rows.len(), left_out });
    for Row { vector, profile, outcome, stated } in rows {
        let id = format!("{}/{profile}", vector.name);
        let request = Run::new::<S>(id.clone(), *profile, &vector.case);
        text += &line(&Line { rule: &vector.rule, request, reply: Reply { id, outcome }, stated: *stated });
    }
    text
}

/// Cases and outcomes are plain data: writing them to memory does not fail.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}
