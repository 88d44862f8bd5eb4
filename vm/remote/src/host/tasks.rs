//! Tasks, as replies have them, and what is done to them as a whole.

use executive::task::{State, Task};
use serde_json::{Map, Value, json};

use super::mailboxes;
use super::reply::{Reply, reply};
use super::state::{Host, Reading};
use super::time::seconds;
use crate::lenient::Int;
use crate::refusal::Refusal;

/// Instructions that the scheduler gives a task at once.
const SLICE: u32 = 1;

/// The state of a task as both protocols name it. They know no fault: a task that has one is stopped.
pub const fn state(state: State) -> &'static str {
    match state {
        State::Faulted => State::Stopped.name(),
        other => other.name(),
    }
}

impl Host<'_> {
    fn task(&self, pid: u16) -> Result<&Task, Refusal> {
        let task = self.it.tasks().iter().find(|task| task.pid == pid);
        task.ok_or(Refusal::UnknownPid(pid.into()))
    }

    /// Instructions of a task so far.
    pub(super) fn steps_of(&self, pid: u16) -> u64 {
        self.task(pid).map_or(0, |task| task.steps)
    }

    /// A task.
    pub fn show_task(&self, task: &Task) -> Value {
        let pid = task.pid;
        let program = self.programs.get(&pid);
        let registers = self.it.registers(pid);
        let (base, stack) = registers.map_or((0, 0..0), |it| (it.reg_base, it.stack));
        let mut shown = json!({
            "pid": pid, "program": program.map(|it| &it.path), "state": self.state_name(task),
            "app_name": task.name.as_str(), "app_name_base": task.base.as_str(), "pc": self.pc(pid),
            "priority": task.priority, "quantum": task.quantum, "accounted_steps": task.steps,
            "accounted_cycles": task.steps, "sleep_pending": task.sleep.is_some(),
            "sleep_pending_ms": task.sleep.map(|it| it.ms),
            "sleep_deadline": task.sleep.map(|it| seconds(it.deadline)), "exit_status": task.exit_status,
            "trace": self.traced.contains(&pid), "metadata": program.map(|it| it.declared.counts()),
            "reg_base": base, "stack_base": stack.start, "stack_limit": stack.start,
            "stack_size": stack.end - stack.start,
        });
        if let Some(fault) = task.fault {
            shown["fault"] = fault.name().into();
        }
        shown
    }

    /// The one that is active is running, the others that can run are ready.
    fn state_name(&self, task: &Task) -> &'static str {
        match task.state() {
            State::Ready if self.shows_running(task) => State::Running.name(),
            other => state(other),
        }
    }

    fn shows_running(&self, task: &Task) -> bool {
        self.reading == Reading::Strict && self.it.current() == Some(task.pid)
    }

    /// What each task does, by the name that replies have for it.
    pub fn states(&self) -> impl Iterator<Item = (&Task, &'static str)> {
        self.it.tasks().iter().map(|task| (task, self.state_name(task)))
    }

    /// All tasks, ascending by PID, and the active one.
    pub fn tasks(&self) -> Value {
        json!({"tasks": self.task_list(), "current_pid": self.it.current()})
    }

    fn task_list(&self) -> Vec<Value> {
        self.it.tasks().iter().map(|task| self.show_task(task)).collect()
    }

    /// Pauses all tasks, or one.
    pub fn pause(&mut self, pid: Option<Int>) -> Reply {
        self.check_raised()?;
        let known = pid.map(|pid| self.pid(pid)).transpose()?;
        self.it.pause(known).map_err(|why| Refusal::Executive("pause", why))?;
        let Some(pid) = known else { return Ok(Map::new()) };
        self.debugger.hands_over(pid);
        reply!("task": self.show_task(self.task(pid)?))
    }

    /// Has all tasks go on, or one.
    pub fn resume(&mut self, pid: Option<Int>) -> Reply {
        self.check_raised()?;
        let known = pid.map(|pid| self.pid(pid)).transpose()?;
        self.it.resume(known).map_err(|why| Refusal::Executive("resume", why))?;
        let Some(pid) = known else { return Ok(Map::new()) };
        let pc = self.pc(pid);
        self.debugger.goes_on(pid, pc);
        reply!("task": self.show_task(self.task(pid)?))
    }

    /// Takes a task down.
    pub fn kill(&mut self, pid: Int) -> Reply {
        self.check_raised()?;
        let pid = self.pid(pid)?;
        let mut task = self.show_task(self.task(pid)?);
        task["state"] = "terminated".into();
        self.it.kill(pid).map_err(|why| Refusal::Executive("kill", why))?;
        self.debugger.forget(pid);
        self.log.forget(pid);
        self.programs.remove(&pid);
        self.executed.remove(&pid);
        self.traced.remove(&pid);
        self.handles.retain(|&(_, owner, _)| owner != pid);
        if self.last_executed == Some(pid) {
            self.last_executed = None;
        }
        reply!("task": task)
    }

    /// Sets priority and quantum of a task.
    pub fn schedule(&mut self, pid: Int, priority: Option<Int>, quantum: Option<Int>) -> Reply {
        let pid = self.pid(pid)?;
        let priority =
            priority.map(|Int(it)| u8::try_from(it).map_err(|_| Refusal::OutOfRange("priority", 0, 255)));
        let quantum = quantum.map(|Int(it)| match u16::try_from(it.max(1)) {
            Ok(quantum) => Ok(quantum),
            Err(_) => Err(Refusal::OutOfRange("quantum", 1, 0xFFFF)),
        });
        let (priority, quantum) = (priority.transpose()?, quantum.transpose()?);
        self.it.schedule(pid, priority, quantum).map_err(|why| Refusal::Executive("sched", why))?;
        reply!("task": self.show_task(self.task(pid)?))
    }

    /// What the scheduler did, and how often.
    pub fn scheduler(&self, limit: usize) -> Value {
        json!({"counters": self.log.counters(), "trace": self.log.trace(limit)})
    }

    /// Everything at a glance, and one task in particular.
    pub fn info(&self, pid: Option<Int>) -> Value {
        let current = self.it.current();
        let task = current.and_then(|pid| self.task(pid).ok());
        let mut info = json!({
            "loaded": current.is_some(), "program": self.last_program,
            "running": current.is_some_and(|pid| self.it.is_running(pid)),
            "pc": current.map(|pid| self.pc(pid)), "attached": self.attached, "paused": self.it.is_paused(),
            "sleep_pending": task.is_some_and(|task| task.sleep.is_some()), "current_pid": current,
            "active_context": current.map(|pid| self.context_of(pid)), "tasks": self.task_list(),
            "scheduler": self.log.show(self.it.tasks().iter().map(|task| task.pid)),
            "mailbox_profile": mailboxes::profile(),
        });
        if let Some(Int(wanted)) = pid {
            info["selected_pid"] = wanted.into();
            match self.pid(Int(wanted)) {
                Ok(pid) => info["selected_registers"] = self.registers_of(pid),
                Err(why) => info["selected_error"] = why.to_string().into(),
            }
        }
        info
    }

    /// Whether a task can have a turn.
    pub fn can_run(&self) -> bool {
        !self.it.is_paused() && self.it.next_turn(None).is_some()
    }

    /// Whether all are paused, or one of them.
    pub fn is_held(&self) -> bool {
        self.it.is_paused() || self.it.tasks().iter().any(|task| task.state() == State::Paused)
    }

    /// What tasks that cannot run wait for, and until when at the latest, in ms.
    pub fn next_deadline(&self) -> (&'static str, Option<u64>) {
        let sleep = self.it.tasks().iter().filter_map(|task| task.sleep).map(|sleep| sleep.deadline).min();
        let waits = self.it.waits().iter().filter_map(|wait| wait.deadline).min();
        match (sleep, waits) {
            (Some(sleep), waits) => ("sleep", Some(waits.map_or(sleep, |waits| waits.min(sleep)))),
            (None, Some(waits)) => ("wait_mbx", Some(waits)),
            (None, None) if self.it.waits().is_empty() => ("idle", None),
            (None, None) => ("wait_mbx", None),
        }
    }

    /// Says that somebody looks at the executive, or nobody any more.
    pub fn set_attached(&mut self, attached: bool) {
        self.attached = attached;
    }

    /// What the executive keeps of a task beside its registers.
    pub(super) fn context_of(&self, pid: u16) -> Value {
        let Ok(task) = self.task(pid) else { return Value::Null };
        let Some(it) = self.it.registers(pid) else { return Value::Null };
        let wait = self.it.waits().iter().find(|wait| wait.pid == pid);
        let mut context = json!({
            "pid": pid, "state": self.state_name(task), "priority": task.priority,
            "time_slice_steps": SLICE, "accounted_steps": task.steps, "time_slice_cycles": SLICE,
            "accounted_cycles": task.steps, "regs": it.regs, "pc": it.pc, "sp": it.sp, "psw": it.psw,
            "reg_base": it.reg_base, "stack_base": it.stack.start, "stack_limit": it.stack.start,
            "stack_size": it.stack.end - it.stack.start, "wait_kind": wait.map(|_| "mailbox"),
            "wait_mailbox": wait.map(|it| it.descriptor),
            "wait_deadline": wait.and_then(|it| it.deadline).map(seconds),
            "wait_handle": wait.map(|it| it.handle), "exit_status": task.exit_status,
        });
        if task.stdio {
            context["fd_table"] = json!({"0": 1, "1": 2, "2": 3});
        }
        context
    }
}
