//! Which coverage points the instructions of a case hit.

use cockpit::points::{Group, Point, Row, Step};
use cockpit::{Program, Vm};
use oracle::Profile;
use oracle::subject::{self, Hits, PointRow, Watched, Watcher};

use crate::case::Case;
use crate::cases::Cockpit;
use crate::{native, profile};

const POINTS: usize = Point::ALL.len();

/// The number of a point in a row.
fn number(row: Row, point: Point) -> usize {
    // Rows other than opcodes come behind the 256 bytes.
    let row = match row {
        Row::Op(op) => op as usize,
        Row::Program => 256,
        Row::Illegal => 257,
    };
    row * POINTS + point as usize
}

impl Watched<Cockpit> for Cockpit {
    fn groups(&self) -> Vec<&'static str> {
        Group::ALL.iter().map(|group| group.name()).collect()
    }

    fn rows(&self, profile: Profile) -> Vec<PointRow> {
        let set = profile::switch_set(profile);
        let row = |row: Row| {
            let point = |point: Point| subject::Point {
                number: number(row, point),
                name: point.name(),
                group: point.group().name(),
            };
            PointRow { topic: row.name(), points: row.points(set).map(point).collect() }
        };
        // An opcode that the profile does not have is a situation of the row of those.
        Row::all().map(row).filter(|row| !row.points.is_empty()).collect()
    }

    fn watcher(&self, profile: Profile) -> Box<dyn Watcher<Cockpit>> {
        Box::new(Watch { profile })
    }
}

/// Watches the native machine.
struct Watch {
    profile: Profile,
}

impl Watcher<Cockpit> for Watch {
    fn watch(&mut self, case: &Case, hits: &mut Hits<'_>) {
        let profile = profile::switch_set(self.profile);
        let (mut before, mut hal, strings) =
            (native::state(case), native::devices(case), native::strings(case));
        let program = Program { code: case.words(), strings: &strings };
        let mut after = before.clone();
        for step in 1..=case.max_steps {
            let run = Vm::new(profile, program, &mut after, &mut hal).step();
            let watched = Step { program, profile, before: &before, after: &after, run };
            watched.hits(|row, point| hits(step, number(row, point)));
            if run.stop.is_some() {
                return;
            }
            before.clone_from(&after);
        }
    }
}
