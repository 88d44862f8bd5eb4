//! What this program is called by who runs it: what a command that it prints begins with.

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
