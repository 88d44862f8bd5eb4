//! The native machine does what the model does.

use std::collections::BTreeSet;

use oracle::ledger::Ledger;
use oracle::subject::{Cases, Generates, Watched};
use oracle::suite::Suite;
use vectors_executive::{Executive, REFERENCE, STRICT};

use crate::{failures, model, native, run};

/// A part of the sweep, and of the random scripts of a default run.
#[test]
fn the_two_machines_agree_on_every_script() {
    let nothing = (&Suite::default(), &Ledger::default());
    let lanes = ["rust~python/reference", "rust~python/strict"];
    let report = run(nothing, vec![native(), model()], &lanes, (12_000, 12), failures("agree"));
    let broken: Vec<_> = report.findings.iter().map(|it| (&it.origin, &it.differences)).collect();
    assert!(broken.is_empty(), "{broken:?}");
    for lane in &report.lanes {
        assert!(
            lane.counts.agree + lane.counts.unsupported == lane.cases && lane.cases > 3_500,
            "{:?}",
            lane.counts
        );
    }
}

/// Every difference between the profiles is one that rows of the ledger name.
#[test]
fn the_ledger_explains_what_parts_the_profiles() {
    let suite = (&Suite::default(), &Ledger::default());
    let lanes = ["rust/strict~python/reference"];
    let report = run(suite, vec![native(), model()], &lanes, (300, 97), failures("across"));
    let lane = &report.lanes[0];
    assert_eq!(lane.counts.differ + lane.counts.oracle_fault, 0, "{:?}", report.findings);
    assert!(lane.known_by_row.len() > 15, "{:?}", lane.known_by_row);
}

#[test]
fn sweep_and_random_scripts_are_in_every_situation() {
    for profile in [REFERENCE, STRICT] {
        let mut watcher = Executive.watcher(profile);
        let mut hit = BTreeSet::new();
        let draw = Executive.random(1);
        for case in Executive.sweep().chain((0..8000).map(|index| draw(index).1)) {
            Executive::check_case(&case).unwrap();
            watcher.watch(&case, &mut |_, point| {
                hit.insert(point);
            });
        }
        let points = Executive
            .rows(profile)
            .into_iter()
            .flat_map(|row| row.points.into_iter().map(move |it| (row.topic, it)));
        let holes: Vec<_> = points.filter(|(_, point)| !hit.contains(&point.number)).collect();
        assert!(holes.is_empty(), "{profile}: {holes:?}");
    }
}

#[test]
fn there_are_enough_scripts_and_they_are_always_the_same() {
    assert!(Executive.sweep().count() >= 8_000);
    let (one, other) = (Executive.random(7), Executive.random(7));
    let mut kinds = BTreeSet::new();
    for index in 0..1000 {
        let (kind, case) = one(index);
        Executive::check_case(&case).unwrap();
        kinds.insert(kind);
        assert_eq!(other(index), (kind, case));
    }
    assert_eq!(kinds.len(), 4);
    assert_ne!(Executive.random(8)(0), one(0), "another seed gives other scripts");
}
