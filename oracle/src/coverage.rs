//! Coverage: which situations there are, and in which of them a machine has done what it should.
//!
//! A subject's native implementation names the situations (points, by topic) and watches cases for them. What a machine has
//! covered is counted from the verdicts of its own lanes, never from the suite that was put to it: a point is covered by a
//! machine if a case in which its steps passed there, and a hole is a point that no case has reached at all.

use std::collections::BTreeMap;

use crate::lane::Oracle;
use crate::points::PointTable;
use crate::report::{LaneReport, Report};
use crate::verdict::Counts;

/// What has been covered in one profile, by one machine or by all cases.
#[derive(Clone, Debug)]
pub struct Coverage<'r> {
    /// The points.
    pub table: &'r PointTable,
    /// The machine whose steps are counted; absent if it is about the cases that were put to any machine.
    pub machine: Option<&'r str>,
    counts: BTreeMap<(&'r str, &'r str), Counts>,
}

impl<'r> Coverage<'r> {
    fn of(
        table: &'r PointTable,
        machine: Option<&'r str>,
        lanes: impl Iterator<Item = &'r LaneReport>,
    ) -> Self {
        let mut counts: BTreeMap<_, Counts> = BTreeMap::new();
        for lane in lanes {
            for (topic, points) in &lane.points {
                for (point, cases) in points {
                    *counts.entry((topic.as_str(), point.as_str())).or_default() += cases.counts;
                }
            }
        }
        Coverage { table, machine, counts }
    }

    /// The verdicts at a point.
    pub fn counts(&self, topic: &str, point: &str) -> Counts {
        self.counts.get(&(topic, point)).copied().unwrap_or_default()
    }

    /// How many points there are.
    pub fn total(&self) -> usize {
        self.table.points().count()
    }

    /// Whether a point has a passing case and no failing one.
    pub fn passes(&self, topic: &str, point: &str) -> bool {
        let counts = self.counts(topic, point);
        counts.passed() > 0 && counts.failed() == 0
    }

    /// How many points pass.
    pub fn passed(&self) -> usize {
        self.table.points().filter(|(topic, point)| self.passes(topic, point)).count()
    }

    /// How many points a case has reached, whatever came of it.
    pub fn reached(&self) -> usize {
        self.total() - self.holes().len()
    }

    /// Every point that no case has reached, with its topic.
    pub fn holes(&self) -> Vec<(&'r str, &'r str)> {
        self.table.points().filter(|(topic, point)| self.counts(topic, point).judged() == 0).collect()
    }
}

impl Report {
    /// What the cases of the run have reached, by subject and profile.
    pub fn coverage(&self) -> impl Iterator<Item = Coverage<'_>> {
        self.coverage.iter().map(|table| {
            let lanes = self.lanes.iter().filter(|lane| is_about(lane, table));
            Coverage::of(table, None, lanes)
        })
    }

    /// What the steps of a machine have passed, by subject and profile; only where it was put under test.
    pub fn coverage_of<'r>(&'r self, machine: &'r str) -> impl Iterator<Item = Coverage<'r>> {
        self.coverage.iter().filter_map(move |table| {
            let lanes =
                || self.lanes.iter().filter(|lane| is_about(lane, table) && lane.lane.machine == machine);
            lanes().next().map(|_| Coverage::of(table, Some(machine), lanes()))
        })
    }
}

/// Whether a lane has judged cases in the profile of the table. Lanes with vectors run in every profile, so their points
/// are of no one profile.
fn is_about(lane: &LaneReport, table: &PointTable) -> bool {
    let between = matches!(&lane.lane.oracle, Oracle::Machine { machine_profile, .. } if *machine_profile == table.profile);
    lane.ran() && lane.subject == table.subject && between
}
