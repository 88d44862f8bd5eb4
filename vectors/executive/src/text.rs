//! From a vector as written to a case and what is expected of it.

use std::path::Path;
use std::sync::Arc;

use oracle::Profile;
use oracle::subject::script::Script;
use oracle::suite::{Expectation, Partial, Problem, Text};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_saphyr::Spanned;
use vectors_hxe::scripts;

use crate::case::{Call, Case};
use crate::cases::Executive;
use crate::config::Config;
use crate::keys::{Expect, Given};
use crate::outcome::Outcome;
use crate::stated::{self, Stated};
use crate::words;

/// The YAML of `executive`.
#[derive(Clone, Copy, Debug)]
pub struct Vectors;

impl Text<Executive> for Vectors {
    type Given = Given;
    type Expect = Expect;
    /// What is stated of the result of each call.
    type Context = Vec<Json>;

    fn case(&self, given: &Given, name: &Spanned<String>, _: &Path) -> Result<(Case, Vec<Json>), Problem> {
        let config = match &given.config {
            Some(config) => {
                Config::deserialize(config).map_err(|why| Problem::at(name, format!("config: {why}")))?
            }
            None => Config::default(),
        };
        let written = (given.images.as_ref(), given.calls.as_ref());
        let (calls, results) = scripts::calls(written, name, words::parse, stated::result)?;
        Ok((Script { config, calls }, results))
    }

    fn expectation(
        &self,
        case: &Case,
        results: &Vec<Json>,
        layers: &[&Expect],
        profile: Profile,
    ) -> Result<Expectation<Executive>, String> {
        scripts::tests_something(&case.calls, layers)?;
        if let Some(outcome) = layers.iter().rev().find_map(|layer| layer.outcome.as_ref()) {
            let outcome =
                Outcome::deserialize(outcome).map_err(|error| format!("expect.outcome: {error}"))?;
            return Ok(Expectation { profile, outcome, partial: None });
        }
        let stated = Stated::read(case, results, layers)?;
        let outcome = stated.complete(case, &Outcome::default());
        let text = format!("{stated:?}");
        let case = case.clone();
        let complete = move |got: &Outcome| stated.complete(&case, got);
        Ok(Expectation {
            profile,
            outcome,
            partial: Some(Partial { stated: text, complete: Arc::new(complete) }),
        })
    }

    fn write_case(&self, case: &Case) -> String {
        let mut text = String::new();
        if case.config != Config::default() {
            text.push_str(&format!("config: {}\n", json(&case.config)));
        }
        text.push_str(if case.calls.is_empty() { "calls: []\n" } else { "calls:\n" });
        for call in &case.calls {
            text.push_str(&format!("  - {}\n", written(call)));
        }
        text
    }

    fn write_outcome(&self, _: &Case, outcome: &Outcome) -> String {
        format!("{{outcome: {}}}", json(outcome))
    }
}

/// Data as JSON, which is YAML in flow style. Outcomes are plain data: writing them to memory does not fail.
fn json(data: &impl serde::Serialize) -> String {
    serde_json::to_string(data).unwrap_or_default()
}

/// The call as a line; as the machine protocol has it, if a line does not say it.
fn written(call: &Call) -> String {
    let line = call.to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_ =-".contains(c);
    match words::parse(&line, &|_| None) {
        Ok(parsed) if parsed == *call => {
            if line.chars().all(is_plain) {
                line
            } else {
                serde_json::to_string(&line).unwrap_or_default()
            }
        }
        _ => json(call),
    }
}
