//! Machine `rust` for scripts: the executive of `vm/executive`, in process.

use std::cell::Cell;
use std::collections::BTreeSet;

use executive::{Profile as Reading, Raise, SwitchSet};
use oracle::subject::{Cases, Ledgered, Profile, Switch, Switched};
use oracle::{Answer, Machine};

use crate::case::Case;
use crate::cases::Executive;
use crate::config::Policy;
use crate::outcome::{Outcome, RAISES, Raised};
use crate::profile::{self, REFERENCE, STRICT, SWITCHES};
use crate::session::Room;

/// The executive on a desk.
#[derive(Default)]
pub struct NativeExecutive {
    room: Room,
}

impl Machine<Executive> for NativeExecutive {
    fn name(&self) -> &str {
        "rust"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn profiles(&self) -> &[Profile] {
        Executive::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let mut answer = |case: &Case| {
            if has_no_policy(profile, case) {
                return Answer::Unsupported("the reference has one policy".into());
            }
            match profile::with!(profile, |it| self.play(it, case)) {
                Ok(outcome) => Answer::Outcome(outcome),
                Err(why) => Answer::Unsupported(why),
            }
        };
        cases.iter().map(&mut answer).collect()
    }
}

/// Whether the case asks for a policy that the profile does not have.
pub(crate) fn has_no_policy(profile: Profile, case: &Case) -> bool {
    profile == REFERENCE && case.config.policy != Policy::Instruction
}

/// The executive with its switches one by one, and which of them the last run has asked for.
#[derive(Default)]
struct Switchboard {
    executive: NativeExecutive,
    asked: Cell<u32>,
}

/// A profile put together at run time, that notes which switches are asked for.
#[derive(Clone, Copy)]
struct Noting<'a> {
    set: SwitchSet,
    asked: &'a Cell<u32>,
}

impl Reading for Noting<'_> {
    type Machine = <SwitchSet as Reading>::Machine;

    fn strict(self, switch: executive::Switch) -> bool {
        self.asked.set(self.asked.get() | 1 << switch as u32);
        self.set.strict(switch)
    }

    fn machine(self) -> Self::Machine {
        self.strict(executive::Switch::Layout);
        self.set.machine()
    }
}

impl Switched<Executive> for Switchboard {
    fn run(&mut self, profile: Profile, flipped: &[usize], case: &Case) -> Option<Outcome> {
        if has_no_policy(profile, case) {
            return None;
        }
        let set = if profile == STRICT { SwitchSet::STRICT } else { SwitchSet::REFERENCE };
        // A switch with two rows is in the list twice, and is flipped once.
        let flipped = flipped.iter().filter_map(|&at| SWITCHES.get(at));
        let flipped: BTreeSet<_> = flipped.map(|(switch, _)| *switch).collect();
        let set = flipped.into_iter().fold(set, |set, switch| set.flipped(switch));
        self.asked.set(0);
        self.executive.play(Noting { set, asked: &self.asked }, case).ok()
    }

    fn asked(&self, at: usize) -> bool {
        SWITCHES.get(at).is_some_and(|(switch, _)| self.asked.get() & 1 << *switch as u32 != 0)
    }
}

impl Ledgered<Executive> for Executive {
    fn switches(&self) -> Vec<Switch> {
        SWITCHES.iter().map(|(switch, row)| Switch { row, name: switch.name() }).collect()
    }

    fn machine(&self) -> Box<dyn Switched<Executive>> {
        Box::new(Switchboard::default())
    }

    fn shows_many(&self) -> bool {
        true
    }

    fn flaw(&self, outcome: &Outcome) -> Option<(&'static str, u32)> {
        let Raised { call, kind } = outcome.raised.as_ref()?;
        let row = match RAISES.into_iter().find(|raise| raise.name() == kind)? {
            Raise::InvalidConversion | Raise::RetStraddle => "X9",
            Raise::LibmDomain | Raise::LibmOverflow => "X3",
            Raise::BadTarget => "E23",
            Raise::StaleFd => "X7",
            Raise::MemoryGrowth => "X2",
        };
        Some((row, *call as u32 + 1))
    }
}

impl NativeExecutive {
    /// Plays a script in any profile, one put together from switches included.
    ///
    /// # Errors
    /// What this executive has no room for.
    pub fn play(&mut self, profile: impl Reading, case: &Case) -> Result<Outcome, String> {
        let mut session = self.room.session(profile, &case.config);
        let mut results = Vec::with_capacity(case.calls.len());
        for call in &case.calls {
            let result = session.call(call);
            if let Some(shortage) = session.shortage() {
                return Err(format!("there is no room: {shortage:?}"));
            }
            if let Some(raise) = session.raised() {
                let raised = Raised { call: results.len(), kind: raise.name().into() };
                return Ok(Outcome { results, raised: Some(raised), state: None });
            }
            results.push(result);
        }
        Ok(Outcome { results, raised: None, state: Some(Box::new(session.end())) })
    }
}
