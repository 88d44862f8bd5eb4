//! Subject `control`: the control plane of MiniVM.
//!
//! A case is a script of the 20 calls by which a host loads, selects, runs and inspects tasks (design document, section
//! 6.1); its outcome is what each call gave, and the state that they leave. `PROTOCOL.md` beside this crate says what the
//! keys of both mean.

mod case;
mod cases;
mod check;
mod coverage;
mod images;
mod keys;
mod native;
mod outcome;
pub mod random;
mod session;
mod show;
mod simpler;
mod state;
mod stated;
pub mod sweep;
mod text;
mod words;

use oracle::capabilities;
use oracle::fuzz::{Create, Fuzzed};
use oracle::subject::script::{CallByCall, Scripted};
use oracle::subject::{Draw, Generates, Shrinks, State, Steps, Subject, Watched};
use oracle::suite::{Written, Yaml};
use oracle::{Machine, Role};

pub use case::{Call, Case, Config, MAX_CALLS, MAX_INSTRUCTIONS};
pub use cases::{Control, DOCUMENT};
pub use native::NativePlane;
pub use outcome::{
    CallResult, Created, Done, Final, Last, Lifecycle, Loaded, Outcome, Reason, Refusal, Row, Step, Task,
    Value,
};
pub use text::Vectors;

impl Subject for Control {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![(Role::Native, Box::new(NativePlane::default()))]
    }

    capabilities!(Control => generates: Generates<Self>, watched: Watched<Self>, shrinks: Shrinks<Self>);
    capabilities!(CallByCall => steps: Steps<Self>);
    capabilities!(Yaml(Vectors) => written: Written<Self>);
    capabilities!(Control => fuzzed: Fuzzed);
}

impl Scripted for Control {
    type Config = Config;
    type Call = Call;
    type Result = CallResult;

    fn topic(call: &Call) -> &'static str {
        call.name()
    }

    fn describe(call: &Call) -> String {
        show::call(call)
    }

    fn show(result: &CallResult) -> String {
        show::result(result)
    }

    fn results(outcome: &Outcome) -> &[CallResult] {
        &outcome.results
    }

    fn fields(outcome: &Outcome) -> State {
        state::fields(&outcome.state)
    }

    fn simpler_calls(call: &Call) -> Vec<Call> {
        simpler::calls(call)
    }

    fn simpler_configs(config: &Config) -> Vec<Config> {
        simpler::configs(config)
    }
}

impl Shrinks<Control> for Control {
    /// Without a task and all calls to it, then as every script.
    fn simpler(&self, case: &Case) -> Vec<Case> {
        let mut found = simpler::without_a_task(case);
        found.extend(Shrinks::<Control>::simpler(&CallByCall, case));
        found
    }
}

impl Generates<Control> for Control {
    fn sweep(&self) -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases())
    }

    fn random(&self, seed: u64) -> Draw<Control> {
        Box::new(move |index| random::script(seed, index))
    }
}

impl Fuzzed for Control {
    fn targets(&self) -> Vec<(&'static str, Create)> {
        Vec::new()
    }

    fn cases_target(&self) -> Option<&'static str> {
        Some("control_plane")
    }
}
