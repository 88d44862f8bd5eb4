//! The HSX MiniVM: a 38-opcode bytecode machine with 16 registers of 32 bits and 64 KiB of data memory.
//!
//! The crate needs neither `std` nor an allocator (feature `alloc` adds the assembler), so the same
//! interpreter runs on a laptop and on a microcontroller. Everything about an instruction that can be stated as data
//! is stated once, in the table of [`isa`]: enum, decoder, encoder, assembler, disassembler and the list of coverage
//! points all come from it.
//!
//! What the VM does where the reference implementation and its design document disagree is decided by a
//! [`Profile`]: [`Reference`] repeats the reference bit for bit,
//! [`Strict`] follows the document.
//!
//! ```
//! use minivm::{Context, Memory, Strict, Vm};
//!
//! let program = minivm::asm::assemble("LDI R1, 40\nLDI R2, 2\nADD R0, R1, R2\nRET").unwrap();
//! let mut memory = Memory::new();
//! let mut vm = Vm::new(Strict, &program.code, &mut memory, Vec::new(), Context::default());
//! let run = vm.run(100);
//! assert_eq!(run.stop, Some(minivm::Stop::Returned { status: 42 }));
//! ```
#![no_std]
#![forbid(unsafe_code)]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;

#[cfg(feature = "alloc")]
pub mod asm;
pub mod call_stack;
pub mod context;
pub mod control;
pub mod disasm;
pub mod float;
pub mod hxe;
pub mod instruction;
pub mod isa;
pub mod memory;
pub mod paging;
pub mod points;
pub mod prepared;
pub mod profile;
pub mod stop;
pub mod vm;

mod alu;
mod cpu;
mod data;
mod execute;
mod track;

pub use call_stack::CallStack;
pub use context::Context;
pub use instruction::{Instruction, Reg};
pub use isa::Opcode;
pub use memory::Memory;
pub use profile::{Portable, Profile, Reference, Strict, Switch, SwitchSet};
pub use stop::{Fault, Paging, PagingFailure, Stop};
pub use vm::{Run, Vm};

/// The examples of the guide.
#[cfg(all(doctest, feature = "alloc"))]
#[doc = include_str!("../../README.md")]
struct Guide;
