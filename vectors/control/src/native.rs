//! Machine `rust` for scripts: the control plane of `vm/minivm`, in process.

use oracle::subject::{Cases, Profile};
use oracle::{Answer, Machine};

use crate::case::Case;
use crate::cases::Control;
use crate::outcome::{CallResult, Outcome};
use crate::session::{Play, Room, Session};

/// The control plane with room for the largest configuration.
#[derive(Default)]
pub struct NativePlane {
    room: Room,
}

impl Machine<Control> for NativePlane {
    fn name(&self) -> &str {
        "rust"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn profiles(&self) -> &[Profile] {
        Control::PROFILES
    }

    fn run(&mut self, _: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        cases.iter().map(|case| Answer::Outcome(self.play(case))).collect()
    }
}

impl NativePlane {
    /// Plays a script.
    pub fn play(&mut self, case: &Case) -> Outcome {
        self.room.play(case, Script(case))
    }
}

/// Makes the calls of a case, one after the other.
struct Script<'a>(&'a Case);

impl Play for Script<'_> {
    type Output = Outcome;

    fn play<const N: usize>(self, mut session: Session<'_, N>) -> Outcome {
        let mut result = |call| match session.call(call) {
            Ok(value) => CallResult::Ok(value),
            Err(error) => CallResult::Error(error.errno().into()),
        };
        let results = self.0.calls.iter().map(&mut result).collect();
        Outcome { results, state: session.end() }
    }
}
