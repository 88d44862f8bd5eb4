//! The progress bar of a running campaign. Silent if stderr is no terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use oracle::campaign::Event;

use crate::clean;

/// How often a share is told if stderr is no terminal.
const EACH: Duration = Duration::from_secs(30);

/// A bar that follows the share of what is exhausted; if stderr is no terminal, a line every half a minute.
pub struct ShareProgress {
    bar: ProgressBar,
    told: Instant,
}

impl Default for ShareProgress {
    fn default() -> Self {
        let style = ProgressStyle::with_template("{msg:>28} {wide_bar} {percent_precise} % eta {eta}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        ShareProgress { bar: ProgressBar::new(1_000_000).with_style(style), told: Instant::now() }
    }
}

impl ShareProgress {
    /// Shows what share of everything has been run, 0 to 1, and of what.
    pub fn show(&mut self, what: &str, share: f64) {
        self.bar.set_position((share * 1e6) as u64);
        self.bar.set_message(what.to_owned());
        if self.bar.is_hidden() && self.told.elapsed() > EACH {
            eprintln!("{:.1} % of all inputs", 100.0 * share);
            self.told = Instant::now();
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that follows events.
pub struct Progress(ProgressBar);

impl Default for Progress {
    fn default() -> Self {
        let style =
            ProgressStyle::with_template("{msg:>28} {wide_bar} {human_pos}/{human_len} {per_sec} eta {eta}");
        Progress(ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }
}

impl Progress {
    /// Shows an event.
    pub fn show(&self, event: &Event<'_>) {
        match event {
            Event::Started { cases, subject, .. } => {
                self.0.set_length(*cases);
                self.0.set_message((*subject).to_owned());
            }
            Event::Batch { done, differ, .. } => {
                self.0.set_position(*done);
                if *differ > 0 {
                    self.0.set_message(format!("{differ} differ"));
                }
            }
            Event::Finding(finding) => {
                self.0.set_message(format!("explaining {}", clean::line(&finding.topic)));
            }
            Event::Lane(_) => {}
            Event::Finished { .. } => self.0.finish_and_clear(),
        }
    }
}
