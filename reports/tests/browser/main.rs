//! The HTML page in a browser: filters, differences, traces, deep links; screenshots to look at.
//!
//! Ignored by default, for it needs Chromium and its driver; `cargo xtask test` runs it where they are installed. The
//! screenshots are left in the folder that the test prints.

use oracle::report::{Finding, InCase, Measurement, Report};
use reports::html::{Past, PastRun, Series};
use serde_json::json;

mod first;
mod page;
#[path = "../toys/mod.rs"]
mod toys;

use page::{DESKTOP, PHONE, Page};

const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const LEFT: &str = "\u{E012}";
const DOWN: &str = "\u{E015}";

fn past() -> Past {
    let run = |day: u8| PastRun {
        made: format!("2026-11-{day:02} 02:00"),
        kind: "nightly".into(),
        commit: Some(format!("{day:012x}")),
        exit: u8::from(day == 3),
        seed: day.into(),
    };
    let series = |group: &str, name: &str, unit: &str, values: [Option<f64>; 5]| Series {
        group: group.into(),
        name: name.into(),
        unit: unit.into(),
        values: values.to_vec(),
    };
    Past {
        runs: (1..=5).map(run).collect(),
        series: vec![
            series("run", "cases", "", [90_000.0, 90_000.0, 120_000.0, 120_000.0, 120_500.0].map(Some)),
            series("run", "findings", "", [0.0, 0.0, 3.0, 1.0, 0.0].map(Some)),
            series(
                "fuzz/loader",
                "executions",
                "1/s",
                [Some(4100.0), None, Some(4300.0), Some(4250.0), Some(4410.0)],
            ),
        ],
    }
}

fn report() -> Report {
    let mut report = toys::mixed();
    let measurement = |group: &str, name: &str, value, unit: &str, at_most| Measurement {
        group: group.into(),
        name: name.into(),
        value,
        unit: unit.into(),
        at_most,
        at_least: None,
    };
    report.measurements = vec![
        measurement("budget/thumb", "inc", 21.0, "instructions", Some(24.0)),
        measurement("budget/thumb", "dec", 61.0, "instructions", Some(60.0)),
        measurement("speed/instructions", "rust / python", 214.2, "", None),
    ];
    // A second bug, so that there is something to filter.
    let dec = report.findings[0].clone();
    report.findings.push(Finding { topic: "inc".into(), aspect: "a".into(), in_case: None, ..dec });
    report
}

/// The first difference of `dec` that shows in a longer case too.
fn longer(report: &Report) -> usize {
    let found =
        report.findings.iter().position(|finding| finding.topic == "dec" && finding.in_case.is_some());
    found.expect("the machine c is wrong in longer cases too")
}

#[test]
#[ignore = "needs Chromium"]
fn a_reader_filters_opens_a_difference_steps_and_follows_links() {
    let report = report();
    let page = Page::open("reader", &report, &past(), DESKTOP, "light");
    println!("screenshots: {}", page.folder.display());

    // Overview, from disk alone.
    page.follow("");
    assert_eq!(page.get("performance.getEntriesByType('resource').length"), 0, "nothing is loaded");
    assert!(page.text("#verdict").contains("a machine differs"));
    let ran = report.lanes.iter().filter(|lane| lane.ran()).count();
    assert_eq!(page.count("table.lanes tbody tr"), ran as u64);

    // A filter, set by hand.
    page.click("#tabs li:nth-child(2) a");
    page.until("document.documentElement.dataset.ready === 'differences'");
    let all = page.count(".findings li");
    assert!(all > 1 && all < report.findings.len() as u64, "one bug is one entry");
    assert_eq!(page.count(".marks li"), 3, "with the lanes on which it shows");
    page.press("/");
    page.press("dec");
    page.press(ENTER);
    page.until("location.hash.includes('topic=dec')");
    let topics = page.texts(".findings b");
    assert!(!topics.is_empty() && topics.len() < all as usize && topics.iter().all(|topic| *topic == "dec"));
    page.click("#filters button");
    page.until(&format!("document.querySelectorAll('.findings li').length === {all}"));

    // A difference that shows in a longer case: its trace, step by step.
    let at = longer(&report);
    page.click(&format!(".marks a[href*='finding={at}']"));
    page.until(&format!("location.hash.includes('finding={at}')"));
    assert_eq!(page.count(&format!(".marks a[href*='finding={at}'][aria-current=true]")), 1);
    page.until("document.querySelector('.finding h3')?.innerText.includes('dec')");
    let InCase { step, traces, .. } = report.findings[at].in_case.as_ref().unwrap();
    assert_eq!(page.count(".sides .listing"), 2);
    let differing = step - traces.first + 1;
    assert_eq!(page.get("document.querySelector('.stepper input').value"), differing.to_string());
    assert_eq!(page.count(".field.differs.changed[data-field=a]"), 1, "the step that differs is marked");
    page.press(LEFT);
    page.until(&format!("document.querySelector('.stepper input').value === '{}'", differing - 1));
    assert_eq!(page.count(".field.differs"), 0, "one step before, the sides agree");
    let before = &traces.machine[differing as usize - 2];
    let value = before.changes.fields[0].value.to_string();
    assert!(page.text(".field.changed[data-field=a]").contains(&value));
    assert!(page.text(".listing [aria-current]").contains(&before.what));
    page.click(".stepper button[aria-label='step forward']");
    page.until(&format!("location.hash.includes('step={differing}')"));
    page.shoot("difference-desktop");

    // The link to that very step, opened elsewhere.
    let hash = page.get("location.hash");
    page.click(".stepper button[aria-label='first']");
    page.follow(hash.as_str().unwrap());
    assert_eq!(page.get("document.querySelector('.stepper input').value"), differing.to_string());

    // Typed over the one that is shown.
    page.get("void (location.hash = location.hash.replace(/step=\\d+/, 'step=0'))");
    page.until("document.querySelector('.stepper input').value === '0'");

    // The matrix: a cell by link, its cases, from there to the difference.
    page.follow("#/matrix?machine=c&topic=dec&cell=dec&group=range");
    page.until("document.querySelector('dialog').open");
    assert!(page.text("#cell-title").contains("dec"));
    assert_eq!(page.count("table.matrix tbody tr"), 1);
    page.click("dialog dd a[href*=finding]");
    page.until("document.documentElement.dataset.ready === 'differences'");
    assert!(page.text(".finding h3").contains("dec") && page.count("dialog[open]") == 0);

    // By rule, which is a vector's.
    page.follow("#/rules?rule=inc.adds");
    assert_eq!(page.count("table.rules tbody tr"), 1);

    // Cells by keyboard.
    page.follow("#/matrix");
    page.get("document.querySelector('table.matrix button').focus() ?? true");
    page.press(DOWN);
    let topic = page.get("document.activeElement.dataset.topic");
    assert!(
        topic.is_string() && topic != page.get("document.querySelector('table.matrix button').dataset.topic")
    );
    page.press(ENTER);
    page.until("document.querySelector('dialog').open");
    page.press(ESCAPE);
    page.until("!document.querySelector('dialog').open");
    assert_eq!(page.get("document.activeElement.dataset.topic"), topic, "back where it was opened");
}

/// A cell is red only if a step there failed, and green only if everything there was compared.
#[test]
#[ignore = "needs Chromium"]
fn the_page_shows_what_was_not_compared() {
    let page = Page::open("signs", &report(), &past(), DESKTOP, "light");
    let cell = |lane: &str, topic: &str| {
        page.follow(&format!("#/matrix?lane=toy+{lane}"));
        let class = format!("document.querySelector('button[data-topic={topic}]').parentElement.className");
        page.get(&class).as_str().unwrap().to_owned()
    };
    assert_eq!(cell("c~model/wraps", "inc"), "cell agree");
    assert_eq!(cell("c~model/wraps", "dec"), "cell differ");
    assert_eq!(cell("half~model/wraps", "inc"), "cell partly");
    assert_eq!(cell("half~model/wraps", "dec"), "cell unsupported");
    assert_eq!(cell("stub~model/wraps", "inc"), "cell unsupported");
    // A point that no vector reaches is no agreement.
    assert_eq!(cell("rust~vectors", "dec"), "cell nothing");

    // Nothing of the machine that supports nothing has passed, in any view.
    for view in ["overview", "matrix", "rules", "coverage"] {
        page.follow(&format!("#/{view}?machine=stub"));
        let passed = "[...document.querySelectorAll('main tr .sign.agree, main .cell.agree, .card[href^=\"#/matrix\"].agree')].filter((e) => !e.closest('thead')).length";
        assert_eq!(page.get(passed), 0, "{view}");
    }

    // The page writes lanes, paths and values as the engine does.
    page.follow("");
    let report = report();
    for (index, lane) in report.lanes.iter().enumerate() {
        assert_eq!(page.get(&format!("laneText(report.lanes[{index}].lane)")), lane.lane.to_string());
    }
    for (index, finding) in report.findings.iter().enumerate() {
        assert_eq!(
            page.get(&format!("originText(report.findings[{index}].origin)")),
            finding.origin.to_string()
        );
        let difference = &finding.differences[0];
        let script = format!("pathText(report.findings[{index}].differences[0])");
        assert_eq!(page.get(&script), difference.path.to_string());
        let script = format!("valueText(report.findings[{index}].differences[0].expected)");
        assert_eq!(page.get(&script), difference.expected_text());
    }
    let path = r##"pathText({ family: "boxes[#].names[#x].first", index: [3, 16] })"##;
    assert_eq!(page.get(path), "boxes[3].names[0x10].first");
    for (value, text) in [
        (json!({"flags": {"value": 5, "letters": "ZCNV"}}), "Z·N·"),
        (json!({"list": [{"word": {"value": 1, "bits": 32}}, {"text": "x"}]}), "[0x1, x]"),
        (json!({"bytes": "01..ff"}), "01..ff"),
        (json!({"integer": -3}), "-3"),
    ] {
        assert_eq!(page.get(&format!("valueText({value})")), text);
    }
    for (counts, sign) in [
        (json!({"agree": 1}), "agree"),
        (json!({"agree": 1, "unsupported": 1}), "partly"),
        (json!({"unsupported": 1}), "unsupported"),
        (json!({"agree": 9, "not_run": 1, "unsupported": 1}), "not_run"),
        (json!({"known": 1, "agree": 1}), "known"),
        (json!({"differ": 1, "oracle_fault": 1}), "differ"),
        (json!({}), "nothing"),
    ] {
        assert_eq!(page.get(&format!("signOf({counts}).name")), sign);
    }
}

#[test]
#[ignore = "needs Chromium"]
fn every_view_fits_on_a_desk_and_in_a_hand() {
    let report = report();
    let longer = longer(&report);
    for (device, size) in [("desktop", DESKTOP), ("phone", PHONE)] {
        for scheme in ["light", "dark"] {
            let page = Page::open("views", &report, &past(), size, scheme);
            assert_eq!(page.get("matchMedia('(prefers-color-scheme: dark)').matches"), scheme == "dark");
            for (name, hash) in [
                ("overview", "".to_owned()),
                ("differences", format!("#/differences?finding={longer}")),
                ("matrix", "#/matrix".into()),
                ("cell", "#/matrix?machine=c&cell=dec&group=range".into()),
                ("rules", "#/rules?topic=inc".into()),
                ("ledger", "#/ledger?row=T1".into()),
                ("coverage", "#/coverage".into()),
                ("figures", "#/figures".into()),
                ("trends", "#/trends".into()),
            ] {
                page.follow(&hash);
                assert!(page.text("main").len() > 40, "{name} is empty");
                page.shoot(&format!("{name}-{device}-{scheme}"));
                page.fits(&format!("{name} on a {device}"));
            }
        }
    }
}

/// Each view has the filters that work there, and `failing only` leaves what fails.
#[test]
#[ignore = "needs Chromium"]
fn only_what_fails_is_shown_if_asked() {
    let page = Page::open("failing", &report(), &past(), DESKTOP, "light");
    page.follow("");
    let lanes = page.count("table.lanes tbody tr");
    page.click("#filters input[name=failing]");
    page.until("location.hash.includes('failing=1')");
    page.until(&format!("document.querySelectorAll('table.lanes tbody tr').length < {lanes}"));
    assert!(page.texts("table.lanes tbody th").iter().all(|lane| lane.contains('✗')));
    page.follow("#/figures?failing=1");
    assert_eq!(page.count("table.figures tbody tr"), 1);
    page.follow("#/matrix?failing=1&machine=rust");
    assert!(page.text("main").contains("Nothing fails"));
    // A column says what it means, with and without a mouse.
    page.follow("");
    assert_eq!(page.get("document.querySelector('.lanes abbr[title]').title.length > 20"), true);
    assert!(page.count(".meanings dt") > 6);
    page.follow("#/trends");
    assert_eq!(page.count("#filters input, #filters select"), 0);
    assert_eq!(page.count("details.steady:not([open])"), 1, "what is as before is one line");
}

/// A point at which every case fails stands out from one that few failing cases pass through.
#[test]
#[ignore = "needs Chromium"]
fn what_is_wrong_stands_out() {
    let mut report = toys::of("c", toys::wrong);
    for lane in &mut report.lanes {
        let points = lane.points.get_mut("dec").into_iter().flat_map(|points| points.iter_mut());
        for (name, point) in points {
            point.counts.differ = if name == "inside" { 1 } else { 3 };
            point.counts.agree = if name == "inside" { 99 } else { 0 };
        }
    }
    let page = Page::open("wrong", &report, &Past::default(), DESKTOP, "light");
    page.follow("#/matrix?lane=toy+c~model/wraps");
    let [wrong, through] = ["differ", "through"].map(|sign| format!("button[data-topic=dec] .sign.{sign}"));
    assert_eq!((page.text(&wrong), page.text(&through)), ("✗1".to_owned(), "×1".to_owned()));
    assert!(page.text(".legend .through, .legend:has(.through)").contains("pass through"));
    page.follow("#/matrix?lane=toy+c~model/wraps&cell=dec&group=range");
    page.until("document.querySelector('dialog').open");
    assert!(
        page.text("dialog").contains("1 % of the compared cases that come here fail: they pass through.")
    );
}
