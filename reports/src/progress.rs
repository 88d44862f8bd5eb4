//! How far a run has come: a bar, or, if stderr is no terminal, a line every few seconds.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use oracle::campaign::Event;

use crate::clean;
use crate::numbers::{grouped, rate};
use crate::out::note;

/// How often a line is written if stderr is no terminal. What takes less time writes none.
const EACH: Duration = Duration::from_secs(10);

/// A bar that follows the share of what is exhausted.
pub struct ShareProgress {
    bar: ProgressBar,
    told: Instant,
}

impl Default for ShareProgress {
    fn default() -> Self {
        ShareProgress {
            bar: bar(1_000_000, "{msg:>28} {wide_bar} {percent_precise} % eta {eta}"),
            told: Instant::now(),
        }
    }
}

impl ShareProgress {
    /// Shows what share of everything has been run, 0 to 1, and of what.
    pub fn show(&mut self, what: &str, share: f64) {
        self.bar.set_position((share * 1e6) as u64);
        self.bar.set_message(what.to_owned());
        if self.bar.is_hidden() && self.told.elapsed() > EACH {
            note(&format!("{:.1} % of all inputs", 100.0 * share));
            self.told = Instant::now();
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that follows the events of a campaign.
pub struct Progress {
    bar: ProgressBar,
    lines: Lines,
}

impl Default for Progress {
    fn default() -> Self {
        let bar = bar(0, "{msg:>28} {wide_bar} {human_pos}/{human_len} {per_sec} eta {eta}");
        Progress { bar, lines: Lines::new(Instant::now()) }
    }
}

impl Progress {
    /// Shows an event.
    pub fn show(&mut self, event: &Event<'_>) {
        if self.bar.is_hidden() {
            self.lines.of(event, Instant::now()).iter().for_each(|line| note(line));
        }
        match event {
            Event::Started { cases, subject, .. } => {
                self.bar.set_length(*cases);
                self.bar.set_message((*subject).to_owned());
            }
            Event::Batch { done, differ, .. } => {
                self.bar.set_position(*done);
                if *differ > 0 {
                    self.bar.set_message(format!("{} differ", grouped(*differ)));
                }
            }
            Event::Finding(finding) => {
                self.bar.set_message(format!("explaining {}", clean::line(&finding.topic)));
            }
            Event::Lane(_) => {}
            Event::Finished { .. } => self.bar.finish_and_clear(),
        }
    }
}

fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}

/// The lines of a campaign.
struct Lines {
    subject: String,
    started: Instant,
    told: Instant,
    explained: u64,
}

impl Lines {
    fn new(now: Instant) -> Self {
        Lines { subject: String::new(), started: now, told: now, explained: 0 }
    }

    /// The line that an event calls for, if it is time for one.
    fn of(&mut self, event: &Event<'_>, now: Instant) -> Option<String> {
        if let Event::Started { subject, .. } = event {
            *self = Lines { subject: (*subject).to_owned(), ..Lines::new(now) };
        }
        if let Event::Finding(_) = event {
            self.explained += 1;
        }
        let line = match event {
            Event::Batch { done, cases, differ } => {
                let seconds = now.duration_since(self.started).as_secs_f64().max(1e-3);
                let speed = rate(*done as f64 / seconds);
                let share = 100.0 * *done as f64 / (*cases).max(1) as f64;
                let differ =
                    if *differ > 0 { format!(", {} differ", grouped(*differ)) } else { String::new() };
                let (done, all) = (grouped(*done), grouped(*cases));
                format!("{}: {share:.0} %, {done} of {all} cases, {speed}{differ}", self.subject)
            }
            Event::Finding(finding) => {
                format!("{}: {} differences explained, now {}", self.subject, self.explained, finding.topic)
            }
            _ => return None,
        };
        if now.duration_since(self.told) < EACH {
            return None;
        }
        self.told = now;
        Some(clean::line(&line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_every_ten_seconds() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut lines = Lines::new(start);
        let batch = |done, differ| Event::Batch { done, cases: 40_000, differ };
        let started = Event::Started { subject: "toy", seed: 1, lanes: Vec::new(), cases: 40_000 };
        assert_eq!(lines.of(&started, after(0)), None);
        assert_eq!(lines.of(&batch(10_000, 0), after(9)), None, "a short run writes nothing");
        let line = lines.of(&batch(12_000, 3), after(10));
        assert_eq!(line.as_deref(), Some("toy: 30 %, 12,000 of 40,000 cases, 1.2 k/s, 3 differ"));
        assert_eq!(lines.of(&batch(13_000, 3), after(19)), None);
        assert!(lines.of(&batch(24_000, 3), after(20)).unwrap().starts_with("toy: 60 %"));
    }
}
