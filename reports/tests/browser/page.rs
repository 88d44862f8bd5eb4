//! A page of a report in Chromium, driven by WebDriver.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use oracle::report::Report;
use reports::html::{self, Past};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// A page of the report, driven as a reader would.
pub struct Page {
    runtime: Runtime,
    client: Client,
    driver: Child,
    url: String,
    pub folder: PathBuf,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.runtime.block_on(self.client.clone().close());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Width and height of the window.
pub const DESKTOP: (u32, u32) = (1400, 1000);
pub const PHONE: (u32, u32) = (390, 844);

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
    pub fn open(name: &str, report: &Report, past: &Past, (width, height): (u32, u32), scheme: &str) -> Page {
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
    pub fn follow(&self, hash: &str) {
        self.runtime.block_on(self.client.goto("about:blank")).unwrap();
        self.runtime.block_on(self.client.goto(&format!("{}{hash}", self.url))).unwrap();
        self.until("document.documentElement.dataset.ready");
    }

    pub fn get(&self, script: &str) -> Value {
        let value = self.runtime.block_on(self.client.execute(&format!("return ({script})"), Vec::new()));
        value.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    pub fn text(&self, selector: &str) -> String {
        let script = format!("document.querySelector({selector:?})?.innerText ?? ''");
        self.get(&script).as_str().unwrap_or_default().to_owned()
    }

    pub fn texts(&self, selector: &str) -> Vec<String> {
        let script = format!("[...document.querySelectorAll({selector:?})].map((e) => e.innerText)");
        serde_json::from_value(self.get(&script)).unwrap()
    }

    pub fn count(&self, selector: &str) -> u64 {
        self.get(&format!("document.querySelectorAll({selector:?}).length")).as_u64().unwrap()
    }

    /// Waits for it to be so.
    pub fn until(&self, script: &str) {
        let start = Instant::now();
        while !self.get(&format!("!!({script})")).as_bool().unwrap_or(false) {
            let place = || self.get("location.hash");
            assert!(start.elapsed() < Duration::from_secs(30), "never: {script}, at {}", place());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn click(&self, selector: &str) {
        let clicked =
            self.runtime.block_on(async { self.client.find(Locator::Css(selector)).await?.click().await });
        clicked.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub fn press(&self, keys: &str) {
        let actions = keys.chars().fold(KeyActions::new("keyboard".into()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.runtime.block_on(self.client.perform_actions(actions)).unwrap();
    }

    /// Nothing is wider than the window.
    pub fn fits(&self, what: &str) {
        let over = self.get("document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
        assert!(over <= 0, "{what} is {over} pixels too wide");
    }

    pub fn shoot(&self, name: &str) {
        let image = self.runtime.block_on(self.client.screenshot()).unwrap();
        fs::write(self.folder.join(format!("{name}.png")), image).unwrap();
    }
}
