//! The control plane as the package drives it, with the arenas of its tasks.

use std::array::from_fn;
use std::cell::Cell;

use minivm::control::{Arena, ControlPlane, Ending, Error, MemConfig, Pid, RegisterId, StepResult, TaskInfo};
use minivm::memory::SIZE;
use minivm::{Memory, SwitchSet};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use self_cell::{MutBorrow, self_cell};

use crate::octets::Octets;
use crate::profile::ProfileName;
use crate::refusal::{of_plane, refusal};
use crate::shared::Shared;
use crate::stop::{SLICE, StopParts, parts};

/// The most tasks that there can be.
const TASKS: usize = 64;
/// How many instructions are over before another thread could have begun.
const FEW: u32 = 1000;
/// The most text that is kept until the package takes it, in bytes.
const TEXT: usize = 1 << 20;

/// The most bytes that a task can be given for its code, and for its metadata: far more than an image has.
const ROOM: usize = 1 << 24;

/// Room for one task.
#[derive(Default)]
struct Space {
    code: Vec<u8>,
    memory: Box<Memory>,
    metadata: Vec<u8>,
}

/// So many bytes, all 0.
///
/// # Errors
/// There is no room for them.
fn zeros(size: usize) -> PyResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let room = bytes.try_reserve_exact(size);
    room.map_err(|_| PyMemoryError::new_err(format!("there is no room for {size} bytes")))?;
    bytes.resize(size, 0);
    Ok(bytes)
}

type Tasks<'m> = ControlPlane<'m, SwitchSet, TASKS>;

self_cell!(
    /// A control plane beside the arenas that it works on.
    struct Owned {
        owner: MutBorrow<Box<[Space; TASKS]>>,
        #[not_covariant]
        dependent: Tasks,
    }
);

/// How a step ended: pc, what stopped it, instructions retired, cycles.
type StepParts = (u32, Option<StopParts>, u32, u64);
/// A run without an executive: how the last step ended, how the program did, its text, the number of steps.
type Alone = (StepParts, Option<StopParts>, Vec<u8>, u32);
/// A task: PID, state, fault code, the addresses of its stack and of its heap.
type TaskParts = (u16, String, u16, (u32, u32), (u32, u32));

/// A control plane. No borrow of it outlives a call, and no code of Python is called within one.
#[pyclass(module = "lockstep_minivm._core", frozen)]
pub struct Plane {
    owned: Shared<Owned>,
    /// How many tasks there may be. There is room for more, which is never used.
    tasks: u32,
}

#[pymethods]
impl Plane {
    #[new]
    fn new(
        py: Python<'_>,
        tasks: usize,
        code_size: usize,
        metadata_size: usize,
        profile: &str,
    ) -> PyResult<Self> {
        let profile = ProfileName::of(profile)?.switches();
        if tasks == 0 || tasks > TASKS {
            return Err(PyValueError::new_err(format!("there can be 1 to {TASKS} tasks, not {tasks}")));
        }
        for (name, size) in [("code_size", code_size), ("metadata_size", metadata_size)] {
            if size > ROOM {
                let text = format!("{name} can be 0 to {ROOM} bytes, not {size}");
                return Err(PyValueError::new_err(text));
            }
        }
        let mut spaces = Box::new(from_fn(|_| Space::default()));
        for space in spaces.iter_mut().take(tasks) {
            (space.code, space.metadata) = (zeros(code_size)?, zeros(metadata_size)?);
        }
        let owned = Owned::new(MutBorrow::new(spaces), |spaces| {
            let spaces = spaces.borrow_mut().each_mut();
            let arenas = spaces.map(|Space { code, memory, metadata }| Arena::new(code, memory, metadata));
            ControlPlane::new(profile, arenas)
        });
        let plane = Plane { owned: Shared::new(owned), tasks: tasks as u32 };
        plane.configure(py, MemConfig::from_fields([]))?;
        Ok(plane)
    }

    /// Takes down all tasks and applies the default with these fields, by the names of the document.
    fn init(slf: &Bound<'_, Self>, fields: Vec<(String, u32)>) -> PyResult<()> {
        let config = MemConfig::from_fields(fields.iter().map(|(name, value)| (name.as_str(), *value)));
        slf.get().configure(slf.py(), config)
    }

    fn load(slf: &Bound<'_, Self>, image: Octets) -> PyResult<u16> {
        with(slf, |plane| plane.load(&image.0)).map(Pid::get)
    }

    fn load_begin(slf: &Bound<'_, Self>) -> PyResult<u16> {
        with(slf, |plane| plane.load_begin()).map(Pid::get)
    }

    fn load_write(slf: &Bound<'_, Self>, pid: i64, chunk: Octets) -> PyResult<()> {
        let pid = known(pid)?;
        with(slf, |plane| plane.load_write(pid, &chunk.0))
    }

    fn load_end(slf: &Bound<'_, Self>, pid: i64) -> PyResult<()> {
        let pid = known(pid)?;
        with(slf, |plane| plane.load_end(pid))
    }

    fn load_abort(slf: &Bound<'_, Self>, pid: i64) -> PyResult<()> {
        let pid = known(pid)?;
        with(slf, |plane| plane.load_abort(pid))
    }

    fn unload(slf: &Bound<'_, Self>, pid: i64) -> PyResult<()> {
        let pid = known(pid)?;
        with(slf, |plane| plane.unload(pid))
    }

    fn tasks(slf: &Bound<'_, Self>) -> Vec<TaskParts> {
        let parts = |task: TaskInfo| {
            let TaskInfo { pid, state, fault_code, stack, heap } = task;
            (pid.get(), state.to_string(), fault_code, (stack.start, stack.end), (heap.start, heap.end))
        };
        with_ref(slf, |plane| plane.tasks().map(parts).collect())
    }

    #[getter]
    fn active(slf: &Bound<'_, Self>) -> Option<u16> {
        with_ref(slf, |plane| plane.active().map(Pid::get))
    }

    fn set_context(slf: &Bound<'_, Self>, pid: i64) -> PyResult<()> {
        let pid = known(pid)?;
        with(slf, |plane| plane.set_context(pid))
    }

    fn step(slf: &Bound<'_, Self>) -> PyResult<StepParts> {
        with(slf, |plane| plane.step()).map(step_parts)
    }

    fn clock(slf: &Bound<'_, Self>, n: u32) -> PyResult<StepParts> {
        if n <= FEW {
            return with(slf, |plane| plane.clock(n)).map(step_parts);
        }
        let (mut retired, mut cycles) = (0, 0);
        loop {
            let count = (n - retired).min(SLICE);
            let result = slice(slf, |plane| plane.clock(count)).map_err(of_plane)?;
            retired += result.retired;
            cycles += result.cycles;
            let (pc, stop, ..) = step_parts(result);
            if stop.is_some() || retired == n {
                return Ok((pc, stop, retired, cycles));
            }
            slf.py().check_signals()?;
        }
    }

    /// Runs without an executive, for `steps` steps at most. How the last one ended, how the program did if it did, the
    /// text that it has put out, and the number of steps.
    fn run_alone(slf: &Bound<'_, Self>, steps: u32) -> PyResult<Alone> {
        let run = |plane: &mut Tasks<'_>| run_alone(plane, steps);
        if steps <= FEW { with(slf, run) } else { slice(slf, run).map_err(of_plane) }
    }

    fn reg(slf: &Bound<'_, Self>, id: u32) -> PyResult<u32> {
        let id = RegisterId::try_from(id).map_err(of_plane)?;
        with_ref(slf, |plane| plane.reg(id)).map_err(of_plane)
    }

    fn set_reg(slf: &Bound<'_, Self>, id: u32, value: u32) -> PyResult<()> {
        let id = RegisterId::try_from(id).map_err(of_plane)?;
        with(slf, |plane| plane.set_reg(id, value))
    }

    fn reg_for(slf: &Bound<'_, Self>, pid: i64, id: u32) -> PyResult<u32> {
        let (pid, id) = (known(pid)?, RegisterId::try_from(id).map_err(of_plane)?);
        with_ref(slf, |plane| plane.reg_for(pid, id)).map_err(of_plane)
    }

    fn set_reg_for(slf: &Bound<'_, Self>, pid: i64, id: u32, value: u32) -> PyResult<()> {
        let (pid, id) = (known(pid)?, RegisterId::try_from(id).map_err(of_plane)?);
        with(slf, |plane| plane.set_reg_for(pid, id, value))
    }

    fn read(slf: &Bound<'_, Self>, address: u32, length: usize) -> PyResult<Vec<u8>> {
        // What is longer than memory is refused, and needs no room.
        let mut bytes = vec![0; length.min(SIZE + 1)];
        let read = with_ref(slf, |plane| plane.read(address, &mut bytes));
        let whole = |error| match error {
            Error::Address { address, .. } => Error::Address { address, length },
            error => error,
        };
        read.map(|()| bytes).map_err(|error| of_plane(whole(error)))
    }

    fn write(slf: &Bound<'_, Self>, address: u32, data: Octets) -> PyResult<()> {
        with(slf, |plane| plane.write(address, &data.0))
    }

    /// Address and first word of the instruction that was executed last.
    #[getter]
    fn last(slf: &Bound<'_, Self>) -> (u32, u32) {
        with_ref(slf, |plane| (plane.last_pc(), plane.last_opcode()))
    }

    #[getter]
    fn last_regs(slf: &Bound<'_, Self>) -> Option<[u32; 16]> {
        with_ref(slf, |plane| plane.last_regs())
    }
}

impl Plane {
    /// Takes down all tasks and applies a configuration, if there is room for as many tasks.
    fn configure(&self, py: Python<'_>, config: MemConfig) -> PyResult<()> {
        let tasks = config.max_pids.unwrap_or(self.tasks);
        if tasks > self.tasks {
            return Err(of_plane(Error::TooLarge { field: "limits.max_pids", value: tasks }));
        }
        let config = MemConfig { max_pids: Some(tasks), ..config };
        let init = |owned: &mut Owned| owned.with_dependent_mut(|_, plane| plane.init(&config));
        self.owned.with(py, init).map_err(of_plane)
    }
}

fn run_alone(plane: &mut Tasks<'_>, steps: u32) -> Result<Alone, Error> {
    let mut text = Vec::new();
    let length = Cell::new(0);
    let mut left = steps;
    let mut last = None;
    let console = |bytes: &[u8]| {
        text.extend_from_slice(bytes);
        length.set(text.len());
    };
    let ending = plane.run_until(console, |_, result| {
        last = Some(*result);
        left = left.saturating_sub(1);
        left == 0 || length.get() >= TEXT
    })?;
    let ending = match ending {
        Ending::Exit { status } => Some(("exit", status)),
        Ending::Break { code } => Some(("break", code.into())),
        Ending::Fault(fault) => Some(("fault", fault as u32)),
        Ending::Condition => None,
    };
    // The condition was asked about each step.
    let last = last.ok_or(Error::NoActiveTask)?;
    Ok((step_parts(last), ending, text, steps - left))
}

/// Looks at it, with nothing of Python between.
fn with_ref<R>(slf: &Bound<'_, Plane>, call: impl FnOnce(&Tasks<'_>) -> R) -> R {
    slf.get().owned.with(slf.py(), |owned| owned.with_dependent(|_, plane| call(plane)))
}

/// Changes it, with nothing of Python between.
fn with_mut<R>(slf: &Bound<'_, Plane>, call: impl FnOnce(&mut Tasks<'_>) -> R) -> R {
    slf.get().owned.with(slf.py(), |owned| owned.with_dependent_mut(|_, plane| call(plane)))
}

/// Has it run for a slice, while others have the interpreter.
fn slice<R: Send>(slf: &Bound<'_, Plane>, run: impl FnOnce(&mut Tasks<'_>) -> R + Send) -> R {
    slf.get().owned.slice(slf.py(), |owned| owned.with_dependent_mut(|_, plane| run(plane)))
}

/// The same with a call that may be refused.
fn with<R>(slf: &Bound<'_, Plane>, call: impl FnOnce(&mut Tasks<'_>) -> Result<R, Error>) -> PyResult<R> {
    with_mut(slf, call).map_err(of_plane)
}

fn step_parts(result: StepResult) -> StepParts {
    (result.pc, parts(result.reason), result.retired, result.cycles)
}

/// The PID of a number; a number that is none names nobody.
fn known(number: i64) -> PyResult<Pid> {
    let pid = u16::try_from(number).ok().and_then(Pid::new);
    pid.ok_or_else(|| refusal("ESRCH", format!("there is no task {number}")))
}
