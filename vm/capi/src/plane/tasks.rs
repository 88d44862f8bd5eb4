//! The tasks that there are, and which is active.

use minivm::control::TaskInfo;

use super::handle::{Plane, machine, pid, shared};
use crate::numbers::{FaultNumber, StateNumber};
use crate::pointer::{items_mut, place};
use crate::rc::Rc;

/// What can be known of a task without activating it. Ranges of addresses begin at `lo` and end before `hi`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number, 1 to 65,535.
    pub pid: u32,
    /// Its state.
    pub state: StateNumber,
    /// The latched fault.
    pub fault_code: FaultNumber,
    /// Where its stack begins.
    pub stack_lo: u32,
    /// Where its stack ends; sp starts there.
    pub stack_hi: u32,
    /// Where its heap begins.
    pub heap_lo: u32,
    /// Where its heap ends; at `heap_lo` if it has none.
    pub heap_hi: u32,
}

impl From<TaskInfo> for Task {
    fn from(task: TaskInfo) -> Self {
        let latched = task.fault_code.checked_sub(1).and_then(|at| minivm::Fault::ALL.get(usize::from(at)));
        Task {
            pid: task.pid.get().into(),
            state: task.state.into(),
            fault_code: latched.map_or(FaultNumber::None, |&fault| fault.into()),
            stack_lo: task.stack.start,
            stack_hi: task.stack.end,
            heap_lo: task.heap.start,
            heap_hi: task.heap.end,
        }
    }
}

/// Reads the tasks to `tasks`, and how many there are to `count`. In any state.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `tasks` is not. VM_MAX_TASKS are
/// always enough.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_pids(
    vm: *const Plane,
    tasks: *mut Task,
    capacity: usize,
    count: *mut usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = shared(vm)?;
        let there_are = machine.tasks().count();
        let room = items_mut(tasks, capacity)?;
        place(count)?.put(there_are)?;
        let room = room.get_mut(..there_are).ok_or(Rc::VmEnospc)?;
        room.iter_mut().zip(machine.tasks()).for_each(|(place, task)| *place = task.into());
        Ok(())
    })
}

/// Makes a task the active one, if it is ready or stopped. Nothing else ever changes which task is active, but for taking
/// that task down.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EBUSY: it is loading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_set_context(vm: *mut Plane, pid: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(vm)?.set_context(self::pid(pid)?)?) })
}

/// Reads the PID of the active task. In any state.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_active(vm: *const Plane, pid: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { place(pid)?.put(shared(vm)?.active().ok_or(Rc::VmEsrch)?.get().into()) })
}
