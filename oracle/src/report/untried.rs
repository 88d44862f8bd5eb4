//! Lanes that one shard has skipped and another has no case of: such a shard has not tried the machines of the lane, so
//! what it says of the lane is nothing.

use super::lane::LaneReport;
use super::result::Report;
use crate::points::PointTable;

impl Report {
    /// Makes of two shards of one run what they would be had both tried the machines of every lane: a lane that one of them
    /// has skipped, and the other has no case of, is skipped in both.
    ///
    /// # Errors
    /// One has skipped a lane in which the other has run cases.
    pub(super) fn take_skips(&mut self, other: &mut Report) -> Result<(), String> {
        let mut taken = false;
        for own in &mut self.lanes {
            let Some(others) = other.lanes.iter_mut().find(|lane| lane.is_of_same_lane(own)) else {
                continue;
            };
            if own.ran() == others.ran() {
                continue;
            }
            let (ran, skipped) = if own.ran() { (own, others) } else { (others, own) };
            if ran.cases > 0 {
                return Err(format!("lane {} has run in some shards only", ran.lane));
            }
            *ran = skipped.clone();
            taken = true;
        }
        if taken {
            let is_of_both = |table: &&PointTable| other.coverage.contains(table);
            let coverage: Vec<PointTable> = self.coverage.iter().filter(is_of_both).cloned().collect();
            self.keep_what_ran(&coverage);
            other.keep_what_ran(&coverage);
        }
        Ok(())
    }

    /// Forgets the machines of lanes that are skipped, and every point but these; skipped lanes come last in their subject.
    fn keep_what_ran(&mut self, coverage: &[PointTable]) {
        let subjects: Vec<String> = self.lanes.iter().map(|lane| lane.subject.clone()).collect();
        self.lanes.sort_by_key(|lane| (subjects.iter().position(|of| *of == lane.subject), !lane.ran()));
        let lanes = &self.lanes;
        self.machines.retain(|machine| {
            let takes_part = |lane: &LaneReport| {
                lane.subject == machine.subject && lane.lane.machines().any(|name| *name == machine.name)
            };
            lanes.iter().filter(|lane| lane.ran()).any(takes_part)
        });
        let machines = &self.machines;
        self.commands.retain(|name, _| machines.iter().any(|machine| machine.name == *name));
        self.coverage = coverage.to_vec();
        self.coverage_is_gated &= !coverage.is_empty();
    }
}
