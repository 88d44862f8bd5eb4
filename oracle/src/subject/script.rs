//! Scripts: the shape of a service's cases.
//!
//! A case is a configuration and a list of calls; its outcome is a result for each call and the final state. A step is a
//! call. So every service can be cut, made smaller by dropping calls, and traced call by call, once its calls can be told
//! apart and shown.

use serde::{Deserialize, Serialize};

use super::{Data, Path, Shrinks, State, Steps, Subject, Value, first_and_others};
use crate::strict::{object, objects};

/// A case of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script<C, K> {
    /// How the service is set up; the default if it is left out.
    #[serde(
        default = "C::default",
        deserialize_with = "object",
        bound(deserialize = "C: Default + Deserialize<'de>")
    )]
    pub config: C,
    /// The calls, in order.
    #[serde(deserialize_with = "objects", bound(deserialize = "K: Deserialize<'de>"))]
    pub calls: Vec<K>,
}

/// What came of a script whose calls are all made, whatever they give.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Played<R, F> {
    /// A result for each call.
    pub results: Vec<R>,
    /// The state after the last call.
    pub state: F,
}

/// A subject whose cases are scripts.
pub trait Scripted: Subject<Case = Script<Self::Config, Self::Call>> {
    /// How the service is set up.
    type Config: Data + Default;
    /// A call with its arguments.
    type Call: Data;
    /// What a call gives.
    type Result: Data;

    /// The topic of a call: its name.
    fn topic(call: &Self::Call) -> &'static str;

    /// A call for people, with its arguments.
    fn describe(call: &Self::Call) -> String;

    /// A result for people.
    fn show(result: &Self::Result) -> String;

    /// A result for each call that was made.
    fn results(outcome: &Self::Outcome) -> &[Self::Result];

    /// What an outcome says beside its results, field by field: the final state.
    fn fields(outcome: &Self::Outcome) -> State;

    /// Calls that are a little simpler than this one, the boldest simplifications first; never the call itself.
    fn simpler_calls(call: &Self::Call) -> Vec<Self::Call>;

    /// Configurations that are a little simpler than this one; never the configuration itself.
    fn simpler_configs(config: &Self::Config) -> Vec<Self::Config>;
}

/// The state that an outcome shows: the results by their position, then the final state. If results differ, the first
/// one that does tells most.
pub fn end<S: Scripted>(outcome: &S::Outcome) -> State {
    let mut state = State::default();
    for (result, index) in S::results(outcome).iter().zip(0..) {
        state.push(Path::at("results[#]", index), Value::text(S::show(result)));
    }
    state.fields.extend(S::fields(outcome).fields);
    state
}

/// The topics of a script: that of its first call, then all others in order of name.
pub fn topics<S: Scripted>(case: &S::Case) -> Vec<&'static str> {
    let mut topics = case.calls.iter().map(S::topic);
    match topics.next() {
        Some(first) => first_and_others(first, topics),
        None => S::all_topics().into_iter().take(1).collect(),
    }
}

/// The script for people: its configuration and a line for each call.
pub fn listing<S: Scripted>(case: &S::Case) -> String {
    let mut text = format!("config: {}\n", serde_json::to_string(&case.config).unwrap_or_default());
    for (call, number) in case.calls.iter().zip(1..) {
        text.push_str(&format!("{number:>3}  {}\n", S::describe(call)));
    }
    text
}

/// The steps of scripts: their calls.
#[derive(Clone, Copy, Debug)]
pub struct CallByCall;

impl<S: Scripted> Steps<S> for CallByCall {
    fn count(&self, case: &S::Case) -> u32 {
        case.calls.len().max(1) as u32
    }

    fn first(&self, case: &S::Case, steps: u32) -> S::Case {
        Script {
            config: case.config.clone(),
            calls: case.calls.iter().take(steps as usize).cloned().collect(),
        }
    }

    /// A service cannot be started in the middle.
    fn next(&self, _: &S::Case, _: &S::Outcome) -> Option<S::Case> {
        None
    }

    fn topic(&self, case: &S::Case, before: Option<&S::Outcome>) -> &'static str {
        let done = before.map_or(0, |before| S::results(before).len());
        case.calls.get(done).map_or_else(|| topics::<S>(case)[0], S::topic)
    }

    fn describe(&self, case: &S::Case, before: Option<&S::Outcome>) -> String {
        let done = before.map_or(0, |before| S::results(before).len());
        case.calls.get(done).map_or_else(|| "(no call)".into(), S::describe)
    }

    fn result(&self, _: &S::Case, after: &S::Outcome) -> Option<String> {
        S::results(after).last().map(S::show)
    }
}

impl<S: Scripted> Shrinks<S> for CallByCall {
    /// Without halves of the calls, then ever smaller pieces, then with plainer calls.
    fn simpler(&self, case: &S::Case) -> Vec<S::Case> {
        let calls = &case.calls;
        let with = |calls: Vec<S::Call>| Script { config: case.config.clone(), calls };
        let sizes = std::iter::successors(Some(calls.len().div_ceil(2)), |size| Some(size / 2));
        let mut found = Vec::new();
        for size in sizes.take_while(|&size| size > 0) {
            // From the end, so that what later calls refer to stays as long as possible.
            for start in (0..calls.len()).step_by(size).rev() {
                let end = (start + size).min(calls.len());
                found.push(with(calls[..start].iter().chain(&calls[end..]).cloned().collect()));
            }
        }
        for config in S::simpler_configs(&case.config) {
            found.push(Script { config, calls: calls.clone() });
        }
        for (at, call) in calls.iter().enumerate() {
            found.extend(S::simpler_calls(call).into_iter().map(|simpler| {
                let mut calls = calls.clone();
                calls[at] = simpler;
                with(calls)
            }));
        }
        found
    }
}

/// What must hold of every outcome of a script: a result for each call.
///
/// # Errors
/// There are more or fewer results than calls.
pub fn check_results<S: Scripted>(case: &S::Case, outcome: &S::Outcome) -> Result<(), String> {
    let (results, calls) = (S::results(outcome).len(), case.calls.len());
    if results == calls { Ok(()) } else { Err(format!("results: {results} for {calls} calls")) }
}
