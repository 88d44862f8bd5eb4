//! The clock that has the tasks run by themselves.

use serde_json::{Value, json};

use crate::host::{Host, Stepped};
use crate::lenient::Float;
use crate::refusal::Refusal;

/// Turns at once if there is no rate: so few that a client hardly waits for them.
const BATCH: u32 = 1000;
/// ms after which a clock looks again whether there is something to do, if nothing has a time of its own.
const LOOK: u64 = 50;
/// The highest rate, in Hz.
const FASTEST: f64 = 1000.0;

/// The clock.
#[derive(Debug)]
pub struct Clock {
    runs: bool,
    rate_hz: f64,
    mode: &'static str,
    /// When it has something to do, in ms. Between two turns of a rate lies a fraction.
    due: f64,
    last_wait_ms: u64,
    auto_steps: u64,
    auto_total: u64,
    manual_steps: u64,
    manual_total: u64,
}

impl Default for Clock {
    fn default() -> Self {
        Clock {
            runs: false,
            rate_hz: 0.0,
            mode: "stopped",
            due: 0.0,
            last_wait_ms: 0,
            auto_steps: 0,
            auto_total: 0,
            manual_steps: 0,
            manual_total: 0,
        }
    }
}

impl Clock {
    /// Starts it.
    pub fn start(&mut self, now: u64) {
        self.runs = true;
        self.mode = if self.rate_hz > 0.0 { "rate" } else { "active" };
        self.due = now as f64;
    }

    /// Stops it.
    pub fn stop(&mut self) {
        self.runs = false;
        self.mode = "stopped";
        self.last_wait_ms = 0;
    }

    /// Turns a second; 0 = as fast as it goes.
    pub fn set_rate(&mut self, Float(rate): Float) {
        self.rate_hz = if rate.is_finite() { rate.clamp(0.0, FASTEST) } else { 0.0 };
    }

    /// A client has let turns pass.
    pub fn count_manual(&mut self, executed: u32) {
        self.manual_steps += 1;
        self.manual_total += u64::from(executed);
    }

    /// Whether it runs.
    pub fn runs(&self) -> bool {
        self.runs
    }

    /// When it has something to do, in ms.
    pub fn due(&self) -> Option<u64> {
        self.runs.then_some(self.due.ceil() as u64)
    }

    /// Something has happened that may have made a task runnable.
    pub fn hurry(&mut self, now: u64) {
        if self.rate_hz == 0.0 {
            self.due = self.due.min(now as f64);
        }
    }

    /// Does what there is to do.
    ///
    /// # Errors
    /// The executive has met what raises in the reference; the clock stops.
    pub fn tick(&mut self, host: &mut Host<'_>, now: u64) -> Result<Option<Stepped>, Refusal> {
        if self.due().is_none_or(|due| now < due) {
            return Ok(None);
        }
        let turns = if self.rate_hz > 0.0 { 1 } else { BATCH };
        let stepped = host.step(turns, None).inspect_err(|_| self.stop())?;
        self.auto_steps += 1;
        self.auto_total += u64::from(stepped.executed);
        (self.mode, self.due) = self.next(host, &stepped, now);
        self.last_wait_ms = self.due.ceil() as u64 - now;
        Ok(Some(stepped))
    }

    /// What it does next, and when, in ms; never before now.
    fn next(&self, host: &Host<'_>, stepped: &Stepped, now: u64) -> (&'static str, f64) {
        if host.can_run() {
            return (if self.rate_hz > 0.0 { "rate" } else { "active" }, self.after_a_turn(now));
        }
        // Deadlines are kept to, not polled for.
        let (mode, deadline) = host.next_deadline();
        let (mode, wait) = match deadline {
            Some(deadline) => (mode, deadline.saturating_sub(now).clamp(1, LOOK)),
            None if stepped.paused || host.is_held() => ("paused", LOOK),
            None => (mode, LOOK),
        };
        (mode, (now + wait) as f64)
    }

    /// When the next turn is due if a task can run. Turns that were missed are not made up for.
    fn after_a_turn(&self, now: u64) -> f64 {
        let period = if self.rate_hz > 0.0 { 1000.0 / self.rate_hz } else { 0.0 };
        (self.due + period).max(now as f64)
    }

    /// As replies have it.
    pub fn show(&self) -> Value {
        let state = if self.runs { "running" } else { "stopped" };
        let waits = !["active", "rate", "stopped"].contains(&self.mode);
        json!({
            "state": state, "running": self.runs, "mode": self.mode, "throttled": waits,
            "throttle_reason": waits.then_some(self.mode), "last_wait_s": self.last_wait_ms as f64 / 1000.0,
            "rate_hz": self.rate_hz, "step_size": 1, "auto_steps": self.auto_steps,
            "auto_total_steps": self.auto_total, "manual_steps": self.manual_steps,
            "manual_total_steps": self.manual_total,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, FASTEST};
    use crate::lenient::Float;

    /// When turns are due if each is taken as soon as it is, in whole ms.
    fn turns(rate: f64, count: usize) -> Vec<u64> {
        let mut clock = Clock::default();
        clock.set_rate(Float(rate));
        clock.start(7);
        let mut turn = || {
            let now = clock.due().unwrap();
            clock.due = clock.after_a_turn(now);
            now - 7
        };
        (0..count).map(|_| turn()).collect()
    }

    #[test]
    fn a_rate_is_held_although_the_clock_counts_in_ms() {
        assert_eq!(turns(300.0, 7), [0, 4, 7, 10, 14, 17, 20]);
        for rate in [700.0, 999.0, FASTEST, 3.0] {
            let last = turns(rate, rate as usize + 1).pop().unwrap();
            assert!(last.abs_diff(1000) <= 1, "{rate} Hz: a second's turns take {last} ms");
        }
        assert_eq!(turns(0.0, 3), [0, 0, 0]);
    }

    #[test]
    fn missed_turns_are_not_made_up_for() {
        let mut clock = Clock::default();
        clock.set_rate(Float(100.0));
        clock.start(0);
        assert_eq!((clock.after_a_turn(4), clock.after_a_turn(25)), (10.0, 25.0));
    }
}
