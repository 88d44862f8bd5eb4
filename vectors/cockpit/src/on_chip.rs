//! The subject on a chip: its cases and outcomes in the form of `wire/`, and the same digests on this host.

use cockpit::{Program, Vm};
use oracle::Profile;
use oracle::machine::{Answer, FailureKind};
use oracle::subject::{Arrived, Budget, OnChip, Track};
use oracle_sequence::{Sequence, read};
use serde::Serialize;
use vectors_cockpit_wire as wire;
use wire::{Board, Canary, End, Item, Limit, Outside, Text, digest, read_cells};

use crate::case::Case;
use crate::cases::Cockpit;
use crate::outcome::{Call, Outcome, Stop};
use crate::profile::{HEAD, PLAN};
use crate::{budget, native, profile};

impl OnChip<Cockpit> for Cockpit {
    fn number(&self) -> u8 {
        wire::SUBJECT
    }

    fn profile(&self, profile: Profile) -> Option<u8> {
        let known = [(HEAD, wire::Profile::Head), (PLAN, wire::Profile::Plan)];
        known.into_iter().find(|(ours, _)| *ours == profile).map(|(_, theirs)| theirs.number())
    }

    fn encode(&self, case: &Case) -> Vec<u8> {
        let elements: Vec<(u8, Vec<u8>)> =
            case.arrays.iter().map(|(number, elements)| (*number, bytes_of(elements))).collect();
        let arrays = pack(elements.iter().map(|(number, bytes)| (number, Text(bytes))));
        let strings = pack(case.strings.iter().map(|text| Text(text.as_bytes())));
        let [pins, digital, buttons] = [&case.pins, &case.digital, &case.buttons].map(pack);
        let (globals, analog) = (pack(&case.globals), pack(&case.analog));
        pack([wire::Case {
            max_steps: case.max_steps,
            pc: case.pc,
            millis: case.millis,
            micros: case.micros,
            stack: &bytes_of(&case.stack),
            globals: Sequence::of_bytes(&globals),
            arrays: Sequence::of_bytes(&arrays),
            strings: Sequence::of_bytes(&strings),
            pins: Sequence::of_bytes(&pins),
            digital: Sequence::of_bytes(&digital),
            analog: Sequence::of_bytes(&analog),
            buttons: Sequence::of_bytes(&buttons),
            code: &case.code,
        }])
    }

    fn decode(&self, _: &Case, arrived: &Arrived<'_>) -> Answer<Outcome> {
        outcome(arrived).map_or_else(|why| Answer::broken(FailureKind::Form, why), Answer::Outcome)
    }

    fn limit(&self, number: u8) -> &'static str {
        Limit::of(number).map_or("the chip gives a reason that is not known", Limit::about)
    }

    fn canaries(&self) -> Vec<&'static str> {
        Canary::ALL.iter().map(|canary| canary.name()).collect()
    }

    fn follow(&self, profile: Profile, case: &Case, every: u32) -> Track {
        profile::with!(profile, |it| follow(it, case, every.max(1)))
    }

    fn budget(&self) -> Option<Budget<Case>> {
        Some(budget::budget())
    }
}

fn bytes_of(cells: &[i32]) -> Vec<u8> {
    cells.iter().flat_map(|cell| cell.to_le_bytes()).collect()
}

fn pack<T: Serialize>(items: impl IntoIterator<Item = T>) -> Vec<u8> {
    items.into_iter().fold(Vec::new(), |bytes, item| {
        // Cases are plain data: writing them to memory does not fail.
        postcard::to_extend(&item, bytes).expect("memory takes everything")
    })
}

/// The outcome that has arrived.
///
/// # Errors
/// Why it is none.
fn outcome(arrived: &Arrived<'_>) -> Result<Outcome, String> {
    let end: End = read(arrived.end).map_err(|_| format!("sends what is no end: {:02x?}", arrived.end))?;
    let mut outcome = Outcome {
        stop: stop(end.stop).ok_or_else(|| format!("stops for an unknown reason: {:?}", end.stop))?,
        steps: arrived.steps,
        pc: end.pc,
        stack: Vec::new(),
        globals: Vec::new(),
        arrays: Vec::new(),
        pins: Vec::new(),
        calls: Vec::new(),
    };
    for part in &arrived.parts {
        match read(part).map_err(|_| format!("sends what is no part of an outcome: {part:02x?}"))? {
            Item::Cells(bytes) => outcome.stack.extend(read_cells(bytes)),
            Item::Global(global) => outcome.globals.push(global),
            Item::Array(number, bytes) => outcome.arrays.push((number, read_cells(bytes).collect())),
            Item::Pin(pin) => outcome.pins.push(pin),
            Item::Call(call) => outcome.calls.push(self::call(&call)),
        }
    }
    Ok(outcome)
}

fn stop(stop: Option<wire::Stop>) -> Option<Stop> {
    Some(match stop {
        None => Stop::Budget {},
        Some(wire::Stop::Halt) => Stop::Halt {},
        Some(wire::Stop::End) => Stop::End {},
        Some(failed) => Stop::Error { error: failed.error()? },
    })
}

fn call(call: &wire::Call<'_>) -> Call {
    match *call {
        wire::Call::PinMode(pin, mode) => Call::PinMode { pin, mode },
        wire::Call::DigitalWrite(pin, value) => Call::DigitalWrite { pin, value },
        wire::Call::AnalogWrite(pin, value) => Call::AnalogWrite { pin, value },
        wire::Call::Delay(ms) => Call::Delay { ms },
        wire::Call::Print(text) => Call::Print { text: text.iter().copied().map(char::from).collect() },
        wire::Call::DisplayClear => Call::DisplayClear {},
        wire::Call::DisplayText(x, y, string) => Call::DisplayText { x, y, string },
        wire::Call::DisplayUpdate => Call::DisplayUpdate {},
        wire::Call::LedMorse(string) => Call::LedMorse { string },
    }
}

fn follow(profile: impl cockpit::Profile, case: &Case, every: u32) -> Track {
    let (mut state, strings) = (native::state(case), native::strings(case));
    let program = Program { code: case.words(), strings: &strings };
    let (mut digests, mut steps, mut stop) = (Vec::new(), 0, None);
    let mut outside = Outside::default();
    while stop.is_none() && steps < case.max_steps {
        let mut done = |call: &wire::Call<'_>| outside.add(call);
        let mut board = board(case, &mut done);
        let run = Vm::new(profile, program, &mut state, &mut board).run(every.min(case.max_steps - steps));
        (steps, stop) = (steps + run.steps, run.stop);
        digests.push(digest(digests.last().copied().unwrap_or_default(), &state, outside));
    }
    Track { digests, steps, end: pack([End { stop: stop.map(wire::Stop::of), pc: state.pc }]) }
}

/// The devices of a case.
fn board<'b>(case: &Case, done: &'b mut dyn FnMut(&wire::Call<'_>)) -> Board<'b> {
    let hal = native::devices(case);
    Board {
        digital: hal.digital,
        analog: hal.analog,
        buttons: hal.buttons,
        millis: hal.millis,
        micros: hal.micros,
        ..Board::new(done)
    }
}
