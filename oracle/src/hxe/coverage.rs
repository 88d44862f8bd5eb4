//! Which situations of the loader a case is in: every defect, and what accepted images have.

use minivm::hxe::Defect;
use vectors::Profile;
use vectors::hxe::{Case, Outcome};

use super::machine::Rust;
use crate::coverage::{Observer, PointCoverage, ProfileCoverage, RowCoverage};

/// What an accepted image can have.
const ACCEPTED: [&str; 10] = [
    "version-1",
    "version-2",
    "in-pieces",
    "rodata",
    "name",
    "value",
    "command",
    "mailbox",
    "mailbox-binding",
    "unknown-section",
];

/// Defects that no case can show: they come from where the image is loaded.
const OF_THE_HOST: [Defect; 2] = [Defect::NoSpace, Defect::Unsupported];

pub(super) struct Counter {
    profile: Profile,
    rust: Rust,
    accepted: [u64; ACCEPTED.len()],
    rejected: Vec<(Defect, u64)>,
    /// What the case at hand has hit.
    hit: Vec<usize>,
}

impl Counter {
    pub fn new(profile: Profile) -> Self {
        let possible = |defect: &Defect| {
            !OF_THE_HOST.contains(defect) && (profile == Profile::Strict || !defect.is_strict_only())
        };
        let rejected = Defect::ALL.iter().copied().filter(possible).map(|defect| (defect, 0)).collect();
        Counter { profile, rust: Rust::default(), accepted: [0; ACCEPTED.len()], rejected, hit: Vec::new() }
    }
}

impl Observer<Case> for Counter {
    fn observe(&mut self, case: &Case) -> &[usize] {
        let outcome = match self.profile {
            Profile::Reference => self.rust.load(minivm::Reference, case),
            Profile::Strict => self.rust.load(minivm::Strict, case),
        };
        self.hit.clear();
        match outcome {
            Outcome::Rejected { error, .. } => {
                self.rejected
                    .iter_mut()
                    .filter(|(defect, _)| *defect == error)
                    .for_each(|(_, hits)| *hits += 1);
                let at = Defect::ALL.iter().position(|defect| *defect == error);
                self.hit.extend(at.map(|at| ACCEPTED.len() + at));
            }
            Outcome::Accepted(image) => {
                let hit = [
                    image.header.version == 1,
                    image.header.version == 2,
                    !case.chunks.is_empty(),
                    !image.rodata.is_empty(),
                    image.header.app_name.is_some(),
                    !image.values.is_empty(),
                    !image.commands.is_empty(),
                    !image.mailboxes.is_empty(),
                    image.mailboxes.iter().any(|mailbox| !mailbox.bindings.is_empty()),
                    image.sections.iter().any(|section| !(1..=3).contains(&section.kind)),
                ];
                for (at, _) in hit.iter().enumerate().filter(|(_, hit)| **hit) {
                    self.accepted[at] += 1;
                    self.hit.push(at);
                }
            }
        }
        &self.hit
    }

    fn point(&self, number: usize) -> (&'static str, &'static str) {
        match number.checked_sub(ACCEPTED.len()) {
            None => ("valid", ACCEPTED[number]),
            Some(at) => ("invalid", Defect::ALL[at].name()),
        }
    }

    fn coverage(&self) -> ProfileCoverage {
        let point =
            |name: &str, group: &str, hits| PointCoverage { name: name.into(), group: group.into(), hits };
        let accepted =
            ACCEPTED.iter().zip(self.accepted).map(|(name, hits)| point(name, "accepted", hits)).collect();
        let rejected =
            self.rejected.iter().map(|(defect, hits)| point(defect.name(), "rejected", *hits)).collect();
        ProfileCoverage {
            subject: "hxe".into(),
            profile: self.profile,
            groups: vec!["accepted".into(), "rejected".into()],
            rows: vec![
                RowCoverage { name: "valid".into(), points: accepted },
                RowCoverage { name: "invalid".into(), points: rejected },
            ],
        }
    }
}
