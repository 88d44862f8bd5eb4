//! Findings: differences that look alike, explained by the first of them.

use std::path::Path;

use crc::{CRC_32_ISO_HDLC, Crc};
use serde::{Deserialize, Serialize};
use vectors::{Difference, Profile};

use super::LaneReport;
use crate::plan::{Order, order};

/// Groups that are explained, a lane: those whose first case comes first. Which these are does not change when
/// shards are merged.
pub const EXPLAINED: usize = 12;

/// Differing programs that are searched for their first difference, a lane.
pub const SEARCHED_PROGRAMS: usize = 40;

/// A group of differences that look alike, explained by one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The lane.
    pub lane: String,
    /// The subject.
    pub subject: String,
    /// The profile that the machine under test ran in.
    pub profile: Profile,
    /// Who is to blame.
    pub blame: Blame,
    /// What it is about, e.g. the opcode at the first difference.
    pub topic: String,
    /// What the cases have in common: the fields that differ, or the failure.
    pub aspect: String,
    /// How many cases look like this, as far as they were looked at.
    pub count: u64,
    /// Those of them that are programs, searched for the step that differs.
    pub programs: Vec<String>,
    /// The first of the cases, e.g. `sweep/17`: the one it is explained by.
    pub case: String,
    /// Whether it is explained. Of each lane the first groups are; of the others only what stands above is known.
    pub explained: bool,
    /// How the machine or the oracle failed, where there is no outcome to compare.
    pub failure: Option<String>,
    /// The step at which the two first differ, from 1.
    pub step: Option<u32>,
    /// The smallest case that shows it, for people.
    pub listing: String,
    /// The fields that differ in it.
    pub differences: Vec<Difference>,
    /// The complete state before, where the two still agreed, field by field.
    pub before: Vec<(String, String)>,
    /// What the oracle has after it.
    pub expected: Vec<(String, String)>,
    /// What the machine has after it.
    pub got: Vec<(String, String)>,
    /// Both sides of the smallest case, step by step.
    pub traces: Option<Traces>,
    /// The same around the difference in the first of the programs.
    pub in_program: Option<InProgram>,
    /// The ledger row that describes just this, where the machine was not supposed to follow it.
    pub resembles: Option<String>,
    /// The vector that was written, in the folder of the result, or the one of the project that failed.
    pub file: String,
    /// Its text, where it was written.
    pub vector: String,
    /// The command that shows it again, from the folder of the result.
    pub replay: String,
}

/// Who is to blame for a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blame {
    /// The machine under test.
    #[default]
    Machine,
    /// The oracle.
    Oracle,
}

/// Both sides of a difference, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// The first step shown, from 1.
    pub first: u32,
    /// The complete state before it, where both agree, field by field.
    pub start: Vec<(String, String)>,
    /// What the oracle did; empty where it is the vectors, which state only how it ends.
    pub oracle: Vec<Step>,
    /// What the machine did.
    pub machine: Vec<Step>,
}

/// A difference where it was in a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InProgram {
    /// The program.
    pub case: String,
    /// The first step that differs, from 1.
    pub step: u32,
    /// Both sides, from a little before it to a little after.
    pub traces: Traces,
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What was done, e.g. address, word and disassembly.
    pub what: String,
    /// The fields that it changed, with their new values. Memory is given as the bytes that changed.
    pub changes: Vec<(String, String)>,
}

/// The name of a file about a finding, without its ending: it says what it is about, and is the same for the same
/// content.
pub fn file_name(about: &str, content: &[u8]) -> String {
    let words = about.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    format!("{words}-{:08x}", Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(content))
}

impl Finding {
    /// Whether it was found in this lane.
    pub fn is_of(&self, lane: &LaneReport) -> bool {
        (&self.subject, &self.lane) == (&lane.subject, &lane.name)
    }

    /// Where it stands among the findings of a lane: those with a single step before those found in programs, each by
    /// their first case.
    pub(crate) fn position(&self) -> (bool, Order<'_>) {
        (self.programs.contains(&self.case), order(&self.case))
    }

    /// Names its file as seen from outside `folder`.
    pub(super) fn move_into(&mut self, folder: &Path) {
        if !self.vector.is_empty() {
            let moved = folder.join(&self.file).display().to_string();
            self.replay = self.replay.replace(&self.file, &moved);
            self.file = moved;
        }
    }
}
