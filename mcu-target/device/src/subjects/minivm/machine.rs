//! A machine that is measured: what it is made of, and how it starts.

use hil_wire::Cost;
use minivm::call_stack::FixedCallStack;
use minivm::instruction::Reg;
use minivm::memory::LoadStore;
use minivm::{Context, Memory, Run, Vm};
use vectors_minivm_wire::Case;

use crate::answer::Answer;
use crate::hardware::Hardware;

/// Room for return addresses.
const MAX_CALLS: usize = 1024;

pub type Calls = FixedCallStack<MAX_CALLS>;
pub type Machine<'v, P, M = Memory> = Vm<'v, P, &'v mut Calls, M>;

pub fn context(case: &Case<'_>) -> Context {
    Context {
        pc: case.pc,
        sp: case.sp,
        psw: case.psw & 0xF,
        wp: case.reg_base,
        stack_limit: case.stack_limit,
        ..Context::default()
    }
}

pub fn set_registers<P: minivm::Profile, M: LoadStore>(vm: &mut Machine<'_, P, M>, case: &Case<'_>) {
    for (reg, value) in Reg::all().zip(case.regs) {
        vm.set_reg(reg, value);
    }
}

/// Measures so many rounds of a case, and counts `beside` bytes of RAM that the machine has not in itself. Memory is what
/// the round before has left of it: a round that must find it fresh has to make it so.
pub fn measured<'v, P: minivm::Profile, M: LoadStore, H: Hardware>(
    vm: &mut Machine<'v, P, M>,
    go: &mut dyn FnMut(&mut Machine<'v, P, M>, u32) -> Run,
    (case, rounds): (&Case<'_>, u16),
    beside: usize,
    answer: &mut Answer<'_, H>,
) -> Run {
    let mut run = Run { steps: 0, stop: None };
    let (ticks, stack) = answer.measure(&mut || {
        for _ in 0..rounds {
            vm.context = context(case);
            set_registers(vm, case);
            run = go(vm, case.max_steps);
        }
    });
    // Data memory itself and the return addresses are not counted.
    let state = (size_of::<Machine<'_, P, M>>() + beside) as u32;
    answer.cost(Cost { ticks, stack, state });
    run
}

