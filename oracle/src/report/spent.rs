//! What running the cases of a subject has taken.

use serde::{Deserialize, Serialize};

/// What the cases of a subject have taken, drawing, judging and explaining included. Of merged shards it is the sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// The cases that were drawn. A lane may have fewer.
    pub cases: u64,
    /// Wall-clock time in seconds.
    pub seconds: f64,
}

impl Spent {
    /// Adds what another part of the cases has taken.
    pub(super) fn add(&mut self, other: Spent) {
        self.cases = self.cases.saturating_add(other.cases);
        self.seconds += other.seconds;
    }

    /// Seconds a case; `None` if that is not known.
    pub fn of_a_case(self) -> Option<f64> {
        let seconds = self.seconds / self.cases as f64;
        (seconds.is_finite() && seconds > 0.0).then_some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::Spent;

    #[test]
    fn what_a_case_takes_is_known_of_cases_that_were_run() {
        let spent = |cases, seconds| Spent { cases, seconds }.of_a_case();
        assert_eq!(spent(4, 2.0), Some(0.5));
        for (cases, seconds) in [(0, 0.0), (0, 1.0), (3, 0.0), (3, -1.0), (3, f64::NAN)] {
            assert_eq!(spent(cases, seconds), None, "{seconds} for {cases}");
        }
    }
}
