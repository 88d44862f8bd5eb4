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

use crate::case::{Call, Case, Config};
use crate::cases::Control;
use crate::keys::{ConfigText, Expect, Given};
use crate::outcome::{Final, Outcome};
use crate::stated::{self, Stated};
use crate::words;

/// The YAML of `control`.
#[derive(Clone, Copy, Debug)]
pub struct Vectors;

impl Text<Control> for Vectors {
    type Given = Given;
    type Expect = Expect;
    /// What is stated of the result of each call.
    type Context = Vec<Stated>;

    fn case(&self, given: &Given, name: &Spanned<String>, _: &Path) -> Result<(Case, Vec<Stated>), Problem> {
        let written = (given.images.as_ref(), given.calls.as_ref());
        let stated = |call: &Call, behind: Option<&Json>| {
            behind.map_or(Ok(Stated::CarriedOut), |result| Stated::read(call, result))
        };
        let (calls, results) = scripts::calls(written, name, words::parse, stated)?;
        Ok((Script { config: config(given.config.as_ref()), calls }, results))
    }

    fn expectation(
        &self,
        case: &Case,
        results: &Vec<Stated>,
        layers: &[&Expect],
        profile: Profile,
    ) -> Result<Expectation<Control>, String> {
        scripts::tests_something(&case.calls, layers)?;
        if let Some(outcome) = layers.iter().rev().find_map(|layer| layer.outcome.as_ref()) {
            let outcome =
                Outcome::deserialize(outcome).map_err(|error| format!("expect.outcome: {error}"))?;
            return Ok(Expectation { profile, outcome, partial: None });
        }
        let mut results = results.clone();
        for layer in layers {
            stated::check(layer)?;
            for (number, json) in layer.results.iter().flat_map(|results| &results.0) {
                let at = number.checked_sub(1).filter(|at| *at < results.len());
                let at = at.ok_or_else(|| format!("expect.results: there is no call {number}"))?;
                results[at] = Stated::read(&case.calls[at], json)?;
            }
        }
        let layers: Vec<Expect> = layers.iter().map(|layer| (*layer).clone()).collect();
        let nothing = Outcome { results: Vec::new(), state: Final::default() };
        let outcome = stated::complete(case, &results, &layers, &nothing);
        let text = format!("{results:?} {layers:?}");
        let case = case.clone();
        let complete = move |got: &Outcome| stated::complete(&case, &results, &layers, got);
        Ok(Expectation {
            profile,
            outcome,
            partial: Some(Partial { stated: text, complete: Arc::new(complete) }),
        })
    }

    fn write_case(&self, case: &Case) -> String {
        let Config { arenas, code, metadata } = case.config;
        let mut text = String::new();
        if case.config != Config::default() {
            text.push_str(&format!("config: {{arenas: {arenas}, code: {code}, metadata: {metadata}}}\n"));
        }
        text.push_str(if case.calls.is_empty() { "calls: []\n" } else { "calls:\n" });
        for call in &case.calls {
            text.push_str(&format!("  - {}\n", written(call)));
        }
        text
    }

    fn write_outcome(&self, _: &Case, outcome: &Outcome) -> String {
        // Outcomes are plain data: writing them to memory does not fail. JSON is YAML in flow style.
        format!("{{outcome: {}}}", serde_json::to_string(outcome).unwrap_or_default())
    }
}

fn config(text: Option<&ConfigText>) -> Config {
    let (plain, text) = (Config::default(), text.cloned().unwrap_or_default());
    Config {
        arenas: text.arenas.unwrap_or(plain.arenas),
        code: text.code.unwrap_or(plain.code),
        metadata: text.metadata.unwrap_or(plain.metadata),
    }
}

/// The call as a line; as the machine protocol has it, if a line does not say it.
fn written(call: &Call) -> String {
    let line = call.to_string();
    match words::parse(&line, &|_| None) {
        Ok(parsed) if parsed == *call && !line.contains([':', '#', '"', '\'']) => line,
        _ => serde_json::to_string(call).unwrap_or_default(),
    }
}
