//! A machine in this process whose panics are failures of the cases at which they come.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::cases::{Cases, Profile};
use crate::machine::{Answer, FailureKind, Machine, Sample};
use crate::measurement::Measurement;

/// A machine of which a panic costs the case that it comes at, not the run.
pub struct Caught<S: Cases>(Box<dyn Machine<S>>);

impl<S: Cases> Caught<S> {
    /// The same machine, caught.
    pub fn new(machine: Box<dyn Machine<S>>) -> Self {
        Caught(machine)
    }
}

thread_local! {
    /// What the panic at hand says, while this thread catches them.
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does the work. A panic in it is not printed, but given, with its place.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_caught = SAID.with_borrow_mut(|said| {
                let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
                let message = info.payload_as_str().unwrap_or("no message");
                let text = format!("panics{}: {message}", place.unwrap_or_default());
                said.as_mut().map(|said| *said = text).is_some()
            });
            if !is_caught {
                before(info);
            }
        }));
    });
    SAID.set(Some(String::new()));
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    let said = SAID.take().unwrap_or_default();
    done.map_err(|_| said)
}

impl<S: Cases> Machine<S> for Caught<S> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn version(&self) -> String {
        self.0.version()
    }

    fn command(&self) -> Option<String> {
        self.0.command()
    }

    fn profiles(&self) -> &[Profile] {
        self.0.profiles()
    }

    fn sample(&self) -> Option<Sample<S>> {
        self.0.sample()
    }

    fn measurements(&self) -> Vec<Measurement> {
        self.0.measurements()
    }

    fn load(&mut self) -> Result<(), String> {
        self.0.load()
    }

    fn run(&mut self, profile: Profile, cases: &[S::Case]) -> Vec<Answer<S::Outcome>> {
        match caught(|| self.0.run(profile, cases)) {
            Ok(answers) => answers,
            Err(said) => {
                self.0.restart();
                match cases {
                    [_] => vec![Answer::broken(FailureKind::Crash, said)],
                    // Each alone, to find the one.
                    _ => {
                        cases.iter().flat_map(|case| self.run(profile, std::slice::from_ref(case))).collect()
                    }
                }
            }
        }
    }

    fn run_profiles(
        &mut self,
        profiles: &[Profile],
        cases: &[S::Case],
    ) -> Option<Vec<Vec<Answer<S::Outcome>>>> {
        // If it panics, each profile by itself shows where.
        caught(|| self.0.run_profiles(profiles, cases)).unwrap_or_else(|_| {
            self.0.restart();
            None
        })
    }

    fn keeps_to_cores(&self) -> bool {
        self.0.keeps_to_cores()
    }

    fn restart(&mut self) {
        self.0.restart();
    }

    fn finish(&mut self) -> Result<(), String> {
        self.0.finish()
    }
}
