//! Where an executive keeps what it keeps: one configuration, whose rooms have fixed sizes.

use executive::bytes::Block;
use executive::hal::{File, RamFiles, RamStore};
use executive::mailbox::{Counter, Handle, HandleRef, MailRooms, Mailbox, Message};
use executive::pool::{Index, Node};
use executive::registry::{Command, Record, RegistryRooms, Value};
use executive::task::Task;
use executive::wait::Wait;
use executive::{Config, Event, FileRooms, OpenFile, Rooms};

use super::devices::{Frame, Printed, Queues};
use super::event::ExecEvent;
use super::queue::Queue;
use crate::arena::VM_MAX_TASKS;

/// Four mailboxes for each task, and as many for all together.
const BOXES: usize = 6 * VM_MAX_TASKS;
const HANDLES: usize = 8 * VM_MAX_TASKS;
const MESSAGES: usize = 64;
const BLOCKS: usize = 128;
/// Values, and commands.
const ENTRIES: usize = 32;
const STRINGS: usize = 1024;
/// Open files, and files.
const FILES: usize = 8;
const FILE_BLOCKS: usize = 64;
/// Bytes of all files.
const FILE_BYTES: u32 = 1024;
/// The longest file name in bytes.
const FILE_NAME: usize = 64;
/// The most keys that can be stored.
pub const EXEC_MAX_STORED: usize = 32;
/// Events that wait for the next step (reference).
const PENDING: usize = 16;
const PRINTED: usize = 512;
const FRAMES: usize = 16;
const EVENTS: usize = 32;

/// The configuration that the rooms are for, with so many tasks. Time begins at 1: 0 is no time.
pub(super) fn config(tasks: usize, pin: Option<&'static str>) -> Config<'static> {
    Config {
        descriptors: BOXES as u32,
        handles: 16,
        host_handles: 16,
        capacity: 64,
        tap_rate: 20,
        libm: true,
        pin,
        tasks,
        start: 1,
        queued: 4096,
        pending: PENDING as u32,
    }
}

/// The rooms.
pub(super) struct Kept {
    tasks: [Task; VM_MAX_TASKS],
    /// Twice as many: a task that is gone may wait on (reference).
    waits: [Wait; 2 * VM_MAX_TASKS],
    boxes: [Mailbox; BOXES],
    handles: [Handle; HANDLES],
    /// Twice as many: tasks that are gone are known for a while.
    counters: [Counter; 2 * VM_MAX_TASKS],
    messages: [Node<Message>; MESSAGES],
    /// Twice as many: a tap has places of its own.
    places: [Node<Index>; 2 * MESSAGES],
    blocks: [Block; BLOCKS],
    taps: [Node<HandleRef>; HANDLES],
    waiters: [Node<u16>; HANDLES],
    values: [Value; ENTRIES],
    commands: [Command; ENTRIES],
    /// Four for each value and command.
    records: [Node<Record>; 8 * ENTRIES],
    strings: [u8; STRINGS],
    subscribers: [Node<HandleRef>; HANDLES],
    open: [OpenFile; FILES],
    open_names: [Block; 3 * FILES],
    names: [u8; 2 * FILE_NAME],
    pending: [Node<Event>; PENDING],
    files: [File; FILES],
    file_blocks: [Block; FILE_BLOCKS],
    stored: [(u16, u16); EXEC_MAX_STORED],
    printed: [Printed; PRINTED],
    frames: [Frame; FRAMES],
    events: [ExecEvent; EVENTS],
}

/// Rooms that are empty, by what uses them.
pub(super) struct Empty {
    pub rooms: Rooms<'static>,
    pub files: RamFiles<'static>,
    pub store: RamStore<'static>,
    pub devices: Queues,
}

/// Fills an array where it lies, one element after the other: a whole one would lie on the stack for a moment.
///
/// # Safety
/// `at` points to room for an array, which nobody else uses from now on.
unsafe fn filled<T: Default, const N: usize>(at: *mut [T; N]) -> &'static mut [T] {
    for index in 0..N {
        // SAFETY: the element lies within the array.
        unsafe { at.cast::<T>().add(index).write(T::default()) };
    }
    // SAFETY: all its elements are there now, and the caller of this function says that it is nobody else's.
    unsafe { &mut *at }
}

impl Kept {
    /// Empty rooms.
    ///
    /// # Safety
    /// `at` points to room for all of them, which nobody else uses as long as what is given here is used.
    pub unsafe fn empty(at: *mut Kept) -> Empty {
        // SAFETY: the rooms lie apart from each other, and the caller of this function says that they are nobody else's.
        unsafe {
            Empty {
                rooms: Rooms {
                    tasks: filled(&raw mut (*at).tasks),
                    waits: filled(&raw mut (*at).waits),
                    mail: MailRooms {
                        boxes: filled(&raw mut (*at).boxes),
                        handles: filled(&raw mut (*at).handles),
                        counters: filled(&raw mut (*at).counters),
                        messages: filled(&raw mut (*at).messages),
                        places: filled(&raw mut (*at).places),
                        blocks: filled(&raw mut (*at).blocks),
                        taps: filled(&raw mut (*at).taps),
                        waiters: filled(&raw mut (*at).waiters),
                    },
                    registry: RegistryRooms {
                        values: filled(&raw mut (*at).values),
                        commands: filled(&raw mut (*at).commands),
                        records: filled(&raw mut (*at).records),
                        strings: filled(&raw mut (*at).strings),
                        subscribers: filled(&raw mut (*at).subscribers),
                    },
                    files: FileRooms {
                        open: filled(&raw mut (*at).open),
                        blocks: filled(&raw mut (*at).open_names),
                        names: filled(&raw mut (*at).names),
                    },
                    events: filled(&raw mut (*at).pending),
                },
                files: RamFiles::new(
                    filled(&raw mut (*at).files),
                    filled(&raw mut (*at).file_blocks),
                    FILE_BYTES,
                ),
                store: RamStore::new(filled(&raw mut (*at).stored)),
                devices: Queues {
                    printed: Queue::new(filled(&raw mut (*at).printed)),
                    frames: Queue::new(filled(&raw mut (*at).frames)),
                    events: Queue::new(filled(&raw mut (*at).events)),
                },
            }
        }
    }
}
