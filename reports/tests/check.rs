//! What people read of a check, at 80 columns.

use oracle::check::{Checked, Ending, Line, Wrong, dialogues};
use oracle::machines::program::Hello;
use oracle::protocol::Version;
use reports::check::screen;

fn checked(ending: impl Fn(&str) -> Ending) -> Checked {
    let hello = Hello {
        protocol: Version::Two,
        name: "mypy".into(),
        version: "0.3".into(),
        subjects: vec![("minivm".into(), vec!["reference".into()])],
    };
    let line = |dialogue| Line { dialogue, ending: ending(dialogue.name) };
    Checked {
        hello: Some(hello),
        subject: Some(("minivm".into(), "reference".into())),
        lines: dialogues().map(line).collect(),
    }
}

fn wrong(why: &str, sent: &str, came: &str) -> Ending {
    Ending::Wrong(Wrong { why: why.into(), sent: sent.into(), came: came.into() })
}

const REQUEST: &str = r#"{"op":"run","id":"c1","subject":"minivm","profile":"reference","case":{"colour":7,"code":"01100005","max_steps":1}}"#;

#[test]
fn a_machine_that_is_right() {
    let text = screen(&checked(|_| Ending::Right), r#"conformance --quick --machine "python3 'my vm.py'""#);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_machine_that_is_wrong() {
    let ending = |name: &str| match name {
        "case-key" => {
            wrong("an `error` is wanted", REQUEST, &format!("{{\"id\":\"c1\",\"x\":\"{}", "y".repeat(400)))
        }
        "line-blank" => wrong("no answer within 5 s", "", ""),
        "line-list" => wrong("ended (signal: 11)", "[\"hello\",2]", "::error::\u{1b}[31m"),
        "case-key-twice" => wrong("an `error` is wanted", REQUEST, "{}"),
        "state" => Ending::NotShown("it answers no case by an outcome yet".into()),
        _ => Ending::Right,
    };
    let text = screen(&checked(ending), "./vm");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_machine_that_says_no_hello() {
    let hello = Line {
        dialogue: dialogues().next().unwrap(),
        ending: wrong(
            "answers hello with `Welcome!`: expected value",
            "{\"op\":\"hello\",\"protocol\":2}",
            "Welcome!",
        ),
    };
    insta::assert_snapshot!(screen(&Checked { lines: vec![hello], ..Checked::default() }, "./vm"));
}
