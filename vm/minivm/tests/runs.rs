//! A run is the sum of its steps, in everything that a host can see, wherever its budget ends.

use minivm::call_stack::FixedCallStack;
use minivm::instruction::Reg;
use minivm::vm::LastInstruction;
use minivm::{Context, Memory, Opcode, Portable, Profile, Reference, Run, Strict, Vm};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Few, so that they run out.
type Calls = FixedCallStack<5>;

/// A program and the state in which it starts.
#[derive(Clone, Debug)]
struct Start {
    code: Vec<u8>,
    regs: [u32; 16],
    context: Context,
}

/// Everything that a host can see.
#[derive(Debug, PartialEq)]
struct Seen {
    run: Run,
    context: Context,
    regs: [u32; 16],
    calls: Calls,
    last: LastInstruction,
    written: Vec<(usize, Vec<u8>)>,
}

fn seen<P: Profile>(profile: P, start: &Start, go: impl FnOnce(&mut Vm<'_, P, Calls>) -> Run) -> Seen {
    let mut memory = Box::new(Memory::new());
    let mut vm = Vm::new(profile, &start.code, &mut memory, Calls::new(), start.context);
    for (reg, value) in Reg::all().zip(start.regs) {
        vm.set_reg(reg, value);
    }
    let run = go(&mut vm);
    let page = |range: std::ops::Range<usize>| (range.start, vm.memory().bytes()[range].to_vec());
    let written = vm.memory().written_pages().map(page).collect();
    // Only a step keeps the registers.
    let last = LastInstruction { regs: [0; 16], ..vm.last };
    Seen { run, context: vm.context, regs: vm.regs(), calls: vm.calls, last, written }
}

fn step_by_step<P: Profile>(vm: &mut Vm<'_, P, Calls>, max_steps: u32) -> Run {
    let mut run = Run { steps: 0, stop: None };
    while run.stop.is_none() && run.steps < max_steps {
        run.stop = vm.step();
        run.steps += u32::from(run.stop.is_none_or(|stop| vm.retires(stop)));
    }
    run
}

fn is_sum_of_steps<P: Profile>(profile: P, start: &Start, budget: u32) -> Result<(), TestCaseError> {
    let steps = seen(profile, start, |vm| step_by_step(vm, budget));
    prop_assert_eq!(&seen(profile, start, |vm| vm.run(budget)), &steps);
    Ok(())
}

/// A place of interest: around the edges of code, stack, windows and memory, or anywhere near them.
fn place() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => 0u32..0x40,
        2 => 0x3F0u32..0x410,
        2 => 0xFFB0u32..0x1_0010,
        1 => any::<u32>(),
    ]
}

fn value() -> impl Strategy<Value = u32> {
    prop_oneof![place(), select(vec![0, 1, 31, 32, 0x7FFF_FFFF, 0x8000_0000, u32::MAX, 0x7C00, 0xFE00])]
}

/// A word that is an instruction most of the time, its immediate an address near the code or a small offset.
fn word() -> impl Strategy<Value = u32> {
    let instruction = (select(Opcode::ALL), any::<u32>(), -5i32..0x40).prop_map(|(op, fields, imm)| {
        (op as u32) << 24 | fields & 0x00FF_F000 | imm as u32 & if fields & 3 == 0 { 0xFFF } else { 0xFFC }
    });
    prop_oneof![30 => instruction, 1 => any::<u32>()]
}

fn start() -> impl Strategy<Value = Start> {
    let words = prop::collection::vec(word(), 1..20);
    let context = (any::<Index>(), place(), 0u8..16, select(vec![0, 0, 0, 0x3E0, 0x3E1, 0xFFC0]), place());
    (words, 0usize..4, prop::array::uniform16(value()), context, prop::bool::weighted(0.1)).prop_map(
        |(words, cut, regs, (pc, sp, psw, wp, stack_limit), is_misaligned)| {
            let mut code: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            let pc = 4 * pc.index(words.len()) as u32 + u32::from(is_misaligned);
            code.truncate(code.len() - cut);
            let stack_limit = if stack_limit > 0x1_0000 { 0 } else { stack_limit };
            Start { code, regs, context: Context { pc, sp, psw, wp, stack_limit, ..Context::default() } }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_run_is_the_sum_of_its_steps(start in start(), budget in 0u32..300) {
        is_sum_of_steps(Reference, &start, budget)?;
        is_sum_of_steps(Strict, &start, budget)?;
        is_sum_of_steps(Portable, &start, budget)?;
    }
}
