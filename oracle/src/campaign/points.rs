//! Which coverage points the cases of a lane hit, and with what verdict.

use std::collections::BTreeMap;

use crate::origin::Origin;
use crate::report::{PointCases, keep};
use crate::subject::{Profile, Subject, Watched, Watcher};
use crate::verdict::Verdict;

/// Watches the cases of a campaign in the profiles of its lanes.
pub(crate) struct Observers<S: Subject> {
    watched: &'static dyn Watched<S>,
    by_profile: Vec<(Profile, Box<dyn Watcher<S>>)>,
    /// Points of the case at hand, by number: the case that has hit it last.
    last: Vec<u64>,
    case: u64,
}

/// The points that a case hits, each once.
pub(crate) type Hit = Vec<usize>;

impl<S: Subject> Observers<S> {
    /// Observers for these profiles; `None` if the subject cannot be watched.
    pub(crate) fn new(profiles: &[Profile]) -> Option<Self> {
        let watched = S::watched()?;
        let by_profile = profiles.iter().map(|&profile| (profile, watched.watcher(profile))).collect();
        Some(Observers { watched, by_profile, last: Vec::new(), case: 0 })
    }

    /// What the case hits in `profile`, as far as `counts` says so of the step.
    pub(crate) fn hits(&mut self, profile: Profile, case: &S::Case, counts: impl Fn(u32) -> bool) -> Hit {
        let Some((_, watcher)) = self.by_profile.iter_mut().find(|(known, _)| *known == profile) else {
            return Hit::new();
        };
        self.case += 1;
        let (last, number) = (&mut self.last, self.case);
        let mut hit = Hit::new();
        watcher.watch(case, &mut |step, point| {
            if point >= last.len() {
                last.resize(point + 1, 0);
            }
            if counts(step) && std::mem::replace(&mut last[point], number) != number {
                hit.push(point);
            }
        });
        hit
    }

    /// The names of all points, by number: topic and point.
    pub(crate) fn names(&self) -> BTreeMap<usize, (&'static str, &'static str)> {
        let rows = self.by_profile.iter().flat_map(|(profile, _)| self.watched.rows(*profile));
        rows.flat_map(|row| row.points.into_iter().map(move |point| (point.number, (row.topic, point.name))))
            .collect()
    }
}

/// Counts by the number of the point.
#[derive(Default)]
pub(crate) struct Points(Vec<PointCases>);

impl Points {
    /// Counts a case whose steps have hit these points with this verdict.
    pub(crate) fn count(&mut self, points: &[usize], origin: &Origin, verdict: Verdict) {
        for &point in points {
            if point >= self.0.len() {
                self.0.resize(point + 1, PointCases::default());
            }
            let cases = &mut self.0[point];
            cases.counts.count(verdict);
            keep(&mut cases.examples, origin);
            if verdict.fails() {
                keep(&mut cases.failures, origin);
            }
        }
    }

    /// The counts by topic and name. Points that no case hits are left out.
    pub(crate) fn named(
        self,
        names: &BTreeMap<usize, (&'static str, &'static str)>,
    ) -> BTreeMap<String, BTreeMap<String, PointCases>> {
        let mut rows: BTreeMap<String, BTreeMap<String, PointCases>> = BTreeMap::new();
        for (number, cases) in self.0.into_iter().enumerate().filter(|(_, cases)| cases.counts.judged() > 0) {
            if let Some((topic, point)) = names.get(&number) {
                rows.entry((*topic).into()).or_default().insert((*point).into(), cases);
            }
        }
        rows
    }
}
