//! A subject on a chip: a register that walks through a fixed sequence. Its outcomes have as many parts as its cases have
//! steps, so that answers are long.

use hil::links::simulated::Simulated;
use hil_wire::{Cost, Task, read};
use mcu_target_device::host::OnHost;
use mcu_target_device::{Answer as OnWire, Hardware, Runner, Runners, Unread};
use oracle::machine::FailureKind;
use oracle::subject::{Arrived, Budget, Code, Measured, OnChip, Path, State, Steps, Track, Value};
use oracle::{Answer, Cases, Machine, Profile, Role, Subject, capabilities};
use serde::{Deserialize, Serialize};

/// The subject.
#[derive(Clone, Copy, Debug, Default)]
pub struct Walk;

/// Where it starts, and how many steps it takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub at: u32,
    pub steps: u32,
}

/// Where it has been after each step.
pub type Outcome = Vec<u32>;

/// The number of the subject. The number of a profile is its position.
pub const NUMBER: u8 = 77;
/// Steps that the chip has room for.
pub const ROOM: u32 = 5000;

/// One step.
fn step(profile: u8, at: u32) -> u32 {
    at.wrapping_mul(1_664_525).wrapping_add(1_013_904_223 + u32::from(profile))
}

impl Cases for Walk {
    const NAME: &'static str = "walk";
    const PROFILES: &'static [Profile] = &[
        Profile::new("one", "The first sequence."),
        Profile::new("two", "The second sequence."),
        Profile::new("host", "The third sequence, which the chip does not know."),
    ];
    type Case = Case;
    type Outcome = Outcome;

    fn check_case(_: &Case) -> Result<(), String> {
        Ok(())
    }
    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        (outcome.len() == case.steps as usize).then_some(()).ok_or_else(|| "steps: not all".into())
    }
    fn start(case: &Case) -> State {
        let mut state = State::default();
        state.push(Path::of("at"), Value::word(case.at));
        state
    }
    fn end(case: &Case, outcome: &Outcome) -> State {
        let mut state = Walk::start(&Case { at: outcome.last().copied().unwrap_or(case.at), ..*case });
        state.push(Path::of("path"), Value::words(outcome));
        state
    }
    fn topics(_: &Case) -> Vec<&'static str> {
        vec!["step"]
    }
    fn all_topics() -> Vec<&'static str> {
        vec!["step"]
    }
    fn listing(case: &Case) -> String {
        format!("{} steps from {:#x}", case.steps, case.at)
    }
}

impl Subject for Walk {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![(Role::Native, Box::new(Walk))]
    }
    capabilities!(Walk => steps: Steps<Self>, on_chip: OnChip<Self>);
}

fn number(profile: Profile) -> u8 {
    Walk::PROFILES.iter().position(|known| *known == profile).expect("a profile of the subject") as u8
}

impl Machine<Walk> for Walk {
    fn name(&self) -> &str {
        "rust"
    }
    fn profiles(&self) -> &[Profile] {
        Walk::PROFILES
    }
    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let walk = |case: &Case| path(number(profile), case).skip(1).collect();
        cases.iter().map(|case| Answer::Outcome(walk(case))).collect()
    }
}

/// Where it is, at the start and after each step.
fn path(profile: u8, case: &Case) -> impl Iterator<Item = u32> + use<> {
    std::iter::successors(Some(case.at), move |&at| Some(step(profile, at))).take(case.steps as usize + 1)
}

impl Steps<Walk> for Walk {
    fn count(&self, case: &Case) -> u32 {
        case.steps.max(1)
    }
    fn first(&self, case: &Case, steps: u32) -> Case {
        Case { steps, ..*case }
    }
    fn next(&self, _: &Case, outcome: &Outcome) -> Option<Case> {
        Some(Case { at: *outcome.last()?, steps: 1 })
    }
    fn topic(&self, _: &Case, _: Option<&Outcome>) -> &'static str {
        "step"
    }
}

/// The digest that follows `previous`.
fn digest(previous: u64, at: u32) -> u64 {
    previous.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(at)
}

impl OnChip<Walk> for Walk {
    fn number(&self) -> u8 {
        NUMBER
    }
    fn profile(&self, profile: Profile) -> Option<u8> {
        Some(number(profile)).filter(|number| *number < 2)
    }
    fn encode(&self, case: &Case) -> Vec<u8> {
        postcard::to_stdvec(case).expect("memory takes everything")
    }
    fn decode(&self, _: &Case, arrived: &Arrived<'_>) -> Answer<Outcome> {
        match arrived.parts.iter().map(|part| read(part)).collect() {
            Ok(outcome) => Answer::Outcome(outcome),
            Err(_) => Answer::broken(FailureKind::Form, "a part is no number"),
        }
    }
    fn limit(&self, _: u8) -> &'static str {
        "the chip has no room for so many steps"
    }
    fn canaries(&self) -> Vec<&'static str> {
        vec!["first step", "last step"]
    }
    fn follow(&self, profile: Profile, case: &Case, every: u32) -> Track {
        let mut digests = Vec::new();
        let all: Vec<u32> = path(number(profile), case).collect();
        for stretch in all[1..].chunks(every as usize) {
            let previous = digests.last().copied().unwrap_or_default();
            digests.push(digest(previous, *stretch.last().expect("it is not empty")));
        }
        let end = postcard::to_stdvec(&all[all.len() - 1]).expect("memory takes everything");
        Track { digests, steps: case.steps, end }
    }
    fn budget(&self) -> Option<Budget<Case>> {
        let kind = Measured { name: "step", case: Case { at: 1, steps: 10 }, rounds: 3 };
        let code = |_| Code { of_crate: "walk", for_type: "walk", shared: &[] };
        let ways = vec![""];
        Some(Budget {
            kinds: vec![kind],
            ways,
            is_scored: |_| true,
            program: |case| case.at.to_be_bytes().to_vec(),
            clock: None,
            part: "interpreter",
            code,
            max_code: 1,
            ram: "RAM",
            max_ram: 1,
            apart: Vec::new(),
            alone: Vec::new(),
        })
    }
}

/// The subject's runner on the chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnDevice {
    /// After so many steps it takes a wrong one; 0 = never.
    pub wrong_step: u32,
    /// The place in which it answers canaries as if they were cases.
    pub blind: Option<u8>,
}

impl<H: Hardware> Runners<H> for OnDevice {
    fn runner(&mut self, subject: u8) -> Option<&mut dyn Runner<H>> {
        (subject == NUMBER).then_some(self as &mut dyn Runner<H>)
    }
}

impl<H: Hardware> Runner<H> for OnDevice {
    fn run(
        &mut self,
        profile: u8,
        task: Task,
        case: &[u8],
        answer: &mut OnWire<'_, H>,
    ) -> Result<(), Unread> {
        let mut case: Case = read(case)?;
        if profile > 1 {
            return Err(Unread::Profile);
        }
        if let Task::Measure { steps, .. } = task {
            case.steps = steps;
        }
        if case.steps > ROOM {
            answer.unsupported(0);
            return Ok(());
        }
        let (mut at, mut last) = (case.at, 0);
        for taken in 1..=case.steps {
            at = step(profile, at) ^ u32::from(taken == self.wrong_step);
            match task {
                Task::Outcome | Task::Trace => answer.part(&at),
                Task::Canary(place) => {
                    let is_wrong = taken == if place == 0 { 1 } else { case.steps };
                    answer.part(&(at ^ u32::from(is_wrong && self.blind != Some(place))));
                }
                Task::Digests { every } if taken % every == 0 || taken == case.steps => {
                    last = digest(last, at);
                    answer.digest(last);
                }
                Task::Digests { .. } | Task::Measure { .. } => {}
            }
        }
        if let Task::Measure { .. } = task {
            let (ticks, stack) = answer.measure(&mut || ());
            answer.cost(Cost { ticks, stack, state: 8 });
        }
        answer.finish(case.steps, &at);
        Ok(())
    }
}

/// A chip with this runner.
pub fn chip(runner: OnDevice) -> Simulated {
    Simulated::start(move || {
        let mut device = OnHost::start(Box::new(runner), &[NUMBER]);
        Box::new(move |bytes| device.exchange(bytes))
    })
}

/// Cases of up to so many steps.
pub fn cases(count: u32, longest: u32) -> Vec<Case> {
    (0..count).map(|at| Case { at: at.wrapping_mul(0x0101_4567), steps: 1 + at * at % longest }).collect()
}
