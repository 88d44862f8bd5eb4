//! The form of vectors that every subject has for nothing: cases and outcomes as the machine protocol has them.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::place::Problem;
use super::vector::Expectation;
use super::written::Text;
use crate::cases::{Cases, Profile};

/// Vectors whose `case` and whose expectations are those of the machine protocol, complete.
#[derive(Clone, Copy, Debug)]
pub struct AsInProtocol;

keys! {
    /// The key of a case.
    pub struct CaseKey {
        /// The case as the machine protocol has it.
        case: Spanned<Object>,
    }
}

/// A JSON object.
pub type Object = serde_json::Map<String, Value>;

impl<S: Cases> Text<S> for AsInProtocol {
    type Given = CaseKey;
    type Expect = Value;
    type Context = ();

    fn case(&self, given: &CaseKey, name: &Spanned<String>, _: &Path) -> Result<(S::Case, ()), Problem> {
        let case = given.case.as_ref().ok_or_else(|| Problem::at(name, "case: missing"))?;
        let read = S::Case::deserialize(Value::Object(case.value.clone()));
        Ok((read.map_err(|error| Problem::at(case, error.to_string()))?, ()))
    }

    fn expectation(
        &self,
        _: &S::Case,
        (): &(),
        layers: &[&Value],
        profile: Profile,
    ) -> Result<Expectation<S>, String> {
        let expected = *layers.last().ok_or_else(|| format!("nothing is expected in profile {profile}"))?;
        let outcome =
            S::Outcome::deserialize(expected.clone()).map_err(|error| format!("expect: {error}"))?;
        Ok(Expectation { profile, outcome, partial: None })
    }

    fn write_case(&self, case: &S::Case) -> String {
        format!("case: {}", flow(case))
    }

    fn write_outcome(&self, _: &S::Case, outcome: &S::Outcome) -> String {
        flow(outcome)
    }
}

/// JSON is YAML in flow style.
fn flow(value: &impl serde::Serialize) -> String {
    // Cases and outcomes are plain data: writing them to memory does not fail.
    serde_json::to_string(value).unwrap_or_default()
}
