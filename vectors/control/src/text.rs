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

use crate::case::{Call, Case, Config};
use crate::cases::Control;
use crate::keys::{ConfigText, Expect, Given, ImageText};
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
        let mut images = BTreeMap::new();
        for (image, text) in given.images.iter().flat_map(|images| &images.0) {
            images.insert(image.as_str(), self::image(text, image, name)?);
        }
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
        Ok((Script { config: config(given.config.as_ref()), calls }, results))
    }

    fn expectation(
        &self,
        case: &Case,
        results: &Vec<Stated>,
        layers: &[&Expect],
        profile: Profile,
    ) -> Result<Expectation<Control>, String> {
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
fn entry(json: &Json, images: &BTreeMap<&str, Vec<u8>>) -> Result<(Call, Stated), String> {
    let named = |name: &str| images.get(name).cloned();
    match json {
        Json::String(line) => Ok((words::parse(line, &named)?, Stated::CarriedOut)),
        Json::Object(map) if map.contains_key("call") => {
            let call = Call::deserialize(json).map_err(|error| error.to_string())?;
            Ok((call, Stated::CarriedOut))
        }
        Json::Object(map) if map.len() == 1 => {
            let (line, result) = map.iter().next().ok_or("a call is wanted")?;
            let call = words::parse(line, &named)?;
            let stated = Stated::read(&call, result)?;
            Ok((call, stated))
        }
        _ => Err(format!("{json}: a call is a line, or a line and what it gives")),
    }
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
    match words::parse(&line, &|_| None) {
        Ok(parsed) if parsed == *call && !line.contains([':', '#', '"', '\'']) => line,
        _ => serde_json::to_string(call).unwrap_or_default(),
    }
}
