//! The progress bar of a running campaign. Silent if stderr is no terminal.

use indicatif::{ProgressBar, ProgressStyle};
use oracle::campaign::Event;

use crate::clean;

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
