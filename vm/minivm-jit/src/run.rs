//! How a machine is run by machine code.

use std::fmt::{self, Debug, Formatter};

use minivm::context::psw;
use minivm::{CallStack, Profile, Reg, Run, SwitchSet, Vm};

use crate::executable::Executable;
use crate::scan::{Code, Scan};
use crate::state::State;
use crate::{Compiler, Error};

/// Calls that machine code can have in progress beside those in which it was entered.
const CALLS: usize = 4096;
/// The most instructions that run plainly in a row, while there may be one where machine code can be entered.
const STRETCH: u32 = 64;
/// The most of a budget that machine code is given at a time.
const MOST: u32 = 1 << 29;

/// Machine code of a program.
pub struct Compiled {
    profile: SwitchSet,
    functions: Vec<Function>,
    calls: Box<[u32; CALLS]>,
}

struct Function {
    code: Executable,
    /// The addresses where it can be entered, ascending.
    entries: Vec<u32>,
    reserve: u32,
}

impl Debug for Compiled {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Compiled, {} functions", self.functions.len())
    }
}

impl Compiler {
    /// Makes machine code of a program.
    ///
    /// # Errors
    /// Cranelift cannot.
    pub fn compile(&mut self, profile: impl Profile, code: &[u8], entry: u32) -> Result<Compiled, Error> {
        let profile = SwitchSet::of(profile);
        let code = Code::new(code);
        let mut functions = Vec::new();
        if let Some(entry) = code.position(entry) {
            functions.push(self.enterable(&code, profile, &[entry])?);
            let again: Vec<u32> = Scan::new(&code, &[entry]).entries.into_iter().collect();
            if !again.is_empty() {
                functions.push(self.enterable(&code, profile, &again)?);
            }
        }
        Ok(Compiled { profile, functions, calls: Box::new([0; CALLS]) })
    }

    fn enterable(&mut self, code: &Code, profile: SwitchSet, entries: &[u32]) -> Result<Function, Error> {
        let (executable, straight) = self.function(code, profile, entries)?;
        let entries = entries.iter().map(|at| at * 4).collect();
        Ok(Function { code: executable, entries, reserve: straight + 1 })
    }
}

impl Compiled {
    /// Like [`Vm::run`], and faster.
    pub fn run<P: Profile, S: CallStack>(&mut self, vm: &mut Vm<'_, P, S>, max_steps: u32) -> Run {
        let (mut left, mut plainly) = (max_steps, 1);
        let is_for_it = vm.context.wp == 0 && SwitchSet::of(vm.profile()) == self.profile;
        loop {
            let entered = if is_for_it { self.enter(vm, left) } else { Entered::LacksBudget };
            let piece = match entered {
                Entered::Left(now) => {
                    left = now;
                    plainly = 1;
                    1
                }
                Entered::Nowhere => {
                    plainly = STRETCH.min(2 * plainly);
                    left.min(plainly)
                }
                Entered::LacksBudget => left,
            };
            let run = vm.run(piece);
            left -= run.steps;
            if left == 0 || run.stop.is_some() {
                return Run { steps: max_steps - left, stop: run.stop };
            }
        }
    }

    /// Runs machine code, if there is some for where the machine is.
    fn enter<P: Profile, S: CallStack>(&mut self, vm: &mut Vm<'_, P, S>, left: u32) -> Entered {
        let pc = vm.context.pc;
        let found = self.functions.iter().filter(|it| it.reserve <= left);
        let found = found.filter_map(|it| Some((it, it.entries.binary_search(&pc).ok()?))).next();
        let Some((function, entry)) = found else {
            let lacks = self.functions.iter().all(|it| it.reserve > left);
            return if lacks { Entered::LacksBudget } else { Entered::Nowhere };
        };
        let Some((result, carry, overflow)) = flags(vm.context.psw) else { return Entered::Nowhere };
        let budget = left.min(MOST);
        let room = vm.calls.room().min(CALLS);
        let mut regs = [0; 16];
        regs.copy_from_slice(&vm.regs());
        let (sp, stack_limit) = (vm.context.sp, vm.context.stack_limit);
        let mut state = State::new(vm.memory_mut().parts_mut(), &mut self.calls[..room]);
        (state.regs, state.sp, state.stack_limit) = (regs, sp, stack_limit);
        (state.result, state.carry, state.overflow) = (result, carry, overflow);
        (state.fuel, state.pc, state.entry) = ((budget - function.reserve) as i32, pc, entry as u32);
        function.code.enter(&mut state);
        let calls = state.calls();
        let State { regs, sp, result, carry, overflow, fuel, pc, .. } = state;
        for (reg, value) in Reg::all().zip(regs) {
            vm.set_reg(reg, value);
        }
        (vm.context.sp, vm.context.pc) = (sp, pc);
        vm.context.psw = psw_of(result, carry, overflow);
        for &address in &self.calls[..calls] {
            let has_room = vm.calls.push(address);
            debug_assert!(has_room, "it said that it has");
        }
        let now = function.reserve.wrapping_add_signed(fuel);
        debug_assert!(0 < now && now <= budget, "the reserve is too small");
        Entered::Left(left - budget + now)
    }
}

/// What became of a try to run machine code.
enum Entered {
    /// It ran, and so much of the budget is left.
    Left(u32),
    /// There is none for where the machine is.
    Nowhere,
    /// The budget is too small for any.
    LacksBudget,
}

/// Result, C and V of a program status word; nothing if no result has its flags.
fn flags(word: u8) -> Option<(u32, u8, u8)> {
    let result = match (word & psw::Z != 0, word & psw::N != 0) {
        (true, true) => return None,
        (true, false) => 0,
        (false, true) => 1 << 31,
        (false, false) => 1,
    };
    Some((result, u8::from(word & psw::C != 0), u8::from(word & psw::V != 0)))
}

fn psw_of(result: u32, carry: u8, overflow: u8) -> u8 {
    let bit = |set, bit| if set { bit } else { 0 };
    bit(result == 0, psw::Z)
        | bit(result >> 31 != 0, psw::N)
        | bit(carry != 0, psw::C)
        | bit(overflow != 0, psw::V)
}
