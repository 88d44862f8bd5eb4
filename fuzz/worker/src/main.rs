//! Runs fuzz targets of all subjects in a process of its own: see `fuzz_targets::worker`.

/// What the list of subjects is made of here.
mod subject {
    pub use fuzz_targets::{FuzzedSubject as AnySubject, Of};
}

#[path = "../../../xtask/src/subjects.rs"]
mod subjects;

fn main() -> std::process::ExitCode {
    fuzz_targets::worker::run(subjects::ALL)
}
