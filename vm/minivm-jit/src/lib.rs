//! MiniVM as machine code: the third way to run a program, made by Cranelift for the computer that it runs on.
//!
//! It means what the [plain interpreter](minivm::Vm::run) means, exactly: to the instruction in the budget, in flags,
//! faults, call depth, pages marked as written and the last instruction, in every [profile](minivm::Profile), one put
//! together from [switches](minivm::SwitchSet) included. What makes it fast:
//!
//! - Registers and flags are values of one function, so that most of them live in registers of the host, and what nobody
//!   reads is never computed.
//! - A small function is copied to wherever it is called, and knows there what it is called with. That a `RET` goes back to
//!   its `CALL` is checked.
//! - The budget is charged at jumps. That is exact because of the reserve: machine code is left as soon as less remains
//!   than the most instructions that it executes without a look at the budget, and what is left runs plainly.
//! - What leaves machine code stands apart from it, and only there is the state of the machine put together.
//!
//! # What is not machine code
//! Machine code has no stops. It is left *before* the instruction that it cannot carry out, with the state as it is there,
//! and the plain interpreter executes that instruction. Left to it are:
//!
//! - everything while the registers live in data memory (a workspace pointer that is not 0);
//! - `SVC`, `BRK`, illegal opcodes, `RET` out of the outermost function, and whatever faults;
//! - stores and stack accesses that are misaligned, where a profile lets them through; a misaligned pc, and jumps to one;
//! - a `CALL` by a register whose value is not set right before it, and a `RET` that goes elsewhere than behind a `CALL`, or
//!   out of a function that machine code was entered in;
//! - jumps out of the code, and what goes straight on into its end;
//! - the rest of the budget when it is less than the reserve, so every budget that is from the start;
//! - a program status word that is zero and negative at once, until arithmetic has set another;
//! - single steps.
//!
//! Where machine code was left, it is entered again at the next place where that is possible: the start of a loop, behind a
//! trap, the start of a function that was not copied, and where that returns to. The code for these is made when a few of
//! them were met. binary16 arithmetic is done by the interpreter's functions, which machine code calls.
//!
//! ```
//! use minivm::{Context, Memory, Stop, Strict, Vm};
//! use minivm_jit::{Compiler, Effort};
//!
//! let program = minivm::asm::assemble("LDI R1, 1\nLDI R0, 100\nagain: SUB R0, R0, R1\nJNZ again\nRET").unwrap();
//! let compiler = Compiler::new(Effort::Most).unwrap();
//! let mut compiled = compiler.compile(Strict, &program.code, program.entry).unwrap();
//! let mut memory = Memory::new();
//! let mut vm = Vm::new(Strict, &program.code, &mut memory, Vec::new(), Context::default());
//! let run = compiled.run(&mut vm, 1000);
//! assert_eq!((run.steps, run.stop), (202, Some(Stop::Returned { status: 0 })));
//! ```

mod compiler;
mod emit;
mod error;
mod executable;
mod float;
mod made;
mod run;
mod scan;
mod state;

pub use compiler::{Compiler, Effort};
pub use error::Error;
pub use run::Compiled;
