//! The executive on a simulated chip, which runs the firmware's own code in the chip's rooms: what it can play comes to the same
//! in every field as on this host, and what it cannot play is said to be unsupported.

use std::collections::BTreeMap;
use std::path::Path;

use hil::chip::Chip;
use hil::drift;
use hil::links::simulated::Simulated;
use hil::session::Session;
use mcu_target_device::Subjects;
use mcu_target_device::host::{BUILD, OnHost};
use oracle::subject::Generates;
use oracle::suite::Suite;
use oracle::{Answer, Cases, Machine, Subject};
use vectors_executive::{Case, Executive, NativeExecutive};

fn chip(chips: usize) -> Chip<Executive> {
    let session = |_| {
        let chip = Simulated::start(|| {
            let mut device = OnHost::<Subjects>::start(Box::default(), Subjects::NUMBERS);
            Box::new(move |bytes| device.exchange(bytes))
        });
        Session::open(Box::new(chip)).unwrap()
    };
    Chip::new("simulated", (0..chips).map(session).collect(), Vec::new(), BUILD).unwrap()
}

fn suite() -> Suite<Executive> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("vectors/executive");
    Executive::written().unwrap().load(&folder).unwrap()
}

/// Compares the chip with the executive on this host. Says how many were compared, and why others were not.
fn compare(cases: &[Case]) -> (usize, BTreeMap<String, usize>) {
    let (mut compared, mut unsupported) = (0, BTreeMap::new());
    let mut chip = chip(2);
    let mut native = NativeExecutive::default();
    for profile in chip.profiles().to_vec() {
        for batch in cases.chunks(100) {
            let expected = native.run(profile, batch);
            for ((case, expected), got) in batch.iter().zip(expected).zip(chip.run(profile, batch)) {
                match got {
                    Answer::Unsupported(why) => *unsupported.entry(why).or_default() += 1,
                    got => {
                        assert_eq!(got, expected, "{profile}: {}", Executive::listing(case));
                        compared += 1;
                    }
                }
            }
        }
    }
    assert_eq!(chip.finish(), Ok(()));
    println!("{compared} compared; {unsupported:#?}");
    (compared, unsupported)
}

#[test]
fn vectors_come_to_the_same() {
    let cases: Vec<Case> = suite().vectors.into_iter().map(|vector| vector.case).collect();
    let (compared, unsupported) = compare(&cases);
    assert_eq!(compared + unsupported.values().sum::<usize>(), 2 * cases.len());
    assert!(10 * compared > 9 * 2 * cases.len(), "{compared} of {}", 2 * cases.len());
}

#[test]
fn scripts_come_to_the_same() {
    let draw = Executive.random(7);
    let cases: Vec<Case> = Executive.sweep().step_by(3).chain((0..600).map(|index| draw(index).1)).collect();
    let (compared, _) = compare(&cases);
    assert!(10 * compared > 9 * 2 * cases.len(), "{compared} of {}", 2 * cases.len());
}

#[test]
fn scripts_do_not_drift_and_a_bug_would_be_found() {
    let (mut chip, codec) = (chip(1), Executive::on_chip().unwrap());
    let steps = Executive::steps().unwrap();
    let draw = Executive.random(8);
    for profile in codec.profiles() {
        let mut followed = 0;
        for case in (0..40).map(|index| draw(index).1) {
            if let Ok(found) = drift::first_difference(&mut chip, steps, profile, &case) {
                assert_eq!(found, None, "{profile}: {}", Executive::listing(&case));
                followed += 1;
            }
        }
        assert!(followed > 20, "{followed}");
    }
}
