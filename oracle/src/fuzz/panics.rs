//! Panics as complaints.

use std::cell::RefCell;
use std::panic;
use std::path::{Path, PathBuf};

use crate::target::Complaint;

thread_local! {
    static PANIC: RefCell<Option<Complaint>> = const { RefCell::new(None) };
}

/// Keeps what panics say instead of printing it, and undoes any hook that ends the process.
pub fn keep() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or("somewhere".to_owned(), |place| {
            let file = Path::new(place.file());
            // The folders before it differ from machine to machine.
            let short: PathBuf = file.iter().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect();
            format!("{}:{}", short.display(), place.line())
        });
        let message = info.payload_as_str().unwrap_or("no message");
        PANIC.set(Some(Complaint::new(place, "panic", message)));
    }));
}

/// What the last panic of this thread said, if [`keep`] has been called.
pub fn last() -> Complaint {
    PANIC.take().unwrap_or_else(|| Complaint::new("somewhere", "panic", "nothing is known of it"))
}
