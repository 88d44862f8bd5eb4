//! Gives the linker the chip's memory.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() {
    let chosen = |feature: &str| env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_some();
    // A chip is there by its memory.
    let files = fs::read_dir("chips").expect("it lies in the repository").flatten();
    let names = files.filter_map(|file| file.file_name().to_str()?.strip_suffix(".x").map(str::to_owned));
    let chips: Vec<String> = names.filter(|name| chosen(name)).collect();
    let links = ["uart", "rtt", "semihosting", "board", "tasks", "two_kib"]
        .into_iter()
        .filter(|link| chosen(link))
        .count();
    let ([chip], 1) = (&chips[..], links) else {
        println!(
            "cargo::error=exactly one chip is wanted, and one link, the board or its tasks, e.g. --features stm32f405,uart"
        );
        return;
    };
    let read = |name: &str| fs::read_to_string(format!("chips/{name}.x")).expect("it lies in the repository");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    // On the board a page of flash is the program's, and RAM is what the plan for it allows.
    let memory = if chosen("board") { read(&format!("{chip}-board")) } else { read(chip) };
    fs::write(out.join("memory.x"), memory + &read("build-id")).expect("the folder is there for that");
    #[cfg(feature = "tasks")]
    write_images(&out);
    #[cfg(feature = "two_kib")]
    write_long_program(&out);
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rerun-if-changed=chips");
    println!("cargo::rerun-if-changed=programs");
}

/// Makes an image of each program.
#[cfg(feature = "tasks")]
fn write_images(out: &std::path::Path) {
    for name in ["sensor", "display"] {
        let source = fs::read_to_string(format!("programs/{name}.mvasm")).expect("it lies in the repository");
        let program = minivm::asm::assemble(&source).unwrap_or_else(|error| panic!("{name}: {error}"));
        let image = minivm::hxe::write(&program.into());
        fs::write(out.join(name).with_extension("hxe"), image).expect("the folder is there for that");
    }
}

/// Makes 64 KiB of code that run twice from end to end, and write a word to every third place of data memory.
#[cfg(feature = "two_kib")]
fn write_long_program(out: &std::path::Path) {
    const WORDS: usize = 0x1_0000 / 4;
    let head = "LDI R1, 7\nLDI R3, 12\nLDI R7, 1\nLDI R8, 2\nstart: LDI R2, 0\n";
    let block = "ADD R0, R0, R1\nST [R2+0], R0\nADD R2, R2, R3\n";
    let tail = "SUB R8, R8, R7\nJNZ start\nRET\n";
    let blocks = (WORDS - head.lines().count() - tail.lines().count()) / 3;
    let rest = WORDS - head.lines().count() - tail.lines().count() - 3 * blocks;
    let source = [head, &block.repeat(blocks), &"LDI R4, 0\n".repeat(rest), tail].concat();
    let program = minivm::asm::assemble(&source).unwrap_or_else(|error| panic!("the long program: {error}"));
    assert_eq!(program.code.len(), 4 * WORDS);
    fs::write(out.join("long.bin"), program.code).expect("the folder is there for that");
}
