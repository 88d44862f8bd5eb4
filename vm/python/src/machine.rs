//! The machine as the package drives it: state that Python can reach, and steps in Rust between.

use minivm::control::Reason;
use minivm::memory::SIZE;
use minivm::vm::LastInstruction;
use minivm::{Context, Portable, Profile, Reference, Reg, Run, Stop, Strict, Vm};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyList};

use crate::access::{Access, access};
use crate::borrow::{change, look};
use crate::octets::Octets;
use crate::profile::ProfileName;
use crate::registers::Registers;
use crate::stop::{SLICE, StopParts, breathe, parts};

/// A machine and everything that it works on. No borrow of it outlives a call.
#[pyclass(module = "lockstep_minivm._core")]
pub struct Machine {
    profile: ProfileName,
    code: Vec<u8>,
    /// Data memory: the first 64 KiB are the machine's.
    memory: Py<PyByteArray>,
    /// The registers. With a workspace pointer: what the window holds after each step.
    registers: Py<Registers>,
    /// Return addresses of calls in progress, the oldest first.
    calls: Vec<u32>,
    context: Context,
    last: LastInstruction,
    settled: Settled,
}

/// What the last instruction that was settled has left.
#[derive(Clone, Copy, Default)]
struct Settled {
    regs: [u32; 16],
    access: Option<Access>,
}

#[pymethods]
impl Machine {
    /// A machine at `pc`, with `code` and memory full of zeros.
    #[new]
    fn new(py: Python<'_>, code: Octets, pc: u32, profile: &str) -> PyResult<Self> {
        Ok(Machine {
            profile: ProfileName::of(profile)?,
            code: code.0,
            memory: PyByteArray::new(py, &[0; SIZE]).unbind(),
            registers: Py::new(py, Registers::default())?,
            calls: Vec::new(),
            context: Context { pc, ..Context::default() },
            last: LastInstruction::default(),
            settled: Settled::default(),
        })
    }

    #[getter]
    fn code<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyByteArray>> {
        Ok(PyByteArray::new(slf.py(), &look(slf)?.code))
    }

    #[setter]
    fn set_code(slf: &Bound<'_, Self>, code: Octets) -> PyResult<()> {
        change(slf)?.code = code.0;
        Ok(())
    }

    #[getter]
    fn code_size(&self) -> usize {
        self.code.len()
    }

    #[getter]
    fn memory(slf: &Bound<'_, Self>) -> PyResult<Py<PyByteArray>> {
        Ok(look(slf)?.memory.clone_ref(slf.py()))
    }

    #[setter]
    fn set_memory(slf: &Bound<'_, Self>, memory: Py<PyByteArray>) -> PyResult<()> {
        // What was there goes when nothing is borrowed any more: that may run code of Python.
        let _before = std::mem::replace(&mut change(slf)?.memory, memory);
        Ok(())
    }

    #[getter]
    fn registers(slf: &Bound<'_, Self>) -> PyResult<Py<Registers>> {
        Ok(look(slf)?.registers.clone_ref(slf.py()))
    }

    #[setter]
    fn set_registers(slf: &Bound<'_, Self>, registers: Py<Registers>) -> PyResult<()> {
        let _before = std::mem::replace(&mut change(slf)?.registers, registers);
        Ok(())
    }

    #[getter]
    fn calls(slf: &Bound<'_, Self>) -> PyResult<Vec<u32>> {
        Ok(look(slf)?.calls.clone())
    }

    #[setter]
    fn set_calls(slf: &Bound<'_, Self>, calls: &Bound<'_, PyAny>) -> PyResult<()> {
        // A list of Python has as many as it says, and raises if there is no room for them.
        let calls = slf.py().get_type::<PyList>().call1((calls,))?;
        let calls: Vec<u32> = calls.extract()?;
        change(slf)?.calls = calls;
        Ok(())
    }

    #[getter]
    fn pc(&self) -> u32 {
        self.context.pc
    }

    #[setter]
    fn set_pc(slf: &Bound<'_, Self>, pc: u32) -> PyResult<()> {
        change(slf)?.context.pc = pc;
        Ok(())
    }

    #[getter]
    fn sp(&self) -> u32 {
        self.context.sp
    }

    #[setter]
    fn set_sp(slf: &Bound<'_, Self>, sp: u32) -> PyResult<()> {
        change(slf)?.context.sp = sp;
        Ok(())
    }

    #[getter]
    fn psw(&self) -> u8 {
        self.context.psw
    }

    #[setter]
    fn set_psw(slf: &Bound<'_, Self>, psw: u8) -> PyResult<()> {
        change(slf)?.context.psw = psw;
        Ok(())
    }

    #[getter]
    fn stack_limit(&self) -> u32 {
        self.context.stack_limit
    }

    #[setter]
    fn set_stack_limit(slf: &Bound<'_, Self>, stack_limit: u32) -> PyResult<()> {
        change(slf)?.context.stack_limit = stack_limit;
        Ok(())
    }

    /// pc, sp and psw at once.
    #[getter]
    fn place(&self) -> (u32, u32, u8) {
        (self.context.pc, self.context.sp, self.context.psw)
    }

    /// The instruction word at pc, and the word behind it, if they lie within code.
    #[getter]
    fn ahead(&self) -> (Option<u32>, Option<u32>) {
        let word = |at: u32| {
            let bytes = self.code.get(at as usize..)?.first_chunk()?;
            Some(u32::from_be_bytes(*bytes))
        };
        (word(self.context.pc), self.context.pc.checked_add(4).and_then(word))
    }

    /// Address and word of the instruction that was executed last, or tried last.
    #[getter]
    fn last(&self) -> (u32, u32) {
        (self.last.pc, self.last.opcode)
    }

    /// The registers before that instruction, if it was a single step.
    #[getter]
    fn last_registers(slf: &Bound<'_, Self>) -> PyResult<[u32; 16]> {
        Ok(look(slf)?.last.regs)
    }

    /// Executes one instruction, with the registers at `window` in memory unless that is 0.
    fn step(slf: &Bound<'_, Self>, window: u16, stack_limit: u32) -> PyResult<Option<StopParts>> {
        let mut machine = change(slf)?;
        machine.context.wp = window;
        machine.context.stack_limit = stack_limit;
        let run = machine.advance(slf.py(), None)?;
        Ok(run.stop.map(stop_parts).transpose()?.flatten())
    }

    /// Executes until something stops the machine, or `max_steps` instructions have retired.
    fn run(slf: &Bound<'_, Self>, max_steps: u32) -> PyResult<(u32, Option<StopParts>)> {
        let mut left = max_steps;
        loop {
            let run = change(slf)?.advance(slf.py(), Some(left.min(SLICE)))?;
            left -= run.steps;
            if left == 0 || run.stop.is_some() {
                return Ok((max_steps - left, run.stop.map(stop_parts).transpose()?.flatten()));
            }
            breathe(slf.py())?;
        }
    }

    /// Keeps what the last instruction has left as what `settled_registers` and `settled_access` give from now on.
    fn settle(&mut self) {
        let regs = self.registers.get().values();
        self.settled = Settled { regs, access: access(&self.last, &regs) };
    }

    #[getter]
    fn settled_registers(slf: &Bound<'_, Self>) -> PyResult<[u32; 16]> {
        Ok(look(slf)?.settled.regs)
    }

    /// Whether memory was written, the address, the width in bytes, the value.
    #[getter]
    fn settled_access(&self) -> Option<(bool, u32, u8, u32)> {
        let Access { is_write, address, width, value } = self.settled.access?;
        Some((is_write, address, width, value))
    }
}

impl Machine {
    /// Executes up to `max_steps` instructions, or steps once and remembers the registers before.
    fn advance(&mut self, py: Python<'_>, max_steps: Option<u32>) -> PyResult<Run> {
        match self.profile {
            ProfileName::Reference => self.advance_as(Reference, py, max_steps),
            ProfileName::Strict => self.advance_as(Strict, py, max_steps),
            ProfileName::Portable => self.advance_as(Portable, py, max_steps),
        }
    }

    fn advance_as(&mut self, profile: impl Profile, py: Python<'_>, max_steps: Option<u32>) -> PyResult<Run> {
        let registers = self.registers.get();
        lend(self.memory.bind(py), |memory| {
            let mut vm = Vm::with_memory(profile, &self.code, memory, &mut self.calls, self.context);
            vm.last = self.last;
            if vm.context.wp == 0 {
                for (reg, value) in Reg::all().zip(registers.values()) {
                    vm.set_reg(reg, value);
                }
            }
            let run = match max_steps {
                Some(max_steps) => vm.run(max_steps),
                None => {
                    let stop = vm.step();
                    Run { steps: stop.is_none_or(|stop| vm.retires(stop)).into(), stop }
                }
            };
            registers.set_values(vm.regs());
            (self.context, self.last) = (vm.context, vm.last);
            run
        })
    }
}

fn stop_parts(stop: Stop) -> PyResult<Option<StopParts>> {
    match stop {
        Stop::CallDepth => Err(PyMemoryError::new_err("no room for another return address")),
        Stop::Paging { .. } => Err(PyMemoryError::new_err("memory could not be reached")),
        stop => Ok(parts(Reason::from(Some(stop)))),
    }
}

/// Lends the machine its part of a `bytearray` for as long as `work` takes, which runs no code of Python.
#[expect(unsafe_code)]
fn lend<R>(memory: &Bound<'_, PyByteArray>, work: impl FnOnce(&mut [u8; SIZE]) -> R) -> PyResult<R> {
    // SAFETY: `memory` shows that this thread holds the interpreter, and `work` does not let go of it: the machine calls
    // nothing. So nobody else reads, writes or resizes the bytes before they are given back.
    let bytes = unsafe { memory.as_bytes_mut() };
    let bytes = bytes.first_chunk_mut();
    Ok(work(bytes.ok_or_else(|| PyValueError::new_err("memory has fewer than 65536 bytes"))?))
}
