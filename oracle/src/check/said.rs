//! A line from a machine, read as leniently as it can be: each rule that it may break has a dialogue of its own.

use serde_json::{Map, Value};

use crate::machine::{Failure, FailureKind};
use crate::strict::told;

/// A line from a machine that is a JSON object.
#[derive(Clone, Debug)]
pub(super) struct Said {
    members: Map<String, Value>,
}

/// A failure to do what the protocol demands.
pub(super) fn wrong(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Form, why)
}

impl Said {
    pub(super) fn read(line: &[u8]) -> Result<Self, Failure> {
        let value = told(line).map_err(|error| wrong(format!("this is no JSON: {error}")))?;
        match value {
            Value::Object(members) => Ok(Said { members }),
            _ => Err(wrong("this is JSON, but no object")),
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.members.contains_key(key)
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.members.get(key).and_then(Value::as_str)
    }

    pub(super) fn outcome(&self) -> Option<String> {
        self.members.get("outcome").map(Value::to_string)
    }

    /// Everything but the id, which is the request's.
    pub(super) fn says_the_same(&self, other: &Said) -> bool {
        let content = |said: &Said| {
            let mut members = said.members.clone();
            members.remove("id");
            members
        };
        content(self) == content(other)
    }

    /// That it is the answer to the request with this id.
    pub(super) fn answers(&self, id: &str) -> Result<(), Failure> {
        match self.members.get("id") {
            Some(Value::String(its)) if its == id => Ok(()),
            Some(its) => Err(wrong(format!(
                "the id that comes back is {its}, but \"{}\" is next",
                id.escape_default()
            ))),
            None => Err(wrong("the answer to a case has no `id`")),
        }
    }

    /// That it is an error which says so, and why.
    pub(super) fn is_error(&self) -> Result<(), Failure> {
        match self.members.get("error") {
            Some(Value::String(_)) => Ok(()),
            Some(_) => Err(wrong("`error` is no string")),
            None => Err(wrong("an `error` is wanted")),
        }
    }

    /// That its error has this word in it.
    pub(super) fn error_names(&self, word: &str) -> Result<(), Failure> {
        self.is_error()?;
        let names = self.text("error").is_some_and(|error| error.contains(word));
        if names { Ok(()) } else { Err(wrong(format!("the error does not name `{word}`"))) }
    }
}
