//! A batch that is run several times: a case to which a machine does not always say the same has no answer.

use std::collections::VecDeque;

use oracle::cases::{Path, State, Value};
use oracle::machine::{FailureKind, run_repeated};
use oracle::outside::Outside;
use oracle::{Answer, Cases, Machine, Profile};
use rstest::rstest;
use toy::{Toy, Toys};

/// A machine that says one thing after the other, whatever it is asked.
struct Reciting(VecDeque<Answer<Toys>>);

impl Machine<Toy> for Reciting {
    fn name(&self) -> &str {
        "reciting"
    }

    fn profiles(&self) -> &[Profile] {
        Toy::PROFILES
    }

    fn run(&mut self, _: Profile, cases: &[Toys]) -> Vec<Answer<Toys>> {
        self.0.drain(..cases.len()).collect()
    }
}

fn outcome(a: u8) -> Toys {
    Toys { code: "i".into(), a }
}

fn is(a: u8) -> Answer<Toys> {
    Answer::Outcome(outcome(a))
}

fn outside(said: &str) -> Answer<Toys> {
    let mut state = State::default();
    state.push(Path::of("a"), Value::Text(said.into()));
    Answer::Outside(Box::new(Outside { outcome: outcome(0), said: state }))
}

fn refused() -> Answer<Toys> {
    Answer::Unsupported("not yet".into())
}

fn not_run() -> Answer<Toys> {
    Answer::NotRun("interrupted".into())
}

fn unsteady() -> Answer<Toys> {
    let why = "does not say the same when the case is run again in another order";
    Answer::broken(FailureKind::Unsteady, why)
}

#[rstest]
#[case([is(1), is(1), is(1)], is(1))]
#[case([is(1), is(1), is(2)], unsteady())]
#[case([is(1), is(2), is(1)], unsteady())]
#[case([outside("256"), outside("256"), outside("256")], outside("256"))]
#[case([outside("256"), outside("256"), outside("257")], unsteady())]
#[case([is(0), is(0), outside("256")], unsteady())]
#[case([is(1), refused(), is(1)], unsteady())]
#[case([refused(), refused(), refused()], refused())]
// What was not run is not said either way.
#[case([is(1), is(1), not_run()], not_run())]
#[case([not_run(), is(1), is(2)], not_run())]
fn what_is_said_each_time_is_believed(#[case] said: [Answer<Toys>; 3], #[case] believed: Answer<Toys>) {
    let mut machine = Reciting(said.into());
    assert_eq!(run_repeated(&mut machine, Toy::PROFILES[0], &[outcome(7)], 3), [believed]);
    assert!(machine.0.is_empty(), "it was not asked each time");
}
