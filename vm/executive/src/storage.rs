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
/// use executive::Storage;
/// // What the reference calls "embedded": 16 mailboxes, 8 tasks.
/// Storage::<8, 16, 48, 64, 96, 32, 1024, 8, 0>::with(|rooms| {
///     assert_eq!((rooms.tasks.len(), rooms.mail.boxes.len()), (8, 16));
/// });
/// ```
#[derive(Clone, Copy, Debug)]
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
>;

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
    /// Has `run` use such rooms, which are empty. They lie on the stack until it is done, and nowhere else: a value that is
    /// made and then moved to its place would for a moment take twice as much.
    pub fn with<T>(run: impl FnOnce(Rooms<'_>) -> T) -> T {
        let mut tasks: [Task; TASKS] = from_fn(|_| Task::default());
        let mut waits = [Wait::default(); TASKS];
        let mut boxes = [Mailbox::default(); BOXES];
        let mut handles = [Handle::default(); HANDLES];
        // Twice as many: tasks that are gone are known for a while.
        let mut counters = [[Counter::default(); TASKS]; 2];
        let mut messages = [Node::<Message>::default(); MESSAGES];
        // Twice as many: a tap has places of its own.
        let mut places = [[Node::<Index>::default(); MESSAGES]; 2];
        let mut blocks = [Block::default(); BLOCKS];
        let mut taps = [Node::<HandleRef>::default(); HANDLES];
        let mut waiters = [Node::<u16>::default(); HANDLES];
        let mut values = [Value::default(); ENTRIES];
        let mut commands = [Command::default(); ENTRIES];
        // Four for each value and command.
        let mut records = [[Node::<Record>::default(); ENTRIES]; 8];
        let mut strings = [0; STRINGS];
        let mut subscribers = [Node::<HandleRef>::default(); HANDLES];
        let mut open = [OpenFile::default(); FILES];
        let mut open_names = [[Block::default(); FILES]; 3];
        let mut names = [[0; FILE_NAME]; 2];
        let mut events = [Node::<Event>::default(); EVENTS];
        run(Rooms {
            tasks: &mut tasks,
            waits: &mut waits,
            mail: MailRooms {
                boxes: &mut boxes,
                handles: &mut handles,
                counters: counters.as_flattened_mut(),
                messages: &mut messages,
                places: places.as_flattened_mut(),
                blocks: &mut blocks,
                taps: &mut taps,
                waiters: &mut waiters,
            },
            registry: RegistryRooms {
                values: &mut values,
                commands: &mut commands,
                records: records.as_flattened_mut(),
                strings: &mut strings,
                subscribers: &mut subscribers,
            },
            files: FileRooms {
                open: &mut open,
                blocks: open_names.as_flattened_mut(),
                names: names.as_flattened_mut(),
            },
            events: &mut events,
        })
    }
}
