//! A chip as a machine: it agrees with the VM on this host, its canaries sing, and a bug in it is found.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use hil::chip::Chip;
use hil::links::simulated::Simulated;
use hil::session::Session;
use hil::{drift, plan};
use oracle::campaign::Campaign;
use oracle::ledger::Ledger;
use oracle::native::Native;
use oracle::report::{Exit, Report};
use oracle::{Answer, Machine};
use vectors::minivm::{Case, MiniVm};
use vectors::{Profile, Subject, Suite};

fn chip(chips: usize) -> Chip {
    let sessions: Vec<_> = (0..chips).map(|_| Session::open(Box::new(Simulated::start())).unwrap()).collect();
    let build = sessions[0].greeting.build.clone();
    Chip::new("simulated", sessions, Vec::new(), &build).unwrap()
}

fn campaign(chip: Chip) -> Report {
    let suite = Suite::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/minivm")).unwrap();
    let ledger = Ledger::default();
    let lanes =
        plan::lanes("simulated").into_iter().filter(|lane| lane.machines().all(|name| name != "python"));
    let campaign = Campaign {
        kind: "hil",
        suite: &suite,
        ledger: &ledger,
        machines: vec![MiniVm::machine(), Box::new(chip)],
        lanes: lanes.collect(),
        skipped: Vec::new(),
        plan: plan::plan(1, 400, 2000),
        given: None,
        failures: Path::new(env!("CARGO_TARGET_TMPDIR")).join("chip"),
        replay_options: String::new(),
        commit: None,
        warnings: Vec::new(),
    };
    campaign.run(&AtomicBool::new(false), &mut |_| {})
}

#[test]
fn a_chip_agrees_with_the_vm_on_this_host() {
    let report = campaign(chip(3));
    assert_eq!(report.lanes.len(), 3);
    for lane in &report.lanes {
        assert_eq!((lane.differ, lane.not_run, lane.machine_problem.clone()), (0, 0, None), "{lane:?}");
        assert!(lane.agree + lane.unsupported == lane.cases && lane.unsupported < 10, "{lane:?}");
    }
    let canaries = report.measurements.iter().find(|one| one.name == "canaries recognised").unwrap();
    assert!(canaries.value >= 10.0 && canaries.holds());
    assert!(report.machines.iter().any(|machine| machine.version.starts_with("simulated build ")));
    assert_eq!(report.exit(), Exit::Ledger, "the empty ledger is the only thing wrong: {report:?}");
}

#[test]
fn traces_are_those_of_the_vm_on_this_host() {
    let mut draw = MiniVm::random(3);
    let cases: Vec<Case> = (0..50).map(|index| Case { trace: true, ..draw(4 * index).1 }).collect();
    for profile in Profile::ALL {
        let expected = MiniVm::machine().run(profile, &cases);
        assert!(expected.iter().all(|answer| matches!(answer, Answer::Outcome(_))));
        assert_eq!(chip(1).run(profile, &cases), expected);
    }
}

#[test]
fn long_programs_do_not_drift() {
    let suite = Suite::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/minivm")).unwrap();
    let (lanes, findings) = drift::check(&mut chip(1), &suite.vectors, "");
    assert!(findings.is_empty(), "{findings:?}");
    for lane in lanes {
        assert!(lane.agree >= 40 && lane.agree + lane.unsupported == lane.cases, "{lane:?}");
    }
}

#[test]
fn another_build_is_not_believed() {
    let session = Session::open(Box::new(Simulated::start())).unwrap();
    let error = Chip::new("simulated", vec![session], Vec::new(), b"other").err().unwrap();
    assert!(error.contains("not 6f74686572"), "{error}");
}
