//! Records that describe values and commands.

use super::strings::{Strings, TextSource};

/// A record. Texts are offsets in the string table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// The name of its group.
    Group {
        /// The text.
        name: u16,
    },
    /// The name of a value.
    Name {
        /// The text.
        name: u16,
    },
    /// In what it is measured, and when a change counts.
    Unit {
        /// ASCII, filled up with NULs.
        unit: [u8; 4],
        /// f16: smaller changes do not count.
        epsilon: u16,
        /// In ms: sooner changes are refused.
        rate_ms: u16,
    },
    /// Between which numbers it should be.
    Range {
        /// f16.
        min: u16,
        /// f16.
        max: u16,
    },
    /// How it is stored.
    Persist {
        /// Key of the non-volatile store; 0 = none.
        key: u16,
        /// In ms; kept, and not waited for.
        debounce: u16,
    },
    /// The name of a command, and what it is good for.
    Command {
        /// The text.
        name: u16,
        /// The text.
        help: u16,
    },
    /// A record of a guest at this address that is about to be read.
    At(u16),
}

impl Default for Record {
    fn default() -> Self {
        Record::At(0)
    }
}

impl Record {
    /// What it takes of the descriptor pool, in bytes.
    pub const fn size(self) -> u32 {
        match self {
            Record::Group { .. } | Record::Name { .. } => 6,
            Record::Unit { .. } => 12,
            Record::Range { .. } | Record::Persist { .. } | Record::Command { .. } => 8,
            Record::At(_) => 0,
        }
    }

    /// Whether it uses the text at an offset.
    pub(super) fn uses(&self, offset: usize) -> bool {
        let is = |text: u16| usize::from(text) == offset;
        match *self {
            Record::Group { name } | Record::Name { name } => is(name),
            Record::Command { name, help } => is(name) || is(help),
            _ => false,
        }
    }

    /// Texts behind `offset` have moved `by` bytes to the front.
    pub(super) fn text_moved(&mut self, offset: usize, by: usize) {
        let moved = |text: &mut u16| {
            if usize::from(*text) > offset {
                *text -= by as u16;
            }
        };
        match self {
            Record::Group { name } | Record::Name { name } => moved(name),
            Record::Command { name, help } => {
                moved(name);
                moved(help);
            }
            _ => {}
        }
    }
}

/// A record whose texts are not in the string table yet.
#[derive(Clone, Copy, Debug)]
pub enum Draft<T> {
    /// [`Record::Group`].
    Group(T),
    /// [`Record::Name`].
    Name(T),
    /// [`Record::Command`]: name and help.
    Command(T, T),
    /// A record without texts.
    Plain(Record),
}

impl<T: TextSource> Draft<T> {
    /// The record; nothing if a text has no room. Of two texts each is tried.
    pub(super) fn keep(self, strings: &mut Strings<'_>) -> Option<Record> {
        Some(match self {
            Draft::Group(name) => Record::Group { name: strings.keep(name)? },
            Draft::Name(name) => Record::Name { name: strings.keep(name)? },
            Draft::Command(name, help) => {
                let (name, help) = (strings.keep(name), strings.keep(help));
                Record::Command { name: name?, help: help? }
            }
            Draft::Plain(record) => record,
        })
    }
}

/// What the records of an entry say, the last of a kind wins. Texts are empty and numbers 0 if none says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Texts<'s> {
    /// Name of the group.
    pub group_name: &'s str,
    /// Its own name.
    pub name: &'s str,
    /// What a command is good for.
    pub help: &'s str,
    /// ASCII, filled up with NULs.
    pub unit: [u8; 4],
    /// f16: smaller changes do not count.
    pub epsilon: u16,
    /// In ms: sooner changes are refused.
    pub rate_ms: u16,
    /// f16.
    pub min: u16,
    /// f16.
    pub max: u16,
    /// Key of the non-volatile store.
    pub key: u16,
    /// In ms.
    pub debounce: u16,
}

impl<'s> Texts<'s> {
    pub(super) fn of(records: impl Iterator<Item = Record>, strings: &'s Strings<'_>) -> Self {
        let mut texts = Texts::default();
        // A text that is there is not overridden by an empty one.
        let newer = |old: &mut &'s str, offset: u16| match strings.get(offset) {
            "" => {}
            text => *old = text,
        };
        for record in records {
            match record {
                Record::Group { name } => newer(&mut texts.group_name, name),
                Record::Name { name } => newer(&mut texts.name, name),
                Record::Command { name, help } => {
                    newer(&mut texts.name, name);
                    newer(&mut texts.help, help);
                }
                Record::Unit { unit, epsilon, rate_ms } => {
                    (texts.unit, texts.epsilon, texts.rate_ms) = (unit, epsilon, rate_ms);
                }
                Record::Range { min, max } => (texts.min, texts.max) = (min, max),
                Record::Persist { key, debounce } => (texts.key, texts.debounce) = (key, debounce),
                Record::At(_) => {}
            }
        }
        texts
    }

    /// The unit as text.
    pub fn unit(&self) -> &str {
        let end = self.unit.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        core::str::from_utf8(&self.unit[..end]).unwrap_or_default()
    }
}
