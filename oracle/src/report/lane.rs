//! What a report says of a lane: its cases by verdict, as a whole and by everything that people ask for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lane::Lane;
use crate::origin::Origin;
use crate::verdict::{Counts, Sign, total};

/// The verdicts of a lane. `cases` is counted where cases are drawn, `counts` where they are judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneReport {
    /// The lane.
    pub lane: Lane,
    /// The subject's name.
    pub subject: String,
    /// Cases asked for.
    pub cases: u64,
    /// Which cases these are, if not all that there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleReport>,
    /// Cases by verdict; they must come to `cases`.
    pub counts: Counts,
    /// Known differences by ledger row. A case that it takes several rows to explain is counted at each of them.
    pub known_by_row: BTreeMap<String, u64>,
    /// What was not implemented, by the reason that was given.
    pub unsupported_by_reason: BTreeMap<String, u64>,
    /// What was not run, by the reason that was given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_run_by_reason: BTreeMap<String, u64>,
    /// Of the cases that are not implemented, those in which that is the oracle's fault alone.
    pub unsupported_by_oracle: u64,
    /// Cases by where they come from: see [`Origin::group`].
    pub groups: BTreeMap<String, Counts>,
    /// Cases by what their steps hit: topic, then coverage point.
    pub points: BTreeMap<String, BTreeMap<String, PointCases>>,
    /// Why the lane did not run at all; absent if it did.
    pub skipped_because: Option<String>,
    /// Whether it is a failure if the lane does not run.
    pub required: bool,
    /// What the machine did wrong that no case could be blamed for.
    pub machine_problem: Option<String>,
    /// The same of the oracle.
    pub oracle_problem: Option<String>,
    /// Seconds spent in the machine.
    pub machine_seconds: f64,
    /// Seconds spent in the oracle.
    pub oracle_seconds: f64,
}

/// Which cases a lane has that has not all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleReport {
    /// The machine's words for them.
    pub what: String,
    /// How many there are.
    pub of: u64,
}

/// The cases of a lane that hit a coverage point.
///
/// A case counts here by the verdict on the steps that hit the point: in a case that differs, the steps before the one
/// that differs agree, and those behind it do not count; of the points of that step itself those of its topic count. If
/// the step could not be found, all count as not run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointCases {
    /// Cases by verdict.
    pub counts: Counts,
    /// The first few cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Origin>,
    /// The first few that failed here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Origin>,
}

/// Examples kept of each kind at a point.
const KEPT: usize = 3;

/// Keeps an origin if it is one of the first.
pub(crate) fn keep(list: &mut Vec<Origin>, origin: &Origin) {
    if list.len() == KEPT && list.last().is_some_and(|last| last <= origin) {
        return;
    }
    if let Err(at) = list.binary_search(origin) {
        list.insert(at, origin.clone());
        list.truncate(KEPT);
    }
}

impl LaneReport {
    /// A lane of which nothing has been judged yet.
    pub fn new(subject: &str, lane: Lane) -> Self {
        LaneReport { subject: subject.into(), lane, required: true, ..LaneReport::default() }
    }

    /// Whether it has run.
    pub fn ran(&self) -> bool {
        self.skipped_because.is_none()
    }

    /// Whether the other is of the same lane of the same subject.
    pub(super) fn is_of_same_lane(&self, other: &LaneReport) -> bool {
        (&self.subject, &self.lane) == (&other.subject, &other.lane)
    }

    /// Whether what is counted in several ways comes to the same: the cases where they are drawn and by verdict; by where
    /// they come from, and those that are not implemented by the reasons for it, if anyone has counted these.
    pub fn adds_up(&self) -> bool {
        let by_group = self.groups.values().fold(Counts::default(), |mut sum, counts| {
            sum += *counts;
            sum
        });
        let by_reason = total(self.unsupported_by_reason.values().copied());
        self.counts.judged() == self.cases
            && (self.groups.is_empty() || by_group == self.counts)
            && (self.unsupported_by_reason.is_empty() || by_reason == self.counts.unsupported)
    }

    /// What is shown of it: of its cases, or of what no case is to blame for, whichever is graver.
    pub fn sign(&self) -> Sign {
        let machine = self.machine_problem.as_ref().map(|_| Sign::Differ);
        let oracle = self.oracle_problem.as_ref().map(|_| Sign::OracleFault);
        [machine, oracle].into_iter().flatten().fold(self.counts.sign(), Sign::min)
    }

    /// What no case could be blamed for: who did it, `machine` or `oracle`, and what.
    pub fn problems(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let both = [("machine", &self.machine_problem), ("oracle", &self.oracle_problem)];
        both.into_iter().filter_map(|(who, problem)| Some((who, problem.as_deref()?)))
    }

    /// Why cases were not run, in words: each reason, with the cases for which it was given.
    pub fn not_run(&self) -> impl Iterator<Item = String> {
        self.not_run_by_reason.iter().map(|(reason, cases)| match cases {
            1 => format!("1 case not run: {reason}"),
            cases => format!("{cases} cases not run: {reason}"),
        })
    }

    /// Whether cases were asked for and not one could be compared.
    pub fn compared_nothing(&self) -> bool {
        self.cases > 0 && self.counts.compared() == 0
    }

    /// Whether the machine under test has done something wrong.
    pub fn differs(&self) -> bool {
        self.counts.differ > 0 || self.machine_problem.is_some()
    }

    /// Cases a second, the time of both sides taken together.
    pub fn cases_per_second(&self) -> f64 {
        self.cases as f64 / (self.machine_seconds + self.oracle_seconds).max(1e-9)
    }

    /// Adds the verdicts of another part of the same lane.
    ///
    /// # Errors
    /// One of them has not the same sample of the cases.
    pub(super) fn add(&mut self, other: &LaneReport) -> Result<(), String> {
        match (&mut self.sample, &other.sample) {
            (Some(own), Some(others)) if own.what == others.what => own.of = own.of.saturating_add(others.of),
            (None, None) => {}
            _ => return Err(format!("lane {} has all cases in some shards only", self.lane)),
        }
        self.cases = self.cases.saturating_add(other.cases);
        self.counts += other.counts;
        self.unsupported_by_oracle = self.unsupported_by_oracle.saturating_add(other.unsupported_by_oracle);
        for (own, others) in [
            (&mut self.known_by_row, &other.known_by_row),
            (&mut self.unsupported_by_reason, &other.unsupported_by_reason),
            (&mut self.not_run_by_reason, &other.not_run_by_reason),
        ] {
            for (key, count) in others {
                let own = own.entry(key.clone()).or_default();
                *own = own.saturating_add(*count);
            }
        }
        for (name, counts) in &other.groups {
            *self.groups.entry(name.clone()).or_default() += *counts;
        }
        for (topic, points) in &other.points {
            for (point, cases) in points {
                self.points.entry(topic.clone()).or_default().entry(point.clone()).or_default().add(cases);
            }
        }
        self.machine_problem = self.machine_problem.take().or_else(|| other.machine_problem.clone());
        self.oracle_problem = self.oracle_problem.take().or_else(|| other.oracle_problem.clone());
        self.required |= other.required;
        self.machine_seconds += other.machine_seconds;
        self.oracle_seconds += other.oracle_seconds;
        Ok(())
    }
}

impl PointCases {
    fn add(&mut self, other: &PointCases) {
        self.counts += other.counts;
        other.examples.iter().for_each(|origin| keep(&mut self.examples, origin));
        other.failures.iter().for_each(|origin| keep(&mut self.failures, origin));
    }
}

#[cfg(test)]
mod tests {
    use super::{LaneReport, Sign};
    use crate::verdict::Counts;

    #[test]
    fn a_lane_with_a_problem_is_not_shown_as_passed() {
        let mut lane =
            LaneReport { counts: Counts { agree: 7, ..Counts::default() }, ..LaneReport::default() };
        assert_eq!(lane.sign(), Sign::Agree);
        lane.oracle_problem = Some("ended (exit status: 3)".into());
        assert_eq!(lane.sign(), Sign::OracleFault);
        lane.machine_problem = Some("answers what nobody asked for".into());
        assert_eq!(lane.sign(), Sign::Differ);
    }
}
