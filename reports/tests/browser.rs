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
use oracle::report::{InProgram, Measurement, Report};
use reports::html::{self, Past, PastRun, Series};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

mod planted;

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
const DESKTOP: (u32, u32) = (1280, 860);
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
    let mut report = planted::run();
    let measurement = |group: &str, name: &str, value, unit: &str, at_most| Measurement {
        group: group.into(),
        name: name.into(),
        value,
        unit: unit.into(),
        at_most,
        at_least: None,
    };
    report.measurements = vec![
        measurement("budget/thumb", "ADD", 21.0, "instructions", Some(24.0)),
        measurement("budget/thumb", "FMUL", 61.0, "instructions", Some(60.0)),
        measurement("speed/instructions", "rust / python", 214.2, "", None),
    ];
    report
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
    assert_eq!(page.count("table.lanes tbody tr"), 3);
    let opened = page.get("performance.getEntriesByType('navigation')[0].loadEventEnd");
    let bytes = html::page(&report, &past()).unwrap().len();
    println!("{} cases, {bytes} bytes, opened in {opened} ms", report.lanes[0].cases);

    // A filter, set by hand.
    page.click("#tabs li:nth-child(2) a");
    page.until("document.documentElement.dataset.ready === 'differences'");
    let all = page.count(".findings li");
    assert_eq!(all, report.findings.len() as u64);
    page.press("/");
    page.press("sub");
    page.press(ENTER);
    page.until("location.hash.includes('opcode=sub')");
    let topics = page.texts(".findings b");
    assert!(!topics.is_empty() && topics.len() < all as usize && topics.iter().all(|topic| *topic == "SUB"));
    page.click("#filters button");
    page.until(&format!("document.querySelectorAll('.findings li').length === {all}"));

    // A difference that shows in a program: its trace, step by step.
    let call = report
        .findings
        .iter()
        .position(|finding| finding.topic == "CALL" && finding.in_program.is_some())
        .unwrap();
    page.click(&format!(".findings li:nth-child({}) a", call + 1));
    page.until("document.querySelector('.finding h3')?.innerText.includes('CALL')");
    let InProgram { step, traces, .. } = report.findings[call].in_program.as_ref().unwrap();
    assert_eq!(page.count(".sides .listing"), 2);
    let differing = step - traces.first + 1;
    assert_eq!(page.get("document.querySelector('.stepper input').value"), differing.to_string());
    assert_eq!(
        page.count(".register.differs.changed[data-field=call_stack]"),
        1,
        "the step that differs is marked"
    );
    page.press(LEFT);
    page.until(&format!("document.querySelector('.stepper input').value === '{}'", differing - 1));
    assert_eq!(page.count(".register.differs"), 0, "one step before, the sides agree");
    let marked = page.get("[...document.querySelectorAll('.register.changed')].map((r) => r.dataset.field)");
    let step = &traces.machine[differing as usize - 2];
    let changed: Vec<&str> =
        step.changes.iter().map(|(name, _)| name.as_str()).filter(|n| !n.contains('[')).collect();
    let mut marked: Vec<&str> =
        marked.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(marked.len(), changed.len());
    marked.retain(|name| !changed.contains(name));
    assert!(marked.is_empty(), "{marked:?} did not change");
    assert!(page.text(".listing [aria-current]").contains(&step.what));
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
    page.follow("#/matrix?lane=minivm+mutant~rust/reference&opcode=ADC&cell=ADC+v-set");
    page.until("document.querySelector('dialog').open");
    assert!(page.text("#cell-title").contains("ADC"));
    assert_eq!(page.count("table.matrix tbody tr"), 1);
    assert!(page.count("dialog dd a") > 0);
    page.click("dialog dd a");
    page.until("document.documentElement.dataset.ready === 'differences'");
    assert!(page.text(".finding h3").contains("ADC") && page.count("dialog[open]") == 0);

    // By rule, which is a vector's.
    page.follow("#/rules?rule=adc.result");
    assert_eq!(page.count("table.rules tbody tr"), 1);

    // Cells by keyboard.
    page.follow("#/matrix");
    page.get("document.querySelector('table.matrix button').focus() ?? true");
    page.press(DOWN);
    let row = page.get("document.activeElement.dataset.row");
    assert!(row.is_string() && row != page.get("document.querySelector('table.matrix button').dataset.row"));
    page.press(ENTER);
    page.until("document.querySelector('dialog').open");
    page.press(ESCAPE);
    page.until("!document.querySelector('dialog').open");
    assert_eq!(page.get("document.activeElement.dataset.row"), row, "back where it was opened");
}

#[test]
#[ignore = "needs Chromium"]
fn every_view_fits_on_a_desk_and_in_a_hand() {
    let report = report();
    let call = report
        .findings
        .iter()
        .position(|finding| finding.topic == "CALL" && finding.in_program.is_some())
        .unwrap();
    for (device, size) in [("desktop", DESKTOP), ("phone", PHONE)] {
        for scheme in ["light", "dark"] {
            let page = Page::open("views", &report, &past(), size, scheme);
            assert_eq!(page.get("matchMedia('(prefers-color-scheme: dark)').matches"), scheme == "dark");
            for (name, hash) in [
                ("overview", "".to_owned()),
                ("differences", format!("#/differences?finding={call}")),
                ("matrix", "#/matrix".into()),
                ("cell", "#/matrix?cell=ADC+v-set".into()),
                ("rules", "#/rules?opcode=ADC".into()),
                ("ledger", "#/ledger?row=D4".into()),
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
