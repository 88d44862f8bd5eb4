//! The VM with planted bugs, for tests of what finds them.

use minivm::instruction::{Reg, Word};
use minivm::{Opcode, Reference};
use oracle::{Answer, Machine, Profile};
use vectors_minivm::{Case, MiniVm, NativeVm, Outcome, REFERENCE, Running, Stop, changed_runs};

/// What is done to the machine behind an instruction that has retired: the opcode, and the registers before it.
pub type Bug = fn(&mut Running<'_, Reference>, Opcode, &[u32; 16]);

/// The VM with a bug.
pub struct Mutant {
    pub name: &'static str,
    pub vm: NativeVm,
    pub bug: Bug,
}

impl Machine<MiniVm> for Mutant {
    fn name(&self) -> &str {
        self.name
    }

    fn profiles(&self) -> &[Profile] {
        &[REFERENCE]
    }

    fn run(&mut self, _: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        cases.iter().map(|case| Answer::Outcome(self.execute(case))).collect()
    }
}

impl Mutant {
    fn execute(&mut self, case: &Case) -> Outcome {
        let mut vm = self.vm.begin(Reference, case);
        let (mut steps, mut stop) = (0, None);
        while stop.is_none() && steps < case.max_steps {
            stop = vm.step();
            steps += u32::from(stop.is_none_or(|stop| vm.retires(stop)));
            if let (None, Some(op)) = (stop, Word(vm.last.opcode).op()) {
                let before = vm.last.regs;
                (self.bug)(&mut vm, op, &before);
            }
        }
        Outcome {
            stop: stop.and_then(Stop::of).unwrap_or(Stop::Budget {}),
            steps,
            pc: vm.context.pc,
            sp: vm.context.sp,
            psw: vm.context.psw,
            regs: vm.regs(),
            call_stack: vm.calls.clone(),
            mem: changed_runs(&case.initial_memory()[..], vm.memory().bytes(), vm.memory().written_pages()),
            trace: None,
        }
    }
}

fn word(vm: &Running<'_, Reference>) -> Word {
    Word(vm.last.opcode)
}

/// V of ADC is lost.
pub fn flag(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Adc {
        vm.context.psw &= !8;
    }
}

/// LDH extends the sign.
pub fn sign_extension(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Ldh {
        let rd = word(vm).rd();
        let value = vm.reg(rd);
        vm.set_reg(rd, i32::from(value as u16 as i16) as u32);
    }
}

/// SUB saturates at 0.
pub fn wrap(vm: &mut Running<'_, Reference>, op: Opcode, before: &[u32; 16]) {
    let i = word(vm);
    if op == Opcode::Sub && before[i.rs1().index()] < before[i.rs2().index()] {
        vm.set_reg(i.rd(), 0);
    }
}

/// POP R15 keeps the stack pointer instead of the value.
pub fn stack_order(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Pop && word(vm).rd() == Reg::R15 {
        let sp = vm.context.sp;
        vm.set_reg(Reg::R15, sp);
    }
}

/// FMUL rounds one unit up where the result is odd and large.
pub fn rounding(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    let rd = word(vm).rd();
    let value = vm.reg(rd);
    if op == Opcode::Fmul && value & 0x7C01 == 0x4001 {
        vm.set_reg(rd, value + 1);
    }
}

/// Only the third CALL in a row forgets to count: shows in programs alone.
pub fn depth(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Call && vm.calls.len() == 3 {
        vm.calls[2] ^= 4;
    }
}

/// JZ that jumps lands four bytes behind its target.
pub fn branch(vm: &mut Running<'_, Reference>, op: Opcode, _: &[u32; 16]) {
    if op == Opcode::Jz && vm.context.psw & 1 != 0 {
        vm.context.pc = vm.context.pc.wrapping_add(4);
    }
}
