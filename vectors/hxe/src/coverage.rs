//! Which situations of the loader a case is in: every defect, and what accepted images have.

use minivm::hxe::Defect;
use oracle::Profile;
use oracle::subject::{Hits, Point, PointRow, Watched, Watcher};

use crate::case::Case;
use crate::native::NativeLoader;
use crate::outcome::{Accepted, Outcome};
use crate::{Hxe, STRICT, profile};

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

impl Watched<Hxe> for Hxe {
    fn groups(&self) -> Vec<&'static str> {
        vec!["accepted", "rejected"]
    }

    fn rows(&self, profile: Profile) -> Vec<PointRow> {
        let accepted = ACCEPTED.iter().enumerate();
        let accepted = accepted.map(|(number, name)| Point { number, name, group: "accepted" }).collect();
        let possible = |defect: &Defect| {
            !OF_THE_HOST.contains(defect) && (profile == STRICT || !defect.is_strict_only())
        };
        let rejected = Defect::ALL.iter().filter(|defect| possible(defect));
        let rejected = rejected
            .map(|&defect| Point { number: number(defect), name: defect.name(), group: "rejected" })
            .collect();
        vec![PointRow { topic: "valid", points: accepted }, PointRow { topic: "invalid", points: rejected }]
    }

    fn watcher(&self, profile: Profile) -> Box<dyn Watcher<Hxe>> {
        Box::new(Watch { profile, loader: NativeLoader::default() })
    }
}

fn number(defect: Defect) -> usize {
    ACCEPTED.len() + defect as usize
}

struct Watch {
    profile: Profile,
    loader: NativeLoader,
}

impl Watcher<Hxe> for Watch {
    fn watch(&mut self, case: &Case, hits: &mut Hits<'_>) {
        match profile::with!(self.profile, |it| self.loader.load(it, case)) {
            Outcome::Rejected { error, .. } => hits(1, number(error)),
            Outcome::Accepted(image) => {
                let hit = accepted(case, &image).into_iter().enumerate().filter(|(_, hit)| *hit);
                hit.for_each(|(at, _)| hits(1, at));
            }
        }
    }
}

/// Which of [`ACCEPTED`] an accepted image has.
fn accepted(case: &Case, image: &Accepted) -> [bool; ACCEPTED.len()] {
    [
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
    ]
}
