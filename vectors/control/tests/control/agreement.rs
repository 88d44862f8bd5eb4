//! The native machine does what the model does.

use oracle::ledger::Ledger;
use oracle::report::Exit;
use oracle::subject::{Cases, Generates, Watched};
use oracle::suite::Suite;
use vectors_control::{Control, DOCUMENT, MAX_CALLS};

use crate::{failures, model, native, run};

/// The sweep without most of its calls, and a tenth of the random scripts of a default run.
#[test]
fn the_two_machines_agree_on_every_script() {
    let nothing = (&Suite::default(), &Ledger::default());
    let report =
        run(nothing, vec![native(), model()], &["rust~python/document"], (8000, 10), failures("agree"));
    let lane = &report.lanes[0];
    assert_eq!(report.exit(), Exit::Conformant, "{:?}", report.findings);
    assert!(lane.counts.agree == lane.cases && lane.cases > 10_000, "{:?}", lane.counts);
}

#[test]
fn the_sweep_alone_is_in_every_situation() {
    let mut watcher = Control.watcher(DOCUMENT);
    let mut hit = std::collections::BTreeSet::new();
    for case in Control.sweep() {
        Control::check_case(&case).unwrap();
        watcher.watch(&case, &mut |_, point| {
            hit.insert(point);
        });
    }
    let points = Control
        .rows(DOCUMENT)
        .into_iter()
        .flat_map(|row| row.points.into_iter().map(move |it| (row.topic, it)));
    let holes: Vec<_> = points.filter(|(_, point)| !hit.contains(&point.number)).collect();
    assert!(holes.is_empty(), "{holes:?}");
}

#[test]
fn there_are_enough_scripts_and_they_are_always_the_same() {
    assert!(Control.sweep().count() >= 20_000);
    let mut lengths = std::collections::BTreeSet::new();
    let (one, other) = (Control.random(7), Control.random(7));
    for index in 0..2000 {
        let (kind, case) = one(index);
        Control::check_case(&case).unwrap();
        lengths.insert(case.calls.len());
        assert_eq!(other(index), (kind, case));
    }
    assert!(lengths.first() == Some(&1) && lengths.last() > Some(&(MAX_CALLS - 5)), "{lengths:?}");
    assert_ne!(Control.random(8)(0), one(0), "another seed gives other scripts");
}
