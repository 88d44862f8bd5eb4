//! The HTML page in a browser: filters, differences, traces, deep links; screenshots to look at.
//!
//! Ignored by default, for it needs Chromium and its driver; `cargo xtask test` runs it where they are installed. The
//! screenshots are left in the folder that the test prints.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use oracle::report::{InCase, Ladder, Made, Measurement, Report, Rung};
use reports::html::{self, Past, PastRun, Series};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

mod toys;

/// A page of the report, driven as a reader would.
struct Page {
    runtime: Runtime,
    client: Client,
    driver: Child,
    url: String,
    folder: PathBuf,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.runtime.block_on(self.client.clone().close());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Width and height of the window.
const DESKTOP: (u32, u32) = (1400, 1000);
const PHONE: (u32, u32) = (390, 844);

const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const LEFT: &str = "\u{E012}";
const DOWN: &str = "\u{E015}";

/// Starts the driver on a port of its choice.
fn driver() -> (Child, String) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed");
    let output = BufReader::new(driver.stdout.take().unwrap());
    let port = output.lines().map_while(Result::ok).find_map(|line| {
        let port = line.split("started successfully on port ").nth(1)?;
        Some(port.trim_end_matches('.').to_owned())
    });
    let port = port.expect("chromedriver says where it listens");
    (driver, format!("http://localhost:{port}"))
}

impl Page {
    /// `name`: of the folder of page and screenshots, a test's own.
    fn open(name: &str, report: &Report, past: &Past, (width, height): (u32, u32), scheme: &str) -> Page {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser").join(name);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("report-{width}-{scheme}.html"));
        let page = html::page(report, past).unwrap();
        assert!(page.len() < 5 << 20, "{} bytes", page.len());
        fs::write(&file, page).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (driver, url) = driver();
        let mut options = json!({"args": [
            "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            // The page is ours, and root has no sandbox.
            "--no-sandbox",
            format!("--window-size={width},{height}"),
            format!("--blink-settings=preferredColorScheme={}", u8::from(scheme == "light")),
        ]});
        if width < 600 {
            options["mobileEmulation"] = json!({"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0, "mobile": true}});
        }
        let capabilities = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let client = runtime
            .block_on(ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&url));
        Page { runtime, client: client.unwrap(), driver, url: format!("file://{}", file.display()), folder }
    }

    /// Follows a link from outside: a fresh page, nothing of the one before.
    fn follow(&self, hash: &str) {
        self.runtime.block_on(self.client.goto("about:blank")).unwrap();
        self.runtime.block_on(self.client.goto(&format!("{}{hash}", self.url))).unwrap();
        self.until("document.documentElement.dataset.ready");
    }

    fn get(&self, script: &str) -> Value {
        let value = self.runtime.block_on(self.client.execute(&format!("return ({script})"), Vec::new()));
        value.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    fn text(&self, selector: &str) -> String {
        let script = format!("document.querySelector({selector:?})?.innerText ?? ''");
        self.get(&script).as_str().unwrap_or_default().to_owned()
    }

    fn texts(&self, selector: &str) -> Vec<String> {
        let script = format!("[...document.querySelectorAll({selector:?})].map((e) => e.innerText)");
        serde_json::from_value(self.get(&script)).unwrap()
    }

    fn count(&self, selector: &str) -> u64 {
        self.get(&format!("document.querySelectorAll({selector:?}).length")).as_u64().unwrap()
    }

    /// Waits for it to be so.
    fn until(&self, script: &str) {
        let start = Instant::now();
        while !self.get(&format!("!!({script})")).as_bool().unwrap_or(false) {
            let place = || self.get("location.hash");
            assert!(start.elapsed() < Duration::from_secs(30), "never: {script}, at {}", place());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn click(&self, selector: &str) {
        let clicked =
            self.runtime.block_on(async { self.client.find(Locator::Css(selector)).await?.click().await });
        clicked.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Presses keys, one after the other, wherever the focus is.
    fn press(&self, keys: &str) {
        let actions = keys.chars().fold(KeyActions::new("keyboard".into()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.runtime.block_on(self.client.perform_actions(actions)).unwrap();
    }

    /// Nothing is wider than the window.
    fn fits(&self, what: &str) {
        let over = self.get("document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
        assert!(over <= 0, "{what} is {over} pixels too wide");
    }

    fn shoot(&self, name: &str) {
        let image = self.runtime.block_on(self.client.screenshot()).unwrap();
        fs::write(self.folder.join(format!("{name}.png")), image).unwrap();
    }
}

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
    assert_eq!(page.count(".marks li"), 2, "with the lanes on which it shows");
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
