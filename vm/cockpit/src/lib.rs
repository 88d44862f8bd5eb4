//! CockpitVM's ExecutionEngine_v2: a stack machine of 57 opcodes with globals, arrays, strings and pins.
//!
//! The crate needs neither `std` nor an allocator (feature `alloc` adds the assembler, the recording hardware and the
//! writer of images), so the same engine runs on a laptop and on a microcontroller. Everything about an opcode that
//! can be stated as data is stated once, in the table of [`isa`]: enum, decoder, encoder, assembler, disassembler and
//! the list of coverage points all come from it.
//!
//! What the machine does if the reference implementation and the plan for it disagree is decided by a [`Profile`]:
//! [`Head`] repeats the implementation bit for bit, [`Plan`] follows the plan.
//!
//! ```
//! use cockpit::{Head, Program, Recorder, State, Stop, Vm};
//!
//! let source = cockpit::asm::assemble("PUSH 40\nPUSH 2\nADD\nHALT").unwrap();
//! let mut state = State::new();
//! let program = Program { code: &source.code, strings: &[] };
//! let run = Vm::new(Head, program, &mut state, &mut Recorder::default()).run(100);
//! assert_eq!((run.steps, run.stop), (4, Some(Stop::Halt)));
//! assert_eq!(state.stack.as_slice(), [42]);
//! ```
#![no_std]
#![forbid(unsafe_code)]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;

pub mod arrays;
#[cfg(feature = "alloc")]
pub mod asm;
pub mod conc;
pub mod disasm;
pub mod error;
pub mod format;
pub mod hal;
pub mod instruction;
pub mod isa;
pub mod points;
pub mod profile;
#[cfg(feature = "alloc")]
pub mod recorder;
mod run;
pub mod stack;
pub mod state;
pub mod vm;

mod execute;

pub use arrays::Arrays;
pub use error::{Check, Error};
pub use hal::{Hal, Refused};
pub use instruction::Instruction;
pub use isa::Opcode;
pub use profile::{Head, Plan, Profile, Switch, SwitchSet};
#[cfg(feature = "alloc")]
pub use recorder::{Call, Recorder};
pub use stack::Stack;
pub use state::State;
pub use vm::{Program, Run, Stop, Vm};
