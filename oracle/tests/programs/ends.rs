//! How a program ends, and what it leaves behind.

use oracle::machine::Machine;
use rstest::rstest;
use std::time::Duration;
use toy::Toy;

use crate::bench::{LIMIT, SPECIAL, all_end, cases, command, machine, reasons_at, run};

#[rstest]
#[case("well-ended", None)]
#[case("ends-with-1", Some("ended with its input, but with exit status: 1"))]
#[case("never-ends", Some("does not end with its input"))]
#[case("talks-at-the-end", Some("which nobody asked for"))]
fn the_end_is_judged_too(#[case] mode: &str, #[case] problem: Option<&str>) {
    let mut machine = machine(mode, Duration::from_secs(2));
    reasons_at(&run(&mut machine, &cases()), &[]);
    match (Machine::<Toy>::finish(&mut machine), problem) {
        (Ok(()), None) => {}
        (Err(found), Some(problem)) => {
            assert!(found.contains(problem) && !found.contains(char::is_control), "{found:?}");
        }
        other => panic!("{other:?}"),
    }
}

/// Children that have cleared their environment, left the group, and lost their parent.
#[test]
fn what_a_program_leaves_behind_ends_with_it() {
    let (command, notes) = command("leaves-behind");
    let program = oracle::machines::program::Program::start(&command, LIMIT).unwrap();
    let mut machine = program.machine::<Toy>("leaves".into()).unwrap().unwrap();
    reasons_at(&run(&mut machine, &cases()), &SPECIAL);
    drop(machine);
    drop(program);
    let children = std::fs::read_to_string(&notes).unwrap();
    assert!(children.lines().filter(|line| !line.starts_with("hello")).count() >= 2, "{children}");
    all_end(&notes);
}
