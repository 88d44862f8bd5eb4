//! A started program: its streams, its end, and everything that it has started itself.

use std::io::{BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::ChildWrapper;

use super::last_words::{EXCERPT, LastWords, PATIENCE};
use super::processes::{Kind, Mark, spawn};
use crate::machine::{Failure, FailureKind};
use crate::printable::printable;
use crate::protocol::{self, Line};

/// How often to look whether an answer is still waited for.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// How many bytes of answers may wait to be read.
const WAITING: usize = 32 << 20;
/// The longest line that is read at all, in bytes.
const MAX_LINE: usize = 512 << 20;

/// The start of a line, for a message.
pub(crate) fn excerpt(line: &[u8]) -> String {
    // Four bytes are the longest character.
    printable(&String::from_utf8_lossy(&line[..line.len().min(4 * EXCERPT + 4)]), EXCERPT)
}

/// How many bytes are waiting, so that a flood fills the pipe and not our memory. None once nobody reads them any more.
struct Waiting {
    bytes: Mutex<Option<usize>>,
    less: Condvar,
}

impl Waiting {
    fn new() -> Self {
        Waiting { bytes: Mutex::new(Some(0)), less: Condvar::new() }
    }

    /// Waits until there is room, then takes it; `false` if nobody reads any more. One line is always taken, however long.
    fn take(&self, bytes: usize) -> bool {
        let waiting = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |waiting: &mut Option<usize>| waiting.is_some_and(|it| it > 0 && it + bytes > WAITING);
        let mut waiting = self.less.wait_while(waiting, full).unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.map(|waiting| waiting + bytes);
        waiting.is_some()
    }

    fn give_back(&self, bytes: usize) {
        let mut waiting = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.map(|waiting| waiting - bytes);
        self.less.notify_one();
    }

    /// From now on nobody reads.
    fn close(&self) {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.less.notify_one();
    }
}

/// A started program. Dropping it kills it and everything it started.
pub(crate) struct Running {
    child: Box<dyn ChildWrapper>,
    mark: Mark,
    /// Closed to end its input.
    requests: Option<Sender<Vec<u8>>>,
    lines: Receiver<Line>,
    waiting: Arc<Waiting>,
    last_words: Option<LastWords>,
}

impl Running {
    pub(crate) fn spawn(words: &[String]) -> std::io::Result<Self> {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (mut child, mark) = spawn(Kind::Machine, command)?;
        let (stdin, stdout, stderr) = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let (requests, to_write) = mpsc::channel();
        let (send_line, lines) = mpsc::channel();
        let waiting = Arc::new(Waiting::new());
        // The threads end with the program: killing it closes its ends of the pipes. One that waits for room ends then too.
        if let Some(mut stdin) = stdin {
            thread::spawn(move || {
                to_write.into_iter().try_for_each(|bytes: Vec<u8>| stdin.write_all(&bytes))
            });
        }
        if let Some(stdout) = stdout {
            let waiting = Arc::clone(&waiting);
            thread::spawn(move || {
                let mut output = BufReader::with_capacity(1 << 16, stdout);
                loop {
                    let line = protocol::read_line(&mut output, MAX_LINE).unwrap_or(Line::End);
                    let last = !matches!(line, Line::Whole(_));
                    if !waiting.take(size(&line)) || send_line.send(line).is_err() || last {
                        return;
                    }
                }
            });
        }
        let last_words = stderr.map(LastWords::of);
        Ok(Running { child, mark, requests: Some(requests), lines, waiting, last_words })
    }

    pub(crate) fn send(&mut self, bytes: Vec<u8>) {
        if let Some(requests) = &self.requests {
            // If the program is gone, the next reply that does not come says so.
            let _ = requests.send(bytes);
        }
    }

    /// Closes its input; what it has been sent is still written.
    pub(crate) fn close(&mut self) {
        self.requests = None;
    }

    /// The next line, of at most `limit` bytes.
    pub(crate) fn receive(&mut self, time_limit: Duration, limit: usize) -> Result<Vec<u8>, Failure> {
        self.receive_until(&|| false, time_limit, limit)
    }

    /// The same, but it is waited for only until this is so.
    pub(crate) fn receive_until(
        &mut self,
        is_over: &dyn Fn() -> bool,
        time_limit: Duration,
        limit: usize,
    ) -> Result<Vec<u8>, Failure> {
        let deadline = Instant::now() + time_limit;
        let line = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left.min(BETWEEN_LOOKS)) {
                Err(RecvTimeoutError::Timeout) if left > BETWEEN_LOOKS && !is_over() => {}
                line => break line,
            }
        };
        if let Ok(line) = &line {
            self.waiting.give_back(size(line));
        }
        match line {
            Ok(Line::Whole(line)) if line.len() <= limit => Ok(line),
            Ok(Line::Whole(_) | Line::TooLong) => {
                Err(Failure::new(FailureKind::Form, format!("answers with more than {limit} bytes")))
            }
            Ok(Line::Partial(line)) => {
                let Failure { kind, why } = self.ending();
                Err(Failure::new(kind, format!("{why} in the middle of a line: `{}`", excerpt(&line))))
            }
            Ok(Line::End) | Err(RecvTimeoutError::Disconnected) => Err(self.ending()),
            Err(RecvTimeoutError::Timeout) => {
                let why = format!("no answer within {} s", time_limit.as_secs_f32());
                Err(Failure::new(FailureKind::Hang, why))
            }
        }
    }

    /// How it ended, with the last line it wrote to stderr. One that lives on without an output hangs: what it would still say
    /// comes nowhere.
    fn ending(&mut self) -> Failure {
        let (kind, how) = match self.wait(Duration::from_millis(500)) {
            Some(status) => (FailureKind::Crash, format!("ended ({status})")),
            None => (FailureKind::Hang, "closed its output but lives on".to_owned()),
        };
        let why = self.last_words.as_ref().map_or_else(|| how.clone(), |last_words| last_words.told(&how));
        Failure::new(kind, why)
    }

    fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            match self.child.inner_mut().try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
                _ => return None,
            }
        }
    }

    /// Closes its input and waits for it to end as the protocol asks.
    ///
    /// A child of it may hold its output open, so the end of the output is not waited for long, only its own end.
    pub(crate) fn end(mut self, time_limit: Duration) -> Result<(), String> {
        self.close();
        let status = self.wait(time_limit);
        // What it said last may still be on the way.
        let patience = if status.is_some() { PATIENCE } else { Duration::ZERO };
        match self.lines.recv_timeout(patience) {
            Ok(Line::Whole(line) | Line::Partial(line)) => {
                return Err(format!("answers `{}`, which nobody asked for", excerpt(&line)));
            }
            Ok(Line::TooLong) => return Err("floods its output after the last request".into()),
            Ok(Line::End) | Err(_) => {}
        }
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("ended with its input, but with {status}")),
            None => Err("does not end with its input".into()),
        }
    }
}

/// What a line takes of the room for those that wait.
fn size(line: &Line) -> usize {
    match line {
        Line::Whole(line) | Line::Partial(line) => line.len(),
        Line::TooLong | Line::End => 0,
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, with or without children left in its group. What has left the group is adopted when
        // it has ended.
        let _ = self.child.start_kill();
        let _ = self.wait(Duration::from_secs(5));
        self.mark.kill_carriers();
        self.waiting.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_for_room_is_told_that_nobody_reads_any_more() {
        let waiting = Waiting::new();
        assert!(waiting.take(2 * WAITING));
        thread::scope(|scope| {
            let next = scope.spawn(|| waiting.take(1));
            waiting.close();
            assert!(!next.join().unwrap());
        });
        waiting.give_back(1);
        assert!(!waiting.take(1));
    }
}
