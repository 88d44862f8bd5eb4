//! Machine `rust`: the VM of `vm/cockpit`, in process.

use cockpit::{Program, Recorder, SwitchSet, Vm};
use oracle::subject::{Cases, Ledgered, Switch, Switched};
use oracle::{Answer, Machine, Profile};

use crate::case::Case;
use crate::cases::Cockpit;
use crate::outcome::Outcome;
use crate::profile;

/// The VM with recording devices.
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeVm;

impl Machine<Cockpit> for NativeVm {
    fn name(&self) -> &str {
        "rust"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn profiles(&self) -> &[Profile] {
        Cockpit::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let run = |case| Answer::Outcome(profile::with!(profile, |it| execute(it, case)));
        cases.iter().map(run).collect()
    }
}

impl Switched<Cockpit> for NativeVm {
    fn run(&mut self, profile: Profile, flipped: &[usize], case: &Case) -> Option<Outcome> {
        let switches = profile::switches_of_instructions();
        let flip = |set: SwitchSet, &at: &usize| set.flipped(switches[at]);
        Some(execute(flipped.iter().fold(profile::switch_set(profile), flip), case))
    }
}

impl Ledgered<Cockpit> for Cockpit {
    fn switches(&self) -> Vec<Switch> {
        let switch = |it: cockpit::Switch| Switch { row: it.ledger_row(), name: it.name() };
        profile::switches_of_instructions().into_iter().map(switch).collect()
    }

    fn machine(&self) -> Box<dyn Switched<Cockpit>> {
        Box::new(NativeVm)
    }
}

/// Runs a case in any profile, one put together from switches included.
pub fn execute(profile: impl cockpit::Profile, case: &Case) -> Outcome {
    let (mut state, mut hal, strings) = (state(case), devices(case), strings(case));
    let program = Program { code: case.words(), strings: &strings };
    let run = Vm::new(profile, program, &mut state, &mut hal).run(case.max_steps);
    Outcome::of(run.stop, run.steps, &state, &hal)
}

/// The state that a case starts from. What keeps no limit was refused where cases are read, and is left out here.
pub fn state(case: &Case) -> cockpit::State {
    let mut state = cockpit::State::new();
    state.pc = case.pc;
    state.stack = cockpit::Stack::from_cells(&case.stack).unwrap_or_default();
    fill(&mut state.globals, &case.globals);
    fill(&mut state.pins, &case.pins);
    for (number, elements) in &case.arrays {
        if let Ok(array) = state.arrays.create((*number).into(), elements.len()) {
            array.copy_from_slice(elements);
        }
    }
    state
}

/// Devices that answer as a case says.
pub fn devices(case: &Case) -> Recorder {
    let mut hal = Recorder { millis: case.millis, micros: case.micros, ..Recorder::default() };
    let levels = |entries: &[(u8, u8)]| -> Vec<(u8, bool)> {
        entries.iter().map(|(number, level)| (*number, *level != 0)).collect()
    };
    fill(&mut hal.digital, &levels(&case.digital));
    fill(&mut hal.analog, &case.analog);
    fill(&mut hal.buttons, &levels(&case.buttons));
    hal
}

/// The strings of a case as bytes.
pub fn strings(case: &Case) -> Vec<&[u8]> {
    case.strings.iter().map(|text| text.as_bytes()).collect()
}

fn fill<T: Copy>(slots: &mut [T], entries: &[(u8, T)]) {
    for (number, value) in entries {
        if let Some(slot) = slots.get_mut(usize::from(*number)) {
            *slot = *value;
        }
    }
}
