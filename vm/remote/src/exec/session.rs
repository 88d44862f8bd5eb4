//! Sessions: who a client is, which tasks it has to itself, and whether it is still there.
//!
//! A session is no connection: a shell has a new connection for each request. So a session, and what it has locked, ends when
//! it is closed, when somebody terminates it, or when nothing has been heard of it for longer than its heartbeat, which a
//! client chooses (5 to 300 s). That a connection is gone means nothing.
//!
//! What is locked is a task by its PID: nobody else may send it commands by name, take it down, or end all tasks. It runs when
//! all run: a step that names no task, and the clock, are the scheduler's, which knows no sessions. A program that is loaded
//! anew stays locked; after a restart nothing is, since its PIDs begin anew.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::request::Capabilities;
use crate::host::TASKS;
use crate::lenient::{Int, Many, Text};
use crate::refusal::Refusal;

/// Features that a client may ask for.
const FEATURES: [&str; 6] = ["events", "stack", "disasm", "symbols", "memory", "watch"];
/// Seconds between two signs of life: least, most, and if nothing is said.
const HEARTBEAT: (i64, i64, i64) = (5, 300, 30);
/// Events that a client may be behind: least, most, and if nothing is said.
const EVENTS: (i64, i64, i64) = (2, 2048, 256);
/// Characters of a name that are kept.
const NAME: usize = 200;

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    client: Option<String>,
    heartbeat_s: i64,
    features: Vec<&'static str>,
    /// Events that its subscription may be behind.
    pub max_events: usize,
    locks: Vec<u16>,
    /// How the locks were asked for: not at all, as one, as a list.
    pid_lock: Value,
    warnings: Vec<String>,
    created_at: f64,
    last_seen: f64,
}

impl Session {
    fn show(&self, id: &str) -> Value {
        let mut shown = json!({
            "id": id, "client": self.client, "heartbeat_s": self.heartbeat_s, "features": self.features,
            "max_events": self.max_events, "pid_lock": self.pid_lock, "created_at": self.created_at,
            "last_seen": self.last_seen,
        });
        if !self.warnings.is_empty() {
            shown["warnings"] = json!(self.warnings);
        }
        shown
    }
}

/// A number within bounds, and a warning if it was not.
fn clamped(
    asked: Option<Int>,
    (least, most, default): (i64, i64, i64),
    what: &str,
    warnings: &mut Vec<String>,
) -> i64 {
    let Some(Int(asked)) = asked else { return default };
    let clamped = asked.clamp(least, most);
    if clamped != asked {
        warnings.push(format!("{what}_clamped:{clamped}"));
    }
    clamped
}

/// All sessions, by their ids.
#[derive(Debug, Default)]
pub struct Sessions(BTreeMap<String, Session>);

impl Sessions {
    /// Opens a session. `limit`: how many there may be.
    ///
    /// # Errors
    /// There are as many as there may be, or another one has locked a task.
    pub fn open(
        &mut self,
        client: Option<Text>,
        capabilities: Capabilities,
        (pid_lock, heartbeat): (Option<Many<Int>>, Option<Int>),
        (now, limit): (f64, usize),
    ) -> Result<Value, Refusal> {
        if self.0.len() >= limit {
            return Err(Refusal::TooMany("sessions", limit));
        }
        let (mut warnings, mut features) = (Vec::new(), Vec::new());
        for Text(name) in &capabilities.features {
            match FEATURES.into_iter().find(|known| known == name) {
                Some(feature) if features.contains(&feature) => {}
                Some(feature) => features.push(feature),
                None if warnings.len() < FEATURES.len() => {
                    warnings.push(format!("unsupported_feature:{name}"))
                }
                None => {}
            }
        }
        let max_events = clamped(capabilities.max_events, EVENTS, "max_events", &mut warnings) as usize;
        let heartbeat_s = clamped(heartbeat, HEARTBEAT, "heartbeat", &mut warnings);
        let shown = match &pid_lock {
            None => Value::Null,
            Some(Many::One(Int(pid))) => json!(pid),
            Some(Many::List(pids)) => json!(pids.iter().map(|Int(pid)| pid).collect::<Vec<_>>()),
        };
        let pids = pid_lock.map(Many::into_list).unwrap_or_default();
        if pids.len() > TASKS {
            return Err(Refusal::TooMany("locks of a session", TASKS));
        }
        let number = |Int(pid): Int| u16::try_from(pid).map_err(|_| Refusal::UnknownPid(pid));
        let locks = pids.into_iter().map(number).collect::<Result<Vec<u16>, Refusal>>()?;
        if let Some(&taken) = locks.iter().find(|&&pid| self.owner(pid).is_some()) {
            return Err(Refusal::PidLocked(taken));
        }
        let client = client.map(|Text(name)| name.chars().take(NAME).collect());
        let id = uuid::Uuid::new_v4().to_string();
        let session = Session {
            client,
            heartbeat_s,
            features,
            max_events,
            locks,
            pid_lock: shown,
            warnings,
            created_at: now,
            last_seen: now,
        };
        let shown = session.show(&id);
        self.0.insert(id, session);
        Ok(shown)
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn owner(&self, pid: u16) -> Option<&str> {
        self.0.iter().find(|(_, session)| session.locks.contains(&pid)).map(|(id, _)| id.as_str())
    }

    /// Whether a client may change a task: it is nobody's, or the session's.
    ///
    /// # Errors
    /// It is another session's.
    pub fn may_change(&self, session: Option<&str>, Int(pid): Int) -> Result<(), Refusal> {
        // No session can lock what is no PID.
        let Ok(pid) = u16::try_from(pid) else { return Ok(()) };
        match self.owner(pid) {
            Some(owner) if session != Some(owner) => Err(Refusal::PidLocked(pid)),
            _ => Ok(()),
        }
    }

    /// Whether a client may end all tasks: none of them is another session's.
    ///
    /// # Errors
    /// One is.
    pub fn may_end(
        &self,
        session: Option<&str>,
        tasks: impl IntoIterator<Item = u16>,
    ) -> Result<(), Refusal> {
        tasks.into_iter().try_for_each(|pid| self.may_change(session, Int(pid.into())))
    }

    /// The program of a task has been loaded anew, as another one: who has locked it has locked that.
    pub fn follow(&mut self, old: u16, new: u16) {
        let locked = self.0.values_mut().filter(|session| session.locks.contains(&old));
        for session in locked {
            session.locks.iter_mut().filter(|pid| **pid == old).for_each(|pid| *pid = new);
            let rename = |pid: &mut Value| {
                if *pid == old {
                    *pid = new.into();
                }
            };
            match &mut session.pid_lock {
                Value::Array(pids) => pids.iter_mut().for_each(rename),
                pid => rename(pid),
            }
        }
    }

    /// All tasks are gone, and their PIDs will be those of others: nothing is locked.
    pub fn unlock_all(&mut self) {
        for session in self.0.values_mut() {
            session.locks.clear();
            session.pid_lock = Value::Null;
        }
    }

    /// A session, now that its client has been heard of.
    ///
    /// # Errors
    /// It is not open.
    pub fn touch(&mut self, id: &str, now: f64) -> Result<&Session, Refusal> {
        let session = self.0.get_mut(id).ok_or(Refusal::SessionRequired)?;
        session.last_seen = now;
        Ok(session)
    }

    /// Closes a session; whether it was open.
    pub fn close(&mut self, id: &str) -> bool {
        self.0.remove(id).is_some()
    }

    /// Closes those whose clients have not been heard of for too long, and gives their ids.
    pub fn expire(&mut self, now: f64) -> Vec<String> {
        let late = |_: &String, session: &mut Session| now - session.last_seen > session.heartbeat_s as f64;
        self.0.extract_if(.., late).map(|(id, _)| id).collect()
    }

    /// A session, with its locks.
    pub fn current(&self, id: &str) -> Value {
        let Some(session) = self.0.get(id) else { return Value::Null };
        let mut shown = session.show(id);
        shown["pid_locks"] = json!(session.locks);
        shown
    }

    /// All sessions, with their ages.
    pub fn list(&self, now: f64) -> Vec<Value> {
        let shown = |(id, session): (&String, &Session)| {
            let mut shown = self.current(id);
            shown["age_s"] = json!(now - session.created_at);
            shown
        };
        self.0.iter().map(shown).collect()
    }
}
