//! From a vector as written to a case and what is expected of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use minivm::asm;
use minivm::hxe::write;
use oracle::Profile;
use oracle::subject::script::Script;
use oracle::suite::{Expectation, Partial, Problem, Text};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_saphyr::Spanned;

use crate::case::{Call, Case};
use crate::cases::Executive;
use crate::config::Config;
use crate::keys::{Expect, Given, ImageText};
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
        let mut images = BTreeMap::new();
        for (image, text) in given.images.iter().flat_map(|images| &images.0) {
            images.insert(image.as_str(), self::image(text, image, name)?);
        }
        let config = match &given.config {
            Some(config) => {
                Config::deserialize(config).map_err(|why| Problem::at(name, format!("config: {why}")))?
            }
            None => Config::default(),
        };
        let lines = given.calls.as_ref().ok_or_else(|| Problem::at(name, "calls: missing"))?;
        let mut calls = Vec::new();
        let mut results = Vec::new();
        for line in lines {
            let (call, stated) = entry(&line.value, &images).map_err(|why| Problem::at(line, why))?;
            calls.push(call);
            results.push(stated);
        }
        let unused = images.keys().find(|image| !lines.iter().any(|line| mentions(&line.value, image)));
        if let Some(image) = unused {
            return Err(Problem::at(name, format!("images.{image}: no call names it")));
        }
        Ok((Script { config, calls }, results))
    }

    fn expectation(
        &self,
        case: &Case,
        results: &Vec<Json>,
        layers: &[&Expect],
        profile: Profile,
    ) -> Result<Expectation<Executive>, String> {
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

fn image(text: &ImageText, image: &str, name: &Spanned<String>) -> Result<Vec<u8>, Problem> {
    match text {
        ImageText::Source(source) => match asm::assemble(source) {
            Ok(program) => Ok(write(&program.into())),
            Err(error) => Err(Problem::at(name, format!("images.{image} {error}"))),
        },
        ImageText::Parts(parts) => vectors_hxe::image(parts, name),
    }
}

/// A call, and what is stated of its result: a line alone, a line with what stands behind it, or the call as the machine
/// protocol has it.
fn entry(json: &Json, images: &BTreeMap<&str, Vec<u8>>) -> Result<(Call, Json), String> {
    let named = |name: &str| images.get(name).cloned();
    let (call, behind) = match json {
        Json::String(line) => (words::parse(line, &named)?, None),
        Json::Object(map) if map.contains_key("call") => {
            (Call::deserialize(json).map_err(|error| error.to_string())?, None)
        }
        Json::Object(map) if map.len() == 1 => {
            let (line, result) = map.iter().next().ok_or("a call is wanted")?;
            (words::parse(line, &named)?, Some(result))
        }
        _ => return Err(format!("{json}: a call is a line, or a line and what it gives")),
    };
    let stated = stated::result(&call, behind)?;
    Ok((call, stated))
}

/// Whether a call, as it is written, has this word.
fn mentions(json: &Json, word: &str) -> bool {
    match json {
        Json::String(line) => line.split_whitespace().any(|it| it == word),
        Json::Object(map) => map.keys().any(|line| line.split_whitespace().any(|it| it == word)),
        _ => false,
    }
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
