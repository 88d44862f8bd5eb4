//! The first screen of the page: what came out, who is wrong and where, what comes next, how it was made.

use oracle::report::{Ladder, Made, Measurement, Report, Rung};
use reports::html::Past;

use crate::page::{DESKTOP, PHONE, Page};
use crate::{past, report, toys};

/// The first screen says what came out, who is wrong, where and by which rule, and how to see it again.
#[test]
#[ignore = "needs Chromium"]
fn the_first_screen_answers() {
    let mut report = report();
    report.made = vec![Made { at: 1_795_000_000, system: "Linux <b>, x86_64".into() }];
    report.arguments = ["conformance", "--machine", "./my machine"].map(str::to_owned).into();
    report.commands = [("c".to_owned(), "./my machine".to_owned())].into();
    let next = vec![Rung { topic: "dec".into(), cases: 512, vectors: 1 }];
    let (subject, machine, implemented) = ("toy".into(), "half".into(), vec!["inc".into()]);
    report.ladders = vec![Ladder { subject, machine, implemented, next, ..Ladder::default() }];
    for finding in &mut report.findings {
        finding.rule = Some(format!("{} is what it is.", finding.topic));
    }
    for size in [DESKTOP, PHONE] {
        let page = Page::open("first", &report, &past(), size, "light");
        page.follow("");
        page.fits("the first screen");
        assert!(page.text("#verdict").contains("a machine differs"));
        assert!(page.text(".summary").contains("2 findings about c, exit status 1"));
        assert_eq!(page.count(".bugs > li"), 2);
        let first = page.text(".bugs > li");
        for part in ["dec is what it is.", "c · toy dec", "c~model/wraps", "cargo xtask replay"] {
            assert!(first.contains(part), "{part} is missing: {first}");
        }
        let made = page.text(".made");
        for part in
            ["2026-11-18 11:06 UTC", "Linux <b>, x86_64", "cargo xtask conformance --machine './my machine'"]
        {
            assert!(made.contains(part), "{part} is missing: {made}");
        }
        assert!(page.text(".ladder").contains("half: 1 of 2; next dec"), "{}", page.text(".ladder"));
        // The first finding is seen without scrolling, and of the lanes what differs.
        let bottom = page.get("document.querySelector('.bugs > li').getBoundingClientRect().bottom");
        assert!(bottom.as_f64().unwrap() < f64::from(size.1), "{bottom} of {}", size.1);
        let differ = page.get("document.querySelector('.lanes td.differ').getBoundingClientRect().right");
        assert!(differ.as_f64().unwrap() < f64::from(size.0), "{differ} of {}", size.0);
        page.shoot(&format!("first-{}", size.0));
    }
}

/// That it could not be determined is no difference, and says why.
#[test]
#[ignore = "needs Chromium"]
fn what_could_not_be_determined_does_not_look_like_a_difference() {
    let page = Page::open("open", &toys::of("stub", toys::nothing), &Past::default(), DESKTOP, "dark");
    page.follow("");
    page.shoot("undetermined");
    assert_eq!(page.get("document.querySelector('#verdict').className"), "verdict not_run");
    assert_eq!(page.count("main .sign.differ"), 0);
    assert!(page.text("main").contains("What could not be determined"));
    let colour = "(of) => getComputedStyle(document.querySelector(of)).color";
    let differs = "getComputedStyle(document.documentElement).getPropertyValue('--bad')";
    assert_ne!(page.get(&format!("({colour})('#verdict')")), page.get(differs));
}

/// A result that is about what was measured begins with what is out of its bounds.
#[test]
#[ignore = "needs Chromium"]
fn what_is_out_of_bounds_is_seen_first() {
    let measurement = |name: &str, value| Measurement {
        group: "budget/thumb".into(),
        name: name.into(),
        value,
        unit: "instructions".into(),
        at_most: Some(60.0),
        at_least: None,
    };
    let measurements = vec![measurement("inc", 21.0), measurement("dec", 1061.0)];
    let report = Report { measurements, ..Report::new("budget", None, 0) };
    for size in [DESKTOP, PHONE] {
        let page = Page::open("measured", &report, &Past::default(), size, "light");
        page.follow("");
        page.fits("a page of measurements");
        page.shoot(&format!("measured-{}", size.0));
        let main = page.text("main");
        assert!(
            main.starts_with("Overview\nOut of bounds: 1 of 2") || main.starts_with("Out of bounds: 1 of 2"),
            "{main}"
        );
        assert!(main.contains("budget/thumb dec: 1,061 instructions, should be at most 60 instructions"));
        assert_eq!((page.count("table.figures tbody tr"), page.count("table.lanes")), (2, 0));
    }
}
