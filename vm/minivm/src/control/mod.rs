//! The control plane: images in, tasks made, stepped, inspected, switched and taken down (design document, section 6).
//!
//! The VM owns the tasks' contexts, and schedules nothing: whoever drives it says which task is active and for how many
//! instructions. Traps come out as the reason of a [`StepResult`].
//!
//! | document, 6.1.1 | here |
//! |---|---|
//! | `vm_init(mem_cfg)` | [`ControlPlane::new`], [`ControlPlane::init`] with a [`MemConfig`] |
//! | `vm_load_hxe` | [`ControlPlane::load`] |
//! | `vm_load_begin`, `_write`, `_end`, `_abort` | [`ControlPlane::load_begin`], [`load_write`](ControlPlane::load_write), [`load_end`](ControlPlane::load_end), [`load_abort`](ControlPlane::load_abort) |
//! | `vm_unload` | [`ControlPlane::unload`] |
//! | `vm_pids` | [`ControlPlane::tasks`] |
//! | `vm_set_context` | [`ControlPlane::set_context`] |
//! | `vm_step`, `vm_clock` | [`ControlPlane::step`], [`ControlPlane::clock`] |
//! | `vm_reg_get`, `vm_reg_set` | [`ControlPlane::reg`], [`ControlPlane::set_reg`] |
//! | `vm_reg_get_for`, `vm_reg_set_for` | [`ControlPlane::reg_for`], [`ControlPlane::set_reg_for`] |
//! | `vm_mem_read`, `vm_mem_write` | [`ControlPlane::read`], [`ControlPlane::write`] |
//! | `vm_get_last_pc`, `_opcode`, `_regs` | [`ControlPlane::last_pc`], [`last_opcode`](ControlPlane::last_opcode), [`last_regs`](ControlPlane::last_regs) |
//! | (what an executive needs beside) | [`ControlPlane::load_at`], [`memory`](ControlPlane::memory), [`depth`](ControlPlane::depth), [`call_for`](ControlPlane::call_for) |
//! | `run_until`, stdio and exit shims (4.5, 5) | [`ControlPlane::run_until`] |
//!
//! Where the document is silent: a task that returns or faults is *stopped*, and only a debugger that sets its pc makes
//! it ready again; one image is loaded at a time; PIDs are not used again soon. `EIO` and `ETIMEDOUT` do not occur:
//! there is no transport and no clock here. Names that may exist once (bit 1 of the header flags) are the executive's
//! business.
//!
//! Tasks share nothing: each has an [`Arena`] with code and 64 KiB of data memory of its own, and its registers are in
//! that memory at its workspace pointer. So switching tasks moves no register, and costs the same with any number of
//! them.
//!
//! ```
//! use minivm::control::{Arena, ControlPlane, MemConfig, Reason};
//! use minivm::{Memory, Reference, asm, hxe};
//!
//! let program = asm::assemble("LDI R1, 40\nLDI R2, 2\nADD R0, R1, R2\nRET")?;
//! let image = hxe::write(&program.into());
//!
//! let (mut code, mut memory) = ([0; 64], Memory::new());
//! let mut vm = ControlPlane::new(Reference, [Arena::new(&mut code, &mut memory, &mut [])]);
//! let pid = vm.load(&image)?;
//! vm.set_context(pid)?;
//! let result = vm.clock(100)?;
//! assert_eq!((result.retired, result.reason), (3, Reason::Returned { status: 42 }));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod access;
mod config;
mod error;
mod load;
mod pid;
mod place;
mod plane;
mod policy;
mod register;
mod run;
mod standalone;
mod task;

pub use config::MemConfig;
pub use error::Error;
pub use pid::{Pid, TaskState};
pub use place::Layout;
pub use plane::ControlPlane;
pub use policy::Policy;
pub use register::RegisterId;
pub use run::{Reason, StepResult};
pub use standalone::{ENOSYS, Ending, Shim};
pub use task::{Arena, TaskInfo};
