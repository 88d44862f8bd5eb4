//! An executive on a desk: rooms on the heap, devices that record.

use core::marker::PhantomData;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use minivm::Memory;
use minivm::control::Arena;

use crate::bytes::{BLOCK, Block};
use crate::config::Config;
use crate::event::{CommandResult, Event};
use crate::executive::{Executive, Parts, Rooms, System};
use crate::files::{FileRooms, OpenFile};
use crate::hal::record::{Answers, Recorder};
use crate::hal::{File, FileSystem, NonVolatile, RamFiles, RamStore};
use crate::mailbox::{Counter, Handle, HandleRef, MailRooms, Mailbox, Message};
use crate::pool::{Index, Node};
use crate::profile::Profile;
use crate::registry::{Command, ENTRIES, Record, RegistryRooms, STRINGS, Value};
use crate::scheduler::AnyPolicy;
use crate::task::Task;
use crate::wait::Wait;

/// Code that a task may have, in bytes: as much as an image can have.
const CODE: usize = 0x1_0000;
/// Bytes that all queues may hold, and that all files may.
const MIB: usize = 1 << 20;
/// The longest message, in bytes: all that queues may hold.
pub const LONGEST_MESSAGE: usize = MIB;
/// How many messages there may be: the smallest counts 9 bytes.
const MESSAGES: usize = MIB / 9 + 1;
/// How many mailboxes there may be.
const BOXES: usize = 256;
/// How many handles of all tasks, open files and files there may be.
const MANY: usize = 1 << 15;

/// The parts of an executive on a desk, in profile `P` and with files in `F`.
#[derive(Debug)]
pub struct Desk<'m, P, F = RamFiles<'m>>(PhantomData<(&'m (), P, F)>);

impl<'m, P: Profile, F: FileSystem> System for Desk<'m, P, F> {
    type Profile = P;
    type Memory = Memory;
    type Policy = AnyPolicy;
    type Devices = Recorder;
    type Files = F;
    type Store = RamStore<'m>;
    type Commands = Answers;
}

/// An executive on a desk with up to `N` tasks.
pub type DeskExecutive<'m, P, const N: usize, F = RamFiles<'m>> = Executive<'m, Desk<'m, P, F>, N>;

/// Code and data of a task.
struct Space {
    code: Vec<u8>,
    memory: Box<Memory>,
}

/// Room for an executive with up to `N` tasks. It can be used for one after the other.
pub struct DeskRooms<const N: usize> {
    spaces: [Space; N],
    tasks: Vec<Task>,
    waits: Vec<Wait>,
    boxes: Vec<Mailbox>,
    handles: Vec<Handle>,
    counters: Vec<Counter>,
    messages: Vec<Node<Message>>,
    places: Vec<Node<Index>>,
    blocks: Vec<Block>,
    taps: Vec<Node<HandleRef>>,
    waiters: Vec<Node<u16>>,
    values: Vec<Value>,
    commands: Vec<Command>,
    records: Vec<Node<Record>>,
    strings: Vec<u8>,
    subscribers: Vec<Node<HandleRef>>,
    open: Vec<OpenFile>,
    open_names: Vec<Block>,
    names: Vec<u8>,
    events: Vec<Node<Event>>,
    files: Vec<File>,
    file_blocks: Vec<Block>,
    store: Vec<(u16, u16)>,
}

impl<const N: usize> Default for DeskRooms<N> {
    fn default() -> Self {
        DeskRooms {
            spaces: core::array::from_fn(|_| Space { code: vec![0; CODE], memory: Box::new(Memory::new()) }),
            tasks: vec![Task::default(); N],
            // A task that is gone may wait on (reference).
            waits: vec![Wait::default(); 1024],
            boxes: vec![Mailbox::default(); BOXES],
            handles: vec![Handle::default(); MANY],
            counters: vec![Counter::default(); 4096],
            // A tap may hold what is in no queue any more.
            messages: vec![Node::default(); 2 * MESSAGES],
            places: vec![Node::default(); 4 * MESSAGES],
            blocks: vec![Block::default(); 2 * MESSAGES],
            taps: vec![Node::default(); MANY],
            waiters: vec![Node::default(); MANY],
            values: vec![Value::default(); ENTRIES],
            commands: vec![Command::default(); ENTRIES],
            records: vec![Node::default(); 1 << 16],
            strings: vec![0; STRINGS],
            subscribers: vec![Node::default(); MANY],
            open: vec![OpenFile::default(); MANY],
            open_names: vec![Block::default(); 2 * MANY],
            names: vec![0; 2 << 16],
            events: vec![Node::default(); 1 << 13],
            files: vec![File::default(); MANY],
            file_blocks: vec![Block::default(); MIB / BLOCK + 3 * MANY],
            store: vec![(0, 0); 1 << 16],
        }
    }
}

/// What an executive on a desk begins with beside its configuration.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Who has the next turn.
    pub policy: AnyPolicy,
    /// What is in the non-volatile store, key and bits.
    pub stored: Vec<(u16, u16)>,
    /// Handlers of the host.
    pub answers: Vec<CommandResult>,
}

impl<const N: usize> DeskRooms<N> {
    /// An executive without tasks.
    ///
    /// ```
    /// use executive::desk::{DeskRooms, Start};
    /// use executive::hal::record::Io;
    /// use executive::{Config, Strict};
    /// use minivm::{asm, hxe};
    ///
    /// let program = asm::assemble(".data\ntext: .asciz \"hi\"\n.text\nLDI32 R1, text\nLDI R2, 2\nSVC MOD=1 FN=1\nRET")?;
    /// let mut rooms = DeskRooms::<4>::default();
    /// let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let task = executive.load(&hxe::write(&program.into()))?;
    /// let reply = executive.step(100, None);
    /// assert_eq!((reply.executed, reply.running), (4, false));
    /// let (io, events) = executive.devices_mut().take();
    /// assert_eq!(io, [Io::Uart { pid: task.pid, data: b"hi".into() }]);
    /// assert_eq!(events[0].name(), "exited");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn executive<'m, P: Profile>(
        &'m mut self,
        profile: P,
        config: Config<'m>,
        start: Start,
    ) -> DeskExecutive<'m, P, N> {
        self.executive_with(profile, config, start, |files| files)
    }

    /// The same with another file system, in place of the one in RAM.
    ///
    /// ```
    /// # use executive::desk::{DeskRooms, Start};
    /// # use executive::hal::{FileSystem, FolderFiles};
    /// # use executive::{Config, Strict};
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// std::fs::write(folder.join("a.txt"), "abc")?;
    /// let files = FolderFiles::new(folder, 1000)?;
    /// let mut rooms = DeskRooms::<4>::default();
    /// let executive = rooms.executive_with(Strict, Config::default(), Start::default(), |_| files);
    /// assert_eq!(executive.file_system().length("a.txt"), Some(3));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn executive_with<'m, P: Profile, F: FileSystem>(
        &'m mut self,
        profile: P,
        config: Config<'m>,
        start: Start,
        files: impl FnOnce(RamFiles<'m>) -> F,
    ) -> DeskExecutive<'m, P, N, F> {
        let arenas = self.spaces.each_mut().map(|Space { code, memory }| Arena::new(code, memory, &mut []));
        let mut store = RamStore::new(&mut self.store);
        for (key, bits) in start.stored {
            // It has a place for each key.
            let _stored = store.store(key, bits);
        }
        let parts = Parts {
            profile,
            policy: start.policy,
            devices: Recorder::default(),
            files: files(RamFiles::new(&mut self.files, &mut self.file_blocks, MIB as u32)),
            store,
            commands: Answers(start.answers),
        };
        let rooms = Rooms {
            tasks: &mut self.tasks,
            waits: &mut self.waits,
            mail: MailRooms {
                boxes: &mut self.boxes,
                handles: &mut self.handles,
                counters: &mut self.counters,
                messages: &mut self.messages,
                places: &mut self.places,
                blocks: &mut self.blocks,
                taps: &mut self.taps,
                waiters: &mut self.waiters,
            },
            registry: RegistryRooms {
                values: &mut self.values,
                commands: &mut self.commands,
                records: &mut self.records,
                strings: &mut self.strings,
                subscribers: &mut self.subscribers,
            },
            files: FileRooms { open: &mut self.open, blocks: &mut self.open_names, names: &mut self.names },
            events: &mut self.events,
        };
        Executive::new(parts, config, arenas, rooms)
    }
}
