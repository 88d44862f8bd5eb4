//! Stepping and stopping tasks, for those who may.

use serde_json::{Value, json};

use super::{Caller, Server};
use crate::host::{Host, Loaded, Reading, Reloaded, Reply, Stepped, reply};
use crate::lenient::Int;
use crate::refusal::Refusal;

impl Server {
    /// Whether the caller may change a task.
    pub(super) fn changing(&self, by: Caller<'_>, pid: Int) -> Result<(), Refusal> {
        self.sessions.may_change(by.session, pid)
    }

    pub(super) fn changing_some(&self, by: Caller<'_>, pid: Option<Int>) -> Result<(), Refusal> {
        pid.map_or(Ok(()), |pid| self.sessions.may_change(by.session, pid))
    }

    /// Whether the caller may end all tasks. The reference asks nobody.
    pub(super) fn ending_all(&self, host: &Host<'_>, by: Caller<'_>) -> Result<(), Refusal> {
        match host.reading() {
            Reading::Reference => Ok(()),
            Reading::Strict => self.sessions.may_end(by.session, host.it.tasks().iter().map(|task| task.pid)),
        }
    }

    /// Loads the program of a task anew. What was locked stays so, and what was watched if the code is the same.
    pub(super) fn reload(&mut self, host: &mut Host<'_>, by: Caller<'_>, pid: Int) -> Reply {
        self.changing(by, pid)?;
        let known = host.pid(pid)?;
        let named = self.tasks.symbols.get(&known).map(|symbols| symbols.path.clone());
        let Reloaded { loaded: Loaded { pid: new, mut image }, path, same } = host.reload(pid)?;
        self.sessions.follow(known, new);
        self.hub.follow(known, new);
        if same {
            self.tasks.watches.follow(known, new);
        }
        self.name(host, new, &path, named, &mut image);
        let tasks = host.tasks();
        let task = tasks["tasks"].as_array().into_iter().flatten().find(|task| task["pid"] == new);
        reply!("reload": {
            "old_pid": known, "new_pid": new, "program": path, "image": image,
            "task": task.cloned().unwrap_or_default(),
        })
    }

    pub(super) fn step(
        &mut self,
        host: &mut Host<'_>,
        by: Caller<'_>,
        turns: u32,
        pid: Option<Int>,
    ) -> Reply {
        self.changing_some(by, pid)?;
        let pinned = pid.map(|pid| host.pid(pid)).transpose()?;
        let stepped = host.step(turns, pinned)?;
        self.stepped(host, stepped)
    }

    pub(super) fn stepped(&mut self, host: &mut Host<'_>, stepped: Stepped) -> Reply {
        self.clock.count_manual(stepped.executed);
        let traced = stepped.events.iter().any(|event| event["type"] == "trace_step");
        let last = stepped.last.as_ref().filter(|_| stepped.executed > 0 && !traced);
        let mut result = stepped.show();
        let more = self.observe(host, last.map(|last| last.show()), "manual");
        if let Some(Value::Array(events)) = result.get_mut("events") {
            events.extend(more);
        }
        reply!("result": result, "clock": self.clock.show())
    }

    pub(super) fn knows_lines(&self, host: &Host<'_>, pid: Option<Int>) -> bool {
        host.pid_or_current(pid).is_ok_and(|pid| self.tasks.symbols.contains_key(&pid))
    }

    /// Steps until a task is at an instruction that has a line of its source.
    pub(super) fn step_line(
        &mut self,
        host: &mut Host<'_>,
        by: Caller<'_>,
        lines: u32,
        pid: Option<Int>,
    ) -> Reply {
        let pid = host.pid_or_current(pid)?;
        self.changing(by, Int(pid.into()))?;
        let pinned = Some(pid);
        let mut whole = host.step(0, pinned)?;
        let (mut left, most) = (lines, host.limits.steps);
        while left > 0 && whole.executed < most {
            let mut stepped = host.step(1, pinned)?;
            stepped.executed += whole.executed;
            let ended = stepped.executed == whole.executed || !stepped.running || stepped.stop.is_some();
            stepped.events = [std::mem::take(&mut whole.events), stepped.events].concat();
            whole = stepped;
            let pc = pinned.map_or(0, |pid| host.pc(pid));
            let symbols = pinned.and_then(|pid| self.tasks.symbols.get(&pid));
            left -= u32::from(symbols.is_none_or(|symbols| symbols.line(pc.into()).is_some()));
            if ended {
                break;
            }
        }
        self.stepped(host, whole)
    }

    pub(super) fn set_breakpoint(
        &mut self,
        host: &mut Host<'_>,
        by: Caller<'_>,
        pid: Int,
        address: Int,
    ) -> Reply {
        self.changing(by, pid)?;
        host.add_breakpoint(pid, address, None)?;
        breakpoints(host, pid)
    }

    pub(super) fn clear_breakpoints(
        &mut self,
        host: &mut Host<'_>,
        by: Caller<'_>,
        pid: Int,
        address: Option<Int>,
    ) -> Reply {
        self.changing(by, pid)?;
        host.remove_breakpoints(pid, address)?;
        breakpoints(host, pid)
    }

    /// Tasks with what debuggers and shells want to know of them beside.
    pub(super) fn annotated(&self, host: &Host<'_>, mut tasks: Value) -> Value {
        for task in tasks["tasks"].as_array_mut().into_iter().flatten() {
            let pid = task["pid"].as_u64().and_then(|pid| u16::try_from(pid).ok()).unwrap_or(0);
            let set = host.debugger.breakpoints(pid);
            if !set.is_empty() {
                task["breakpoints"] = json!(set);
            }
            if let Some(wait) = host.it.waits().iter().find(|wait| wait.pid == pid) {
                task["wait_mailbox"] = wait.descriptor.into();
                task["wait_handle"] = wait.handle.into();
                task["wait_timeout"] = wait.timeout.into();
            }
            if let Some(symbols) = self.tasks.symbols.get(&pid) {
                task["symbols"] = json!({"path": symbols.path, "count": symbols.count()});
            }
        }
        tasks
    }
}

/// The breakpoints of a task.
pub(super) fn breakpoints(host: &Host<'_>, pid: Int) -> Reply {
    let pid = host.pid(pid)?;
    reply!("pid": pid, "breakpoints": host.debugger.breakpoints(pid))
}
