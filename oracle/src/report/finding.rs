//! Findings: differences that look alike, explained by the first of them.

use std::path::Path;

use crc::{CRC_32_ISO_HDLC, Crc};
use serde::{Deserialize, Serialize};

use super::lane::LaneReport;
use crate::called::quoted;
use crate::cases::{Difference, State};
use crate::lane::Lane;
use crate::origin::Origin;

/// The topic of a mistake that is the same whatever the case is about.
pub(crate) const EVERY_TOPIC: &str = "every topic";

/// Groups that are explained, a lane: those whose first case comes first. Which these are does not change when
/// shards are merged.
pub const EXPLAINED: usize = 12;

/// A group of differences that look alike, explained by one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The lane.
    pub lane: Lane,
    /// The subject.
    pub subject: String,
    /// The profile that the machine under test ran in; empty if the finding is not about a profile.
    pub profile: String,
    /// Who is to blame.
    pub blame: Blame,
    /// What the step that differs is about.
    pub topic: String,
    /// What the cases have in common: the families of fields that differ, or the failure.
    pub aspect: String,
    /// How many cases look like this.
    pub count: u64,
    /// The first of the cases: the one it is explained by.
    pub origin: Origin,
    /// What that case is counted with in the lane's `groups`.
    pub group: String,
    /// Whether it is explained. Of each lane the first groups are; of the others only what stands above is known.
    pub explained: bool,
    /// Whether the difference shows if the case runs alone; if not, it depends on the cases before it.
    pub alone: bool,
    /// The shortest sequence of cases after which it shows, if it does not show alone and one was found: their origins,
    /// in order. The vector file holds them in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Origin>,
    /// The rule that it breaks, as the vectors state it; absent if it is not known which one it is.
    pub rule: Option<String>,
    /// Where the page of the instruction set has its topic: file and anchor; absent if there is no such page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// How the machine or the oracle failed, if there is no outcome to compare.
    pub failure: Option<String>,
    /// The step at which the two first differ, from 1; absent if it is not known.
    pub step: Option<u32>,
    /// The smallest case that shows it, for people.
    pub listing: String,
    /// The fields that differ in it.
    pub differences: Vec<Difference>,
    /// The complete state before, where the two still agreed.
    pub before: State,
    /// What the oracle has after it.
    pub expected: State,
    /// What the machine has after it.
    pub got: State,
    /// Both sides of the smallest case, step by step.
    pub traces: Option<Traces>,
    /// The same around the difference in the first longer case that shows it.
    pub in_case: Option<InCase>,
    /// The ledger rows that describe just this, if the machine was not supposed to follow them; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resembles: Vec<String>,
    /// The vector that was written, in the folder of the result, or the one of the project that failed.
    pub file: String,
    /// The line in that file, if it is one of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Its text, if it was written.
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
    /// The complete state before it, where both agree.
    pub start: State,
    /// What the oracle did; empty if it is the vectors, which state only how it ends.
    pub oracle: Vec<Step>,
    /// What the machine did.
    pub machine: Vec<Step>,
}

/// A difference where it was in a longer case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InCase {
    /// The case.
    pub origin: Origin,
    /// The first step that differs, from 1.
    pub step: u32,
    /// Both sides, from a little before it to a little after.
    pub traces: Traces,
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What was done, e.g. address, word and disassembly; or a call.
    pub what: String,
    /// What it has come to beyond the state, e.g. the result of a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The fields that it changed, with their new values. Memory is given as the bytes that changed.
    pub changes: State,
}

/// The name of a file about a finding, without its ending: it says what it is about, and is the same for the same
/// content.
pub fn file_name(about: &str, content: &[u8]) -> String {
    /// The longest name that every file system takes, less the digest and an ending.
    const LONGEST: usize = 200;
    let words = about.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let words = &words[..words.len().min(LONGEST)];
    format!("{words}-{:08x}", Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(content))
}

/// Whether a file's name, without its ending, is one of [`file_name`].
pub fn is_file_name(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, digest)| {
        digest.len() == 8 && digest.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

impl Finding {
    /// Whether it was found in this lane.
    pub fn is_of(&self, lane: &LaneReport) -> bool {
        (&self.subject, &self.lane) == (&lane.subject, &lane.lane)
    }

    /// The order of a lane's findings in a report: the explained ones, the most frequent first, then the others.
    pub(crate) fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
        findings.sort_by(|a, b| a.origin.cmp(&b.origin));
        findings.iter_mut().skip(EXPLAINED).for_each(Finding::forget_explanation);
        findings.sort_by_key(|finding| (!finding.explained, std::cmp::Reverse(finding.count)));
        findings
    }

    /// Leaves what is known of a group that is only counted.
    fn forget_explanation(&mut self) {
        let Finding { lane, subject, profile, blame, topic, aspect, count, origin, group, in_case, .. } =
            std::mem::take(self);
        *self = Finding {
            lane,
            subject,
            profile,
            blame,
            topic,
            aspect,
            count,
            origin,
            group,
            in_case,
            ..Finding::default()
        };
    }

    /// What it is about; `None` if it is about every topic, as a mistake in the form of answers is.
    pub fn own_topic(&self) -> Option<&str> {
        Some(&*self.topic).filter(|topic| *topic != EVERY_TOPIC)
    }

    /// File and line of its vector, for people; empty if there is none.
    pub fn place(&self) -> String {
        self.line.map_or_else(|| self.file.clone(), |line| format!("{}:{line}", self.file))
    }

    /// Names its file as seen from outside `folder`.
    pub(super) fn move_into(&mut self, folder: &Path) {
        if !self.vector.is_empty() {
            let moved = folder.join(&self.file).display().to_string();
            self.replay = self.replay.replace(&quoted(&self.file), &quoted(&moved));
            self.file = moved;
        }
    }
}
