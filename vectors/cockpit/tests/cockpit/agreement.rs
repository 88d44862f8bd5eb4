//! The native machine does what the model does.

use std::collections::BTreeSet;

use oracle::subject::{Cases, Generates, Watched};
use vectors_cockpit::{Cockpit, HEAD, PLAN};

use crate::{failures, model, native, run};

/// A part of the sweep, and a tenth of the random cases of a default run.
#[test]
fn the_two_machines_agree_in_both_profiles() {
    let lanes = ["rust~python/head", "rust~python/plan", "rust/plan~python/head"];
    let report = run(vec![native(), model()], &lanes, (8000, 20), failures("agree"));
    for lane in &report.lanes {
        assert!(
            lane.counts.agree + lane.counts.known == lane.cases && lane.cases > 15_000,
            "{:?}",
            lane.counts
        );
    }
    assert_eq!(report.lanes[0].counts.known + report.lanes[1].counts.known, 0);
}

#[test]
fn the_sweep_alone_is_in_every_situation() {
    for profile in [HEAD, PLAN] {
        let mut watcher = Cockpit.watcher(profile);
        let mut hit = BTreeSet::new();
        for case in Cockpit.sweep() {
            Cockpit::check_case(&case).unwrap();
            watcher.watch(&case, &mut |_, point| {
                hit.insert(point);
            });
        }
        let rows = Cockpit.rows(profile).into_iter();
        let points = rows.flat_map(|row| row.points.into_iter().map(move |it| (row.topic, it)));
        let holes: Vec<_> = points.filter(|(_, point)| !hit.contains(&point.number)).collect();
        assert!(holes.is_empty(), "{profile}: {holes:?}");
    }
}

#[test]
fn there_are_enough_cases_and_they_are_always_the_same() {
    assert!(Cockpit.sweep().count() >= 120_000);
    let (one, other) = (Cockpit.random(7), Cockpit.random(7));
    for index in 0..2000 {
        let (kind, case) = one(index);
        Cockpit::check_case(&case).unwrap();
        assert_eq!(other(index), (kind, case));
    }
    assert_ne!(Cockpit.random(8)(0), one(0), "another seed gives other cases");
}

#[test]
fn programs_run_on() {
    let draw = Cockpit.random(3);
    let programs: Vec<_> = (0..400).step_by(4).map(|index| draw(index).1).collect();
    let steps = programs.iter().map(|case| vectors_cockpit::execute(cockpit::Head, case).steps);
    let far = steps.filter(|&steps| steps > 15).count();
    assert!(far > 60, "only {far} of 100 programs complete more than 15 instructions");
}
