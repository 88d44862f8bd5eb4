//! Commands as they are typed: what this program is called by who runs it, and words that a shell leaves as they are.

use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::project::Project;

/// The words in front of a command's name. Cargo's alias works inside the checkout only that Cargo runs the program of;
/// everywhere else the program is called by its own name.
pub fn called() -> &'static str {
    static CALLED: OnceLock<&str> = OnceLock::new();
    CALLED.get_or_init(|| {
        let of_cargo =
            env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).and_then(|it| Project::around(&it));
        let here = env::current_dir().ok().and_then(|it| Project::around(&it));
        if of_cargo.is_some() && of_cargo == here { "cargo xtask" } else { "lockstep" }
    })
}

/// A word as it is typed in a shell. One that no shell can be told, for it has a NUL, stays as it is.
pub fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), Into::into)
}
