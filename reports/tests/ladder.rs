//! What people read of what comes next, at 80 columns.

use oracle::report::{Ladder, Report, Rung};
use reports::{ladder, terminal};

fn ladders() -> Vec<Ladder> {
    let rung = |topic: &str, cases, vectors| Rung { topic: topic.into(), cases, vectors };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    let reasons = [
        ("this opcode is not implemented yet", 279_483),
        ("", 12),
        ("\u{1b}[31m a very long reason, longer than any line has room for, so it is cut", 1),
    ];
    let alone: Vec<&str> =
        "F2I I2F FADD FSUB FMUL FDIV PUSH POP CALL RET LDI32 ADC SBC LSL LSR ASR".split(' ').collect();
    let opening = [rung("LD", 21_344, 9), rung("ST", 512, 1), rung("CMP", 1, 0)];
    vec![
        Ladder {
            subject: "minivm".into(),
            machine: "mypy".into(),
            implemented: words("LDI ADD SUB JMP JZ BRK fetch"),
            next: opening.into_iter().chain(alone.into_iter().map(|topic| rung(topic, 0, 0))).collect(),
            reasons: reasons.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect(),
        },
        Ladder {
            subject: "hxe".into(),
            machine: "done".into(),
            implemented: words("header code"),
            ..Ladder::default()
        },
    ]
}

#[test]
fn the_ladder_of_a_result() {
    let text = ladder::screen(&ladders(), 80);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_run_ends_with_what_comes_next() {
    let report = Report { ladders: ladders(), ..Report::new("conformance", None, 1) };
    let screen = terminal::screen(&report, 120);
    let lines: Vec<&str> = screen.lines().rev().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[1], "ladder: hxe done: 2 of 2; it refuses nothing");
    assert_eq!(lines[2], "ladder: minivm mypy: 7 of 26; next LD (opens 21,344 cases, 9 vectors), ST, CMP");
    assert!(lines[0].starts_with("nothing was selected"), "the verdict is the last line: {screen}");
}

#[test]
fn a_ladder_survives_its_file() {
    let report = Report { ladders: ladders(), ..Report::new("conformance", None, 1) };
    let text = serde_json::to_string(&report).unwrap();
    let again: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(again.ladders, report.ladders);
    assert!(!serde_json::to_string(&Report::new("conformance", None, 1)).unwrap().contains("ladders"));
}
