//! Memory of tasks whose changes are reported.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::symbols::Symbols;
use crate::host::Host;
use crate::lenient::Int;
use crate::refusal::Refusal;

/// Bytes of a watch: most, and if nothing is said.
const LENGTH: (i64, i64) = (256, 4);
/// Characters of an expression that are kept.
const EXPRESSION: usize = 200;

/// A watch.
#[derive(Clone, Debug)]
struct Watch {
    pid: u16,
    expression: String,
    symbol: Option<String>,
    address: u16,
    length: i64,
    value: Vec<u8>,
}

impl Watch {
    fn show(&self, id: u64) -> Value {
        let kind = if self.symbol.is_some() { "symbol" } else { "address" };
        let mut shown = json!({
            "id": id, "pid": self.pid, "expr": self.expression, "type": kind, "length": self.length,
            "value": HEXLOWER.encode(&self.value), "address": self.address, "mode": "memory",
        });
        if let Some(symbol) = &self.symbol {
            shown["symbol"] = symbol.as_str().into();
            shown["description"] = symbol.as_str().into();
        }
        shown
    }

    fn read(&self, host: &Host<'_>) -> Option<Vec<u8>> {
        host.peek(Some(Int(self.pid.into())), Int(self.address.into()), Int(self.length)).ok()
    }
}

/// All watches, by number.
#[derive(Debug, Default)]
pub struct Watches {
    last: u64,
    all: BTreeMap<u64, Watch>,
}

impl Watches {
    /// Watches memory of a task: at an address, or at a symbol.
    ///
    /// # Errors
    /// There is no such symbol, or the task has as many watches as it may have.
    pub fn add(
        &mut self,
        host: &Host<'_>,
        pid: u16,
        (expression, kind, length): (&str, Option<&str>, Option<Int>),
        symbols: Option<&Symbols>,
    ) -> Result<Value, Refusal> {
        if self.all.values().filter(|watch| watch.pid == pid).count() >= host.limits.held {
            return Err(Refusal::TooMany("watches of a task", host.limits.held));
        }
        let number = || serde_json::from_value::<Int>(expression.into()).ok();
        let place = || symbols.and_then(|symbols| symbols.place(expression));
        let unknown = || Refusal::Unknown("watch expression", expression.to_owned());
        let (address, size, symbol) = match (kind, number()) {
            (None | Some("address" | "auto"), Some(Int(address))) => (address, None, None),
            (Some("address"), None) => return Err(unknown()),
            _ => {
                let (address, size) = place().ok_or_else(unknown)?;
                (address as i64, Some(size as i64).filter(|&size| size > 0), Some(expression.to_owned()))
            }
        };
        let address = u16::try_from(address).map_err(|_| Refusal::OutOfRange("address", 0, 0xFFFF))?;
        let (most, default) = LENGTH;
        let length = length.map(|Int(length)| length).or(size).unwrap_or(default).clamp(1, most);
        let expression = expression.chars().take(EXPRESSION).collect();
        let mut watch = Watch { pid, expression, symbol, address, length, value: Vec::new() };
        watch.value = watch.read(host).unwrap_or_default();
        self.last += 1;
        let shown = watch.show(self.last);
        self.all.insert(self.last, watch);
        Ok(shown)
    }

    /// Ends a watch.
    ///
    /// # Errors
    /// The task has none of this number.
    pub fn remove(&mut self, pid: u16, Int(id): Int) -> Result<Value, Refusal> {
        let unknown = || Refusal::Unknown("watch", format!("{id} for pid {pid}"));
        let number = u64::try_from(id).map_err(|_| unknown())?;
        self.all.get(&number).filter(|watch| watch.pid == pid).ok_or_else(unknown)?;
        self.all.remove(&number).map(|watch| watch.show(number)).ok_or_else(unknown)
    }

    /// The watches of a task.
    pub fn list(&self, pid: Int) -> Value {
        let Int(pid) = pid;
        let of_task = self.all.iter().filter(|(_, watch)| i64::from(watch.pid) == pid);
        let shown: Vec<Value> = of_task.map(|(&id, watch)| watch.show(id)).collect();
        json!({"pid": pid, "count": shown.len(), "watches": shown})
    }

    /// The same program is another task now.
    pub fn follow(&mut self, old: u16, new: u16) {
        self.all.values_mut().filter(|watch| watch.pid == old).for_each(|watch| watch.pid = new);
    }

    /// What has changed since the last time, as events. Watches of tasks that are gone end.
    pub fn changes(&mut self, host: &Host<'_>) -> Vec<Value> {
        let mut events = Vec::new();
        self.all.retain(|id, watch| {
            let Some(value) = watch.read(host) else { return false };
            if value != watch.value {
                let kind = if watch.symbol.is_some() { "symbol" } else { "address" };
                events.push(json!({
                    "type": "watch_update", "pid": watch.pid, "data": {
                        "watch_id": id, "address": watch.address, "expr": watch.expression, "type": kind,
                        "length": watch.length, "old": HEXLOWER.encode(&watch.value),
                        "new": HEXLOWER.encode(&value),
                    },
                }));
                watch.value = value;
            }
            true
        });
        events
    }
}
