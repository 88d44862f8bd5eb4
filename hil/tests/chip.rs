//! A chip as a machine: it agrees with the machine on this host, its canaries are recognised, and a bug in it is found.
#![allow(dead_code, reason = "the toy is shared by tests that use parts of it")]

mod toy;

use std::path::PathBuf;

use hil::chip::Chip;
use hil::session::Session;
use hil::{budget, drift, plan};
use mcu_target_device::host::BUILD;
use oracle::lane::Player;
use oracle::report::Measurement;
use oracle::suite::{Place, Suite, Vector};
use oracle::{Answer, Cases, Machine, Role};
use toy::{Case, OnDevice, ROOM, Walk, cases};

fn sessions(runner: OnDevice, count: usize) -> Vec<Session> {
    (0..count).map(|_| Session::open(Box::new(toy::chip(runner))).unwrap()).collect()
}

fn chip(runner: OnDevice, count: usize) -> Chip<Walk> {
    Chip::new("simulated", sessions(runner, count), Vec::new(), BUILD).unwrap()
}

fn recognised(chip: &Chip<Walk>) -> f64 {
    let all = chip.measurements();
    let canaries = all.iter().find(|one| one.name == "canaries recognised").unwrap();
    assert_eq!(canaries.holds(), canaries.value > 0.0);
    canaries.value
}

#[test]
fn a_chip_agrees_with_the_machine_on_this_host() {
    let mut chip = chip(OnDevice::default(), 3);
    assert_eq!(chip.version(), "simulated build 686f7374");
    assert_eq!(chip.profiles(), &Walk::PROFILES[..2], "the third is not on the chip");
    let cases = cases(200, 700);
    for profile in chip.profiles().to_vec() {
        assert!(chip.run(profile, &cases) == Walk.run(profile, &cases), "{profile}");
    }
    assert_eq!(
        recognised(&chip),
        9.0,
        "one for each chip and batch, and one for the other place of each chip"
    );
    assert_eq!(chip.finish(), Ok(()));
    let other = chip.run(Walk::PROFILES[2], &cases[..2]);
    assert_eq!(other, vec![Answer::Unsupported("the firmware does not run profile host".into()); 2]);
}

#[test]
fn a_case_that_does_not_fit_is_not_supported() {
    let large = Case { at: 0, steps: ROOM + 1 };
    let answers = chip(OnDevice::default(), 1).run(Walk::PROFILES[0], &[large, Case { at: 1, steps: 1 }]);
    assert_eq!(answers[0], Answer::Unsupported("the chip has no room for so many steps".into()));
    assert!(answers[1].outcome().is_some());
}

#[test]
fn a_run_whose_canary_agrees_is_void() {
    let mut chip = chip(OnDevice { blind: Some(0), ..OnDevice::default() }, 1);
    let answers = chip.run(Walk::PROFILES[0], &cases(10, 50));
    assert!(answers.iter().all(|answer| matches!(answer, Answer::NotRun(why) if why.starts_with("void"))));
    assert_eq!(recognised(&chip), 0.0);
    let problem = chip.finish().unwrap_err();
    assert!(problem.contains("a canary with its first step wrong"), "{problem}");
}

#[test]
fn each_chip_tries_each_place_however_short_the_run() {
    let case = |steps| Case { at: 0, steps };
    // The second gets the latter half, of which the case that is repeated first does not fit.
    let mut chip = chip(OnDevice::default(), 2);
    let answers = chip.run(Walk::PROFILES[0], &[case(1), case(2), case(ROOM + 1), case(3)]);
    assert_eq!(answers.iter().filter(|answer| answer.outcome().is_some()).count(), 3);
    assert_eq!(recognised(&chip), 4.0);
    assert!(chip.measurements().iter().all(Measurement::holds));
}

#[test]
fn a_place_that_only_a_long_run_comes_to_by_itself_is_tried() {
    let mut chip = chip(OnDevice { blind: Some(1), ..OnDevice::default() }, 1);
    let answers = chip.run(Walk::PROFILES[0], &cases(2, 50));
    assert!(answers.iter().all(|answer| matches!(answer, Answer::NotRun(why) if why.starts_with("void"))));
    assert!(chip.finish().unwrap_err().contains("a canary with its last step wrong"));
    let missed = chip.measurements().into_iter().find(|one| one.name == "chips that missed a canary");
    assert!(!missed.unwrap().holds());
}

#[test]
fn another_build_or_a_firmware_without_the_subject_is_not_believed() {
    let error = |result: Result<Chip<Walk>, String>| result.err().unwrap();
    let runs = error(Chip::new("simulated", sessions(OnDevice::default(), 1), Vec::new(), b"other"));
    assert_eq!(runs, "the chip runs build 686f7374, not 6f74686572");
    let empty = hil::links::simulated::Simulated::start(|| {
        let mut device = mcu_target_device::host::OnHost::start(Box::new(OnDevice::default()), &[]);
        Box::new(move |bytes| device.exchange(bytes))
    });
    let session = Session::open(Box::new(empty)).unwrap();
    assert_eq!(error(Chip::new("it", vec![session], Vec::new(), BUILD)), "the firmware does not run walk");
    assert_eq!(error(Chip::new("it", Vec::new(), Vec::new(), BUILD)), "it has no chip");
}

fn suite(steps: &[u32]) -> Suite<Walk> {
    let vector = |&steps: &u32| Vector {
        name: format!("walk-{steps}"),
        rule: "R".into(),
        note: String::new(),
        place: Place { file: PathBuf::from("vectors/walk/a b.yaml"), line: 3, column: 1 },
        case: Case { at: 5, steps },
        expected: Vec::new(),
        document: None,
    };
    Suite { vectors: steps.iter().map(vector).collect(), ..Suite::default() }
}

#[test]
fn long_programs_are_followed_and_the_step_that_drifts_is_found() {
    let suite = suite(&[99, 100, 1000, 4999, 5001]);
    let (lanes, findings) = drift::check(&mut chip(OnDevice::default(), 1), &suite, "");
    assert_eq!(findings.len(), 0);
    let names: Vec<String> = lanes.iter().map(|lane| lane.lane.to_string()).collect();
    assert_eq!(names, ["simulated~digests/one", "simulated~digests/two"]);
    for lane in &lanes {
        assert_eq!((lane.cases, lane.counts.agree, lane.counts.unsupported), (4, 3, 1), "{lane:?}");
        assert_eq!(lane.counts.judged(), lane.cases);
    }

    let wrong = OnDevice { wrong_step: 777, ..OnDevice::default() };
    let (lanes, findings) = drift::check(&mut chip(wrong, 1), &suite, " --target qemu");
    assert!(lanes.iter().all(|lane| (lane.counts.agree, lane.counts.differ) == (1, 2)), "{lanes:?}");
    assert_eq!(findings.len(), 4);
    for finding in &findings {
        assert_eq!((finding.step, finding.topic.as_str()), (Some(777), "step"));
        assert_eq!(finding.differences.len(), 2, "the register differs after it, and so does its path");
        let shown = finding.replay.starts_with("cargo xtask replay 'vectors/walk/a b.yaml' walk-");
        assert!(shown && finding.replay.ends_with(" --target qemu"), "{}", finding.replay);
    }
}

#[test]
fn lanes_are_made_from_roles() {
    let player = |name: &str, role, profiles: &[usize]| Player {
        name: name.into(),
        role,
        profiles: profiles.iter().map(|&at| Walk::PROFILES[at]).collect(),
    };
    let others = [
        player("rust", Role::Native, &[0, 1, 2]),
        player("elsewhere", Role::Reference, &[0]),
        player("python", Role::Model, &[0]),
    ];
    let lanes: Vec<String> =
        plan::lanes(&player("qemu", Role::Chip, &[0, 1]), &others).iter().map(ToString::to_string).collect();
    assert_eq!(lanes, ["qemu~rust/one", "qemu~rust/two", "qemu~python/one", "qemu~vectors"]);
}

#[test]
fn the_table_shows_a_column_for_each_profile_and_what_has_grown() {
    let one = |group: &str, value, unit: &str, at_most| Measurement {
        group: group.into(),
        name: "step".into(),
        value,
        unit: unit.into(),
        at_most,
        at_least: None,
    };
    let measured = [
        one("budget/walk/thumb/one", 60.0, "instructions", Some(51.0)),
        one("budget/walk/thumb/two", 7.0, "instructions", None),
        one("budget/walk/size", 300.0, "bytes", None),
    ];
    let table = budget::table::<Walk>(&measured, "rustc 1");
    let words: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0].join(" "), "what walk costs on a Cortex-M4, built by rustc 1");
    assert_eq!(words[1], ["300", "bytes", "step"]);
    assert_eq!(words[3], ["Thumb", "instructions", "one", "two"]);
    assert_eq!(words[4].join(" "), "step 60.0 7.0 GROWN: at most 51");
}
