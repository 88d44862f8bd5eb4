//! The executive with what its host knows beside it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use executive::desk::{DeskExecutive, Start};
use executive::hal::record::Io;
use executive::{Config, SwitchSet};
use serde_json::Value;

use super::connection::Connection;
use super::debugged::Debugger;
use super::events;
use super::executed::Executed;
use super::folder::Folder;
use super::log::SchedulerLog;
use super::program::Program;
use super::rooms::{Rooms, TASKS};
use crate::lenient::Int;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Which reading of the executive is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// What the reference does.
    Reference,
    /// What the documents say.
    #[default]
    Strict,
}

impl Reading {
    pub(super) const fn switches(self) -> SwitchSet {
        match self {
            Reading::Reference => SwitchSet::REFERENCE,
            Reading::Strict => SwitchSet::STRICT,
        }
    }
}

/// How a host is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Which reading of the executive is served.
    pub reading: Reading,
    /// Where images and symbols are.
    pub folder: Folder,
    /// What a client may ask for at most.
    pub limits: Limits,
    /// The token that opens commands with flag `PIN`; nothing opens them otherwise.
    pub pin: Option<String>,
}

/// Handles that all clients together may have open in the name of the host.
const HANDLES: u32 = 8192;
/// Lines for the console that may wait until somebody takes them.
const CONSOLE: usize = 1024;

/// The executive with its host.
pub struct Host<'m> {
    pub(crate) it: DeskExecutive<'m, SwitchSet, TASKS>,
    pub(super) reading: Reading,
    pub(crate) limits: Limits,
    pub(crate) folder: Folder,
    pub(crate) programs: BTreeMap<u16, Program>,
    pub(super) last_program: Option<String>,
    pub(super) attached: bool,
    pub(crate) debugger: Debugger,
    pub(super) log: SchedulerLog,
    /// Of each task what it executed last.
    pub(super) executed: BTreeMap<u16, Executed>,
    pub(super) last_executed: Option<u16>,
    pub(super) traced: BTreeSet<u16>,
    /// Events for the reply of the next step.
    pub(super) waiting: VecDeque<Value>,
    /// Events that nobody has been told yet.
    pub(super) news: Vec<Value>,
    pub(super) console: VecDeque<String>,
    /// Handles of mailboxes: which connection has opened which one of which PID.
    pub(super) handles: Vec<(Connection, u16, u32)>,
    /// Mailboxes: which connection has made which one.
    pub(super) made: Vec<(Connection, u32)>,
    pub(super) is_to_reset: bool,
    /// The time of day, in seconds since 1970.
    pub(crate) wall: f64,
    /// Turns since somebody asked for their number.
    pub(super) turns_taken: u32,
}

impl<'m> Host<'m> {
    /// A host without tasks. `now` is its clock, in ms; `stored` is what its non-volatile store has in it.
    pub fn new(rooms: &'m mut Rooms, setup: &'m Setup, now: u64, stored: Vec<(u16, u16)>) -> Self {
        // A clock at 0 would have values that never changed.
        let start = now.max(1);
        let pin = setup.pin.as_deref();
        let config = Config { start, pin, tasks: TASKS, host_handles: HANDLES, ..Config::default() };
        let start = Start { stored, ..Start::default() };
        Host {
            it: rooms.executive(setup.reading.switches(), config, start),
            reading: setup.reading,
            limits: setup.limits,
            folder: setup.folder.clone(),
            programs: BTreeMap::new(),
            last_program: None,
            attached: false,
            debugger: Debugger::default(),
            log: SchedulerLog::default(),
            executed: BTreeMap::new(),
            last_executed: None,
            traced: BTreeSet::new(),
            waiting: VecDeque::new(),
            news: Vec::new(),
            console: VecDeque::new(),
            handles: Vec::new(),
            made: Vec::new(),
            is_to_reset: false,
            wall: 0.0,
            turns_taken: 0,
        }
    }

    /// Which reading of the executive this is.
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// Sets the clock, in ms, and the time of day, in seconds since 1970.
    pub fn set_time(&mut self, now: u64, wall: f64) {
        self.it.set_time(now.max(self.it.now()));
        self.wall = wall;
    }

    /// Asks for a new executive in place of this one.
    pub fn ask_for_reset(&mut self) {
        self.is_to_reset = true;
    }

    /// Whether a new executive is to take the place of this one.
    pub fn is_to_reset(&self) -> bool {
        self.is_to_reset
    }

    /// What outlives a reset.
    pub fn stored(&self) -> Vec<(u16, u16)> {
        self.it.non_volatile().entries().to_vec()
    }

    /// A connection is gone: what it held is free.
    pub fn forget(&mut self, connection: Connection) {
        for (_, pid, handle) in
            self.handles.extract_if(.., |(owner, ..)| *owner == connection).collect::<Vec<_>>()
        {
            // The task may have ended, and its handles with it.
            let _open = self.it.mailbox_close(pid, handle);
        }
        for (_, id) in self.made.extract_if(.., |(owner, _)| *owner == connection).collect::<Vec<_>>() {
            // Others may have it open; then it is theirs.
            let _unheld = self.it.mailbox_discard(id);
        }
        for pid in self.debugger.abandoned_by(connection) {
            self.let_go(pid);
        }
        self.settle();
    }

    /// Nobody debugs a task any more.
    pub(super) fn let_go(&mut self, pid: u16) {
        if self.debugger.halts(pid) {
            // It exists: what the debugger knows of a task goes with it.
            let _exists = self.it.resume(Some(pid));
        }
        self.debugger.forget(pid);
    }

    /// After a call other than a step: its events are news, and wait for the reply of the next step.
    pub fn settle(&mut self) {
        let events = self.take_events();
        self.waiting.extend(events);
        while self.waiting.len() > self.limits.events {
            self.waiting.pop_front();
        }
    }

    /// What has happened since the last time, for those who get events.
    pub fn take_news(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.news)
    }

    /// Turns since the last time.
    pub fn take_turns(&mut self) -> u32 {
        std::mem::take(&mut self.turns_taken)
    }

    /// What tasks have put out since the last time, as lines.
    pub fn take_console(&mut self) -> impl Iterator<Item = String> {
        std::mem::take(&mut self.console).into_iter()
    }

    /// The events that the executive has reported since the last time.
    pub(super) fn take_events(&mut self) -> Vec<Value> {
        let now = self.it.now();
        let (io, events) = self.it.devices_mut().take();
        for told in io {
            self.console.push_back(line(told));
        }
        while self.console.len() > CONSOLE {
            self.console.pop_front();
        }
        let events: Vec<Value> = events
            .iter()
            .map(|event| {
                self.log.note(event, now);
                events::event(event)
            })
            .collect();
        self.tell(&events);
        events
    }

    /// Events are news.
    pub(super) fn tell(&mut self, events: &[Value]) {
        let room = self.limits.events.saturating_sub(self.news.len());
        self.news.extend(events.iter().take(room).cloned());
    }

    /// The PID of a task that exists.
    pub(crate) fn pid(&self, Int(pid): Int) -> Result<u16, Refusal> {
        let known = u16::try_from(pid).ok().filter(|&pid| self.it.tasks().iter().any(|task| task.pid == pid));
        known.ok_or(Refusal::UnknownPid(pid))
    }

    /// A PID that is said, or that of the active task.
    pub(crate) fn pid_or_current(&self, pid: Option<Int>) -> Result<u16, Refusal> {
        match pid {
            Some(pid) => self.pid(pid),
            None => self.it.current().ok_or(Refusal::NoTask),
        }
    }

    /// Whether the executive has met what raises in the reference.
    pub(crate) fn check_raised(&self) -> Result<(), Refusal> {
        self.it.raised().map_or(Ok(()), |raise| Err(Refusal::Raised(raise)))
    }
}

/// What a device was told, as the reference prints it.
fn line(told: Io) -> String {
    match told {
        Io::Uart { data, .. } => format!("[UART.tx] {}", String::from_utf8_lossy(&data)),
        Io::Can { id, data, .. } => {
            format!("[CAN.tx] id=0x{id:03X} data={}", data_encoding::HEXLOWER.encode(&data))
        }
        Io::Exit { code, .. } => format!("[EXIT {code}]"),
    }
}
