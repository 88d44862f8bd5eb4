//! Nothing that a program does wrong hurts more than the case it was at.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use oracle::Answer;
use oracle::machine::{FailureKind, Machine};
use rstest::rstest;
use toy::Toy;

use crate::bench::{LIMIT, SPECIAL, cases, command, machine, reasons_at, right, run, start, starts};

fn kind(answer: &Answer<toy::Toys>) -> Option<FailureKind> {
    match answer {
        Answer::Broken(failure) => Some(failure.kind),
        _ => None,
    }
}

#[rstest]
#[case("crashes", FailureKind::Crash, "ended (exit status: 3), saying `segmentation\u{FFFD}[0m fault at d`")]
#[case("buffers", FailureKind::Crash, "ended (exit status: 3), saying `segmentation\u{FFFD}[0m fault at d`")]
#[case("swaps", FailureKind::Form, "answers request `c999999`")]
#[case("rubbish", FailureKind::Form, "rubbish\u{FFFD}`")]
#[case("half", FailureKind::Crash, "in the middle of a line: `{\"id\":\"c")]
#[case("two-keys", FailureKind::Form, "one of outcome, unsupported and error is wanted")]
#[case("null-key", FailureKind::Form, "error: invalid type: null, expected a string")]
#[case("refuses-cases", FailureKind::Refusal, "calls the case bad: bad\u{FFFD}[2J")]
fn only_the_case_is_blamed_and_the_rest_is_run(
    #[case] mode: &str,
    #[case] wanted: FailureKind,
    #[case] why: &str,
) {
    let answers = run(&mut machine(mode, LIMIT), &cases());
    for reason in reasons_at(&answers, &SPECIAL) {
        assert!(reason.contains(why), "{reason:?}");
    }
    assert_eq!(kind(&answers[40]), Some(wanted));
}

/// The case behind is blamed for what was said too much; nobody can tell the two apart.
#[test]
fn an_answer_too_many_is_found_at_the_next_case() {
    let answers = run(&mut machine("twice", LIMIT), &cases());
    assert_eq!(kind(&answers[41]), Some(FailureKind::Form));
    assert_eq!(answers[40], right(&cases()[40]));
}

#[rstest]
#[case("hangs", "no answer within 1 s")]
#[case("floods", "")]
fn one_that_hangs_or_floods_is_given_up_in_time(#[case] mode: &str, #[case] why: &str) {
    let start = Instant::now();
    let answers = run(&mut machine(mode, Duration::from_secs(1)), &cases());
    assert!(answers[40].reason().unwrap().contains(why), "{:?}", answers[40]);
    assert_eq!(answers[39], right(&cases()[39]));
    assert!(start.elapsed() < Duration::from_secs(100), "{:?}", start.elapsed());
    // After the third that costs the whole time limit, the rest is not run.
    if mode == "hangs" {
        let reason = answers[299].reason().unwrap();
        assert!(
            matches!(answers[299], Answer::NotRun(_)) && reason.starts_with("given up after"),
            "{reason}"
        );
        assert_eq!(answers[50], right(&cases()[50]));
    }
}

#[test]
fn one_mistake_in_every_answer_costs_no_restart() {
    let (command, notes) = command("form");
    let program = oracle::machines::program::Program::start(&command, LIMIT).unwrap();
    let mut machine = program.machine::<Toy>("form".into()).unwrap().unwrap();
    let answers = run(&mut machine, &cases());
    assert!(answers.iter().all(|answer| kind(answer) == Some(FailureKind::Form)));
    assert_eq!(starts(&notes), 1);
}

#[test]
fn a_number_out_of_range_is_kept_as_it_was_said() {
    let (command, notes) = command("signed");
    let program = oracle::machines::program::Program::start(&command, LIMIT).unwrap();
    let mut machine = program.machine::<Toy>("signed".into()).unwrap().unwrap();
    let answers = run(&mut machine, &cases());
    let mut kept = 0;
    for (answer, case) in answers.iter().zip(cases()) {
        let Answer::Outcome(expected) = right(&case) else { panic!("{case:?}") };
        let Answer::Outside(outside) = answer else {
            assert_eq!((answer, expected.a < 128), (&right(&case), true));
            continue;
        };
        // The number with its upper bits cut off is the right one, and it differs all the same.
        assert_eq!(outside.outcome, expected);
        let [difference] = &answer.differences::<Toy>(&case, &expected).unwrap()[..] else { panic!() };
        let said = i64::from(expected.a) - 256;
        assert_eq!((difference.path.to_string(), difference.got_text()), ("a".into(), said.to_string()));
        kept += 1;
    }
    assert!(kept > 20 && starts(&notes) == 1, "{kept}");
}

#[test]
fn reasons_are_fit_to_be_shown() {
    let answers = run(&mut machine("unsupported", LIMIT), &cases());
    assert!(answers.iter().all(|answer| *answer == Answer::Unsupported("not\u{FFFD}yet".into())));
}

#[test]
fn a_crash_at_no_case_that_runs_alone_is_not_hidden() {
    let mut machine = machine("crashes-in-long-batches", LIMIT);
    reasons_at(&run(&mut machine, &cases()), &[]);
    let problem = Machine::<Toy>::finish(&mut machine).unwrap_err();
    assert!(problem.contains("but at no case that is run alone"), "{problem}");
}

#[test]
fn no_case_is_blamed_for_a_program_that_does_not_start_again() {
    let (command, notes) = command("dies-for-good");
    let script = notes.with_extension("py");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/toy.py"), &script).unwrap();
    let words = shlex_words(&command);
    let command = format!("python3 '{}' {} '{}'", script.display(), words.0, words.1);
    let program = oracle::machines::program::Program::start(&command, LIMIT).unwrap();
    let mut machine = program.machine::<Toy>("dies".into()).unwrap().unwrap();
    let answers = run(&mut machine, &cases());
    assert_eq!(answers[199], right(&cases()[199]));
    for answer in &answers[200..] {
        assert!(
            matches!(answer, Answer::NotRun(why) if why.starts_with("it does not start again: ")),
            "{answer:?}"
        );
    }
}

#[test]
fn an_interrupt_ends_the_wait_and_blames_no_case() {
    static INTERRUPT: AtomicBool = AtomicBool::new(false);
    let program = start("hangs", Duration::from_secs(600)).unwrap().until(&INTERRUPT);
    let mut machine = program.machine::<Toy>("hangs".into()).unwrap().unwrap();
    let start = Instant::now();
    let answers = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(500));
            INTERRUPT.store(true, Ordering::Relaxed);
        });
        run(&mut machine, &cases())
    });
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    let answered = answers.iter().take_while(|answer| matches!(answer, Answer::Outcome(_))).count();
    assert!(answered <= SPECIAL[0]);
    for answer in &answers[answered..] {
        assert!(matches!(answer, Answer::NotRun(why) if why.contains("was interrupted")), "{answer:?}");
    }
    assert_eq!(Machine::<Toy>::finish(&mut machine), Ok(()));
}

/// Mode and notes of a command.
fn shlex_words(command: &str) -> (String, String) {
    let mut quoted = command.split('\'');
    let mode = quoted.nth(2).unwrap().trim().to_owned();
    (mode, quoted.next().unwrap().to_owned())
}

#[test]
fn another_hello_than_at_first_is_noticed() {
    let mut machine = machine("greets-twice-otherwise", LIMIT);
    Machine::<Toy>::restart(&mut machine);
    let answers = run(&mut machine, &cases());
    assert_eq!(answers[0], Answer::NotRun("it says another hello than at first".into()));
}

#[test]
fn a_fresh_start_forgets_what_leaked() {
    let mut machine = machine("leaks", LIMIT);
    let spoils = toy::Toys { code: "i".into(), a: 76 };
    let plain = toy::Toys { code: "i".into(), a: 1 };
    assert_ne!(run(&mut machine, &[spoils.clone(), plain.clone()])[1], right(&plain));
    run(&mut machine, &[spoils]);
    Machine::<Toy>::restart(&mut machine);
    assert_eq!(run(&mut machine, std::slice::from_ref(&plain))[0], right(&plain));
}
