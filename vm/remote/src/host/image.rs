//! What an image declares, as replies have it.

use executive::SwitchSet;
use executive::desk::DeskExecutive;
use half::f16;
use minivm::hxe::{Image, SectionKind, Store, Text};
use serde_json::{Value, json};

use super::rooms::TASKS;

/// What the metadata of an image declares.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    sections: Vec<Value>,
    values: Vec<Value>,
    commands: Vec<Value>,
    mailboxes: Vec<Value>,
}

/// Reads the metadata of an image.
pub fn declared<S: Store>(image: &Image<'_, S>) -> Declared {
    let text = |text: Option<Text>| {
        text.map(|text| String::from_utf8_lossy(&image.text(text).collect::<Vec<u8>>()).into_owned())
    };
    let number = |bits| f16::from_bits(bits).to_f64();
    let mut all = Declared::default();
    for section in image.sections() {
        let entries: Vec<Value> = match section.declares() {
            Some(SectionKind::Values) => image
                .values(&section)
                .map(|it| {
                    json!({
                        "group_id": it.group, "value_id": it.id, "flags": it.flags, "auth_level": it.auth,
                        "init_raw": it.init, "init_value": number(it.init), "name": text(it.name),
                        "unit": text(it.unit), "epsilon_raw": it.epsilon, "epsilon": number(it.epsilon),
                        "min_raw": it.min, "min": number(it.min), "max_raw": it.max, "max": number(it.max),
                        "persist_key": it.persist_key, "group_name": text(it.group_name),
                        "oid": u16::from_be_bytes([it.group, it.id]),
                    })
                })
                .collect(),
            Some(SectionKind::Commands) => image
                .commands(&section)
                .map(|it| {
                    json!({
                        "group_id": it.group, "cmd_id": it.id, "flags": it.flags, "auth_level": it.auth,
                        "handler_offset": it.handler, "name": text(it.name), "help": text(it.help),
                        "group_name": text(it.group_name), "reserved": it.reserved,
                        "oid": u16::from_be_bytes([it.group, it.id]),
                    })
                })
                .collect(),
            Some(SectionKind::Mailboxes) => image
                .mailboxes(&section)
                .iter()
                .map(|it| {
                    // Beyond 64 bits, the executive takes the nearest integer that is not.
                    let bindings = it.bindings.iter();
                    let bindings = bindings.map(|it| json!({"pid": it.pid.clamped(), "flags": it.flags}));
                    let capacity = it.capacity.as_ref().map(|capacity| capacity.clamped());
                    json!({
                        "target": it.target, "name": it.target, "capacity": capacity,
                        "queue_depth": capacity, "mode_mask": it.mode, "flags": it.mode,
                        "owner_pid": it.owner_pid.as_ref().map(|owner| owner.clamped()),
                        "bindings": bindings.collect::<Vec<_>>(),
                    })
                })
                .collect(),
            None => Vec::new(),
        };
        all.sections.push(json!({
            "type": section.kind, "offset": section.offset, "size": section.size,
            "entry_count": section.count, "entries": entries,
        }));
        match section.declares() {
            Some(SectionKind::Values) => all.values.extend(entries),
            Some(SectionKind::Commands) => all.commands.extend(entries),
            Some(SectionKind::Mailboxes) => all.mailboxes.extend(entries),
            None => {}
        }
    }
    all
}

fn oid(entry: &Value) -> Option<u16> {
    u16::try_from(entry["oid"].as_u64()?).ok()
}

impl Declared {
    /// Everything.
    pub fn show(&self) -> Value {
        let Declared { sections, values, commands, mailboxes } = self;
        json!({"sections": sections, "values": values, "commands": commands, "mailboxes": mailboxes})
    }

    /// The OIDs of the values.
    pub fn values(&self) -> impl Iterator<Item = u16> {
        self.values.iter().filter_map(oid)
    }

    /// The OIDs of the commands.
    pub fn commands(&self) -> impl Iterator<Item = u16> {
        self.commands.iter().filter_map(oid)
    }

    /// How much there is of each.
    pub fn counts(&self) -> Value {
        json!({
            "sections": self.sections.len(), "values": self.values.len(), "commands": self.commands.len(),
            "mailboxes": self.mailboxes.len(),
        })
    }

    /// The mailboxes that were made of what is declared: the newest of their names.
    pub fn created(&self, it: &DeskExecutive<'_, SwitchSet, TASKS>) -> Vec<Value> {
        let created = |declared: &Value| {
            let target = declared["target"].as_str().unwrap_or_default();
            let name = target.split_once(':').map_or(target, |(_, name)| name);
            let name = name.split_once('@').map_or(name, |(name, _)| name);
            let made = it.mail().boxes().iter().rev().find(|mailbox| mailbox.name.as_str() == name);
            json!({
                "target": target, "status": "ok", "descriptor": made.map(|it| it.id),
                "capacity": made.map(|it| it.capacity), "mode_mask": made.map(|it| it.mode),
                "owner_pid": declared["owner_pid"],
            })
        };
        self.mailboxes.iter().map(created).collect()
    }
}
