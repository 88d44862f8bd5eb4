//! The machine as the package drives it: state that Python can reach, and steps in Rust between.

use minivm::control::Reason;
use minivm::memory::SIZE;
use minivm::vm::LastInstruction;
use minivm::{Context, Portable, Profile, Reference, Reg, Run, Stop, Strict, Vm};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyByteArray;

use crate::access::{Access, access};
use crate::profile::ProfileName;
use crate::registers::Registers;
use crate::stop::{SLICE, StopParts, parts};

/// A machine and everything that it works on. No borrow of it outlives a call.
#[pyclass(module = "lockstep_minivm._core")]
pub struct Machine {
    profile: ProfileName,
    code: Vec<u8>,
    /// Data memory: the first 64 KiB are the machine's.
    #[pyo3(get)]
    memory: Py<PyByteArray>,
    /// The registers. With a workspace pointer: what the window holds after each step.
    #[pyo3(get, set)]
    registers: Py<Registers>,
    /// Return addresses of calls in progress, the oldest first.
    #[pyo3(get, set)]
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
    fn new(py: Python<'_>, code: Vec<u8>, pc: u32, profile: &str) -> PyResult<Self> {
        Ok(Machine {
            profile: ProfileName::of(profile)?,
            code,
            memory: PyByteArray::new(py, &[0; SIZE]).unbind(),
            registers: Py::new(py, Registers::default())?,
            calls: Vec::new(),
            context: Context { pc, ..Context::default() },
            last: LastInstruction::default(),
            settled: Settled::default(),
        })
    }

    #[getter]
    fn code<'py>(&self, py: Python<'py>) -> Bound<'py, PyByteArray> {
        PyByteArray::new(py, &self.code)
    }

    #[setter]
    fn set_code(&mut self, code: Vec<u8>) {
        self.code = code;
    }

    #[getter]
    fn code_size(&self) -> usize {
        self.code.len()
    }

    #[setter]
    fn set_memory(&mut self, memory: Py<PyByteArray>) {
        self.memory = memory;
    }

    #[getter]
    fn pc(&self) -> u32 {
        self.context.pc
    }

    #[setter]
    fn set_pc(&mut self, pc: u32) {
        self.context.pc = pc;
    }

    #[getter]
    fn sp(&self) -> u32 {
        self.context.sp
    }

    #[setter]
    fn set_sp(&mut self, sp: u32) {
        self.context.sp = sp;
    }

    #[getter]
    fn psw(&self) -> u8 {
        self.context.psw
    }

    #[setter]
    fn set_psw(&mut self, psw: u8) {
        self.context.psw = psw;
    }

    #[getter]
    fn stack_limit(&self) -> u32 {
        self.context.stack_limit
    }

    #[setter]
    fn set_stack_limit(&mut self, stack_limit: u32) {
        self.context.stack_limit = stack_limit;
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
    fn last_registers(&self) -> [u32; 16] {
        self.last.regs
    }

    /// Executes one instruction, with the registers at `window` in memory unless that is 0.
    fn step(slf: &Bound<'_, Self>, window: u16, stack_limit: u32) -> PyResult<Option<StopParts>> {
        let mut machine = slf.borrow_mut();
        machine.context.wp = window;
        machine.context.stack_limit = stack_limit;
        let run = machine.advance(slf.py(), None)?;
        Ok(run.stop.map(stop_parts).transpose()?.flatten())
    }

    /// Executes until something stops the machine, or `max_steps` instructions have retired.
    fn run(slf: &Bound<'_, Self>, max_steps: u32) -> PyResult<(u32, Option<StopParts>)> {
        let mut left = max_steps;
        loop {
            let run = slf.borrow_mut().advance(slf.py(), Some(left.min(SLICE)))?;
            left -= run.steps;
            if left == 0 || run.stop.is_some() {
                return Ok((max_steps - left, run.stop.map(stop_parts).transpose()?.flatten()));
            }
            slf.py().check_signals()?;
        }
    }

    /// Keeps what the last instruction has left as what `settled_registers` and `settled_access` give from now on.
    fn settle(&mut self, py: Python<'_>) {
        let regs = self.registers.borrow(py).values;
        self.settled = Settled { regs, access: access(&self.last, &regs) };
    }

    #[getter]
    fn settled_registers(&self) -> [u32; 16] {
        self.settled.regs
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
        let mut registers = self.registers.borrow_mut(py);
        lend(self.memory.bind(py), |memory| {
            let mut vm = Vm::with_memory(profile, &self.code, memory, &mut self.calls, self.context);
            vm.last = self.last;
            if vm.context.wp == 0 {
                for (reg, value) in Reg::all().zip(registers.values) {
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
            (registers.values, self.context, self.last) = (vm.regs(), vm.context, vm.last);
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
