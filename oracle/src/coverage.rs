//! Coverage: which situations a campaign has been in, and which it has not.
//!
//! A subject's native implementation names the situations (points, by rows) and watches cases for them. Points that
//! were never hit stay in the result with a count of 0: holes are data, not absence.

use serde::{Deserialize, Serialize};
use vectors::Profile;

/// What was hit in one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileCoverage {
    /// The subject.
    pub subject: String,
    /// The profile.
    pub profile: Profile,
    /// The columns of the matrix, which points are grouped by.
    pub groups: Vec<String>,
    /// The rows, e.g. opcodes, in the subject's order.
    pub rows: Vec<RowCoverage>,
}

/// A row of the coverage matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCoverage {
    /// The name, e.g. a mnemonic.
    pub name: String,
    /// The points that this row has in this profile.
    pub points: Vec<PointCoverage>,
}

/// A point, and how often it was hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointCoverage {
    /// The name.
    pub name: String,
    /// The column of the matrix.
    pub group: String,
    /// Instructions that hit it.
    pub hits: u64,
}

impl ProfileCoverage {
    /// Adds the hits of other cases.
    ///
    /// # Errors
    /// Where the points are not the same. Nothing is added then.
    pub fn add(&mut self, other: &ProfileCoverage) -> Result<(), String> {
        if self.without_hits() != other.without_hits() {
            return Err(format!("the coverage points of {} in {} differ", self.subject, self.profile));
        }
        for (row, other) in self.rows.iter_mut().zip(&other.rows) {
            for (point, other) in row.points.iter_mut().zip(&other.points) {
                point.hits += other.hits;
            }
        }
        Ok(())
    }

    fn without_hits(&self) -> ProfileCoverage {
        let mut bare = self.clone();
        bare.rows.iter_mut().flat_map(|row| &mut row.points).for_each(|point| point.hits = 0);
        bare
    }

    /// Points, and how many of them were hit.
    pub fn totals(&self) -> (usize, usize) {
        let points = || self.rows.iter().flat_map(|row| &row.points);
        (points().count(), points().filter(|point| point.hits > 0).count())
    }

    /// Every point that was not hit, with its row.
    pub fn holes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows.iter().flat_map(|row| {
            row.points
                .iter()
                .filter(|point| point.hits == 0)
                .map(|point| (row.name.as_str(), point.name.as_str()))
        })
    }
}

/// Watches cases of a subject in one profile.
pub trait Observer<C>: Send {
    /// Counts what the case hits. Gives the points, each once, as numbers that [`Observer::point`] knows; they are the
    /// same in every profile.
    fn observe(&mut self, case: &C) -> &[usize];
    /// The row and the name of a point that was hit.
    fn point(&self, number: usize) -> (&'static str, &'static str);
    /// What was hit so far.
    fn coverage(&self) -> ProfileCoverage;
}
