//! Every vector of `control`, on every machine of ours that is always there, as a test of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    oracle::trials::main::<vectors_control::Control>()
}
