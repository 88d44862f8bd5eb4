//! Gives the linker the chip's memory.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() {
    let chosen = |feature: &&str| env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_some();
    let chips: Vec<&str> = ["stm32f405", "stm32g474"].into_iter().filter(chosen).collect();
    let links = ["uart", "rtt", "semihosting"].into_iter().filter(chosen).count();
    let ([chip], 1) = (&chips[..], links) else {
        println!("cargo::error=exactly one chip and one link are wanted, e.g. --features stm32f405,uart");
        return;
    };
    let read = |name: &str| fs::read_to_string(format!("chips/{name}.x")).expect("it lies in the repository");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("memory.x"), read(chip) + &read("build-id")).expect("the folder is there for that");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rerun-if-changed=chips");
}
