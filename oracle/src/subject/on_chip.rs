//! What the host needs of a subject that is on a chip.
//!
//! Cases and outcomes cross the link in a form of the subject's own, which `vectors/NAME/wire` defines once for the host
//! and for the firmware. Nobody between the two reads it: the engine and the links carry bytes.

use crate::cases::{Cases, Profile};
use crate::machine::Answer;

/// Cases of the subject run on a chip, whose firmware has a runner for it.
pub trait OnChip<S: Cases>: Sync {
    /// The number that frames call the subject by. The firmware knows it by the same number, and no other subject has it.
    fn number(&self) -> u8;

    /// The number that frames call a profile by; `None` if the firmware cannot run in it.
    fn profile(&self, profile: Profile) -> Option<u8>;

    /// The profiles that the firmware can run in, in the subject's order.
    fn profiles(&self) -> Vec<Profile> {
        S::PROFILES.iter().copied().filter(|profile| self.profile(*profile).is_some()).collect()
    }

    /// Whether it needs so much of a chip that the firmware with its runner has no other subject's. It is the feature of the
    /// subject's name.
    fn is_alone(&self) -> bool {
        false
    }

    /// The case as it crosses the link.
    fn encode(&self, case: &S::Case) -> Vec<u8>;

    /// Whether the case asks for a trace. It is sent as another task, not as a part of the case.
    fn wants_trace(&self, _case: &S::Case) -> bool {
        false
    }

    /// What the chip's answer to the case comes to: an outcome, or a failure of the kind
    /// [`Form`](crate::machine::FailureKind::Form) if it is none.
    fn decode(&self, case: &S::Case, arrived: &Arrived<'_>) -> Answer<S::Outcome>;

    /// What the chip has too little of for a case, by the number that the firmware gives as its reason.
    fn limit(&self, number: u8) -> &'static str;

    /// The places in which the firmware can make an outcome wrong on purpose, by name, e.g. `register`. Frames call each by
    /// its position. A canary is recognised if its outcome differs from the right one in any field.
    fn canaries(&self) -> Vec<&'static str>;

    /// Runs the case on this host and digests its state as the firmware does: after every `every` steps, at least 1, and at
    /// the end.
    fn follow(&self, profile: Profile, case: &S::Case, every: u32) -> Track;

    /// What is measured of it; `None` if nothing is.
    fn budget(&self) -> Option<Budget<S::Case>> {
        None
    }
}

/// An outcome as it has crossed the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// Its parts, in the order in which the firmware has sent them; each is one item of the subject's.
    pub parts: Vec<&'a [u8]>,
    /// Steps taken.
    pub steps: u32,
    /// How it ended, as the subject writes that.
    pub end: &'a [u8],
}

/// The way of a case, told by digests of its complete state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The digests in order, each with the one before in it.
    pub digests: Vec<u64>,
    /// Steps taken.
    pub steps: u32,
    /// How it ended, as it crosses the link.
    pub end: Vec<u8>,
}

/// What a subject costs on a chip: what is measured, and the aims that hold whatever compiler is used.
#[derive(Clone, Debug)]
pub struct Budget<C> {
    /// Cases that take the same kind of step over and over, to tell what a step of this kind costs.
    pub kinds: Vec<Measured<C>>,
    /// The names of the ways that the firmware has of running a case, by the numbers that frames call them by; one without a
    /// name if there is only one.
    pub ways: Vec<&'static str>,
    /// Whether the vector of this name is a program by which programs are judged: a real one, for which nothing was tuned.
    pub is_scored: fn(&str) -> bool,
    /// The program that a case runs: cases of one program, each with data of its own, have the same bytes here.
    pub program: fn(&C) -> Vec<u8>,
    /// The clock in MHz at which the subject's documents count, if they name one.
    pub clock: Option<f64>,
    /// What the code of a profile is, for people, e.g. `interpreter`.
    pub part: &'static str,
    /// How the code of a profile is told from other code of the firmware.
    pub code: fn(Profile) -> Code,
    /// Bytes of flash that the code of each profile may take.
    pub max_code: u64,
    /// What the firmware counts as the subject's RAM, for people, e.g. `RAM beside the tape`.
    pub ram: &'static str,
    /// Bytes of it that may be taken, with the stack.
    pub max_ram: u64,
    /// More ways of running a case, each in firmware of its own. Their numbers follow those of the ways above.
    pub apart: Vec<Apart>,
    /// Firmware with no other subject in it, if it has a chip of its own to fit.
    pub alone: Vec<Alone>,
}

/// A way of running a case that only firmware with a certain feature has, so that it costs nothing where it is not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apart {
    /// Its name.
    pub way: &'static str,
    /// The feature of `mcu-target`.
    pub feature: &'static str,
    /// What this firmware counts as the subject's RAM, for people.
    pub ram: &'static str,
    /// Bytes of it that may be taken, with the stack.
    pub max_ram: u64,
}

/// Firmware with one subject only, and the chip that it must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alone {
    /// What it is, for people, e.g. `behind a link`.
    pub name: &'static str,
    /// The program of `mcu-target`.
    pub program: &'static str,
    /// The chip, which is a feature of `mcu-target`.
    pub chip: &'static str,
    /// The other features.
    pub features: &'static [&'static str],
    /// Bytes of flash that all of it may take.
    pub max_flash: u64,
    /// Bytes of RAM that its variables may take.
    pub max_ram: u64,
}

/// A case that is measured.
#[derive(Clone, Debug)]
pub struct Measured<C> {
    /// The kind of its steps.
    pub name: &'static str,
    /// The case.
    pub case: C,
    /// How often it runs in one measurement, at least 1. Memory is then as the round before has left it.
    pub rounds: u16,
}

/// What tells the code of a profile by the names of its symbols: all functions of a crate that are compiled for a type, and
/// what it shares with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The crate, as in paths.
    pub of_crate: &'static str,
    /// The path of the type.
    pub for_type: &'static str,
    /// What the paths of all functions that it shares with others begin with.
    pub shared: &'static [&'static str],
}
