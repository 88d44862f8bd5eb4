//! Development mode: running without an executive (design document, sections 4.5 and 5).

use super::error::Error;
use super::plane::ControlPlane;
use super::run::{Reason, StepResult};
use crate::instruction::Reg;
use crate::memory::LoadStore;
use crate::profile::Profile;
use crate::stop::Fault;

/// `HSX_ERR_ENOSYS`: what an SVC that nobody answers leaves in R0 (host_vm.py:41).
pub const ENOSYS: u32 = 0xFFFF_FF01;

/// Who answers a supervisor call in development mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shim {
    /// `SVC MOD=1 FN=0`: the program leaves, with its status in R0.
    Exit,
    /// `SVC MOD=1 FN=1`: text at R1, its length in the low half of R2, goes to the console. R0 becomes the length.
    Write,
    /// Any other: R0 becomes [`ENOSYS`].
    Nobody,
}

impl Shim {
    /// The shim of a function.
    ///
    /// ```
    /// # use minivm::control::Shim;
    /// assert_eq!((Shim::of(1, 0), Shim::of(1, 1), Shim::of(5, 0)), (Shim::Exit, Shim::Write, Shim::Nobody));
    /// ```
    pub const fn of(module: u8, function: u8) -> Shim {
        match (module, function) {
            (1, 0) => Shim::Exit,
            (1, 1) => Shim::Write,
            _ => Shim::Nobody,
        }
    }

    /// What R0 becomes, where R2 was `r2`; nothing where the program leaves.
    ///
    /// ```
    /// # use minivm::control::{ENOSYS, Shim};
    /// assert_eq!(Shim::Exit.answer(0), None);
    /// assert_eq!(Shim::Write.answer(0x5_0003), Some(3));
    /// assert_eq!(Shim::Nobody.answer(0), Some(ENOSYS));
    /// ```
    pub const fn answer(self, r2: u32) -> Option<u32> {
        match self {
            Shim::Exit => None,
            Shim::Write => Some(r2 & 0xFFFF),
            Shim::Nobody => Some(ENOSYS),
        }
    }
}

/// How a run without an executive ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The program left, by `SVC MOD=1 FN=0` or by returning.
    Exit {
        /// R0.
        status: u32,
    },
    /// `BRK`.
    Break {
        /// The low 8 bits of its immediate.
        code: u8,
    },
    /// A fault.
    Fault(Fault),
    /// The stop condition holds.
    Condition,
}

impl<P: Profile, const N: usize> ControlPlane<'_, P, N> {
    /// Runs the active task, which has to be `Ready`, until it ends or, after a step, `condition` holds.
    ///
    /// Supervisor calls are answered as [`Shim`] says. Text that goes beyond the end of memory is cut there.
    ///
    /// ```
    /// use minivm::control::{Arena, ControlPlane, Ending};
    /// use minivm::{Memory, Strict, asm, hxe};
    ///
    /// let program = asm::assemble(
    ///     ".data\ntext: .asciz \"hi\"\n.text\nLDI32 R1, text\nLDI R2, 2\nSVC MOD=1 FN=1\nLDI R0, 5\nSVC MOD=1 FN=0",
    /// )?;
    /// let (mut code, mut memory) = ([0; 1024], Memory::new());
    /// let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// let pid = vm.load(&hxe::write(&program.into()))?;
    /// vm.set_context(pid)?;
    /// let mut console = Vec::new();
    /// let ending = vm.run_until(|bytes| console.extend(bytes), |_, _| false)?;
    /// assert_eq!((ending, console.as_slice()), (Ending::Exit { status: 5 }, b"hi".as_slice()));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoActiveTask`] (`ESRCH`), [`Error::Busy`] (`EBUSY`) where it is stopped.
    pub fn run_until(
        &mut self,
        mut console: impl FnMut(&[u8]),
        mut condition: impl FnMut(&Self, &StepResult) -> bool,
    ) -> Result<Ending, Error> {
        loop {
            let result = self.step()?;
            let ends = condition(self, &result);
            match result.reason {
                Reason::Ok => {}
                Reason::Svc { module, function } => {
                    if let Some(ending) = self.answer(module, function, &mut console)? {
                        return Ok(ending);
                    }
                }
                Reason::Returned { status } => return Ok(Ending::Exit { status }),
                Reason::Break { code } => return Ok(Ending::Break { code }),
                Reason::Fault(fault) => return Ok(Ending::Fault(fault)),
            }
            if ends {
                return Ok(Ending::Condition);
            }
        }
    }

    fn answer(
        &mut self,
        module: u8,
        function: u8,
        console: &mut impl FnMut(&[u8]),
    ) -> Result<Option<Ending>, Error> {
        let pid = self.active_pid()?;
        let (arena, task) = self.loaded(pid)?;
        let wp = task.context.wp;
        let memory = &mut *self.arenas[arena].memory;
        let register = |number| Reg::new(number).map_or(0, |reg| memory.register(wp, reg));
        let shim = Shim::of(module, function);
        let Some(answer) = shim.answer(register(2)) else {
            return Ok(Some(Ending::Exit { status: register(0) }));
        };
        if shim == Shim::Write {
            let bytes = &memory.bytes()[register(1) as u16 as usize..];
            console(&bytes[..bytes.len().min(answer as usize)]);
        }
        memory.set_register(wp, Reg::R0, answer);
        Ok(None)
    }
}
