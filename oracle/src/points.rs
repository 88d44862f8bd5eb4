//! Coverage points: the situations that there are in a subject, by topic.

use serde::{Deserialize, Serialize};

use crate::cases::{Cases, Profile};
use crate::subject::{PointRow, Watched};

/// The points of a subject in one profile: the matrix without its contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointTable {
    /// The subject.
    pub subject: String,
    /// The profile.
    pub profile: String,
    /// The columns, which points are grouped by.
    pub groups: Vec<String>,
    /// The rows, in the subject's order.
    pub rows: Vec<PointTableRow>,
}

/// A row of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointTableRow {
    /// The topic.
    pub topic: String,
    /// Its points: name, and the column that each stands in.
    pub points: Vec<(String, String)>,
}

impl PointTable {
    /// The points of `S` in a profile.
    pub(crate) fn of<S: Cases>(watched: &dyn Watched<S>, profile: Profile) -> Self {
        let row = |row: PointRow| PointTableRow {
            topic: row.topic.into(),
            points: row.points.iter().map(|point| (point.name.into(), point.group.into())).collect(),
        };
        PointTable {
            subject: S::NAME.into(),
            profile: profile.name().into(),
            groups: watched.groups().into_iter().map(str::to_owned).collect(),
            rows: watched.rows(profile).into_iter().map(row).collect(),
        }
    }

    /// Every point with its topic.
    pub fn points(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows
            .iter()
            .flat_map(|row| row.points.iter().map(|(name, _)| (row.topic.as_str(), name.as_str())))
    }
}
