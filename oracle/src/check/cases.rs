//! Cases that are bad, and names that are not known: an answer that says so, with the id, and the machine goes on.

use serde_json::{Map, Value};

use super::dialogue::{Dialogue, NO_CASE, Played};
use super::said::{Said, wrong};
use super::stage::{Stage, request};
use crate::machine::Failure;

const BAD_CASE: &str = "or `{\"id\":\"c1\",\"error\":\"why\"}` for a bad case";
const KEYS: &str = "Unknown and repeated keys are errors that name the key.";
const INTEGERS: &str = "Integers are JSON numbers without fraction (a boolean is not one)";
const UNKNOWN: &str = "a subject or a profile that the machine does not know is `unsupported` in version 1, whatever the \
                       case, but an error that names it in version 2.";

pub(super) const DIALOGUES: &[Dialogue] = &[
    Dialogue::new("subject-unknown", "refuses a subject that it does not know", UNKNOWN, unknown_subject),
    Dialogue::new("profile-unknown", "refuses a profile that it does not know", UNKNOWN, unknown_profile),
    Dialogue::new("profile-letters", "refuses a profile in capital letters", UNKNOWN, capital_profile),
    Dialogue::new("case-key", "names an unknown key of a case", KEYS, unknown_key),
    Dialogue::new("case-key-twice", "names a key that a case has twice", KEYS, repeated_key).advice(),
    Dialogue::new("case-boolean", "refuses `true` for an integer", INTEGERS, boolean),
    Dialogue::new("case-fraction", "refuses 1.5 for an integer", INTEGERS, fraction),
    Dialogue::new("case-text", "refuses text for an integer", INTEGERS, text),
    Dialogue::new("case-no-object", "refuses a case that is no object", BAD_CASE, no_object),
    Dialogue::new("case-empty", "refuses a case without its keys", BAD_CASE, empty),
];

/// Sends a request and right behind it one that is well: the first answer is what `judge` says, the second is there.
fn refused(
    stage: &mut Stage<'_>,
    line: &str,
    judge: impl Fn(&Said) -> Result<(), Failure>,
) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    stage.send(line);
    stage.send(&stage.request("after", case));
    let said = stage.reply()?;
    said.answers("c1")?;
    judge(&said)?;
    stage.answer("after")?;
    Ok(Played::Held)
}

/// What becomes of a subject or a profile that is not known.
fn unknown(stage: &mut Stage<'_>, subject: &str, profile: &str, name: &str) -> Result<Played, Failure> {
    let is_version_one = stage.is_version_one();
    let line = request("c1", subject, profile, stage.case().unwrap_or("{}"));
    refused(stage, &line, |said| match is_version_one {
        true if said.text("unsupported").is_some() => Ok(()),
        true => Err(wrong("`unsupported` is wanted")),
        false => said.error_names(name),
    })
}

fn unknown_subject(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let (_, profile) = stage.subject().unwrap_or_default();
    unknown(stage, "abacus", &profile, "abacus")
}

fn unknown_profile(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let (subject, _) = stage.subject().unwrap_or_default();
    unknown(stage, &subject, "lenient", "lenient")
}

fn capital_profile(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let (subject, profile) = stage.subject().unwrap_or_default();
    let capitals = profile.to_uppercase();
    unknown(stage, &subject, &capitals, &capitals)
}

fn unknown_key(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let case = first_member(stage.case().unwrap_or("{}"), "\"colour\":7");
    let line = stage.request("c1", &case);
    refused(stage, &line, |said| said.error_names("colour"))
}

fn repeated_key(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let Some((key, value)) = members(stage).into_iter().next() else {
        return Played::not_shown("no case has a key");
    };
    let again = format!("{}:{value}", Value::from(key.as_str()));
    let case = first_member(stage.case().unwrap_or("{}"), &again);
    let line = stage.request("c1", &case);
    refused(stage, &line, |said| said.error_names(&key))
}

fn boolean(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    instead_of_integer(stage, Value::Bool(true))
}

fn fraction(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    instead_of_integer(stage, Value::from(1.5))
}

fn text(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    instead_of_integer(stage, Value::from("1"))
}

/// A case with another value for the first of its keys that has an integer, if that makes it a bad one.
fn instead_of_integer(stage: &mut Stage<'_>, value: Value) -> Result<Played, Failure> {
    let members = members(stage);
    let integers = members.iter().filter(|(_, value)| value.is_u64());
    let bad = integers.map(|(key, _)| {
        let mut members = members.clone();
        members.insert(key.clone(), value.clone());
        Value::Object(members).to_string()
    });
    let Some(case) = bad.into_iter().find(|case| !stage.is_case(case)) else {
        return Played::not_shown("no key of a case has an integer");
    };
    let line = stage.request("c1", &case);
    refused(stage, &line, Said::is_error)
}

fn no_object(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let line = stage.request("c1", "[]");
    refused(stage, &line, Said::is_error)
}

fn empty(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    if stage.is_case("{}") {
        return Played::not_shown("a case of this subject needs no key");
    }
    let line = stage.request("c1", "{}");
    refused(stage, &line, Said::is_error)
}

/// The keys of the case that is talked about, with their values.
fn members(stage: &Stage<'_>) -> Map<String, Value> {
    serde_json::from_str(stage.case().unwrap_or("{}")).unwrap_or_default()
}

/// An object with one more member, in the first place.
fn first_member(object: &str, member: &str) -> String {
    let rest = object.trim_start().strip_prefix('{').unwrap_or("}");
    let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
    format!("{{{member}{comma}{rest}")
}
