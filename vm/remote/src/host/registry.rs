//! Values and commands: calls of clients, and what there is.

use executive::host::CommandCall;
use executive::registry::{Command, ENTRIES, Entry, STRINGS, Status, Value as Registered};
use half::f16;
use serde_json::{Map, Value, json};

use super::events::{number, result};
use super::reply::{Reply, reply};
use super::state::Host;
use crate::lenient::{Float, Int};
use crate::refusal::Refusal;

/// From which share of its room a table is nearly full.
const NEARLY: f64 = 80.0;

/// Which values or commands are meant; what is not said is not asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this task.
    pub pid: Option<Int>,
    /// Of this group; higher bits do not count.
    pub group: Option<Int>,
    /// This one; higher bits do not count.
    pub oid: Option<Int>,
    /// Of this name.
    pub name: Option<String>,
}

/// Which command is wanted, and how.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The command; higher bits do not count.
    pub oid: Int,
    /// In whose name; its owner's if nothing is said.
    pub pid: Option<Int>,
    /// What opens a command with flag `PIN`.
    pub token: Option<String>,
    /// Whether the answer is what it came to.
    pub waits: bool,
}

impl Filter {
    fn takes(&self, entry: &Entry, name: &str) -> bool {
        self.pid.is_none_or(|Int(pid)| i64::from(entry.owner) == pid)
            && self.group.is_none_or(|Int(group)| entry.group() == group as u8)
            && self.oid.is_none_or(|Int(oid)| entry.oid == oid as u16)
            && self.name.as_deref().is_none_or(|wanted| wanted.is_empty() || wanted == name)
    }
}

/// An OID; higher bits do not count.
fn oid(Int(oid): Int) -> u16 {
    oid as u16
}

/// The PID in whose name a client asks.
fn caller(pid: Option<Int>) -> Result<Option<u16>, Refusal> {
    pid.map(|Int(pid)| u16::try_from(pid).map_err(|_| Refusal::UnknownPid(pid))).transpose()
}

/// What values and commands have in common.
fn common(entry: &Entry, id: &str) -> Map<String, Value> {
    let [group, low] = entry.oid.to_be_bytes();
    let keys = [
        ("oid", json!(entry.oid)),
        ("group_id", json!(group)),
        (id, json!(low)),
        ("flags", json!(entry.flags)),
        ("auth_level", json!(entry.auth)),
        ("owner_pid", json!(entry.owner)),
        ("desc_head", json!(entry.desc_head)),
    ];
    keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn usage(used: usize, total: usize) -> f64 {
    100.0 * used as f64 / total as f64
}

fn table(count: usize) -> Value {
    let share = usage(count, ENTRIES);
    json!({
        "count": count, "capacity": ENTRIES, "usage_pct": share, "high_water": count, "high_water_pct": share,
        "warning": share >= NEARLY,
    })
}

impl Host<'_> {
    /// The values that are meant, ascending.
    pub fn values(&self, filter: &Filter) -> Vec<Value> {
        let mut shown: Vec<(u16, Value)> = Vec::new();
        for value in self.it.registry().values.iter() {
            let texts = self.it.registry().texts(&value.entry);
            if filter.takes(&value.entry, texts.name) {
                shown.push((value.entry.oid, self.show_value(value)));
            }
        }
        shown.sort_by_key(|(oid, _)| *oid);
        shown.into_iter().map(|(_, value)| value).collect()
    }

    fn show_value(&self, value: &Registered) -> Value {
        let texts = self.it.registry().texts(&value.entry);
        let mut keys = common(&value.entry, "value_id");
        let mut put = |key: &str, value: Value| drop(keys.insert(key.to_owned(), value));
        put("last_f16", value.bits.into());
        put("last_value", number(value.bits));
        put("persist_key", texts.key.into());
        put("persist_debounce_ms", texts.debounce.into());
        if !texts.group_name.is_empty() {
            put("group_name", texts.group_name.into());
        }
        if !texts.name.is_empty() {
            put("name", texts.name.into());
        }
        if texts.unit != [0; 4] || texts.epsilon != 0 || texts.rate_ms != 0 {
            put("unit_code", u32::from_le_bytes(texts.unit).into());
            put("unit", texts.unit().into());
            put("epsilon_f16", texts.epsilon.into());
            put("epsilon", number(texts.epsilon));
            put("rate_ms", texts.rate_ms.into());
        }
        if texts.min != 0 || texts.max != 0 {
            put("min_f16", texts.min.into());
            put("max_f16", texts.max.into());
            put("min", number(texts.min));
            put("max", number(texts.max));
        }
        if texts.key != 0 {
            put("debounce_ms", texts.debounce.into());
        }
        Value::Object(keys)
    }

    /// The commands that are meant, ascending.
    pub fn commands(&self, filter: &Filter) -> Vec<Value> {
        let mut shown: Vec<(u16, Value)> = Vec::new();
        for command in self.it.registry().commands.iter() {
            let texts = self.it.registry().texts(&command.entry);
            if filter.takes(&command.entry, texts.name) {
                shown.push((command.entry.oid, self.show_command(command)));
            }
        }
        shown.sort_by_key(|(oid, _)| *oid);
        shown.into_iter().map(|(_, command)| command).collect()
    }

    fn show_command(&self, command: &Command) -> Value {
        let texts = self.it.registry().texts(&command.entry);
        let mut keys = common(&command.entry, "cmd_id");
        keys.insert("handler_ref".to_owned(), command.handler.into());
        for (key, text) in [("group_name", texts.group_name), ("name", texts.name), ("help", texts.help)] {
            if !text.is_empty() {
                keys.insert(key.to_owned(), text.into());
            }
        }
        Value::Object(keys)
    }

    /// A value. PID: the caller; without it, the owner.
    pub fn value(&self, wanted: Int, pid: Option<Int>) -> Result<Value, Refusal> {
        let (oid, pid) = (oid(wanted), caller(pid)?);
        Ok(self.read(oid, pid, self.it.value(oid, pid)))
    }

    /// Sets a value.
    pub fn set_value(
        &mut self,
        wanted: Int,
        Float(value): Float,
        pid: Option<Int>,
    ) -> Result<Value, Refusal> {
        let (oid, pid) = (oid(wanted), caller(pid)?);
        let set = self.it.set_value_as(oid, f16::from_f64(value).to_bits(), pid);
        Ok(self.read(oid, pid, set))
    }

    fn read(&self, oid: u16, pid: Option<u16>, read: Result<u16, Status>) -> Value {
        let owner = || self.it.registry().value(oid).map(|value| value.entry.owner);
        match read {
            Ok(bits) => json!({"status": 0, "value": number(bits), "f16": bits, "pid": pid.or_else(owner)}),
            Err(status) => json!({"status": status.code()}),
        }
    }

    /// Calls a command. Without waiting nobody is told what becomes of it.
    pub fn call(&mut self, wanted: &Wanted) -> Result<Value, Refusal> {
        let (oid, pid) = (oid(wanted.oid), caller(wanted.pid)?);
        let Some(owner) = self.it.registry().command(oid).map(|command| command.entry.owner) else {
            return Ok(json!({"status": Status::NoEntry.code(), "result": null}));
        };
        let (token, waits) = (wanted.token.as_deref(), wanted.waits);
        let (status, came_to) = self.it.call_command_as(CommandCall { oid, pid, token, waits });
        self.check_raised()?;
        Ok(json!({"status": status.code(), "result": result(came_to), "pid": pid.unwrap_or(owner)}))
    }

    /// How full the table of values is, and that of texts.
    pub fn value_stats(&self) -> Reply {
        let values = table(self.it.registry().values.len());
        reply!("stats": {"values": values, "strings": self.string_stats()})
    }

    /// How full the table of commands is, and that of texts.
    pub fn command_stats(&self) -> Reply {
        let commands = table(self.it.registry().commands.len());
        reply!("stats": {"commands": commands, "strings": self.string_stats()})
    }

    fn string_stats(&self) -> Value {
        let used = self.it.registry().strings.used();
        let share = usage(used, STRINGS);
        json!({
            "used_bytes": used, "total_bytes": STRINGS, "usage_pct": share, "high_water_bytes": used,
            "high_water_pct": share, "warning": share >= NEARLY,
        })
    }
}
