//! Installing what firmware and emulator need.

use std::process::{Command, Stdio};

use rustix::process::geteuid;

use crate::firmware::{TARGET, Toolchain};
use crate::links::qemu::Qemu;

/// What is missing, a line each, with how to install it.
pub fn missing() -> Vec<String> {
    [Toolchain::find().err(), Qemu::find().err()].into_iter().flatten().collect()
}

/// Tries to install what is missing, by the ways that there are: rustup's target, then Debian's packages. What does not
/// work out is still [`missing`].
pub fn install() {
    if Toolchain::find().is_err() {
        attempt("rustup", &["target", "add", TARGET]);
    }
    if Toolchain::find().is_err() {
        apt(&["rustc-web", "rust-web-src", "binutils-arm-none-eabi"]);
    }
    if Qemu::find().is_err() {
        apt(&["qemu-system-arm"]);
    }
}

fn apt(packages: &[&str]) {
    let words = [&["apt-get", "install", "-y", "-qq"], packages].concat();
    if geteuid().is_root() {
        attempt(words[0], &words[1..]);
    } else {
        // Asks for no password: who has to type one shall read the command first.
        attempt("sudo", &[&["-n"], &words[..]].concat());
    }
}

fn attempt(program: &str, arguments: &[&str]) {
    println!("--- {program} {}", arguments.join(" "));
    let mut command = Command::new(program);
    // Whether it has worked is asked again afterwards.
    if let Err(error) = command.args(arguments).stdin(Stdio::null()).status() {
        println!("--- {program}: {error}");
    }
}
