//! Which coverage points the cases of a lane hit, and with what verdict.

use std::collections::BTreeMap;

use crate::report::PointCases;
use crate::verdict::Verdict;

/// Counts by the number of the point.
#[derive(Default)]
pub(crate) struct Points(Vec<PointCases>);

impl Points {
    /// Counts a case of so many steps that hits these points.
    pub(crate) fn count(&mut self, points: &[usize], id: &str, steps: u32, verdict: &Verdict) {
        for &point in points {
            if point >= self.0.len() {
                self.0.resize(point + 1, PointCases::default());
            }
            let cases = &mut self.0[point];
            cases.cases += 1;
            cases.known += u64::from(steps == 1 && matches!(verdict, Verdict::Known(_)));
            PointCases::keep(&mut cases.examples, id);
            match (verdict.fails(), steps) {
                (false, _) => {}
                (true, 1) => {
                    cases.failed += 1;
                    PointCases::keep(&mut cases.failures, id);
                }
                (true, _) => cases.passed_by += 1,
            }
        }
    }

    /// The counts by row and name. Points that no case hits are left out.
    pub(crate) fn named(
        &self,
        name: impl Fn(usize) -> (&'static str, &'static str),
    ) -> BTreeMap<String, BTreeMap<String, PointCases>> {
        let mut rows: BTreeMap<String, BTreeMap<String, PointCases>> = BTreeMap::new();
        for (number, cases) in self.0.iter().enumerate().filter(|(_, cases)| cases.cases > 0) {
            let (row, point) = name(number);
            rows.entry(row.into()).or_default().insert(point.into(), cases.clone());
        }
        rows
    }
}
