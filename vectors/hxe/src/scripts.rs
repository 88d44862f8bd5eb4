//! Scripts of calls that load images, as the vectors of other subjects write them: images by name, and a line for each call.

use std::collections::BTreeMap;

use minivm::asm;
use minivm::hxe::write;
use oracle::hex;
use oracle::suite::Problem;
use oracle::suite::keys::Keys;
use oracle::suite::text::Pairs;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_saphyr::Spanned;

use crate::text::{Given, image};

/// An image.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum ImageText {
    /// MVASM source.
    Source(String),
    /// What it is made of.
    Parts(Box<Given>),
}

/// The images that calls name.
pub type Images = Pairs<String, ImageText>;

/// The calls, in order.
pub type Lines = Vec<Spanned<Json>>;

/// Finds an image by its name.
pub type Named<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// Whether a script with these calls, of which that is expected, tests anything.
///
/// # Errors
/// There is neither a call nor an expectation.
pub fn tests_something<C, K: Keys>(calls: &[C], expected: &[&K]) -> Result<(), String> {
    if calls.is_empty() && expected.iter().all(|layer| layer.says_nothing()) {
        return Err("it makes no call and expects nothing, so it tests nothing".into());
    }
    Ok(())
}

/// The calls of the vector `name`, and what is stated of the result of each. A call is a line alone, a line with what stands
/// behind it, or as the machine protocol has it. `parse` reads a line, `stated` what stands behind it.
///
/// # Errors
/// What is wrong with a call, at its line; otherwise at `name`: there are no calls, or an image is none, or no call names it.
pub fn calls<C: DeserializeOwned, R>(
    (images, lines): (Option<&Images>, Option<&Lines>),
    name: &Spanned<String>,
    parse: impl Fn(&str, &Named<'_>) -> Result<C, String>,
    stated: impl Fn(&C, Option<&Json>) -> Result<R, String>,
) -> Result<(Vec<C>, Vec<R>), Problem> {
    let mut made = BTreeMap::new();
    for (image, text) in images.iter().flat_map(|images| &images.0) {
        made.insert(image.as_str(), make(text, image, name)?);
    }
    let lines = lines.ok_or_else(|| Problem::at(name, "calls: missing"))?;
    let named = |name: &str| made.get(name).cloned();
    let entry = |json: &Json| {
        let (call, behind) = entry(json, |line| parse(line, &named))?;
        let stated = stated(&call, behind)?;
        Ok((call, stated))
    };
    let entries = lines.iter().map(|line| entry(&line.value).map_err(|why: String| Problem::at(line, why)));
    let entries = entries.collect::<Result<Vec<(C, R)>, Problem>>()?;
    let unused = made.keys().find(|image| !lines.iter().any(|line| mentions(&line.value, image)));
    match unused {
        Some(image) => Err(Problem::at(name, format!("images.{image}: no call names it"))),
        None => Ok(entries.into_iter().unzip()),
    }
}

fn make(text: &ImageText, named: &str, name: &Spanned<String>) -> Result<Vec<u8>, Problem> {
    match text {
        ImageText::Source(source) => match asm::assemble(source) {
            Ok(program) => Ok(write(&program.into())),
            Err(error) => Err(Problem::at(name, format!("images.{named} {error}"))),
        },
        ImageText::Parts(parts) => image(parts, name),
    }
}

/// A call, and what stands behind it.
fn entry<C: DeserializeOwned>(
    json: &Json,
    parse: impl Fn(&str) -> Result<C, String>,
) -> Result<(C, Option<&Json>), String> {
    match json {
        Json::String(line) => Ok((parse(line)?, None)),
        Json::Object(map) if map.contains_key("call") => {
            Ok((C::deserialize(json).map_err(|error| error.to_string())?, None))
        }
        Json::Object(map) if map.len() == 1 => {
            let (line, behind) = map.iter().next().ok_or("a call is wanted")?;
            Ok((parse(line)?, Some(behind)))
        }
        _ => Err(format!("{json}: a call is a line, or a line and what it gives")),
    }
}

/// Whether a call, as it is written, has this word.
fn mentions(json: &Json, word: &str) -> bool {
    let has = |line: &str| line.split_whitespace().any(|it| it == word);
    match json {
        Json::String(line) => has(line),
        Json::Object(map) => map.keys().any(|line| has(line)),
        _ => false,
    }
}

/// A number of 32 bits, decimal or, with 0x, hexadecimal.
///
/// # Errors
/// It is none.
pub fn number(word: &str) -> Result<u32, String> {
    let value = match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    value.ok_or_else(|| format!("`{word}` is no number of 32 bits"))
}

/// The bytes of a name, or hex digits; `-` stands for none.
///
/// # Errors
/// It is neither.
pub fn bytes(word: &str, named: &Named<'_>) -> Result<Vec<u8>, String> {
    match named(word) {
        Some(bytes) => Ok(bytes),
        None if word == "-" => Ok(Vec::new()),
        None => {
            hex::decode(word).map_err(|why| format!("`{word}`: no image of this name, and no bytes: {why}"))
        }
    }
}
