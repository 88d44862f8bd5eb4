//! Whatever the link does, every case is answered once, and none wrongly.
//!
//! Not ten million frames in every run: `LOCKSTEP_FRAME_FAULTS=10000000 cargo test --release -p hil --test faults --
//! --nocapture` is the long one.
#![allow(dead_code, reason = "the toy is shared by tests that use parts of it")]

mod toy;

use std::sync::PoisonError;
use std::time::Instant;

use hil::Link;
use hil::items::{Encoded, Items, Reading, Trouble};
use hil::links::faulty::{Faulty, Injected, Odds};
use hil::links::simulated::Simulated;
use hil::session::Session;
use hil_wire::Task;
use oracle::subject::OnChip;
use toy::{Case, NUMBER, OnDevice, ROOM, Walk};

const READING: Reading = Reading { subject: NUMBER, profile: 0 };

fn encoded(cases: &[Case]) -> Vec<Encoded> {
    cases.iter().map(|case| Encoded::new(Task::Outcome, &Walk.encode(case), case.steps)).collect()
}

fn chip() -> Simulated {
    toy::chip(OnDevice::default())
}

/// Cases whose answers take one reply or two: with one frame in three damaged, a longer answer would hardly ever come.
fn cases() -> Vec<Case> {
    toy::cases(150, 120)
}

/// Runs the cases over and over, until so many faults have happened.
fn run(faults: u64, seed: u64, odds: Odds) -> Injected {
    let cases = encoded(&cases());
    let run = |session: &mut Session| session.run(READING, &cases);
    let truth = run(&mut Session::open(Box::new(chip())).unwrap());
    assert!(truth.iter().all(Result::is_ok));

    let link = Faulty::new(chip(), seed, odds, faults);
    let injected = link.injected();
    let injected = || injected.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut session = Session::open(Box::new(link)).unwrap();
    let (start, mut answered) = (Instant::now(), 0);
    while injected().total() < faults {
        let answers: Vec<Result<Items, Trouble>> = run(&mut session);
        assert!(answers == truth, "seed {seed}: an answer is wrong, or missing");
        answered += answers.len();
    }
    let rate = injected().total() as f64 / start.elapsed().as_secs_f64();
    println!("{}; {answered} cases answered, {:?}; {rate:.0} faults/s", injected(), session.counts);
    injected()
}

#[test]
fn every_case_is_answered_once_and_no_changed_frame_is_accepted() {
    let faults = std::env::var("LOCKSTEP_FRAME_FAULTS").ok().map(|count| count.parse().expect("a number"));
    let injected = run(faults.unwrap_or(50_000), 1, Odds { frame: 3, power_cut: 200 });
    assert_eq!(injected.undetected, 0, "the CRC has let a changed frame through");
    assert!(injected.by_fault().all(|(_, count)| count > 0), "{injected}");
}

#[test]
fn the_same_seed_gives_the_same_faults() {
    let odds = Odds { frame: 5, power_cut: 20 };
    assert_eq!(run(500, 7, odds), run(500, 7, odds));
    assert_ne!(run(500, 7, odds), run(500, 8, odds));
}

/// A chip that dies at every case that has these bytes in it.
struct Deadly {
    link: Simulated,
    mark: Vec<u8>,
}

impl Link for Deadly {
    fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if bytes.windows(self.mark.len()).any(|window| window == self.mark) {
            self.link.cut_power();
        }
        self.link.send(bytes)
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, limit: std::time::Duration) -> std::io::Result<()> {
        self.link.receive(bytes, limit)
    }

    fn restart(&mut self) -> Result<(), String> {
        self.link.restart()
    }
}

#[test]
fn the_case_that_takes_the_chip_down_is_named_and_the_others_are_answered() {
    let mut cases = cases();
    cases.truncate(100);
    cases[60] = Case { at: 0xDEAD_BEEF, steps: 9 };
    let mark = Walk.encode(&cases[60]);
    let mut session = Session::open(Box::new(Deadly { link: chip(), mark })).unwrap();
    let answers = session.run(READING, &encoded(&cases));
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(matches!(answer, Err(Trouble::Fails(_))), number == 60, "{number}: {answer:?}");
    }
}

/// A line on which nothing comes back, or only one's own words.
struct Wire {
    echoes: bool,
    sent: Vec<u8>,
}

impl Link for Wire {
    fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.sent.extend(bytes);
        Ok(())
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, _: std::time::Duration) -> std::io::Result<()> {
        if self.echoes {
            bytes.append(&mut self.sent);
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn a_line_without_a_chip_is_none() {
    for echoes in [false, true] {
        let error = Session::open(Box::new(Wire { echoes, sent: Vec::new() })).err().unwrap();
        assert!(error.starts_with("nobody answers"), "{error}");
    }
}

#[test]
fn what_the_chip_does_not_run_is_said() {
    let mut session = Session::open(Box::new(chip())).unwrap();
    let large = Encoded::new(Task::Outcome, &[1; 0x1_0000], 1);
    let small = encoded(&[Case { at: 0, steps: 1 }, Case { at: 1, steps: ROOM + 1 }]);
    let cases = [small[0].clone(), large, small[1].clone()];
    let answers = session.run(READING, &cases);
    assert!(matches!(&answers[..], [Ok(_), Err(Trouble::Unsupported(_)), Ok(_)]), "{answers:?}");
    assert!(answers[2].as_ref().unwrap().contents().is_err(), "too many steps for the chip");
    for reading in [Reading { subject: 1, ..READING }, Reading { profile: 9, ..READING }] {
        let answers = session.run(reading, &cases);
        assert!(answers.iter().all(|answer| matches!(answer, Err(Trouble::Unsupported(_)))), "{answers:?}");
    }
    let strange = [small[0].clone(), Encoded::new(Task::Outcome, &[1, 2, 3, 4, 5, 6], 1)];
    let answers = session.run(READING, &strange);
    assert!(matches!(&answers[..], [Ok(_), Err(Trouble::Fails(_))]), "{answers:?}");
}
