//! How a machine is run by machine code.

use minivm::context::psw;
use minivm::{CallStack, Profile, Reg, Run, SwitchSet, Vm};

use crate::compiler::Compiler;
use crate::error::Error;
use crate::made::{Made, Missing};
use crate::state::{Lent, State};

/// Calls that machine code can have in progress beside those in which it was entered.
const CALLS: usize = 4096;
/// The most instructions that run plainly in a row, while there may be one where machine code can be entered.
const STRETCH: u32 = 64;
/// The most of a budget that machine code is given at a time.
const MOST: u32 = 1 << 29;

/// Machine code of a program.
#[derive(Debug)]
pub struct Compiled {
    made: Made,
    /// Room for return addresses.
    calls: Box<[u32; CALLS]>,
}

impl Compiler {
    /// Makes machine code of a program that begins at the address `entry`. More of it may be made while it runs.
    ///
    /// # Errors
    /// Cranelift cannot make it.
    pub fn compile(&self, profile: impl Profile, code: &[u8], entry: u32) -> Result<Compiled, Error> {
        let made = Made::new(self.clone(), SwitchSet::of(profile), code, entry)?;
        Ok(Compiled { made, calls: Box::new([0; CALLS]) })
    }
}

impl Compiled {
    /// Like [`Vm::run`], and faster. The machine has to be one with this code; with another, it is as if the code were a
    /// mixture of both. In another profile than the code was made for it runs plainly.
    pub fn run<P: Profile, S: CallStack>(&mut self, vm: &mut Vm<'_, P, S>, max_steps: u32) -> Run {
        let (mut left, mut plainly) = (max_steps, 1);
        let is_for_it = vm.context.wp == 0 && SwitchSet::of(vm.profile()) == self.made.profile;
        loop {
            let entered = if is_for_it { self.enter(vm, left) } else { Err(Missing::Budget) };
            // What machine code is left before is executed plainly.
            plainly = match entered {
                Ok(now) => {
                    left = now;
                    1
                }
                Err(Missing::Entry) => STRETCH.min(2 * plainly),
                Err(Missing::Budget) => left,
            };
            let run = vm.run(plainly.min(left));
            left -= run.steps;
            if left == 0 || run.stop.is_some() {
                return Run { steps: max_steps - left, stop: run.stop };
            }
        }
    }

    /// Runs machine code, if there is some for where the machine is. Gives what is left of the budget, which is something.
    fn enter<P: Profile, S: CallStack>(&mut self, vm: &mut Vm<'_, P, S>, left: u32) -> Result<u32, Missing> {
        let (function, entry) = self.made.function(vm.context.pc, left)?;
        let (result, carry, overflow) = flags_of(vm.context.psw).ok_or(Missing::Entry)?;
        let budget = left.min(MOST);
        let room = vm.calls.room().min(CALLS);
        let (regs, context) = (vm.regs(), vm.context);
        let mut state = State {
            regs,
            sp: context.sp,
            stack_limit: context.stack_limit,
            result,
            carry,
            overflow,
            fuel: (budget - function.reserve) as i32,
            pc: context.pc,
            entry: entry as u32,
            lent: Lent::new(vm.memory_mut().parts_mut(), &mut self.calls[..room]),
        };
        function.code.enter(&mut state);
        let count = state.lent.calls();
        let State { regs, sp, result, carry, overflow, fuel, pc, .. } = state;
        for (reg, value) in Reg::all().zip(regs) {
            vm.set_reg(reg, value);
        }
        (vm.context.sp, vm.context.pc) = (sp, pc);
        vm.context.psw = psw_of(result, carry, overflow);
        for &address in &self.calls[..count] {
            let has_room = vm.calls.push(address);
            debug_assert!(has_room, "it said that it has");
        }
        let now = function.reserve.wrapping_add_signed(fuel);
        debug_assert!((1..=budget).contains(&now), "the reserve is too small");
        Ok(left - budget + now)
    }
}

/// Result, C and V of a program status word; nothing if no result has its flags, being 0 and negative.
fn flags_of(word: u8) -> Option<(u32, u8, u8)> {
    let result = match (word & psw::Z != 0, word & psw::N != 0) {
        (true, true) => return None,
        (true, false) => 0,
        (false, true) => 1 << 31,
        (false, false) => 1,
    };
    Some((result, u8::from(word & psw::C != 0), u8::from(word & psw::V != 0)))
}

fn psw_of(result: u32, carry: u8, overflow: u8) -> u8 {
    let flags =
        [(result == 0, psw::Z), (carry != 0, psw::C), (result >> 31 != 0, psw::N), (overflow != 0, psw::V)];
    flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).sum()
}
