//! What a subject promises and does not keep is said before anything is run; what it hides does not agree.

use std::cell::Cell;
use std::sync::atomic::AtomicBool;

use oracle::campaign::{Campaign, CannotRun, Seat};
use oracle::contract;
use oracle::ledger::Ledger;
use oracle::machine::{FailureKind, Role};
use oracle::machines::caught::Caught;
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::subject::*;
use oracle::suite::Suite;
use oracle::{Answer, Machine, Subject, capabilities};
use rstest::rstest;
use toy::{Toy, Toys};

use crate::bench::{Behaviour, Planted, Setup, folder, right};

/// A toy that breaks the promise of this number.
#[derive(Clone, Copy, Debug, Default)]
struct Bad<const PROMISE: u8>;

const KEPT: u8 = 0;
const BASE: u8 = 1;
const TOPIC: u8 = 2;
const NO_TOPIC: u8 = 3;
const LIMIT: u8 = 4;
const STEPS: u8 = 5;
const TWICE: u8 = 6;
const NUMBER: u8 = 7;
const FAR: u8 = 8;
const COLUMN: u8 = 9;
const NO_POINT: u8 = 10;
const STATEFUL: u8 = 11;
const CONSTANT: u8 = 12;
const PROFILE: u8 = 13;

impl<const P: u8> Cases for Bad<P> {
    const NAME: &'static str = "bad";
    const PROFILES: &'static [Profile] = match P {
        BASE => &[Profile::new("wraps", ""), Profile::derived("stays", "", "wrasp")],
        PROFILE => &[Profile::new("wraps", ""), Profile::new("wraps", "")],
        _ => &[Profile::new("wraps", ""), Profile::derived("stays", "", "wraps")],
    };
    type Case = Toys;
    type Outcome = Toys;

    fn check_case(case: &Toys) -> Result<(), String> {
        if P == LIMIT && case.a == 13 { Err("a: 13 is bad luck".into()) } else { Ok(()) }
    }
    fn check_outcome(_: &Toys, _: &Toys) -> Result<(), String> {
        Ok(())
    }
    fn start(case: &Toys) -> State {
        let mut state = Toy::start(case);
        if P == TWICE {
            state.push(Path::of("a"), Value::word(0));
        }
        state
    }
    fn end(case: &Toys, end: &Toys) -> State {
        Toy::end(case, end)
    }
    fn topics(case: &Toys) -> Vec<&'static str> {
        match P {
            TOPIC => vec!["jump"],
            NO_TOPIC => Vec::new(),
            _ => Toy::topics(case),
        }
    }
    fn all_topics() -> Vec<&'static str> {
        Toy::all_topics()
    }
    fn listing(case: &Toys) -> String {
        Toy::listing(case)
    }
}

impl<const P: u8> Subject for Bad<P> {
    capabilities!(Bad::<P> => steps: Steps<Self>, generates: Generates<Self>, watched: Watched<Self>);
}

impl<const P: u8> Steps<Bad<P>> for Bad<P> {
    fn count(&self, case: &Toys) -> u32 {
        if P == STEPS { 0 } else { Steps::<Toy>::count(&Toy, case) }
    }
    fn first(&self, case: &Toys, steps: u32) -> Toys {
        Toy.first(case, steps)
    }
    fn next(&self, case: &Toys, end: &Toys) -> Option<Toys> {
        Toy.next(case, end)
    }
    fn topic(&self, case: &Toys, before: Option<&Toys>) -> &'static str {
        Toy.topic(case, before)
    }
}

impl<const P: u8> Generates<Bad<P>> for Bad<P> {
    fn sweep(&self) -> Box<dyn Iterator<Item = Toys> + Send> {
        Toy.sweep()
    }
    fn random(&self, seed: u64) -> Draw<Bad<P>> {
        let (draw, drawn) = (Toy.random(seed), Cell::new(0));
        Box::new(move |index| match P {
            STATEFUL => draw(drawn.replace(drawn.get() + 1)),
            CONSTANT => draw(0),
            _ => draw(index),
        })
    }
}

impl<const P: u8> Watched<Bad<P>> for Bad<P> {
    fn groups(&self) -> Vec<&'static str> {
        if P == COLUMN { vec!["size"] } else { Toy.groups() }
    }
    fn rows(&self, profile: Profile) -> Vec<PointRow> {
        let mut rows = Watched::<Toy>::rows(&Toy, profile);
        match P {
            NUMBER => rows[1].points[0].number = 0,
            FAR => rows[1].points[0].number = usize::MAX - 1,
            NO_POINT => rows.clear(),
            _ => {}
        }
        rows
    }
    fn watcher(&self, _: Profile) -> Box<dyn Watcher<Bad<P>>> {
        unreachable!("nothing is run")
    }
}

/// What is said of the toy that breaks this promise.
fn said<const P: u8>() -> String {
    contract::check(&Suite::<Bad<P>>::default())
        .map_or_else(|broken| broken.promises.join("; "), |()| String::new())
}

#[rstest]
#[case(said::<KEPT>(), "")]
#[case(
    said::<BASE>(),
    "profile `stays` is derived from one that there is not: bad has no profile `wrasp`, only wraps, stays"
)]
#[case(said::<PROFILE>(), "two profiles are called `wraps`")]
#[case(said::<TOPIC>(), "sweep/0 is about `jump`, which is no topic")]
#[case(said::<NO_TOPIC>(), "sweep/0 is about no topic")]
#[case(said::<LIMIT>(), "sweep/13 breaks a limit of its format: a: 13 is bad luck")]
#[case(said::<STEPS>(), "sweep/0 takes no step")]
#[case(said::<TWICE>(), "sweep/0 starts from a state that has `a` twice")]
#[case(said::<NUMBER>(), "point `inside` of dec has the number of another, 0")]
#[case(said::<FAR>(), "point `inside` of dec has the number 18446744073709551614, which is not small")]
#[case(
    said::<COLUMN>(),
    "point `at-the-end` of dec stands in column `range`, which is none; point `at-the-end` of inc stands in column \
     `range`, which is none; point `inside` of dec stands in column `range`, which is none; point `inside` of inc stands \
     in column `range`, which is none"
)]
#[case(said::<NO_POINT>(), "no point is possible in profile `stays`; no point is possible in profile `wraps`")]
#[case(said::<STATEFUL>(), "random case 0 of seed 1 depends on what was drawn before it")]
#[case(said::<CONSTANT>(), "the first 32 random cases of seed 1 are all the same")]
fn what_is_not_kept_is_said(#[case] said: String, #[case] expected: &str) {
    assert_eq!(said, expected);
}

#[test]
fn a_campaign_of_a_broken_subject_runs_nothing() {
    let (suite, ledger) = (Suite::<Bad<STEPS>>::default(), Ledger::default());
    let plan = Plan { seed: 1, random: 1, sweep_stride: 1, topics: Vec::new(), shard: Shard::default() };
    let campaign = Campaign::new((&suite, &ledger), plan, folder("broken"));
    let error = campaign.run(&AtomicBool::new(false), &mut |_| {}).unwrap_err();
    assert!(matches!(error, CannotRun::Contract(_)));
    assert!(error.to_string().starts_with("subject bad does not keep what its traits promise: "), "{error}");
}

#[rstest]
#[case("rust", "two machines are called `rust`")]
#[case("vectors", "`vectors` cannot be the name of a machine")]
#[case("ru/st", "`ru/st` cannot be the name of a machine")]
#[case("a~b", "`a~b` cannot be the name of a machine")]
#[case("a b", "`a b` cannot be the name of a machine")]
fn machines_are_told_apart_by_their_names(#[case] name: &'static str, #[case] expected: &str) {
    let setup = Setup::new(
        "names",
        &["rust~model/wraps"],
        vec![Planted::boxed(name, || Box::new(crate::bench::agrees))],
    );
    let error = setup.try_run(&AtomicBool::new(false), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

/// Says more than its state shows.
fn hides() -> Behaviour {
    Box::new(|profile, case| {
        let outcome = right(profile, case);
        Answer::Outcome(Toys { code: outcome.code.to_uppercase(), ..outcome })
    })
}

#[test]
fn what_an_outcome_has_beyond_its_state_is_compared_too() {
    let case = Toys { code: "i".into(), a: 1 };
    let Answer::Outcome(got) = hides()(Toy::PROFILES[0], &case) else { unreachable!() };
    let expected = right(Toy::PROFILES[0], &case);
    assert!(!agree::<Toy>(&case, &expected, &got));
    let found = compare::<Toy>(&case, &expected, &got);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path.to_string(), "outcome");
    assert_eq!(found[0].got_text(), r#"{"code":"I","a":2}"#);
}

#[test]
fn a_path_that_is_there_twice_hides_nothing() {
    let state = |values: [u32; 2]| {
        let mut state = State::default();
        values.into_iter().for_each(|value| state.push(Path::of("stack"), Value::word(value)));
        state
    };
    assert_eq!(differences(&state([1, 2]), &state([9, 2])).len(), 1);
    assert_eq!(differences(&state([1, 2]), &state([1, 2])), []);
}

/// Panics at 13.
fn panics() -> Behaviour {
    Box::new(|profile, case| {
        assert!(case.a != 13, "13 is bad luck");
        Answer::Outcome(right(profile, case))
    })
}

#[test]
fn a_panic_costs_its_case_alone() {
    let mut machine = Caught::new(Planted::boxed("other", panics));
    let cases: Vec<Toys> = (12..15).map(|a| Toys { code: "i".into(), a }).collect();
    let answers = machine.run(Toy::PROFILES[0], &cases);
    let is_outcome: Vec<bool> = answers.iter().map(|answer| answer.outcome().is_some()).collect();
    assert_eq!(is_outcome, [true, false, true]);
    let Answer::Broken(failure) = &answers[1] else { unreachable!() };
    assert_eq!(failure.kind, FailureKind::Crash);
    assert!(failure.why.starts_with("panics at "), "{}", failure.why);
    assert!(failure.why.ends_with(": 13 is bad luck"), "{}", failure.why);
}

#[test]
fn a_run_goes_on_behind_a_panic() {
    let machine = Box::new(Caught::new(Planted::boxed("other", panics)));
    let mut setup = Setup::new("panics", &["other~model/wraps"], Vec::new());
    setup.machines.push(Seat { role: Role::Program, machine, sample: None });
    let report = setup.run();
    let counts = report.lanes[0].counts;
    assert!(counts.differ > 0 && counts.agree > counts.differ, "{counts:?}");
    assert!(report.findings[0].failure.as_ref().is_some_and(|why| why.contains("13 is bad luck")));
}

/// `d` subtracts three.
fn wrong_in_dec() -> Behaviour {
    Box::new(|profile, case| {
        let step = |a, letter: char| {
            let one = Toys { code: letter.into(), a };
            right(profile, &one).a.wrapping_sub(if letter == 'd' { 2 } else { 0 })
        };
        Answer::Outcome(Toys { a: case.code.chars().fold(case.a, step), code: case.code.clone() })
    })
}

/// Whichever side is wrong in its own profile.
#[rstest]
#[case("across-machine", "other/stays~model/wraps")]
#[case("across-oracle", "model/stays~other/wraps")]
fn who_is_wrong_in_one_profile_is_told_so_in_a_lane_between_profiles(
    #[case] place: &'static str,
    #[case] lane: &'static str,
) {
    let mut setup = Setup::new(place, &[lane], vec![Planted::boxed("other", wrong_in_dec)]);
    // Enough for one that shows both: the difference of the profiles first, then what is wrong.
    setup.plan.random = 6000;
    let report = setup.run();
    assert_eq!(report.findings.iter().map(|it| it.topic.as_str()).collect::<Vec<_>>(), ["dec"]);
    if place == "across-oracle" {
        return;
    }
    // What the file expects of the profile is right in it.
    let finding = &report.findings[0];
    let file = folder(place).join("1-1").join(&finding.file);
    let suite = Toy::written().unwrap().load(&file).unwrap();
    for vector in &suite.vectors {
        for expected in &vector.expected {
            let of = right(expected.profile, &vector.case);
            assert_eq!(expected.of(&of), of, "{}", expected.profile);
        }
    }
}
