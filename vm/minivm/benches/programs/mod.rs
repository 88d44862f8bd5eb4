//! The programs of the benchmarks, and how one is run.

use std::fs;
use std::path::Path;

use minivm::call_stack::FixedCallStack;
use minivm::{Context, Memory, Reference, Run, Vm, asm, hxe};

/// Programs of `vectors/minivm/programs` that run for long: loops, bytes, words, calls, wide arithmetic.
pub const PROGRAMS: [&str; 7] = ["adler32", "collatz", "divide-64", "quicksort", "rc4", "sha256", "sieve"];
/// Words of a buffer that holds each of them.
pub const WORDS: usize = 1024;

type Machine<'a> = Vm<'a, Reference, FixedCallStack<64>>;

/// The program of this name.
pub fn program(name: &str) -> asm::Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/minivm/programs");
    let text =
        fs::read_to_string(folder.join(name).with_extension("mvasm")).expect("it lies in the repository");
    asm::assemble(&text).expect("it assembles")
}

/// Runs the program from its start.
pub fn run(program: &asm::Program, memory: &mut Memory, run: impl FnOnce(&mut Machine<'_>) -> Run) -> u32 {
    memory.reset();
    memory.write_block(hxe::RODATA_BASE, &program.rodata).expect("it fits");
    let context = Context { pc: program.entry, ..Context::default() };
    run(&mut Vm::new(Reference, &program.code, memory, FixedCallStack::new(), context)).steps
}
