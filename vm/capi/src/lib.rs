//! The HSX MiniVM for C.
//!
//! Three machines stand behind the C ABI. The *plain VM* (`minivm_*`) is one task: registers, code, memory, step and run. The
//! *control plane* (`vm_*`) is section 6.1.1 of the design document, call by call under its own name: images in, tasks
//! made, stepped, inspected, switched and taken down. The *executive* (`exec_*`) schedules tasks and answers their supervisor
//! calls: mailboxes, values, commands, files, time. `include/minivm.h` is made from this crate, and `README.md` is the guide
//! for C.
//!
//! # Memory
//! Nothing is allocated. The caller lends storage for the machine ([`MiniVmStorage`], [`PlaneStorage`],
//! [`ExecStorage`]) and the buffers of
//! its tasks when it makes the machine, and has them back when it no longer uses that. There is nothing to close.
//!
//! # Errors
//! Every call returns a [`Rc`]: `VM_OK` (0), or a negative number that is called as in the document. Null pointers,
//! misaligned ones, lengths that no object can have, numbers that name nothing, buffers that overlap and storage that no
//! machine was made in are `VM_EINVAL`. A call that is refused changes nothing, but for the loading of an image, which ends
//! with it, and writes nothing through its pointers but what it says. What is refused by the executive may be told of by an
//! event, and a mailbox that was made for a handle stays.
//!
//! # Safety
//! What cannot be checked is the caller's part, the same in each call:
//!
//! - A pointer that is neither null nor misaligned points to an object of its type, and to so many as the call says.
//! - What was lent to a machine is left alone as long as the machine is used: it is written by no one else, moved nowhere,
//!   and passed to no call. Its code may be read, and shared by machines.
//! - A machine is used by one thread at a time.
//!
//! # Panics
//! None is known. Should there be one, it does not reach the caller: the program is aborted.
#![no_std]
#![expect(
    clippy::missing_safety_doc,
    reason = "the contract is the same for all calls: the crate's documentation has it"
)]

#[cfg(feature = "std")]
extern crate std;

mod arena;
mod calls;
mod exec;
mod names;
mod numbers;
#[cfg(all(not(feature = "std"), target_os = "none"))]
mod panic;
mod plain;
mod plane;
mod pointer;
mod rc;
mod result;
mod room;
mod storage;

pub use arena::{Arena, VM_MAX_TASKS};
pub use exec::*;
pub use names::*;
pub use numbers::{FaultNumber, PolicyFlag, ProfileNumber, ReasonNumber, RegisterNumber, StateNumber};
pub use plain::*;
pub use plane::*;
pub use rc::Rc;
pub use result::StepResult;
pub use storage::{ExecStorage, MiniVmStorage, PlaneStorage};
