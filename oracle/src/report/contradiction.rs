//! What a stored result says against itself: whoever wrote such a file, it was no run.

use std::collections::BTreeSet;

use super::result::Report;

impl Report {
    /// What it says against itself, if it does; nothing about the counts within a lane, for which there is an
    /// [`Exit`](super::Exit) of their own.
    pub fn contradiction(&self) -> Option<String> {
        let (parts, of) = (&self.shards.parts, self.shards.of);
        if let Some(part) = parts.iter().find(|part| !(1..=of).contains(*part)) {
            return Some(format!("it is part {part} of {of}"));
        }
        let mut known = BTreeSet::new();
        if let Some(lane) = self.lanes.iter().find(|lane| !known.insert((&lane.subject, &lane.lane))) {
            return Some(format!("lane {} {} is there twice", lane.subject, lane.lane));
        }
        let skipped = self.lanes.iter().find(|lane| !lane.ran() && lane.counts.judged() > 0);
        if let Some(lane) = skipped {
            return Some(format!("lane {} {} was skipped, and has counts", lane.subject, lane.lane));
        }
        let is_unfounded = |lane: &&super::LaneReport| {
            lane.ran() && lane.counts.failed() == 0 && self.findings.iter().any(|finding| finding.is_of(lane))
        };
        let unfounded = self.lanes.iter().find(is_unfounded)?;
        Some(format!("lane {} {} has findings, and no case that fails", unfounded.subject, unfounded.lane))
    }
}
