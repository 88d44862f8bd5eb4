//! Talks with a machine: one that keeps every rule, and for every rule one that breaks just this one (`polite.py`).

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use oracle::Subject;
use oracle::check::{Checked, Ending, Examples, check, dialogues};
use oracle::report::Exit;
use rstest::rstest;
use toy::Toy;

/// How long an answer may take. The machine may have to wait for others.
const LIMIT: Duration = Duration::from_secs(5);
/// How many machines are talked to at a time.
const AT_A_TIME: usize = 4;

/// The interpreter itself, without what chooses between several: it is started two thousand times.
static PYTHON: LazyLock<String> = LazyLock::new(|| {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
});

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn talk(command: &str, limit: Duration) -> Checked {
    let suite = Toy::written().unwrap().load(&folder().join("tests/toy")).unwrap();
    check(command, limit, &[Examples::of::<Toy>(&suite)]).unwrap()
}

fn polite(broken: &str) -> Checked {
    let script = folder().join("tests/programs/polite.py");
    talk(&format!("{} -I -S {} {broken}", *PYTHON, script.display()), LIMIT)
}

/// The dialogues that end in such a way, by name.
fn named(checked: &Checked, ends: impl Fn(&Ending) -> bool) -> Vec<&'static str> {
    let lines = checked.lines.iter().filter(|line| ends(&line.ending));
    lines.map(|line| line.dialogue.name).collect()
}

fn wrong(checked: &Checked) -> Vec<&'static str> {
    named(checked, |ending| matches!(ending, Ending::Wrong(_)))
}

fn not_shown(checked: &Checked) -> Vec<&'static str> {
    named(checked, |ending| matches!(ending, Ending::NotShown(_)))
}

#[test]
fn every_rule_stands_in_the_protocol_and_every_name_is_given_once() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let page = words(&std::fs::read_to_string(folder().join("PROTOCOL.md")).unwrap());
    let all: Vec<_> = dialogues().collect();
    assert!(page.contains(&format!("talks to a machine by itself, {} times", all.len())));
    for (number, dialogue) in all.iter().enumerate() {
        assert!(page.contains(&words(dialogue.rule)), "{}: `{}`", dialogue.name, dialogue.rule);
        assert!(all[..number].iter().all(|before| before.name != dialogue.name), "{}", dialogue.name);
        let width = dialogue.about.chars().count();
        assert!(dialogue.name.len() <= 18 && width <= 58, "{}: {width} columns", dialogue.name);
    }
}

#[rstest]
#[case("nothing")]
#[case("version-1")]
#[case("noisy")]
fn a_machine_that_keeps_every_rule_is_right_in_every_line(#[case] broken: &str) {
    let checked = polite(broken);
    assert_eq!((wrong(&checked), not_shown(&checked)), (vec![], vec![]));
    assert_eq!(checked.exit(), Exit::Conformant);
    assert_eq!(checked.lines.len(), dialogues().count());
    assert_eq!(checked.subject, Some(("toy".into(), "wraps".into())));
}

#[test]
fn a_machine_that_breaks_a_rule_is_wrong_in_the_line_of_this_rule_and_in_no_other() {
    let all: Vec<_> = dialogues().map(|dialogue| dialogue.name).collect();
    // Outcomes of the toy have no trace; `xtask/tests/proxied.rs` breaks that rule.
    let shown: Vec<_> = all.iter().copied().filter(|name| *name != "trace").collect();
    for names in shown.chunks(AT_A_TIME) {
        std::thread::scope(|scope| {
            let talks: Vec<_> = names.iter().map(|&name| scope.spawn(move || (name, polite(name)))).collect();
            for (name, checked) in talks.into_iter().map(|talk| talk.join().unwrap()) {
                assert_eq!(wrong(&checked), [name]);
                let behind = all.iter().skip_while(|&&other| other != name).skip(1);
                // Without these nothing can be asked.
                let expected =
                    if matches!(name, "hello" | "alone") { behind.copied().collect() } else { Vec::new() };
                assert_eq!(not_shown(&checked), expected, "{name}");
                let is_advice = name.ends_with("-twice") && name != "id-twice";
                assert_eq!(
                    checked.exit(),
                    if is_advice { Exit::Conformant } else { Exit::Differs },
                    "{name}"
                );
            }
        });
    }
}

#[test]
fn what_is_wrong_is_shown_with_what_was_sent_and_what_came() {
    let checked = polite("case-key");
    let line = checked.lines.iter().find(|line| line.dialogue.name == "case-key").unwrap();
    let Ending::Wrong(wrong) = &line.ending else { panic!("{:?}", line.ending) };
    assert_eq!(wrong.why, "an `error` is wanted");
    assert!(wrong.sent.contains("\"colour\":7"), "{}", wrong.sent);
    assert!(wrong.came.contains("\"outcome\""), "{}", wrong.came);
}

#[test]
fn a_machine_that_implements_nothing_is_not_said_to_be_right() {
    let checked = polite("unsupported");
    assert_eq!((wrong(&checked), not_shown(&checked)), (vec![], vec!["outcome", "trace", "state"]));
    assert_eq!(checked.exit(), Exit::Undetermined);
}

#[rstest]
#[case("/nonexistent/vm", "it cannot be started")]
#[case("cat", "answers hello with")]
#[case("true", "ended (exit status: 0)")]
#[case("sleep 600", "no answer within 0.3 s")]
#[case("yes", "answers hello with `y`")]
#[case("sh -c 'cat /dev/zero'", "no answer within 0.3 s")]
fn whatever_is_started_the_talk_ends(#[case] command: &str, #[case] why: &str) {
    let start = Instant::now();
    let checked = talk(command, Duration::from_millis(300));
    assert_eq!(wrong(&checked), ["hello"]);
    let Ending::Wrong(wrong) = &checked.lines[0].ending else { unreachable!() };
    assert!(wrong.why.contains(why), "{}", wrong.why);
    assert_eq!(checked.exit(), Exit::Differs);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn a_command_must_be_one() {
    for command in ["", "vm 'open"] {
        assert!(check(command, LIMIT, &[]).is_err());
    }
}
