//! The prepared form: code that was decoded once, into 4 bytes an instruction in a buffer of the caller's.
//!
//! It means what the plain interpreter means, exactly: to the instruction in the budget, in flags, faults, call depth,
//! pages marked as written and the last instruction. What makes it faster:
//!
//! - A word has its kind where one mask finds it, and every number that can be there has a place to go to, so nothing is
//!   checked before the loop goes where the kind says.
//! - Frequent pairs of instructions are one word (the table and its counts: `pair.rs`).
//! - Arithmetic leaves no flags if all of them are written anew before anyone can see them. Whoever may fault, jump or
//!   stop can see them.
//! - The budget is charged at taken jumps. That is exact because of the reserve: the fast path is left as soon as less
//!   remains than the most instructions that the code executes straight on, and what is left runs plainly.
//!
//! # What is not on the fast path
//! The fast path has no stops. It is left *before* the instruction that it cannot carry out, with the state as it is
//! there, and the plain interpreter executes that instruction. So a stop has one definition, and a fault is one also in
//! the middle of a pair. Left to the plain interpreter are:
//!
//! - everything while the registers live in data memory (a workspace pointer that is not 0, as a task of the
//!   [control plane](crate::control) has it);
//! - `SVC`, `BRK`, illegal opcodes, `RET` out of the outermost function, and whatever faults;
//! - misaligned accesses to data, where a profile lets them through; a misaligned pc, and jumps to one;
//! - code that the buffer has no room for, and jumps out of what is prepared; what goes straight on into the end of the
//!   code;
//! - the rest of the budget when it is less than the reserve, so every budget that is from the start;
//! - [`Vm::step`](crate::Vm::step).
//!
//! ```
//! use minivm::prepared::Prepared;
//! use minivm::{Context, Memory, Stop, Strict, Vm};
//!
//! let program = minivm::asm::assemble("LDI R1, 1\nLDI R0, 100\nagain: SUB R0, R0, R1\nJNZ again\nRET").unwrap();
//! let mut words = [0; 64];
//! let prepared = Prepared::new(&program.code, &mut words);
//! let mut memory = Memory::new();
//! let mut vm = Vm::new(Strict, &program.code, &mut memory, Vec::new(), Context::default());
//! let run = vm.run_prepared(&prepared, 1000);
//! assert_eq!((run.steps, run.stop), (202, Some(Stop::Returned { status: 0 })));
//! ```

mod decode;
mod facts;
mod flags;
mod kind;
mod pair;
mod run;
mod word;

use crate::call_stack::CallStack;
use crate::memory::LoadStore;
use crate::profile::Profile;
use crate::stop::Stop;
use crate::track::{Progress, Track};
use crate::vm::{Run, Vm};

/// Whether the processor is that of a host, which has registers for all that the fast path carries and predicts where jumps
/// go. Microcontrollers have neither, and little flash.
const HOSTED: bool = cfg!(not(target_os = "none"));

/// Prepared code in a buffer of `N` words. `N` is a power of two; other sizes do not compile.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<'p, const N: usize> {
    words: &'p [u32; N],
    /// Words of code that are prepared. Behind the last stands one that leaves the fast path.
    len: u32,
    /// The most instructions that are executed before the budget is charged.
    reserve: u32,
}

impl<'p, const N: usize> Prepared<'p, N> {
    /// Prepares code: its first `N - 1` words, for there is a last one that ends them. It is the same for every profile.
    pub fn new(code: &[u8], words: &'p mut [u32; N]) -> Self {
        const { assert!(N.is_power_of_two(), "the size of the buffer has to be a power of two") };
        let (len, reserve) = decode::decode(code, words);
        Prepared { words, len, reserve }
    }
}

/// Instructions that run plainly in a row where nothing is prepared.
const STRETCH: u32 = 64;

impl<P: Profile, S: CallStack, M: LoadStore> Vm<'_, P, S, M> {
    /// Like [`Vm::run`], and faster. `prepared` has to be of the code of this machine; of another, it is as if the code
    /// were a mixture of both.
    pub fn run_prepared<const N: usize>(&mut self, prepared: &Prepared<'_, N>, max_steps: u32) -> Run {
        self.run_by(max_steps, &mut |vm, way| vm.run_fast(prepared, way))
    }

    /// Executes what the fast path can, and at least one instruction plainly behind that.
    fn run_fast<const N: usize>(&mut self, prepared: &Prepared<'_, N>, way: &mut Progress) -> Option<Stop> {
        let is_prepared = way.pc.rotate_right(2) < prepared.len;
        let mut is_worth_it = self.context.wp == 0 && way.left >= prepared.reserve;
        if is_worth_it && is_prepared {
            self.interpret_prepared(prepared, way);
            is_worth_it = way.left >= prepared.reserve;
        }
        let plainly = match way.left {
            left if !is_worth_it => left.min(Track::MOST),
            left if !is_prepared => left.min(STRETCH),
            _ => 1,
        };
        self.run_plainly(way, plainly)
    }

    #[inline(never)]
    fn interpret_prepared<const N: usize>(&mut self, prepared: &Prepared<'_, N>, way: &mut Progress) {
        self.enter::<false, true>().run_prepared(prepared, way);
    }
}
