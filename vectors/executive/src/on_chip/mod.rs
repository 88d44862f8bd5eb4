//! The subject on a chip: its scripts and outcomes in the form of `wire/`, and the same digests on this host.

mod assembly;
mod encode;

use executive::Profile as Reading;
use oracle::Profile;
use oracle::machine::{Answer, FailureKind};
use oracle::subject::{Arrived, Budget, OnChip, Track};
use oracle_sequence::{Packer, read};
use vectors_executive_wire as wire;
use wire::{Canary, End, Ended, Limit, Rooms, Script};

use crate::budget;
use crate::case::Case;
use crate::cases::Executive;
use crate::native::has_no_policy;
use crate::outcome::{Outcome, Raised};
use crate::profile::{self, REFERENCE, STRICT};
use assembly::Assembly;

const PROFILES: [(Profile, wire::Profile); 2] =
    [(REFERENCE, wire::Profile::Reference), (STRICT, wire::Profile::Strict)];

impl OnChip<Executive> for Executive {
    fn number(&self) -> u8 {
        wire::SUBJECT
    }

    fn profile(&self, profile: Profile) -> Option<u8> {
        PROFILES.iter().find(|(ours, _)| *ours == profile).map(|(_, theirs)| theirs.number())
    }

    /// Its tasks need most of the RAM of a chip.
    fn is_alone(&self) -> bool {
        true
    }

    fn encode(&self, case: &Case) -> Vec<u8> {
        encode::case(case)
    }

    fn decode(&self, case: &Case, arrived: &Arrived<'_>) -> Answer<Outcome> {
        match outcome(arrived) {
            Ok((profile, _)) if has_no_policy(profile, case) => {
                Answer::Unsupported("the reference has one policy".into())
            }
            Ok((_, outcome)) => Answer::Outcome(outcome),
            Err(why) => Answer::broken(FailureKind::Form, why),
        }
    }

    fn limit(&self, number: u8) -> &'static str {
        Limit::of(number).map_or("the chip gives a reason that is not known", Limit::about)
    }

    fn canaries(&self) -> Vec<&'static str> {
        Canary::ALL.iter().map(|canary| canary.name()).collect()
    }

    fn follow(&self, profile: Profile, case: &Case, every: u32) -> Track {
        profile::with!(profile, |it| follow(it, profile, case, every.max(1)))
    }

    fn budget(&self) -> Option<Budget<Case>> {
        Some(budget::budget())
    }
}

/// The profile in which a script was played, and the outcome that has arrived.
///
/// # Errors
/// Why it is none.
fn outcome(arrived: &Arrived<'_>) -> Result<(Profile, Outcome), String> {
    let no_end = || format!("sends what is no end: {:02x?}", arrived.end);
    let End { profile, ended } = read(arrived.end).map_err(|_| no_end())?;
    let known = PROFILES.iter().find(|(_, theirs)| theirs.number() == profile);
    let (profile, _) = *known.ok_or_else(no_end)?;
    let mut assembly = profile::with!(profile, |it| Assembly::new(it));
    for part in &arrived.parts {
        let item = read(part).map_err(|_| format!("sends what is no part of an outcome: {part:02x?}"))?;
        assembly.add(item)?;
    }
    let outcome = match ended {
        Ended::Raised(raise) => {
            let results = assembly.results;
            let raised = Raised { call: results.len(), kind: raise.name().into() };
            Outcome { results, raised: Some(raised), state: None }
        }
        Ended::Done(head) => {
            let (results, state) = assembly.finish(head)?;
            Outcome { results, raised: None, state: Some(Box::new(state)) }
        }
    };
    Ok((profile, outcome))
}

/// Follows a case in the rooms of the chip. What they have no room for has no track, and no outcome on the chip.
fn follow(reading: impl Reading, profile: Profile, case: &Case, every: u32) -> Track {
    let encoded = encode::case(case);
    let mut track = Track { digests: Vec::new(), steps: 0, end: Vec::new() };
    let script = read(&encoded).map_err(|_| None).and_then(Script::new);
    let mut rooms = Box::new(Rooms::new());
    let played = script.and_then(|script| {
        script.follow(&mut rooms, reading, every, &mut |digest| track.digests.push(digest))
    });
    if let (Ok((made, ended)), Some(profile)) = (played, OnChip::profile(&Executive, profile)) {
        let mut buffer = [0; 64];
        let mut packer = Packer::new(&mut buffer);
        // What ends a script fits.
        let _packed = packer.push(&End { profile, ended });
        (track.steps, track.end) = (made, packer.items::<End>().bytes().to_vec());
    }
    track
}
