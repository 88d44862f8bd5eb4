//! How the executive of a case is set up.

use std::collections::BTreeSet;

use oracle::strict::{object, objects};
use serde::{Deserialize, Serialize};

/// The most handlers of the host.
const MAX_HANDLERS: usize = 8;
/// How far from 0 the result of a handler may be.
const MAX_RESULT: u64 = 1 << 40;

/// How the executive is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Limits of mailboxes.
    #[serde(deserialize_with = "object")]
    pub mailboxes: Quotas,
    /// Whether module 0xE exists.
    pub libm: bool,
    /// What is in the non-volatile store: keys from 1, each once, with bits of a binary16.
    pub persisted: Vec<(u16, u16)>,
    /// The token that opens commands with flag `PIN`, 1 to 31 ASCII characters; absent: nothing opens them.
    pub pin: Option<String>,
    /// Handlers of the host: the first is number 1. At most 8; `strict` has no use for them.
    #[serde(deserialize_with = "objects")]
    pub handlers: Vec<Handler>,
    /// How many tasks there may be, 1 to 64, in `strict`.
    pub tasks: u32,
    /// Who has the next turn. `reference` knows only [`Policy::Instruction`].
    pub policy: Policy,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            mailboxes: Quotas::default(),
            libm: true,
            persisted: Vec::new(),
            pin: None,
            handlers: Vec::new(),
            tasks: 16,
            policy: Policy::default(),
        }
    }
}

/// Limits of mailboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quotas {
    /// How many mailboxes there may be, 1 to 256.
    pub descriptors: u32,
    /// How many open handles a PID may have, 1 to 256.
    pub handles: u32,
    /// Bytes that a mailbox holds if nothing else is said, 1 to 65,535.
    pub capacity: u16,
    /// Copies that a tap gets in a second, up to 1,000; 0 = any number.
    pub tap_rate: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Quotas { descriptors: 256, handles: 64, capacity: 64, tap_rate: 0 }
    }
}

/// A handler of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Handler {
    /// It has no result.
    None {},
    /// Its result is a number.
    Int {
        /// From -2^40 to 2^40.
        value: i64,
    },
    /// It fails.
    Fail {},
}

/// Who has the next turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// One instruction each.
    #[default]
    Instruction,
    /// Until a task gives its turn up.
    Cooperative,
    /// By priority, for a quantum.
    Preemptive,
}

impl Config {
    /// Whether it keeps the limits.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Quotas { descriptors, handles, capacity, tap_rate } = self.mailboxes;
        within("mailboxes.descriptors", descriptors, 1, 256)?;
        within("mailboxes.handles", handles, 1, 256)?;
        within("mailboxes.capacity", capacity.into(), 1, 0xFFFF)?;
        within("mailboxes.tap_rate", tap_rate, 0, 1000)?;
        within("tasks", self.tasks, 1, 64)?;
        within("handlers", self.handlers.len() as u32, 0, MAX_HANDLERS as u32)?;
        for handler in &self.handlers {
            if let Handler::Int { value } = handler
                && value.unsigned_abs() > MAX_RESULT
            {
                return Err(format!("handlers: {value} is not -2^40 to 2^40"));
            }
        }
        if let Some(pin) = &self.pin {
            within("pin", pin.len() as u32, 1, 31)?;
            if !pin.is_ascii() {
                return Err("pin: not ASCII".into());
            }
        }
        let keys: BTreeSet<u16> = self.persisted.iter().map(|(key, _)| *key).collect();
        if keys.contains(&0) || keys.len() < self.persisted.len() {
            return Err("persisted: a key is 0, or there twice".into());
        }
        Ok(())
    }
}

/// Whether a number is in its range.
pub(crate) fn within(key: &str, value: u32, low: u32, high: u32) -> Result<(), String> {
    if (low..=high).contains(&value) { Ok(()) } else { Err(format!("{key}: {value} is not {low} to {high}")) }
}
