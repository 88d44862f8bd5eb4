//! Instructions that tasks have executed, kept for whoever asks.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::lenient::Int;
use crate::refusal::Refusal;

/// Records of a task: most, and if nothing is said.
const RECORDS: (i64, usize) = (1024, 256);
/// Bytes of a record that is imported.
const RECORD: usize = 1024;
const FORMAT: &str = "hsx.trace/1";

/// The records of a task.
#[derive(Debug, Default)]
struct Ring {
    last: u64,
    records: VecDeque<Value>,
    /// Registers and flags behind the last instruction.
    before: Option<Value>,
}

/// The records of all tasks.
#[derive(Debug)]
pub struct Traces {
    /// How many are kept of each.
    pub capacity: usize,
    /// Whether they say which registers have changed.
    pub changed_regs: bool,
    rings: BTreeMap<u16, Ring>,
}

impl Default for Traces {
    fn default() -> Self {
        Traces { capacity: RECORDS.1, changed_regs: true, rings: BTreeMap::new() }
    }
}

impl Traces {
    /// Keeps an instruction that was executed, and says in it which registers have changed.
    pub fn keep(&mut self, event: &mut Value, now: f64) {
        let Some(pid) = event["pid"].as_u64().and_then(|pid| u16::try_from(pid).ok()) else { return };
        let ring = self.rings.entry(pid).or_default();
        if self.changed_regs {
            let changed = changed(ring.before.as_ref(), event);
            if !changed.is_empty() {
                event["changed_regs"] = json!(changed);
            }
        }
        ring.before = Some(json!({"regs": event["regs"], "flags": event["flags"]}));
        ring.last = ring.last.saturating_add(1);
        let mut record = event.clone();
        if let Value::Object(keys) = &mut record {
            keys.remove("type");
            keys.insert("seq".to_owned(), ring.last.into());
            keys.insert("ts".to_owned(), json!(now));
        }
        ring.records.push_back(record);
        let spare = ring.records.len().saturating_sub(self.capacity);
        ring.records.drain(..spare);
    }

    /// Sets how many records of a task are kept.
    pub fn resize(&mut self, Int(size): Int) {
        self.capacity = size.clamp(0, RECORDS.0) as usize;
        for ring in self.rings.values_mut() {
            let spare = ring.records.len().saturating_sub(self.capacity);
            ring.records.drain(..spare);
        }
    }

    /// A task is gone.
    pub fn retain(&mut self, lives: impl Fn(u16) -> bool) {
        self.rings.retain(|&pid, _| lives(pid));
    }

    /// The last records of a task.
    pub fn show(&self, pid: u16, limit: Option<Int>) -> Value {
        let records = self.rings.get(&pid).map(|ring| &ring.records);
        let count = records.map_or(0, VecDeque::len);
        let limit = limit.map_or(count, |Int(limit)| limit.clamp(0, RECORDS.0) as usize);
        let shown: Vec<&Value> = records.into_iter().flatten().skip(count.saturating_sub(limit)).collect();
        json!({
            "pid": pid, "capacity": self.capacity, "count": count, "returned": shown.len(), "format": FORMAT,
            "records": shown,
        })
    }

    /// Records from elsewhere, in place of those of a task, or behind them.
    ///
    /// # Errors
    /// One is no object, or is too long.
    pub fn import(&mut self, pid: u16, records: Vec<Value>, replace: bool) -> Result<(), Refusal> {
        let good = |record: &Value| record.is_object() && record.to_string().len() <= RECORD;
        if !records.iter().all(good) {
            return Err(Refusal::malformed("trace", "a record is no object, or too long"));
        }
        let ring = self.rings.entry(pid).or_default();
        if replace {
            ring.records.clear();
        }
        for record in records {
            let seq = record["seq"].as_u64().unwrap_or(ring.last.saturating_add(1));
            ring.last = ring.last.max(seq);
            ring.records.push_back(record);
        }
        let spare = ring.records.len().saturating_sub(self.capacity);
        ring.records.drain(..spare);
        Ok(())
    }
}

/// The registers that an instruction has changed; all of them if what was before is not known.
fn changed(before: Option<&Value>, event: &Value) -> Vec<String> {
    let differs = |get: &dyn Fn(&Value) -> Value| before.is_none_or(|before| get(before) != get(event));
    let registers = (0..16).filter(|&number| differs(&|it: &Value| it["regs"][number].clone()));
    let mut names: Vec<String> = registers.map(|number| format!("R{number}")).collect();
    if differs(&|it: &Value| it["flags"].clone()) {
        names.push("PSW".to_owned());
    }
    names
}
