//! MiniVM on a simulated chip, which runs the firmware's own code: it agrees with the VM on this host in every field.

use std::path::Path;

use hil::chip::Chip;
use hil::drift;
use hil::items::{Encoded, Reading};
use hil::links::simulated::Simulated;
use hil::session::Session;
use hil_wire::Task;
use mcu_target_device::Subjects;
use mcu_target_device::host::{BUILD, COST, OnHost};
use oracle::subject::{Generates, OnChip, Profile};
use oracle::{Answer, Cases, Machine, Subject};
use vectors_minivm::{Case, MiniVm, NativeVm};

fn session() -> Session {
    let chip = Simulated::start(|| {
        let mut device = OnHost::<Subjects>::start(Box::default(), Subjects::NUMBERS);
        Box::new(move |bytes| device.exchange(bytes))
    });
    Session::open(Box::new(chip)).unwrap()
}

fn chip(chips: usize) -> Chip<MiniVm> {
    Chip::new("simulated", (0..chips).map(|_| session()).collect(), Vec::new(), BUILD).unwrap()
}

fn on_chip() -> &'static dyn OnChip<MiniVm> {
    MiniVm::on_chip().unwrap()
}

/// Cases of the sweep, programs, single instructions.
fn cases() -> Vec<Case> {
    let draw = MiniVm.random(1);
    MiniVm.sweep().step_by(301).chain((0..2000).map(|index| draw(index).1)).collect()
}

fn canaries(chip: &Chip<MiniVm>) -> f64 {
    let measured = Machine::<MiniVm>::measurements(chip);
    measured.iter().find(|one| one.name == "canaries recognised").unwrap().value
}

#[test]
fn a_chip_agrees_with_the_vm_on_this_host() {
    let (mut chip, cases) = (chip(3), cases());
    let profiles = chip.profiles().to_vec();
    assert_eq!(profiles, on_chip().profiles());
    assert_eq!(profiles.len(), 2, "reference and strict");
    for profile in profiles {
        let (mut compared, mut unsupported) = (0, 0);
        for batch in cases.chunks(500) {
            let expected = NativeVm::default().run_all(profile, batch);
            for ((case, expected), got) in batch.iter().zip(expected).zip(chip.run(profile, batch)) {
                match got {
                    Answer::Unsupported(_) => unsupported += 1,
                    got => {
                        assert_eq!(got, expected, "{}", MiniVm::listing(case));
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 3000 && unsupported < 10, "{compared} compared, {unsupported} unsupported");
    }
    assert!(canaries(&chip) >= 24.0, "each place of an outcome was wrong once, at least");
    assert_eq!(chip.finish(), Ok(()));
}

#[test]
fn traces_are_those_of_the_vm_on_this_host() {
    let draw = MiniVm.random(3);
    let cases: Vec<Case> = (0..50).map(|index| Case { trace: true, ..draw(4 * index).1 }).collect();
    for profile in on_chip().profiles() {
        let expected = NativeVm::default().run_all(profile, &cases);
        assert!(expected.iter().all(|answer| answer.outcome().is_some_and(|it| it.trace.is_some())));
        let mut chip = chip(1);
        assert_eq!(chip.run(profile, &cases), expected);
        assert_eq!(canaries(&chip), on_chip().canaries().len() as f64, "one in each place");
    }
}

#[test]
fn long_programs_do_not_drift() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("vectors/minivm");
    let suite = MiniVm::written().unwrap().load(&folder).unwrap();
    let (lanes, findings) = drift::check(&mut chip(1), &suite, "");
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(lanes.len(), on_chip().profiles().len());
    for lane in lanes {
        assert!(lane.counts.agree >= 40, "{lane:?}");
        assert_eq!(lane.counts.agree + lane.counts.unsupported, lane.cases, "{lane:?}");
    }
}

#[test]
fn what_is_measured_takes_the_steps_that_it_says() {
    let mut session = session();
    let budget = on_chip().budget().unwrap();
    assert_eq!(budget.kinds.len(), 38, "a case for each instruction");
    for kind in budget.kinds {
        for profile in on_chip().profiles() {
            let reading =
                Reading { subject: on_chip().number(), profile: on_chip().profile(profile).unwrap() };
            for way in 0..budget.ways.len() as u8 {
                let task = Task::Measure { rounds: kind.rounds, steps: kind.case.max_steps, way };
                let encoded = Encoded::new(task, &on_chip().encode(&kind.case), kind.case.max_steps);
                let items = session.run_one(reading, encoded).unwrap();
                let contents = items.contents().unwrap();
                let cost = contents.cost.unwrap();
                assert_eq!((cost.ticks, cost.stack), COST);
                assert_eq!(contents.end.steps, kind.case.max_steps, "{} {profile}", kind.name);
            }
        }
    }
}

/// Two traits of the VM have a function `run`.
trait RunAll {
    fn run_all(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<vectors_minivm::Outcome>>;
}

impl RunAll for NativeVm {
    fn run_all(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<vectors_minivm::Outcome>> {
        Machine::<MiniVm>::run(self, profile, cases)
    }
}
