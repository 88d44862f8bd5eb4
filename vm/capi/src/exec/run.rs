//! Time, and having tasks run.

use executive::StepReply;

use super::handle::{Exec, Machine, machine, shared};
use super::numbers::pid;
use crate::pointer::place;
use crate::rc::Rc;

/// What a step came to.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecStepResult {
    /// Instructions of the task below so far.
    pub steps: u64,
    /// Turns, each of one instruction. 0: no task can run now.
    pub executed: u32,
    /// The task that had the last turn; without a turn, the active one; 0: none.
    pub pid: u32,
    /// Its pc; 0 if it is gone.
    pub pc: u32,
    /// 1: it goes on. 0: it waits, sleeps, is paused or has ended.
    pub running: u32,
    /// The task that is active now; 0: none.
    pub next: u32,
    /// 1: that task sleeps.
    pub sleep_pending: u32,
    /// 1: all tasks are paused.
    pub paused: u32,
}

impl From<StepReply> for ExecStepResult {
    fn from(reply: StepReply) -> Self {
        let StepReply { executed, running, pc, steps, sleep_pending, paused, current, next } = reply;
        ExecStepResult {
            steps,
            executed,
            pid: current.unwrap_or(0).into(),
            pc: pc.unwrap_or(0),
            running: running.into(),
            next: next.unwrap_or(0).into(),
            sleep_pending: sleep_pending.into(),
            paused: paused.into(),
        }
    }
}

/// Sets the clock, which never goes back.
fn set_time(machine: &mut Machine, now: u64) -> Result<(), Rc> {
    if now < machine.now() {
        return Err(Rc::VmEinval);
    }
    machine.set_time(now);
    Ok(())
}

/// Sets the clock to `now` ms, and lets up to `n` turns pass: of all tasks as the scheduler says (`pid` 0), or of one task.
/// What is due by the clock happens first, also with `n` 0. It returns early if no task can run.
///
/// VM_EINVAL: a bad pointer, a time before the clock's. VM_ESRCH: no such task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_step(
    exec: *mut Exec,
    now: u64,
    n: u32,
    pid: u32,
    result: *mut ExecStepResult,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(exec)?;
        let result = place(result)?;
        let pinned = Some(self::pid(pid)?).filter(|&pid| pid != 0);
        if pinned.is_some_and(|pid| machine.tasks().iter().all(|task| task.pid != pid)) {
            return Err(Rc::VmEsrch);
        }
        set_time(machine, now)?;
        result.put(machine.step(n, pinned).into())
    })
}

/// Sets the clock, in ms. Nothing is due before the next step.
///
/// VM_EINVAL: a bad pointer, a time before the clock's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_set_time(exec: *mut Exec, now: u64) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { set_time(machine(exec)?, now) })
}

/// Reads the clock, in ms.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exec_time(exec: *const Exec, now: *mut u64) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { place(now)?.put(shared(exec)?.now()) })
}
