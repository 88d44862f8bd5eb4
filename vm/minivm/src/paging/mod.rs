//! Code and data in little RAM: lines and pages of them, fetched when they are wanted (design document, section 4.4).
//!
//! A machine is paged by what it is given. [`PagedCode`] keeps one or two lines of code and reads others from a
//! [`CodeSource`], such as a serial flash; [`Vm::run_paged`](crate::Vm::run_paged) runs from it. [`PagedMemory`] keeps two to
//! four pages of data memory and moves others from and to a [`PageStore`], such as an FRAM; it is memory like any other,
//! with paged code and without. A machine that is given neither has nothing of this in it.
//!
//! Paged or not, a program does the same, to the last flag: the machine `rust-paged` runs all cases of the subject
//! `minivm` in the smallest lines and pages. What paging did is in [`CodeCounters`] and [`DataCounters`].
//!
//! # Lines of code
//! The document's lines have 256 or 512 bytes. Instructions run from a line until the next one is not in it. In the last
//! quarter of a line its successor is announced ([`CodeSource::prefetch`]), so that a source that can do so fetches it
//! meanwhile. A far jump, to any line but the next, takes the announcement back ([`CodeSource::abort`]) and goes on in the
//! line of its target. With two buffers the line before stays, and a loop across a boundary fetches nothing. An
//! instruction that lies in two lines, as `LDI32` may, is put together first.
//!
//! # Pages of data
//! A page that is wanted takes the place of the one that was used longest ago, which is written back if it was changed.
//! [`Class`] says which pages never leave, and which must not be changed. An access across two pages has both at hand
//! before it does anything, so it is done as a whole or not at all. [`PagedMemory::flush`] writes back what has changed, and
//! keeps it: the document's `VMEM.FLUSH()`, to be called when a task is put away, or when a guest asks for it by an `SVC`.
//!
//! # Failures
//! If source or store fails, the run ends with [`Stop::Paging`](crate::Stop::Paging), which says what was tried and where.
//! pc is on the instruction that needed it, and the instruction has changed nothing; if its registers lie in memory too
//! (a workspace pointer that is not 0), it may have been carried out in part. Code is tried again by the next run. Memory
//! lets nothing through until [`PagedMemory::take_failure`] is called.
//!
//! # Example
//! ```
//! use minivm::memory::Memory;
//! use minivm::paging::{Area, Class, PagedCode, PagedMemory};
//! use minivm::{Context, Stop, Strict, Vm};
//!
//! // Writes 100 words from 0x1000 on, then adds them up. The stack, below 0x8000, stays.
//! let program = minivm::asm::assemble(
//!     "LDI32 R1, 0x1000\nLDI R2, 4\nLDI R3, 1\nLDI R4, 100
//!      write: ST [R1+0], R4\nADD R1, R1, R2\nSUB R4, R4, R3\nJNZ write
//!      LDI R4, 100
//!      add: SUB R1, R1, R2\nLD R5, [R1+0]\nADD R0, R0, R5\nSUB R4, R4, R3\nJNZ add\nRET",
//! )?;
//! let mut store = Memory::new(); // or whatever implements `PageStore`
//! let stack = [Area { addresses: 0x7F00..0x8000, class: Class::Pinned }];
//! let mut memory = PagedMemory::<_, 256, 4>::new(&mut store, &stack)?;
//! let mut code = PagedCode::<_, 256, 1>::new(program.code.as_slice());
//!
//! let mut vm = Vm::with_memory(Strict, &[], &mut memory, Vec::new(), Context::default());
//! let run = vm.run_paged(&mut code, 10_000);
//! assert_eq!(run.stop, Some(Stop::Returned { status: 5050 }));
//! assert_eq!((code.counters().misses, memory.counters().misses, memory.counters().write_backs), (1, 2, 0));
//! memory.flush()?;
//! assert_eq!(memory.counters().write_backs, 2);
//! assert_eq!(store.read(0x1000), Some([100, 0, 0, 0]));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod area;
mod code;
mod data;
mod run;
mod store;

pub use area::{Area, AreaError, Class};
pub use code::{CodeCounters, PagedCode};
pub use data::{DataCounters, PagedMemory};
pub use store::{CodeSource, PageStore, Unavailable};
