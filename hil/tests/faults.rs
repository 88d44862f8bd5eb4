//! Whatever the link does, every case is answered once, and none wrongly.
//!
//! Not ten million frames in every run: `LOCKSTEP_FRAME_FAULTS=10000000 cargo test --release -p lockstep-hil --test
//! faults -- --nocapture` is the long one.

use std::sync::PoisonError;
use std::time::Instant;

use hil::Link;
use hil::convert;
use hil::links::faulty::{Faulty, Injected, Odds};
use hil::links::simulated::Simulated;
use hil::session::{Encoded, Items, Session, Trouble};
use vectors::Subject;
use vectors::minivm::{Case, MiniVm};
use wire::{Profile, Task};

fn encoded(cases: &[Case]) -> Vec<Encoded> {
    cases.iter().map(|case| convert::encode(case, convert::task(case))).collect()
}

/// Cases of the sweep, and programs.
fn cases() -> Vec<Case> {
    let mut draw = MiniVm::random(1);
    let programs = (0..40).map(|index| draw(4 * index).1);
    MiniVm::sweep().step_by(331).chain(programs).collect()
}

/// Runs the cases over and over, until so many faults have happened.
fn run(faults: u64, seed: u64, odds: Odds) -> Injected {
    let cases = encoded(&cases());
    let run = |session: &mut Session| session.run(Profile::Reference, &cases);
    let truth = run(&mut Session::open(Box::new(Simulated::start())).unwrap());
    assert!(truth.iter().all(|answer| matches!(answer, Ok(_) | Err(Trouble::TooLarge(_)))));

    let link = Faulty::new(Simulated::start(), seed, odds, faults);
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

/// A chip that dies at every case that has this word in it.
struct Deadly {
    link: Simulated,
    word: [u8; 4],
}

impl Link for Deadly {
    fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if bytes.windows(4).any(|window| window == self.word) {
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
    let word = [0xDE, 0xAD, 0xBE, 0xEF];
    let mut cases = cases();
    cases.truncate(100);
    cases[60] = Case::of_words(&[u32::from_be_bytes(word)]);
    let mut session = Session::open(Box::new(Deadly { link: Simulated::start(), word })).unwrap();
    let answers = session.run(Profile::Strict, &encoded(&cases));
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
fn what_the_chip_has_no_room_for_is_said() {
    let mut session = Session::open(Box::new(Simulated::start())).unwrap();
    let large = Case { code: vec![1; 0x1_0000], ..Case::default() };
    let cases = [Case::of_words(&[0]), large, Case::of_words(&[1])];
    let answers = session.run(Profile::Strict, &encoded(&cases));
    assert!(matches!(&answers[..], [Ok(_), Err(Trouble::TooLarge(_)), Ok(_)]), "{answers:?}");
    let hang = convert::encode(&Case { max_steps: 1, ..Case::default() }, Task::Outcome);
    assert!(session.run(Profile::Strict, &[hang])[0].is_ok());
}
