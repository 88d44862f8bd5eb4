//! What a started program has said last: the end of what it writes to stderr.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::printable::printable;

/// How long to wait for what a program that has ended said last.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);
/// The longest part of a line that is shown, in characters.
pub(super) const EXCERPT: usize = 120;

/// The last few lines of a stream, which is read to its end on a thread of its own.
pub struct LastWords {
    tail: Arc<Mutex<VecDeque<u8>>>,
    reading: JoinHandle<()>,
}

impl LastWords {
    /// Those of this stream.
    pub fn of(stderr: impl Read + Send + 'static) -> Self {
        let tail = Arc::default();
        let kept = Arc::clone(&tail);
        LastWords { tail, reading: thread::spawn(move || keep_tail(stderr, &kept)) }
    }

    /// How the program has ended, with the last line that it wrote. That may still be on the way, and a child of it may hold
    /// the stream open, so it is waited for a little.
    pub fn told(&self, how: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        while !self.reading.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        let tail: Vec<u8> =
            self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        match String::from_utf8_lossy(&tail).trim().lines().last() {
            Some(line) => format!("{how}, saying `{}`", printable(line, EXCERPT)),
            None => how.to_owned(),
        }
    }
}

/// Reads to the end, keeping the last few lines.
fn keep_tail(mut input: impl Read, tail: &Mutex<VecDeque<u8>>) {
    const KEPT: usize = 2048;
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = input.read(&mut buffer) {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(&buffer[..length]);
        let excess = tail.len().saturating_sub(KEPT);
        tail.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    use super::LastWords;

    #[test]
    fn the_last_line_is_told() {
        let told = |said: &'static str| LastWords::of(said.as_bytes()).told("ended");
        assert_eq!(told("one\ntwo\n\n"), "ended, saying `two`");
        assert_eq!(told(""), "ended");
    }
}
