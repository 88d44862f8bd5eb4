//! The prepared form against the plain one and against single steps: random programs at every budget from 1 to 300, and
//! whole programs. Everything that a host can see has to be the same: registers, context, call stack, memory, the pages
//! marked as written, how far the run came, what stopped it, and what is remembered of the last instruction.
//!
//! `PROPTEST_CASES=1000000 cargo test --release -p minivm --test prepared` tries a million programs.

mod forms;
mod random;

use std::cell::RefCell;

use forms::{BUDGET, machine, programs, same_memory};
use minivm::prepared::Prepared;
use minivm::{
    Context, Fault, Instruction, Memory, Opcode, Profile, Reference, Reg, Run, Stop, Strict, SwitchSet, Vm,
    asm, hxe,
};
use proptest::prelude::*;
use random::{Calls, Start};

/// Instructions that the buffer of a random program has room for: less than the longest ones have.
const ROOM: usize = 32;

/// All of a machine but its memory and what it remembers of the last instruction.
type Seen = (Context, [u32; 16], Vec<u32>);

fn seen<P: Profile>(vm: &Vm<'_, P, Calls>) -> Seen {
    (vm.context, vm.regs(), vm.calls.addresses.clone())
}

fn last<P: Profile>(vm: &Vm<'_, P, Calls>) -> (u32, u32) {
    (vm.last.pc, vm.last.opcode)
}

/// The machines that are compared, and a buffer for prepared code.
#[derive(Default)]
struct Bench {
    stepped: Box<Memory>,
    plain: Box<Memory>,
    prepared: Box<Memory>,
    resumed: Box<Memory>,
}

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::default();
}

/// Compares the forms at every budget, and a prepared machine that is given its budget a few instructions at a time.
fn compare<P: Profile>(profile: P, start: &Start, bench: &mut Bench) -> Result<(), TestCaseError> {
    let Bench { stepped, plain, prepared, resumed } = bench;
    let mut words = [0; ROOM];
    let code = Prepared::new(&start.code, &mut words);
    let mut stepped = machine(profile, start, stepped);
    let mut resumed = machine(profile, start, resumed);
    let (mut steps, mut behind) = (0, 0);
    for budget in 1..=BUDGET {
        let stop = stepped.step();
        steps += u32::from(stop.is_none_or(|stop| stepped.retires(stop)));
        let (run, expected) = (Run { steps, stop }, seen(&stepped));

        let mut vm = machine(profile, start, plain);
        prop_assert_eq!(vm.run(budget), run, "plain, budget {}", budget);
        prop_assert_eq!(seen(&vm), expected.clone(), "plain, budget {}", budget);
        prop_assert!(same_memory(vm.memory(), stepped.memory()), "memory of plain, budget {}", budget);
        let remembered = last(&vm);
        // A run that ends where there is no instruction remembers none, a step before that was a run of its own.
        if stop != Some(Stop::Fault(Fault::PcOutOfRange)) {
            prop_assert_eq!(remembered, last(&stepped), "plain, budget {}", budget);
        }

        let mut vm = machine(profile, start, prepared);
        prop_assert_eq!(vm.run_prepared(&code, budget), run, "prepared, budget {}", budget);
        prop_assert_eq!(seen(&vm), expected.clone(), "prepared, budget {}", budget);
        prop_assert_eq!(last(&vm), remembered, "prepared, budget {}", budget);
        prop_assert!(same_memory(vm.memory(), stepped.memory()), "memory of prepared, budget {}", budget);

        // Every so often, and at a stop: it goes on from where it was.
        behind += 1;
        if stop.is_some() || budget.wrapping_mul(0x9E37_79B9) >> 28 == 0 {
            resumed.run_prepared(&code, behind);
            behind = 0;
            prop_assert_eq!(seen(&resumed), expected, "resumed at {}", budget);
            prop_assert!(same_memory(resumed.memory(), stepped.memory()), "memory resumed at {}", budget);
        }
        match stop {
            None => {}
            // A stop that retires is no end for whoever goes on, so go on once more.
            Some(stop) if stepped.retires(stop) && budget < 200 => {
                let rest = Start { pc: stepped.context.pc, ..start.clone() };
                return after_stop(profile, &rest, &code, stepped, resumed);
            }
            Some(_) => break,
        }
    }
    Ok(())
}

/// Goes on behind a stop, in both forms.
fn after_stop<P: Profile>(
    _: P,
    start: &Start,
    code: &Prepared<'_, ROOM>,
    mut plain: Vm<'_, P, Calls>,
    mut prepared: Vm<'_, P, Calls>,
) -> Result<(), TestCaseError> {
    prepared.last = plain.last;
    for budget in [1, 2, 3, 5, 20, 100] {
        let (one, other) = (plain.run(budget), prepared.run_prepared(code, budget));
        prop_assert_eq!(one, other, "from {:#x}", start.pc);
        prop_assert_eq!(seen(&plain), seen(&prepared), "from {:#x}", start.pc);
        prop_assert_eq!(last(&plain), last(&prepared), "from {:#x}", start.pc);
        prop_assert!(same_memory(plain.memory(), prepared.memory()), "memory from {:#x}", start.pc);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_programs_at_every_budget(start in random::start()) {
        BENCH.with_borrow_mut(|bench| match start.profile {
            // These are answered at compile time, which makes other code.
            profile if profile == minivm::SwitchSet::REFERENCE => compare(Reference, &start, bench),
            profile if profile == minivm::SwitchSet::STRICT => compare(Strict, &start, bench),
            profile => compare(profile, &start, bench),
        })?;
    }
}

/// Values at which signs, carries, shifts and addresses change.
const EDGES: [u32; 16] = [
    0,
    1,
    2,
    31,
    32,
    33,
    0x3E00,
    0x7FFC,
    0x8000,
    0xFFFC,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFE,
    u32::MAX,
];

/// A generator of numbers that are good enough (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}

/// Any two opcodes, a third behind them and then a trap, so that whatever they became together has to show all that it
/// has left.
fn three_in_a_row(ops: [Opcode; 3], numbers: &mut Numbers) -> Start {
    let mut reg = || Reg::new(numbers.below(4) as u8).expect("below 16");
    let registers = [0; 3].map(|_| [reg(), reg(), reg()]);
    let code = ops.iter().zip(registers).flat_map(|(&op, [rd, rs1, rs2])| {
        let imm = match op {
            Opcode::Jmp | Opcode::Jz | Opcode::Jnz => 4 * numbers.below(5) as u16,
            Opcode::Call => numbers.below(3) as u16,
            _ => numbers.below(8) as u16,
        };
        Instruction { op, rd, rs1, rs2, imm }.encode().to_be_bytes()
    });
    let code = code.chain(Instruction::new(Opcode::Svc).encode().to_be_bytes()).collect();
    Start {
        code,
        profile: SwitchSet::REFERENCE,
        regs: [0; 16].map(|_| EDGES[numbers.below(EDGES.len())]),
        pc: 0,
        sp: [0x8000, 8, 0xFFF8][numbers.below(3)],
        stack_limit: 0,
        psw: numbers.below(16) as u8,
        wp: 0,
        calls: vec![8; numbers.below(2)],
        capacity: 2,
        memory: vec![0x5A; 0x140],
    }
}

fn compare_to_the_trap<P: Profile>(profile: P, start: &Start, bench: &mut Bench) {
    let mut words = [0; ROOM];
    let code = Prepared::new(&start.code, &mut words);
    let mut plain = machine(profile, start, &mut bench.plain);
    let mut prepared = machine(profile, start, &mut bench.prepared);
    for budget in [40, 1, 9] {
        assert_eq!(plain.run(budget), prepared.run_prepared(&code, budget), "{start:?}");
        assert_eq!((seen(&plain), last(&plain)), (seen(&prepared), last(&prepared)), "{start:?}");
        assert!(same_memory(plain.memory(), prepared.memory()), "{start:?}");
    }
}

#[test]
fn any_three_instructions_in_a_row() {
    let (mut bench, mut numbers) = (Bench::default(), Numbers(0x9E37_79B9_7F4A_7C15));
    for (&first, &second) in Opcode::ALL.iter().flat_map(|one| Opcode::ALL.iter().map(move |two| (one, two)))
    {
        for _ in 0..150 {
            let third = Opcode::ALL[numbers.below(Opcode::ALL.len())];
            let start = three_in_a_row([first, second, third], &mut numbers);
            compare_to_the_trap(Reference, &start, &mut bench);
            compare_to_the_trap(Strict, &start, &mut bench);
        }
    }
}

/// Runs a program to its end in both forms.
fn run_to_the_end<P: Profile>(profile: P, program: &asm::Program, quantum: u32) -> u32 {
    let mut words = vec![0; 0x1000].into_boxed_slice();
    let words: &mut [u32; 0x1000] = words.as_mut().try_into().expect("it has this size");
    let prepared = Prepared::new(&program.code, words);
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
        assert_eq!(two.run_prepared(&prepared, quantum), run);
        assert_eq!(seen(&two), seen(&one));
        assert_eq!(last(&two), last(&one));
        assert!(same_memory(two.memory(), one.memory()));
        steps += run.steps;
        match run.stop {
            None if steps < 300_000 => {}
            None | Some(Stop::Svc { .. } | Stop::Break { .. } | Stop::Returned { .. } | Stop::Fault(_)) => {
                return steps;
            }
            Some(Stop::CallDepth | Stop::Paging { .. }) => {
                panic!("there is room for all calls, and nothing is paged")
            }
        }
    }
}

#[test]
fn whole_programs() {
    for (path, program) in programs() {
        let steps = run_to_the_end(Reference, &program, u32::MAX);
        for quantum in [100, 1000, 1 << 20] {
            assert_eq!(run_to_the_end(Reference, &program, quantum), steps, "{}", path.display());
            run_to_the_end(Strict, &program, quantum);
        }
    }
}
