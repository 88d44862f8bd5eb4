//! Development mode: running without an executive (design document, sections 4.5 and 5).

use super::error::Error;
use super::run::{Reason, StepResult};
use super::{ControlPlane, Profile};
use crate::instruction::Reg;

/// `HSX_ERR_ENOSYS`: what an SVC that nobody answers leaves in R0 (host_vm.py:41).
pub const ENOSYS: u32 = 0xFFFF_FF01;

/// How a run without an executive ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The program left, by `SVC MOD=1 FN=0` or by returning.
    Exit {
        /// R0.
        status: u32,
    },
    /// BRK or a fault.
    Stopped(Reason),
    /// The stop condition holds.
    Condition,
}

impl<P: Profile, const N: usize> ControlPlane<'_, P, N> {
    /// Runs the active task, which has to be `Ready`, until it ends or, after a step, `condition` holds.
    ///
    /// Two supervisor calls are answered: exit (`SVC MOD=1 FN=0`, status in R0) and writing to the console
    /// (`SVC MOD=1 FN=1`, address in R1, length in the low half of R2, cut at the end of memory; R0 becomes the length
    /// asked for). Every other leaves [`ENOSYS`] in R0.
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
                Reason::Break { .. } | Reason::Fault(_) => return Ok(Ending::Stopped(result.reason)),
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
        let answer = match (module, function) {
            (1, 0) => return Ok(Some(Ending::Exit { status: register(0) })),
            (1, 1) => {
                let (start, length) = (register(1) as u16 as usize, register(2) & 0xFFFF);
                let bytes = &memory.bytes()[start..];
                console(&bytes[..bytes.len().min(length as usize)]);
                length
            }
            _ => ENOSYS,
        };
        memory.set_register(wp, Reg::R0, answer);
        Ok(None)
    }
}
