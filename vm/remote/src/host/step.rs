//! Having tasks run, with breakpoints and traces.

use executive::StepReply;
use minivm::Opcode;
use minivm::instruction::Word;
use serde_json::{Map, Value, json};

use super::debugged::StopReason;
use super::executed::{Executed, access};
use super::state::{Host, Reading};
use crate::lenient::Int;
use crate::refusal::Refusal;

/// Mailbox calls that the counters count: `SEND` and `RECV`.
const COUNTED: [u8; 2] = [2, 3];
/// The module of mailbox calls.
const MAILBOXES: u8 = 5;

/// What a step came to.
#[derive(Clone, Debug)]
pub struct Stepped {
    /// Turns; a stop at a breakpoint counts as one.
    pub executed: u32,
    /// Whether the task that had the last turn goes on.
    pub running: bool,
    /// Where it goes on.
    pub pc: Option<u32>,
    /// Its instructions so far.
    pub steps: u64,
    /// Whether the task that is active now sleeps.
    pub sleeps: bool,
    /// What happened.
    pub events: Vec<Value>,
    /// Whether all tasks are paused.
    pub paused: bool,
    /// The task that had the last turn.
    pub current: Option<u16>,
    /// The task that is active now; absent if there are no tasks.
    pub next: Option<Option<u16>>,
    /// What has stopped a task, if something has.
    pub stop: Option<Value>,
    /// The last instruction.
    pub last: Option<Executed>,
}

impl Stepped {
    /// As the VM server replies it.
    pub fn show(&self) -> Map<String, Value> {
        let shown = json!({
            "executed": self.executed, "running": self.running, "pc": self.pc, "steps": self.steps,
            "sleep_pending": self.sleeps, "events": self.events, "paused": self.paused,
            "current_pid": self.current,
        });
        let Value::Object(mut shown) = shown else { return Map::new() };
        // Without tasks the reply is short.
        if let Some(next) = self.next {
            shown.insert("next_pid".to_owned(), json!(next));
            shown.insert("cycles".to_owned(), json!(self.steps));
            shown.insert("debug_event".to_owned(), json!(self.stop));
            if let Some(last) = &self.last {
                shown.insert("trace_last".to_owned(), last.show());
            }
        }
        shown
    }
}

impl Host<'_> {
    /// How many turns a client asks for; none if it asks for less.
    ///
    /// # Errors
    /// More than one request may have.
    pub(crate) fn turns(&self, Int(turns): Int) -> Result<u32, Refusal> {
        let limit = self.limits.steps;
        let turns = u32::try_from(turns.max(0)).ok().filter(|&turns| turns <= limit);
        turns.ok_or(Refusal::OutOfRange("steps", 0, limit.into()))
    }

    /// Lets up to `turns` turns pass: of all tasks, or of one. It ends early if nobody can run, or something stops a task.
    ///
    /// # Errors
    /// The executive has met what raises in the reference.
    pub fn step(&mut self, turns: u32, pinned: Option<u16>) -> Result<Stepped, Refusal> {
        self.check_raised()?;
        let mut events: Vec<Value> = std::mem::take(&mut self.waiting).into();
        // What is due by the clock happens first.
        let mut reply = self.it.step(0, pinned);
        events.extend(self.take_events());
        let (mut executed, mut stop) = (0, None);
        while executed < turns && stop.is_none() {
            let next = self.it.next_turn(pinned);
            if let Some(pid) = next.filter(|_| !self.it.is_paused()) {
                let pc = self.pc(pid);
                if self.debugger.stops(pid, pc) {
                    executed += 1;
                    let stopped = self.halt(pid, StopReason::Breakpoint);
                    self.log.step(pid, pc, self.it.now());
                    events.push(stopped.clone());
                    reply = self.stopped(pid, pc);
                    stop = Some(stopped);
                    break;
                }
            }
            let Some(turn) = self.turn(pinned, &mut events, &mut stop) else { break };
            executed += 1;
            reply = turn;
        }
        self.turns_taken = self.turns_taken.saturating_add(executed);
        // What came without a turn.
        events.extend(self.take_events());
        self.check_raised()?;
        let StepReply { running, pc, steps, sleep_pending, paused, current, next, .. } = reply;
        let last = self.last_executed.and_then(|pid| self.executed.get(&pid)).cloned();
        let next = (!self.it.tasks().is_empty()).then_some(next);
        Ok(Stepped {
            executed,
            running,
            pc,
            steps,
            sleeps: sleep_pending,
            events,
            paused,
            current,
            next,
            stop,
            last,
        })
    }

    /// One turn, if somebody can have it.
    fn turn(
        &mut self,
        pinned: Option<u16>,
        events: &mut Vec<Value>,
        stop: &mut Option<Value>,
    ) -> Option<StepReply> {
        let next = self.it.next_turn(pinned)?;
        let before = self.it.registers(next)?;
        let word = self.programs.get(&next).and_then(|program| program.word(before.pc));
        let turn = self.it.step(1, pinned);
        let told = self.take_events();
        *stop = told.iter().rev().find(|event| event["type"] == "debug_stop").cloned();
        events.extend(told);
        let pid = turn.current.filter(|_| turn.executed > 0)?;
        let now = self.it.now();
        self.log.step(pid, self.pc(pid), now);
        if let Some(active) = turn.next.filter(|&active| active != pid) {
            self.log.rotate(active, now);
        }
        let behind = self.it.registers(pid)?;
        let word = word.unwrap_or(0);
        let call = Word(word);
        if call.op() == Some(Opcode::Svc)
            && call.svc_module() == MAILBOXES
            && COUNTED.contains(&call.low_byte())
        {
            self.log.mailbox_call(pid);
        }
        let executed = Executed {
            pid,
            pc: before.pc,
            next_pc: behind.pc,
            opcode: word,
            regs: behind.regs,
            flags: behind.psw,
            steps: turn.steps,
            access: access(word, &before.regs, &behind.regs),
        };
        if self.traced.contains(&pid) {
            let mut event = executed.show();
            event["type"] = "trace_step".into();
            events.push(event.clone());
            self.tell(&[event]);
        }
        self.executed.insert(pid, executed);
        self.last_executed = Some(pid);
        Some(turn)
    }

    /// What a step comes to in which a task stops before an instruction.
    fn stopped(&self, pid: u16, pc: u32) -> StepReply {
        StepReply {
            executed: 1,
            running: false,
            pc: Some(pc),
            steps: self.steps_of(pid),
            sleep_pending: false,
            paused: self.reading == Reading::Reference,
            current: Some(pid),
            next: self.it.current(),
        }
    }

    /// What a task executed last; without a PID, the task that had the last turn.
    pub fn last(&self, pid: Option<Int>) -> Result<Value, Refusal> {
        let pid = match pid {
            Some(pid) => Some(self.pid(pid)?),
            None => self.last_executed,
        };
        Ok(pid.and_then(|pid| self.executed.get(&pid)).map_or_else(|| json!({}), Executed::show))
    }

    /// Whether the instructions of a task are reported: sets it, or turns it over.
    pub fn trace(&mut self, pid: Int, enable: Option<bool>) -> Result<Value, Refusal> {
        let pid = self.pid(pid)?;
        let enable = enable.unwrap_or(!self.traced.contains(&pid));
        if enable {
            self.traced.insert(pid);
        } else {
            self.traced.remove(&pid);
        }
        Ok(json!({"pid": pid, "enabled": enable}))
    }
}
