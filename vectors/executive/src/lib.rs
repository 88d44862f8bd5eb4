//! Subject `executive`: tasks, scheduler, mailboxes and services on the MiniVM.
//!
//! A case is a script of what a host can call; the images that it loads, and so the supervisor calls that their tasks make,
//! are part of it. Its outcome is what each call gave and told, and the state that they leave. `PROTOCOL.md` beside this
//! crate says what the keys of both mean.

mod budget;
mod case;
mod cases;
mod config;
mod coverage;
mod event;
mod fields;
pub mod fuzz;
mod images;
mod keys;
mod native;
mod on_chip;
mod outcome;
mod points;
mod profile;
mod programs;
pub mod random;
mod session;
mod show;
mod simpler;
mod snapshot;
mod state;
mod stated;
pub mod sweep;
mod text;
mod topics;
mod words;

use oracle::capabilities;
use oracle::fuzz::Fuzzed;
use oracle::subject::script::{CallByCall, Scripted};
use oracle::subject::{Draw, Generates, Ledgered, OnChip, Shrinks, State, Steps, Subject, Watched};
use oracle::suite::{Written, Yaml};
use oracle::{Machine, Role};

pub use case::{Call, Case, MAX_CALLS, MAX_IMAGE, MAX_STEP, MAX_STEPS, Stream};
pub use cases::Executive;
pub use config::{Config, Handler, Policy, Quotas};
pub use event::{CommandValue, Event, Failed};
pub use native::NativeExecutive;
pub use outcome::{CallResult, Io, Outcome, Peek, Raised, Step, Value};
pub use profile::{REFERENCE, STRICT};
pub use state::{
    Command, File, Final, Handle, Mailbox, MemoryRun, Message, NextFd, OpenFile, Pending, Registered, Sleep,
    Tap, Task, Wait,
};
pub use text::Vectors;

impl Subject for Executive {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![(Role::Native, Box::new(NativeExecutive::default()))]
    }

    capabilities!(Executive => generates: Generates<Self>, watched: Watched<Self>, ledgered: Ledgered<Self>, shrinks: Shrinks<Self>);
    capabilities!(CallByCall => steps: Steps<Self>);
    capabilities!(Yaml(Vectors) => written: Written<Self>);
    capabilities!(Executive => on_chip: OnChip<Self>, fuzzed: Fuzzed);
}

impl Scripted for Executive {
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
        fields::end(outcome)
    }

    fn simpler_calls(call: &Call) -> Vec<Call> {
        simpler::calls(call)
    }

    fn simpler_configs(config: &Config) -> Vec<Config> {
        simpler::configs(config)
    }
}

impl Shrinks<Executive> for Executive {
    /// As every script, then with shorter programs.
    fn simpler(&self, case: &Case) -> Vec<Case> {
        Shrinks::<Executive>::simpler(&CallByCall, case)
    }
}

impl Generates<Executive> for Executive {
    fn sweep(&self) -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases())
    }

    fn random(&self, seed: u64) -> Draw<Executive> {
        Box::new(move |index| random::script(seed, index))
    }

    /// A script costs several times as much as a case of other subjects.
    fn share(&self) -> u64 {
        51
    }
}
