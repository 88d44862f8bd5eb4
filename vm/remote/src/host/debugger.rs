//! Breakpoints, and tasks that are stopped to be looked at.

use serde_json::{Value, json};

use super::connection::Connection;
use super::debugged::{Debugged, StopReason};
use super::reply::{Reply, reply};
use super::state::{Host, Reading};
use super::step::Stepped;
use crate::lenient::Int;
use crate::refusal::Refusal;

/// Turns that a task is given to go on, if nothing is said.
const TURNS: u32 = 1000;

impl Host<'_> {
    /// Attaches to a task. `by`: the connection that does, or the executive's own protocol.
    pub fn attach(&mut self, pid: Int, by: Option<Connection>) -> Reply {
        let pid = self.pid(pid)?;
        self.debugger.0.entry(pid).or_default().holders.insert(by);
        let mut shown = self.debugged(pid);
        shown["registers"] = self.registers_of(pid);
        reply!("debug": shown)
    }

    fn debugged(&self, pid: u16) -> Value {
        let nothing = Debugged::default();
        let it = self.debugger.0.get(&pid).unwrap_or(&nothing);
        json!({
            "pid": pid, "attached": !it.holders.is_empty(), "breakpoints": self.debugger.breakpoints(pid),
            "halted": it.halted, "stop": it.stop,
        })
    }

    /// Detaches from a task. Without anybody attached its breakpoints are gone, and if one had stopped it, it goes on.
    pub fn detach(&mut self, pid: Int, by: Option<Connection>) -> Reply {
        let known = self.pid(pid)?;
        if self.debugger.0.get_mut(&known).is_none_or(|it| {
            it.holders.remove(&by);
            it.holders.is_empty()
        }) {
            self.let_go(known);
        }
        reply!("debug": self.debugged(known))
    }

    /// Sets a breakpoint.
    pub fn add_breakpoint(
        &mut self,
        pid: Int,
        Int(address): Int,
        by: Option<Connection>,
    ) -> Result<Vec<u32>, Refusal> {
        let pid = self.pid(pid)?;
        let address = u32::try_from(address).ok().filter(|&address| address <= 0xFFFF);
        let address = address.ok_or(Refusal::OutOfRange("addr", 0, 0xFFFF))?;
        let it = self.debugger.0.entry(pid).or_default();
        if it.breakpoints.len() >= self.limits.held {
            return Err(Refusal::TooMany("breakpoints", self.limits.held));
        }
        it.holders.insert(by);
        it.breakpoints.insert(address);
        Ok(self.debugger.breakpoints(pid))
    }

    /// Takes a breakpoint away, or all of them.
    pub fn remove_breakpoints(&mut self, pid: Int, address: Option<Int>) -> Result<Vec<u32>, Refusal> {
        let pid = self.pid(pid)?;
        if let Some(it) = self.debugger.0.get_mut(&pid) {
            it.breakpoints.retain(|&at| address.is_some_and(|Int(address)| i64::from(at) != address));
        }
        Ok(self.debugger.breakpoints(pid))
    }

    /// Has a task go on until it stops, for so many turns.
    pub fn continues(&mut self, pid: Int, turns: Option<Int>) -> Result<Stepped, Refusal> {
        let known = self.pid(pid)?;
        let turns = turns.map_or(Ok(TURNS), |turns| self.turns(turns))?.max(1);
        self.go_on(known)?;
        self.step(turns, Some(known))
    }

    /// Has a task execute so many instructions, then stops it.
    pub fn steps(&mut self, pid: Int, count: Option<Int>) -> Result<Stepped, Refusal> {
        let known = self.pid(pid)?;
        let count = count.map_or(Ok(1), |count| self.turns(count))?.max(1);
        self.go_on(known)?;
        let mut stepped = self.step(count, Some(known))?;
        if stepped.stop.is_none() {
            self.halt_in(&mut stepped, known, StopReason::Step);
        }
        Ok(stepped)
    }

    /// Stops a task where it is.
    pub fn breaks(&mut self, pid: Int) -> Result<Stepped, Refusal> {
        let known = self.pid(pid)?;
        let mut stepped = self.step(0, Some(known))?;
        stepped.executed = 1;
        self.halt_in(&mut stepped, known, StopReason::Break);
        Ok(stepped)
    }

    fn go_on(&mut self, pid: u16) -> Result<(), Refusal> {
        if self.reading == Reading::Strict {
            self.it.resume(None).map_err(|why| Refusal::Executive("resume", why))?;
        }
        self.resume(Some(Int(pid.into()))).map(drop)
    }

    fn halt_in(&mut self, stepped: &mut Stepped, pid: u16, reason: StopReason) {
        let stop = self.halt(pid, reason);
        stepped.events.push(stop.clone());
        (stepped.stop, stepped.running, stepped.paused) = (Some(stop), false, true);
    }

    /// Stops a task: in the reference all of them. Gives the event that says so.
    pub(super) fn halt(&mut self, pid: u16, reason: StopReason) -> Value {
        let (pc, steps) = (self.pc(pid), self.steps_of(pid));
        let stop = json!({
            "type": "debug_stop", "reason": reason.name(), "pc": pc, "next_pc": pc, "steps": steps,
            "cycles": steps, "pid": pid,
        });
        // It exists, or it could not be stopped. In the reference pausing all pauses the active task, too.
        if self.reading == Reading::Strict || self.it.current() != Some(pid) {
            let _exists = self.it.pause(Some(pid));
        }
        if self.reading == Reading::Reference {
            let _all = self.it.pause(None);
        }
        let it = self.debugger.0.entry(pid).or_default();
        (it.halted, it.stop) = (true, Some(stop.clone()));
        self.tell(std::slice::from_ref(&stop));
        stop
    }
}
