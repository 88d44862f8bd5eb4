//! The three forms against each other: random programs at every budget from 1 to 300, run plainly, from prepared code and
//! as machine code. Everything that a host can see has to be the same: registers, context, call stack, memory, the pages
//! marked as written, how far the run came, what stopped it, and what is remembered of the last instruction.
//!
//! `PROPTEST_CASES=1000000 cargo test --release -p minivm-jit --test forms` tries a million programs.

#[path = "../../minivm/tests/random/mod.rs"]
mod random;
#[path = "../../minivm/tests/forms/mod.rs"]
mod shared;

use std::cell::RefCell;

use minivm::prepared::Prepared;
use minivm::{Context, Memory, Profile, Reference, Run, Stop, Strict, Vm, asm, hxe};
use minivm_jit::{Compiled, Compiler, Effort};
use proptest::prelude::*;
use random::{Calls, Start};
use shared::{BUDGET, machine, programs, same_memory};

/// Instructions that the buffer of a random program has room for.
const ROOM: usize = 64;

/// All of a machine but its memory.
type Seen = (Context, [u32; 16], Vec<u32>, (u32, u32));

fn seen<P: Profile>(vm: &Vm<'_, P, Calls>) -> Seen {
    (vm.context, vm.regs(), vm.calls.addresses.clone(), (vm.last.pc, vm.last.opcode))
}

/// The machines that are compared, and the compilers.
struct Bench {
    memories: [Box<Memory>; 4],
    most: Compiler,
    least: Compiler,
}

impl Default for Bench {
    fn default() -> Self {
        let compiler = |effort| Compiler::new(effort).expect("Cranelift knows this host");
        Bench { memories: Default::default(), most: compiler(Effort::Most), least: compiler(Effort::Least) }
    }
}

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::default();
}

/// Compares the forms at every budget, and machine code that is given its budget a few instructions at a time.
fn compare(start: &Start, bench: &mut Bench) -> Result<(), TestCaseError> {
    let profile = start.profile;
    let [plain, prepared, compiled, resumed] = &mut bench.memories;
    let mut words = [0; ROOM];
    let code = Prepared::new(&start.code, &mut words);
    // Half of them with each effort, by something that has nothing to do with it.
    let compiler = if start.psw & 1 == 0 { &bench.most } else { &bench.least };
    let made = compiler.compile(profile, &start.code, start.pc);
    let mut made = made.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let mut resumed = machine(profile, start, resumed);
    let mut behind = 0;
    for budget in 1..=BUDGET {
        let mut vm = machine(profile, start, plain);
        let run = vm.run(budget);
        let expected = seen(&vm);

        let mut other = machine(profile, start, prepared);
        prop_assert_eq!(other.run_prepared(&code, budget), run, "prepared, budget {}", budget);
        prop_assert_eq!(seen(&other), expected.clone(), "prepared, budget {}", budget);
        prop_assert!(same_memory(other.memory(), vm.memory()), "memory of prepared, budget {}", budget);

        let mut other = machine(profile, start, compiled);
        prop_assert_eq!(made.run(&mut other, budget), run, "machine code, budget {}", budget);
        prop_assert_eq!(seen(&other), expected.clone(), "machine code, budget {}", budget);
        prop_assert!(same_memory(other.memory(), vm.memory()), "memory of machine code, budget {}", budget);

        // Every so often, and at a stop: it goes on from where it was.
        behind += 1;
        if run.stop.is_some() || budget.wrapping_mul(0x9E37_79B9) >> 27 == 0 {
            made.run(&mut resumed, behind);
            behind = 0;
            let (of_resumed, of_plain) = (seen(&resumed), seen(&vm));
            prop_assert_eq!(
                (of_resumed.0, of_resumed.1, of_resumed.2),
                (of_plain.0, of_plain.1, of_plain.2),
                "resumed at {}",
                budget
            );
            prop_assert!(same_memory(resumed.memory(), vm.memory()), "memory resumed at {}", budget);
        }
        match run.stop {
            None => {}
            // A stop that retires is no end for whoever goes on, so go on once more.
            Some(stop) if vm.retires(stop) && budget < 200 => {
                resumed.last = vm.last;
                return after_stop(&mut made, vm, resumed);
            }
            Some(_) => break,
        }
    }
    Ok(())
}

/// Goes on behind a stop.
fn after_stop<P: Profile>(
    made: &mut Compiled,
    mut plain: Vm<'_, P, Calls>,
    mut compiled: Vm<'_, P, Calls>,
) -> Result<(), TestCaseError> {
    for budget in [1, 2, 3, 5, 20, 100, 1000] {
        prop_assert_eq!(plain.run(budget), made.run(&mut compiled, budget));
        prop_assert_eq!(seen(&plain), seen(&compiled));
        prop_assert!(same_memory(plain.memory(), compiled.memory()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_programs_at_every_budget(start in random::start()) {
        BENCH.with_borrow_mut(|bench| compare(&start, bench))?;
    }
}

/// Runs a program to its end in both forms.
fn run_to_the_end<P: Profile>(profile: P, program: &asm::Program, quantum: u32, compiler: &Compiler) -> u32 {
    let mut made = compiler.compile(profile, &program.code, program.entry).expect("it is code");
    let (mut memory, mut other) = (Box::new(Memory::new()), Box::new(Memory::new()));
    let context = Context { pc: program.entry, ..Context::default() };
    let calls = Calls { addresses: Vec::new(), capacity: 5000 };
    memory.write_block(hxe::RODATA_BASE, &program.rodata).expect("it fits");
    other.write_block(hxe::RODATA_BASE, &program.rodata).expect("it fits");
    let mut one = Vm::new(profile, &program.code, &mut memory, calls.clone(), context);
    let mut two = Vm::new(profile, &program.code, &mut other, calls, context);
    let mut steps = 0;
    loop {
        let run = one.run(quantum);
        assert_eq!(made.run(&mut two, quantum), run);
        assert_eq!(seen(&two), seen(&one));
        assert!(same_memory(two.memory(), one.memory()));
        let Run { steps: retired, stop } = run;
        steps += retired;
        match stop {
            None if steps < 300_000 => {}
            Some(Stop::CallDepth | Stop::Paging { .. }) => panic!("there is room, and nothing is paged"),
            _ => return steps,
        }
    }
}

#[test]
fn whole_programs() {
    let Bench { most, least, .. } = Bench::default();
    for (path, program) in programs() {
        let steps = run_to_the_end(Reference, &program, u32::MAX, &most);
        for quantum in [100, 1000, 1 << 20] {
            assert_eq!(run_to_the_end(Reference, &program, quantum, &least), steps, "{}", path.display());
            run_to_the_end(Strict, &program, quantum, &most);
        }
    }
}
