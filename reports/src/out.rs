//! The one way to standard output and standard error.
//!
//! Nothing that cannot be printed ends a run: whoever reads may have read enough, as `head` has, and a disk may be full,
//! while what is being printed is known and lies in files.

use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::paint::{is_coloured, painted};

/// Prints a text on standard output. If its reader has gone, that is no failure.
///
/// # Errors
/// Why it could not be printed.
pub fn put(text: &str) -> Result<(), String> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(()),
    }
}

/// Prints a screen in the same way, in colour if standard output shows it.
///
/// # Errors
/// Why it could not be printed.
pub fn put_screen(screen: &str) -> Result<(), String> {
    match is_coloured() {
        true => put(&painted(screen)),
        false => put(screen),
    }
}

/// Prints a text beside a verdict. That it could not be printed is a warning, once.
pub fn tell(text: &str) {
    put(text).unwrap_or_else(warn_once);
}

/// Prints a line beside a verdict, in the same way.
pub fn say(line: &str) {
    tell(&format!("{line}\n"));
}

/// Prints the screen of a verdict. That it could not be printed is a warning, once.
pub fn print(screen: &str) {
    put_screen(screen).unwrap_or_else(warn_once);
}

/// Prints a line on standard error. Where that cannot be, there is nobody left to be told.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints what should be known of a run and does not end it, in the same way.
pub fn warn(what: &str) {
    note(&format!("warning: {what}"));
}

fn warn_once(why: String) {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    if !IS_TOLD.swap(true, Ordering::Relaxed) {
        warn(&why);
    }
}
