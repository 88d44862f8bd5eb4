//! What a program says of itself, and in which version.

use std::time::Duration;

use oracle::machines::program::Hello;
use oracle::protocol::Version;
use rstest::rstest;
use toy::Toy;

use crate::bench::{LIMIT, cases, command, reasons_at, run, start, starts};

fn subjects(list: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    list.iter().map(|(subject, profiles)| ((*subject).to_owned(), owned(profiles))).collect()
}

#[rstest]
#[case("well", Version::Two)]
#[case("strict-1", Version::One)]
#[case("exits-at-2", Version::One)]
#[case("always-1", Version::One)]
fn both_versions_are_spoken(#[case] mode: &str, #[case] version: Version) {
    let program = start(mode, LIMIT).unwrap();
    let known: &[(&str, &[&str])] = match version {
        Version::One => &[("toy", &["wraps", "stays"])],
        Version::Two => &[("other", &["x"]), ("toy", &["wraps", "stays"])],
    };
    let expected =
        Hello { protocol: version, name: "toy.py".into(), version: "3".into(), subjects: subjects(known) };
    assert_eq!(program.hello(), expected);
    let mut machine = program.machine::<Toy>("other".into()).unwrap().unwrap();
    reasons_at(&run(&mut machine, &cases()), &[]);
    oracle::Machine::<Toy>::finish(&mut machine).unwrap();
}

#[rstest]
#[case("no-protocol", "protocol: missing")]
#[case("protocol-3", "speaks protocol 3, not 1 or 2")]
#[case("refuses", "answers hello in protocol 1 with an error")]
fn a_hello_that_is_none_is_refused(#[case] mode: &str, #[case] why: &str) {
    let error = start(mode, LIMIT).err().unwrap();
    assert!(error.contains(why), "{error}");
    assert!(!error.contains(char::is_control), "{error:?}");
}

#[test]
fn what_does_not_start_says_so() {
    for (command, why) in [
        ("/nonexistent/vm", "cannot be started"),
        ("", "is no command line"),
        ("vm 'open", "is no command line"),
    ] {
        let error = oracle::machines::program::Program::start(command, LIMIT).err().unwrap();
        assert!(error.contains(why), "{error}");
    }
    let error =
        oracle::machines::program::Program::start("sh -c 'echo no >&2; exit 4'", LIMIT).err().unwrap();
    assert!(error.contains("exit status: 4") && error.contains("saying `no`"), "{error}");
}

#[test]
fn one_that_does_not_answer_is_refused_in_time() {
    let error = start("hangs-at-hello", Duration::from_millis(800)).err().unwrap();
    assert!(error.contains("no answer within 0.8 s"), "{error}");
    crate::bench::all_end(&command_notes("hangs-at-hello"));
}

fn command_notes(mode: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs").join(mode)
}

#[test]
fn names_are_fit_to_be_shown() {
    let hello = start("rude", LIMIT).unwrap().hello();
    assert_eq!(hello.name, "\u{FFFD}[31mred\u{FFFD} ::stop-commands::x");
    assert_eq!(hello.version, "\u{FFFD}1");
}

#[test]
fn a_profile_that_is_not_known_is_named() {
    let error = start("unknown-profile", LIMIT).unwrap().machine::<Toy>("other".into()).err().unwrap();
    assert_eq!(error, "toy.py runs toy in Wraps, but its profiles are wraps, stays");
}

#[test]
fn one_program_for_several_machines_is_started_once() {
    let (command, notes) = command("well-twice");
    let program = oracle::machines::program::Program::start(&command, LIMIT).unwrap();
    let mut machines = ["a", "b"].map(|name| program.machine::<Toy>(name.into()).unwrap().unwrap());
    for machine in &mut machines {
        reasons_at(&run(machine, &cases()), &[]);
        oracle::Machine::<Toy>::finish(machine).unwrap();
    }
    assert_eq!(starts(&notes), 1);
    crate::bench::all_end(&notes);
}
