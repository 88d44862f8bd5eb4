//! All values and commands, with their records and texts.

use super::chain::Chain;
use super::command::Command;
use super::entry::{Entry, NO_RECORD};
use super::record::{Draft, Record, Texts};
use super::status::Status;
use super::strings::{Strings, TextSource};
use super::value::Value;
use crate::error::Shortage;
use crate::event::Emit;
use crate::mailbox::HandleRef;
use crate::pool::{List, Node, Pool};
use crate::profile::{Profile, Switch};
use crate::table::{Full, Table};

/// Where values and commands are kept.
#[derive(Debug)]
pub struct RegistryRooms<'m> {
    /// For values; 256 are of use.
    pub values: &'m mut [Value],
    /// For commands; 256 are of use.
    pub commands: &'m mut [Command],
    /// For their records.
    pub records: &'m mut [Node<Record>],
    /// For their texts; 4096 bytes are of use.
    pub strings: &'m mut [u8],
    /// For subscribers of values.
    pub subscribers: &'m mut [Node<HandleRef>],
}

/// All values and commands.
#[derive(Debug)]
pub struct Registry<'m> {
    /// Values in the order in which they were registered.
    pub values: Table<'m, Value>,
    /// Commands in the order in which they were registered.
    pub commands: Table<'m, Command>,
    /// Their texts.
    pub strings: Strings<'m>,
    pub(crate) records: Pool<'m, Record>,
    pub(crate) subscribers: Pool<'m, HandleRef>,
    /// Where the next record will be in the descriptor pool.
    pub descriptor_bytes: u32,
}

impl<'m> Registry<'m> {
    /// Nothing is registered.
    pub fn new(rooms: RegistryRooms<'m>) -> Self {
        Registry {
            values: Table::new(rooms.values),
            commands: Table::new(rooms.commands),
            strings: Strings::new(rooms.strings),
            records: Pool::new(rooms.records),
            subscribers: Pool::new(rooms.subscribers),
            descriptor_bytes: 0,
        }
    }

    /// How many nodes are in use: records, subscribers.
    pub fn used(&self) -> [usize; 2] {
        [self.records.used(), self.subscribers.used()]
    }

    /// The texts and numbers that the records of an entry give.
    pub fn texts(&self, entry: &Entry) -> Texts<'_> {
        Texts::of(self.records.iter(&entry.records), &self.strings)
    }

    /// Keeps the records of an entry, from the last to the first. What was kept before one does not fit stays
    /// (reference).
    pub(super) fn keep<T: TextSource>(
        &mut self,
        profile: impl Profile,
        mut drafts: impl FnMut(&mut Pool<'_, Record>) -> Option<Draft<T>>,
        out: &mut impl Emit,
    ) -> Result<(u32, List), Status> {
        let before = (self.strings.used(), self.descriptor_bytes);
        let mut records = List::default();
        let mut head = NO_RECORD;
        while let Some(draft) = drafts(&mut self.records) {
            let kept = match draft.keep(&mut self.strings) {
                None => Err(Status::NoSpace),
                Some(record) => {
                    head = self.descriptor_bytes;
                    self.descriptor_bytes += record.size();
                    self.records.push_front(&mut records, record).map_err(|Full| {
                        out.lacks(Shortage::Registry);
                        Status::NoSpace
                    })
                }
            };
            if let Err(status) = kept {
                self.records.clear(&mut records);
                if profile.strict(Switch::Cleanup) {
                    self.strings.truncate(before.0);
                    self.descriptor_bytes = before.1;
                }
                return Err(status);
            }
        }
        Ok((head, records))
    }

    /// The addresses of a chain, from the last to the first.
    pub(super) fn addresses(&mut self, chain: Chain<'_>, out: &mut impl Emit) -> Result<List, Status> {
        let mut addresses = List::default();
        for address in chain.addresses() {
            if self.records.push_front(&mut addresses, Record::At(address)).is_err() {
                self.records.clear(&mut addresses);
                out.lacks(Shortage::Registry);
                return Err(Status::NoSpace);
            }
        }
        Ok(addresses)
    }

    /// Takes away what a PID owns, and the texts that only that used.
    pub fn remove_owned(&mut self, pid: u16) {
        for at in (0..self.values.len()).rev() {
            if self.values[at].entry.owner == pid {
                let mut value = self.values.remove(at);
                self.records.clear(&mut value.entry.records);
                self.subscribers.clear(&mut value.subscribers);
            }
        }
        for at in (0..self.commands.len()).rev() {
            if self.commands[at].entry.owner == pid {
                let mut command = self.commands.remove(at);
                self.records.clear(&mut command.entry.records);
            }
        }
        self.drop_unused_texts();
    }

    fn drop_unused_texts(&mut self) {
        let mut offset = 0;
        while let Some(length) = self.strings.length_at(offset) {
            let lists = || {
                let values = self.values.iter().map(|value| value.entry.records);
                values.chain(self.commands.iter().map(|command| command.entry.records))
            };
            let used = lists().any(|list| self.records.refs(&list).any(|record| record.uses(offset)));
            if used {
                offset += length + 1;
                continue;
            }
            let values = self.values.iter().map(|value| &value.entry);
            let entries = values.chain(self.commands.iter().map(|command| &command.entry));
            for entry in entries {
                let mut place = self.records.place(&entry.records, 0);
                while let Some(index) = place {
                    self.records.get_mut(index).text_moved(offset, length + 1);
                    place = self.records.after(index);
                }
            }
            self.strings.remove(offset, length + 1);
        }
    }
}
