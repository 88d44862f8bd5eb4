//! Worker processes: the answers are those of one process, and a crash costs the case that it was at.

use oracle::cores::Cores;
use oracle::machine::{Failure, FailureKind};
use oracle::machines::workers::Workers;
use oracle::{Answer, Cases, Machine};
use rstest::rstest;
use toy::{Toy, Toys};

/// A worker that adds the number of instructions, and ends at a case that starts from 13.
const WORKER: &str = "
import json, os, sys
for line in sys.stdin:
    subject, profiles, cases = json.loads(line)
    if any(case['a'] == 13 for case in cases):
        os._exit(9)
    outcomes = [{'code': case['code'], 'a': (case['a'] + len(case['code'])) % 256} for case in cases]
    print(json.dumps([[{'outcome': outcome}, 0][:len(profiles)] for outcome in outcomes]), flush=True)
";

fn workers(script: &str, most: usize) -> Workers {
    Workers::new(["python3", "-c", script].map(str::to_owned).into(), Cores::new(most))
}

/// Why workers are no machine. Before it is loaded nobody knows.
fn refused(workers: &Workers) -> String {
    Machine::<Toy>::load(&mut workers.model::<Toy>()).unwrap_err()
}

fn case(a: u8) -> Toys {
    Toys { code: "ii".into(), a }
}

#[rstest]
fn answers_do_not_depend_on_how_many_there_are(#[values(1, 2, 5)] most: usize) {
    let mut machine = workers(WORKER, most).model::<Toy>();
    let cases: Vec<Toys> = (0..=255).cycle().filter(|&a| a != 13).take(1000).map(case).collect();
    let answers = Machine::<Toy>::run(&mut machine, Toy::PROFILES[0], &cases);
    let right = |case: &Toys| Answer::Outcome(Toys { a: case.a.wrapping_add(2), ..case.clone() });
    assert_eq!(answers, cases.iter().map(right).collect::<Vec<_>>());
}

#[rstest]
fn an_answer_that_comes_once_is_that_in_each_profile(#[values(1, 2, 5)] most: usize) {
    let mut machine = workers(WORKER, most).model::<Toy>();
    let cases: Vec<Toys> = (0..=255).cycle().take(600).map(case).collect();
    let together = Machine::<Toy>::run_profiles(&mut machine, Toy::PROFILES, &cases).unwrap();
    let alone = |&profile| Machine::<Toy>::run(&mut machine, profile, &cases);
    assert_eq!(together, Toy::PROFILES.iter().map(alone).collect::<Vec<_>>());
    assert_eq!(together.len(), 2);
}

#[test]
fn an_answer_is_needed_in_each_profile() {
    let script = WORKER.replace("[:len(profiles)]", "[:1]");
    let mut machine = workers(&script, 1).model::<Toy>();
    let together = Machine::<Toy>::run_profiles(&mut machine, Toy::PROFILES, &[case(1)]).unwrap();
    // In each profile alone the worker gives as many as it is asked for.
    let right = Answer::Outcome(Toys { a: 3, ..case(1) });
    assert_eq!(together, [[right.clone()], [right]]);
}

#[rstest]
fn a_crash_costs_one_case(#[values(1, 3)] most: usize) {
    let mut machine = workers(WORKER, most).model::<Toy>();
    let cases: Vec<Toys> = (0..200).map(case).collect();
    let answers = Machine::<Toy>::run(&mut machine, Toy::PROFILES[0], &cases);
    for (case, answer) in cases.iter().zip(&answers) {
        match answer {
            Answer::Outcome(outcome) => assert_eq!(outcome.a, case.a + 2),
            Answer::Broken(Failure { kind: FailureKind::Crash, .. }) => assert_eq!(case.a, 13),
            other => panic!("{case:?}: {other:?}"),
        }
    }
    assert!(matches!(answers[13], Answer::Broken(_)));
}

/// A worker that is told when to end at the first piece, and knows whether it has the next one by then.
const AHEAD: &str = "
import json, os, select
rest = b''
def has_next(wait):
    return bool(rest or select.select([0], [], [], wait)[0])
while True:
    while b'\\n' not in rest:
        rest += os.read(0, 1 << 16)
    line, _, rest = rest.partition(b'\\n')
    cases = json.loads(line)[2]
    if cases[0]['a'] == 0 and (ENDS):
        os._exit(9)
    print(json.dumps([[{'outcome': case}] for case in cases]), flush=True)
";

/// With one core, nothing is done beside the worker.
#[rstest]
#[case(1, "has_next(0.3)")]
#[case(2, "not has_next(30)")]
fn a_worker_is_given_the_next_piece_ahead_if_there_is_more_than_one_core(
    #[case] most: usize,
    #[case] ends: &str,
) {
    let mut machine = workers(&AHEAD.replace("ENDS", ends), most).model::<Toy>();
    let cases: Vec<Toys> = (0..200).map(case).collect();
    let answers = Machine::<Toy>::run(&mut machine, Toy::PROFILES[0], &cases);
    assert_eq!(answers, cases.iter().cloned().map(Answer::Outcome).collect::<Vec<_>>());
    assert_eq!(Machine::<Toy>::finish(&mut machine), Ok(()));
}

/// What it was given behind that piece is nobody's failure.
#[test]
fn a_crash_costs_nothing_that_was_given_ahead() {
    let ends = "len(cases) > 1 and has_next(30)";
    let mut machine = workers(&AHEAD.replace("ENDS", ends), 2).model::<Toy>();
    let cases: Vec<Toys> = (0..200).map(case).collect();
    let answers = Machine::<Toy>::run(&mut machine, Toy::PROFILES[0], &cases);
    assert_eq!(answers, cases.iter().cloned().map(Answer::Outcome).collect::<Vec<_>>());
    let told = Machine::<Toy>::finish(&mut machine).unwrap_err();
    assert!(told.contains("exit status: 9"), "{told}");
}

#[rstest]
#[case("len(cases) > 1", 1)]
#[case("len(profiles) > 1", 2)]
fn a_crash_at_no_case_is_the_workers(#[case] when: &str, #[case] profiles: usize) {
    let script = WORKER.replace("any(case['a'] == 13 for case in cases)", when);
    let mut machine = workers(&script, 2).model::<Toy>();
    let cases: Vec<Toys> = (0..20).map(case).collect();
    let answers = Machine::<Toy>::run_profiles(&mut machine, &Toy::PROFILES[..profiles], &cases).unwrap();
    assert!(answers.iter().flatten().all(|answer| answer.outcome().is_some()), "{answers:?}");
    let told = Machine::<Toy>::finish(&mut machine).unwrap_err();
    assert!(told.contains("exit status: 9"), "{told}");
    assert!(told.ends_with("but at no case that is run alone"), "{told}");
    assert_eq!(Machine::<Toy>::finish(&mut machine), Ok(()));
}

#[rstest]
#[case("import sys; sys.exit('no interpreter')", "no interpreter")]
#[case("input(); print('{\"failed\": \"no model\"}')", "no model")]
#[case("input(); print('[[1], [2]]')", "2 answers to 0 cases")]
fn workers_that_cannot_work_are_no_machine(#[case] script: &str, #[case] why: &str) {
    let error = refused(&workers(script, 2));
    assert!(error.contains(why), "{error}");
}

#[test]
fn a_program_that_is_not_there_is_no_machine() {
    let error = refused(&Workers::new(vec!["/nonexistent".into()], Cores::new(1)));
    assert!(error.starts_with("/nonexistent cannot be started"), "{error}");
}
