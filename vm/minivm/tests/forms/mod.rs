//! What comparing the forms of a program takes, whichever these are.

use std::fs;
use std::path::{Path, PathBuf};

use minivm::{Memory, Profile, Vm, asm};

use crate::random::{Calls, Start};

/// The highest budget of a random program.
pub const BUDGET: u32 = 300;

/// A machine in its starting state.
pub fn machine<'a, P: Profile>(profile: P, start: &'a Start, memory: &'a mut Memory) -> Vm<'a, P, Calls> {
    start.fill(memory);
    start.machine(profile, &start.code, memory)
}

/// Whether two memories have the same bytes, and the same pages marked as written.
pub fn same_memory(one: &Memory, other: &Memory) -> bool {
    one.written_pages().eq(other.written_pages())
        && one.written_pages().all(|page| one.bytes()[page.clone()] == other.bytes()[page])
}

/// The programs of the repository, more than 40.
pub fn programs() -> Vec<(PathBuf, asm::Program)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/minivm/programs");
    let entries = fs::read_dir(folder).expect("it lies in the repository").flatten();
    let files = entries.map(|entry| entry.path());
    let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "mvasm"));
    let assembled = sources.map(|path| {
        let text = fs::read_to_string(&path).expect("it can be read");
        (path, asm::assemble(&text).expect("it assembles"))
    });
    let programs: Vec<_> = assembled.collect();
    assert!(programs.len() > 40);
    programs
}
