//! The tasks of an executive.

use core::ffi::c_char;

use executive::Error;
use executive::task::Task;

use super::event::EXEC_NEVER;
use super::handle::{Exec, machine, shared};
use super::numbers::{TaskStateNumber, half, pid};
use super::text::{EXEC_NAME, name, optional};
use crate::numbers::FaultNumber;
use crate::pointer::{items, items_mut, place};
use crate::rc::Rc;

/// A task of an executive.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecTask {
    /// Instructions retired.
    pub steps: u64,
    /// When it wakes, in ms of the clock; EXEC_NEVER if it does not sleep.
    pub wakes: u64,
    /// Its number, 1 to 65,535; never used again.
    pub pid: u32,
    /// What it does.
    pub state: TaskStateNumber,
    /// Why it cannot run on (strict).
    pub fault: FaultNumber,
    /// 1: it has ended with a status.
    pub has_exit_status: u32,
    /// R0 at its end.
    pub exit_status: u32,
    /// 0 to 255; smaller is more urgent. The preemptive scheduler alone looks at it.
    pub priority: u32,
    /// Turns in a row, 1 to 65,535. The preemptive scheduler alone looks at it.
    pub quantum: u32,
    /// Its name, which no other task has.
    pub name: [c_char; EXEC_NAME],
}

impl From<&Task> for ExecTask {
    fn from(task: &Task) -> Self {
        ExecTask {
            steps: task.steps,
            wakes: task.sleep.map_or(EXEC_NEVER, |sleep| sleep.deadline),
            pid: task.pid.into(),
            state: task.state().into(),
            fault: task.fault.map_or(FaultNumber::None, FaultNumber::from),
            has_exit_status: task.exit_status.is_some().into(),
            exit_status: task.exit_status.unwrap_or(0),
            priority: task.priority.into(),
            quantum: task.quantum.into(),
            name: name(&task.name),
        }
    }
}

/// Makes a task of an image that is there as a whole, which is not needed afterwards, and writes its PID to `pid`. The task
/// can run. `label` is its name if its image has none; null: it is named by its PID.
///
/// VM_EINVAL: a bad pointer or text, a bad target of a mailbox that the image declares. VM_EBADMSG: the image is not a good
/// one. VM_EEXIST: a name, a value or a command is taken. VM_ENOSPC: there is no room for the task, a value or a command.
/// VM_ENFILE, VM_EMFILE: there is none for a mailbox or a handle. Then no task is made, and a PID is used up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_load(
    exec: *mut Exec,
    hxe: *const u8,
    len: usize,
    label: *const c_char,
    pid: *mut u32,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let pid = place(pid)?;
        let label = optional(label)?.unwrap_or_default();
        pid.put(machine.load_named(items(hxe, len)?, label)?.pid.into())
    })
}

/// Reads the tasks to `tasks`, in the order of loading, and how many there are to `count`.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `tasks` is not. VM_MAX_TASKS are
/// always enough.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_tasks(
    exec: *const Exec,
    tasks: *mut ExecTask,
    capacity: usize,
    count: *mut usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let there = shared(exec)?.tasks();
        let room = items_mut(tasks, capacity)?;
        place(count)?.put(there.len())?;
        let room = room.get_mut(..there.len()).ok_or(Rc::VmEnospc)?;
        room.iter_mut().zip(there).for_each(|(place, task)| *place = task.into());
        Ok(())
    })
}

/// Reads one task.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_task_get(exec: *const Exec, pid: u32, task: *mut ExecTask) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let found = shared(exec)?.tasks().iter().find(|task| u32::from(task.pid) == pid);
        place(task)?.put(found.ok_or(Error::NoTask)?.into())
    })
}

/// Takes a task away, with what it holds (reference: some of that stays).
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_kill(exec: *mut Exec, pid: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(exec)?.kill(self::pid(pid)?)?) })
}

/// Pauses a task; 0: all tasks.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_pause(exec: *mut Exec, pid: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(exec)?.pause(Some(self::pid(pid)?).filter(|&pid| pid != 0))?) })
}

/// Has a task go on; 0: all tasks that are not paused by themselves.
///
/// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_resume(exec: *mut Exec, pid: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { Ok(machine(exec)?.resume(Some(self::pid(pid)?).filter(|&pid| pid != 0))?) })
}

/// Sets the priority of a task, 0 to 255, and its quantum, 1 to 65,535. The preemptive scheduler alone looks at them.
///
/// VM_EINVAL: a bad pointer or number. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_schedule(exec: *mut Exec, pid: u32, priority: u32, quantum: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let priority = u8::try_from(priority).map_err(|_| Rc::VmEinval)?;
        let quantum = half(quantum).ok().filter(|&quantum| quantum != 0).ok_or(Rc::VmEinval)?;
        Ok(machine.schedule(self::pid(pid)?, Some(priority), Some(quantum))?)
    })
}
