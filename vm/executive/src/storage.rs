//! Rooms of a fixed size, for places without an allocator.

use core::array::from_fn;

use crate::bytes::Block;
use crate::event::Event;
use crate::executive::Rooms;
use crate::files::{FileRooms, OpenFile};
use crate::mailbox::{Counter, Handle, HandleRef, MailRooms, Mailbox, Message};
use crate::pool::{Index, Node};
use crate::registry::{Command, Record, RegistryRooms, Value};
use crate::task::Task;
use crate::wait::Wait;

/// The longest file name in bytes.
const FILE_NAME: usize = 64;

/// Rooms for so many tasks, mailboxes, open handles, messages, blocks of 28 bytes for their payloads, values and
/// commands each, bytes of their texts, open files, and events that wait (reference; strict needs none).
///
/// ```
/// # use executive::Storage;
/// // What the reference calls "embedded": 16 mailboxes, 8 tasks.
/// let mut storage = Storage::<8, 16, 48, 64, 96, 32, 1024, 8, 0>::new();
/// let rooms = storage.rooms();
/// assert_eq!((rooms.tasks.len(), rooms.mail.boxes.len()), (8, 16));
/// ```
#[derive(Debug)]
pub struct Storage<
    const TASKS: usize,
    const BOXES: usize,
    const HANDLES: usize,
    const MESSAGES: usize,
    const BLOCKS: usize,
    const ENTRIES: usize,
    const STRINGS: usize,
    const FILES: usize,
    const EVENTS: usize,
> {
    tasks: [Task; TASKS],
    waits: [Wait; TASKS],
    boxes: [Mailbox; BOXES],
    handles: [Handle; HANDLES],
    /// Twice as many: tasks that are gone are known for a while.
    counters: [[Counter; TASKS]; 2],
    messages: [Node<Message>; MESSAGES],
    /// Twice as many: a tap has places of its own.
    places: [[Node<Index>; MESSAGES]; 2],
    blocks: [Block; BLOCKS],
    taps: [Node<HandleRef>; HANDLES],
    waiters: [Node<u16>; HANDLES],
    values: [Value; ENTRIES],
    commands: [Command; ENTRIES],
    /// Four for each value and command.
    records: [[Node<Record>; ENTRIES]; 8],
    strings: [u8; STRINGS],
    subscribers: [Node<HandleRef>; HANDLES],
    open: [OpenFile; FILES],
    open_names: [[Block; FILES]; 3],
    names: [[u8; FILE_NAME]; 2],
    events: [Node<Event>; EVENTS],
}

impl<
    const TASKS: usize,
    const BOXES: usize,
    const HANDLES: usize,
    const MESSAGES: usize,
    const BLOCKS: usize,
    const ENTRIES: usize,
    const STRINGS: usize,
    const FILES: usize,
    const EVENTS: usize,
> Storage<TASKS, BOXES, HANDLES, MESSAGES, BLOCKS, ENTRIES, STRINGS, FILES, EVENTS>
{
    /// Empty rooms.
    pub fn new() -> Self {
        Storage {
            tasks: from_fn(|_| Task::default()),
            waits: [Wait::default(); TASKS],
            boxes: [Mailbox::default(); BOXES],
            handles: [Handle::default(); HANDLES],
            counters: [[Counter::default(); TASKS]; 2],
            messages: [Node::default(); MESSAGES],
            places: [[Node::default(); MESSAGES]; 2],
            blocks: [Block::default(); BLOCKS],
            taps: [Node::default(); HANDLES],
            waiters: [Node::default(); HANDLES],
            values: [Value::default(); ENTRIES],
            commands: [Command::default(); ENTRIES],
            records: [[Node::default(); ENTRIES]; 8],
            strings: [0; STRINGS],
            subscribers: [Node::default(); HANDLES],
            open: [OpenFile::default(); FILES],
            open_names: [[Block::default(); FILES]; 3],
            names: [[0; FILE_NAME]; 2],
            events: [Node::default(); EVENTS],
        }
    }

    /// What an executive is given.
    pub fn rooms(&mut self) -> Rooms<'_> {
        Rooms {
            tasks: &mut self.tasks,
            waits: &mut self.waits,
            mail: MailRooms {
                boxes: &mut self.boxes,
                handles: &mut self.handles,
                counters: self.counters.as_flattened_mut(),
                messages: &mut self.messages,
                places: self.places.as_flattened_mut(),
                blocks: &mut self.blocks,
                taps: &mut self.taps,
                waiters: &mut self.waiters,
            },
            registry: RegistryRooms {
                values: &mut self.values,
                commands: &mut self.commands,
                records: self.records.as_flattened_mut(),
                strings: &mut self.strings,
                subscribers: &mut self.subscribers,
            },
            files: FileRooms {
                open: &mut self.open,
                blocks: self.open_names.as_flattened_mut(),
                names: self.names.as_flattened_mut(),
            },
            events: &mut self.events,
        }
    }
}

impl<
    const TASKS: usize,
    const BOXES: usize,
    const HANDLES: usize,
    const MESSAGES: usize,
    const BLOCKS: usize,
    const ENTRIES: usize,
    const STRINGS: usize,
    const FILES: usize,
    const EVENTS: usize,
> Default for Storage<TASKS, BOXES, HANDLES, MESSAGES, BLOCKS, ENTRIES, STRINGS, FILES, EVENTS>
{
    fn default() -> Self {
        Storage::new()
    }
}
