//! Which situations a script is in: every call of the host by what came of it, every service by its status and what it
//! told, and every turn by what it did to its task.

use std::collections::BTreeMap;

use executive::Profile as Reading;
use oracle::Profile;
use oracle::subject::{Hits, Point, PointRow, Watched, Watcher};

use crate::case::{Call, Case};
use crate::cases::Executive;
use crate::native::has_no_policy;
use crate::outcome::{CallResult, Value};
use crate::points::{self, OTHER, Situation, TURN};
use crate::profile::{self, STRICT};
use crate::session::{Room, Session};
use crate::topics::{code, is_call};

/// Turns of one call that are looked at one by one; what comes after them is as what came before.
const WATCHED_TURNS: u32 = 2000;

impl Watched<Executive> for Executive {
    fn groups(&self) -> Vec<&'static str> {
        points::GROUPS.to_vec()
    }

    fn rows(&self, profile: Profile) -> Vec<PointRow> {
        let mut number = 0;
        let mut rows = Vec::new();
        for row in points::TABLE.iter() {
            let mut points = Vec::new();
            for point in &row.points {
                if point.is_in(profile) {
                    points.push(Point { number, name: point.name, group: point.group });
                }
                number += 1;
            }
            rows.push(PointRow { topic: row.topic, points });
        }
        rows
    }

    fn watcher(&self, profile: Profile) -> Box<dyn Watcher<Executive>> {
        let rows = self.rows(profile).into_iter();
        let points = rows.flat_map(|row| {
            row.points.into_iter().map(move |it| ((row.topic, it.group, it.name), it.number))
        });
        Box::new(Watch { profile, points: points.collect(), room: Room::default() })
    }
}

/// Watches the native machine.
struct Watch {
    profile: Profile,
    points: BTreeMap<Situation, usize>,
    room: Room,
}

impl Watcher<Executive> for Watch {
    fn watch(&mut self, case: &Case, hits: &mut Hits<'_>) {
        if has_no_policy(self.profile, case) {
            return;
        }
        let strict = self.profile == STRICT;
        let Watch { points, room, .. } = self;
        let mut hit = |step: u32, situation: Situation| {
            if let Some(&number) = points.get(&situation) {
                hits(step, number);
            }
        };
        profile::with!(self.profile, |it| {
            let session = room.session(it, &case.config);
            Watching { session, codes: BTreeMap::new(), strict }.script(case, &mut hit);
        });
    }
}

struct Watching<'m, P: Reading> {
    session: Session<'m, P>,
    /// The code of each task.
    codes: BTreeMap<u16, Vec<u8>>,
    strict: bool,
}

/// What counts of a task before its turn.
struct Before {
    pid: u16,
    word: Option<u32>,
    steps: u64,
    handler: bool,
    pending: usize,
}

impl<P: Reading> Watching<'_, P> {
    fn script(mut self, case: &Case, hit: &mut impl FnMut(u32, Situation)) {
        for (call, step) in case.calls.iter().zip(1..) {
            let mut hit = |situation| hit(step, situation);
            match *call {
                Call::Step { n, pid } => self.turns(n, pid, &mut hit),
                _ => self.call(call, &mut hit),
            }
            if self.session.raised().is_some() || self.session.shortage().is_some() {
                return;
            }
        }
    }

    fn call(&mut self, call: &Call, hit: &mut impl FnMut(Situation)) {
        let topic = call.name();
        let named = match *call {
            Call::Kill { pid }
            | Call::RegSet { pid, .. }
            | Call::Poke { pid, .. }
            | Call::Pause { pid: Some(pid) }
            | Call::Resume { pid: Some(pid) } => Some(pid),
            _ => None,
        };
        let state = named.and_then(|pid| self.state(pid));
        let result = self.session.call(call);
        match (&result.error, status(&result)) {
            (Some(error), _) => {
                points::error(error).into_iter().for_each(|error| hit((topic, "error", error)))
            }
            (None, status) => hit((topic, "status", points::status(status))),
        }
        if let (Some(state), None) = (state, &result.error) {
            hit((topic, "state", state));
        }
        if self.strict {
            result.events.iter().for_each(|event| hit((topic, "event", event.name())));
        }
        if let (Call::Load { image }, Some(Value::Loaded { pid, .. })) = (call, &result.ok) {
            self.codes.insert(*pid, code(image).to_vec());
        }
    }

    fn state(&self, pid: u16) -> Option<&'static str> {
        self.session.it.tasks().iter().find(|task| task.pid == pid).map(|task| task.state().name())
    }

    fn turns(&mut self, n: u32, pinned: Option<u16>, hit: &mut impl FnMut(Situation)) {
        for turn in 0..n.clamp(1, WATCHED_TURNS) {
            let before = pinned.or(self.session.it.current()).and_then(|pid| self.before(pid));
            let result = self.session.call(&Call::Step { n: n.min(1), pid: pinned });
            let Some(Value::Step(step)) = &result.ok else { return };
            if turn == 0 {
                let topic = "step";
                hit((topic, "status", if step.executed > 0 { "turns pass" } else { "no turn passes" }));
                if step.paused {
                    hit((topic, "status", "all are paused"));
                }
                if pinned.is_some() {
                    hit((
                        topic,
                        "status",
                        if step.executed > 0 { "one task's turns" } else { "a task that cannot run" },
                    ));
                }
            }
            if let Some(raise) = self.session.raised() {
                return hit((TURN, "raise", raise.name()));
            }
            if step.executed == 0 {
                return;
            }
            if let Some(before) = before.filter(|before| step.current == Some(before.pid)) {
                self.turn(&before, &result, hit);
            }
        }
        if n > WATCHED_TURNS {
            self.session.call(&Call::Step { n: n - WATCHED_TURNS, pid: pinned });
        }
    }

    fn before(&self, pid: u16) -> Option<Before> {
        let it = &self.session.it;
        let task = it.tasks().iter().find(|task| task.pid == pid)?;
        let pc = it.registers(pid)?.pc as usize;
        let word = self.codes.get(&pid).and_then(|code| code.get(pc..pc + 4));
        Some(Before {
            pid,
            word: word.map(|it| u32::from_be_bytes([it[0], it[1], it[2], it[3]])),
            steps: task.steps,
            handler: task.handler.is_some(),
            pending: it.pending().count(),
        })
    }

    fn turn(&self, before: &Before, result: &CallResult, hit: &mut impl FnMut(Situation)) {
        let it = &self.session.it;
        let Some(task) = it.tasks().iter().find(|task| task.pid == before.pid) else { return };
        let Some(registers) = it.registers(before.pid) else { return };
        let events = || result.events.iter().skip(before.pending).map(|event| event.name());
        hit((TURN, "state", task.state().name()));
        events().for_each(|event| hit((TURN, "event", event)));
        if let Some(fault) = task.fault {
            hit((TURN, "fault", fault.name()));
        }
        match (before.handler, task.handler.is_some()) {
            (false, true) => hit((TURN, "handler", "entered")),
            (true, false) if task.exit_status.is_none() && task.fault.is_none() => {
                hit((TURN, "handler", "returns"))
            }
            (true, false) => hit((TURN, "handler", "ends with its task")),
            _ => {}
        }
        let Some(word) = before.word.filter(|&word| is_call(word) && task.steps > before.steps) else {
            return;
        };
        let topic = points::service(word);
        let waits = events().any(|event| event == "mailbox_wait");
        let status = if waits { "waits" } else { points::status_of(topic, registers.regs[0]) };
        hit((topic, "status", status));
        if topic != OTHER {
            events().for_each(|event| hit((topic, "event", event)));
        }
        result.io.iter().for_each(|_| hit((topic, "event", "io")));
    }
}

/// The status in what a call gave, if it has one.
fn status(result: &CallResult) -> u32 {
    match result.ok {
        Some(Value::Sent { status, .. } | Value::Received { status, .. } | Value::Status { status }) => {
            status
        }
        Some(Value::Command { status, .. } | Value::Value { status, .. }) => status.into(),
        _ => 0,
    }
}
