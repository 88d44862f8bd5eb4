//! What the debugger knows of tasks: who looks at them, their breakpoints, and whether it has stopped them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::connection::Connection;

/// Why the debugger stops a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// It is about to execute an instruction that has a breakpoint.
    Breakpoint,
    /// It has executed as many as it was to.
    Step,
    /// Somebody has asked for it.
    Break,
}

impl StopReason {
    pub(super) const fn name(self) -> &'static str {
        match self {
            StopReason::Breakpoint => "breakpoint",
            StopReason::Step => "step",
            StopReason::Break => "async_break",
        }
    }
}

/// What the debugger knows of a task.
#[derive(Debug, Default)]
pub struct Debugged {
    /// Who has attached to it; the executive's own protocol counts as one.
    pub(super) holders: BTreeSet<Option<Connection>>,
    /// Byte addresses.
    pub breakpoints: BTreeSet<u32>,
    /// The debugger has stopped it, and nobody has paused it since.
    pub(super) halted: bool,
    pub(super) stop: Option<Value>,
    /// The breakpoint at which it stands and from which it goes on.
    pub(super) passes: Option<u32>,
}

/// What the debugger knows of all tasks.
#[derive(Debug, Default)]
pub struct Debugger(pub(super) BTreeMap<u16, Debugged>);

impl Debugger {
    /// The breakpoints of a task, ascending.
    pub fn breakpoints(&self, pid: u16) -> Vec<u32> {
        self.0.get(&pid).map(|it| it.breakpoints.iter().copied().collect()).unwrap_or_default()
    }

    /// Whether a task is stopped by the debugger.
    pub fn halts(&self, pid: u16) -> bool {
        self.0.get(&pid).is_some_and(|it| it.halted)
    }

    /// A task is gone.
    pub fn forget(&mut self, pid: u16) {
        self.0.remove(&pid);
    }

    /// What is known of a task whose program is loaded anew: who looks at it, and its breakpoints if they are at the `same`
    /// code.
    pub(super) fn hand_on(&self, pid: u16, same: bool) -> Option<Debugged> {
        let Debugged { holders, breakpoints, .. } = self.0.get(&pid)?;
        let breakpoints = if same { breakpoints.clone() } else { BTreeSet::new() };
        Some(Debugged { holders: holders.clone(), breakpoints, ..Debugged::default() })
    }

    /// What was handed on is known of this task.
    pub(super) fn take_on(&mut self, pid: u16, debugged: Debugged) {
        self.0.insert(pid, debugged);
    }

    /// Somebody pauses a task: that it is stopped is not the debugger's doing any more.
    pub fn hands_over(&mut self, pid: u16) {
        if let Some(it) = self.0.get_mut(&pid) {
            it.halted = false;
        }
    }

    /// A task goes on: past the breakpoint at which it stands.
    pub fn goes_on(&mut self, pid: u16, pc: u32) {
        if let Some(it) = self.0.get_mut(&pid) {
            (it.halted, it.stop) = (false, None);
            it.passes = it.breakpoints.contains(&pc).then_some(pc);
        }
    }

    /// Whether a task that is about to execute the instruction at `pc` stops before it.
    pub fn stops(&mut self, pid: u16, pc: u32) -> bool {
        let Some(it) = self.0.get_mut(&pid) else { return false };
        it.passes.take() != Some(pc) && it.breakpoints.contains(&pc)
    }

    /// The tasks to which nobody is attached any more, now that a connection is gone.
    pub fn abandoned_by(&mut self, connection: Connection) -> Vec<u16> {
        let left = |it: &mut Debugged| it.holders.remove(&Some(connection)) && it.holders.is_empty();
        self.0.iter_mut().filter_map(|(&pid, it)| left(it).then_some(pid)).collect()
    }
}
