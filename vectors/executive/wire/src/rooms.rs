//! The rooms of the chip's executive, and how a script sets it up in them.

use core::marker::PhantomData;

use executive::bytes::Block;
use executive::event::CommandResult;
use executive::hal::{Devices, File, HostCommands, NonVolatile, RamFiles, RamStore};
use executive::scheduler::AnyPolicy;
use executive::{Config, Event, Executive, Parts, Profile, Storage, System};
use minivm::control::Arena;
use minivm::memory::SparseMemory;

use crate::case::Case;
use crate::outcome::{Item, Limit, PIECE};

/// How many tasks there may be.
const TASKS: usize = 8;
/// Bytes of code of a task.
const CODE: usize = 2048;
/// Pages of 256 bytes in the data memory of a task that may differ from zero.
const PAGES: usize = 8;
/// How many mailboxes, open handles, messages, blocks of payloads, values and commands, bytes of their texts, open files, and
/// events that wait there may be.
type Store = Storage<TASKS, 36, 56, 64, 128, 16, 1024, 8, 64>;
/// Bytes of all payloads.
pub(crate) const PAYLOAD: usize = 128 * executive::bytes::BLOCK;
/// How many files there may be, blocks for their names and contents, and bytes of content.
const FILES: usize = 8;
const FILE_BLOCKS: usize = 64;
const FILE_BYTES: u32 = 1 << 20;
/// How many values may be stored.
const STORED: usize = 16;
/// The most handlers of a script.
const HANDLERS: usize = 8;

/// Code and data of a task.
struct Space {
    code: [u8; CODE],
    memory: SparseMemory<PAGES>,
}

/// Room for code and data of the tasks of one script after the other. All zero, so that it takes no flash.
pub struct Rooms {
    spaces: [Space; TASKS],
}

impl Rooms {
    /// Rooms that nothing was played in yet.
    pub const fn new() -> Self {
        Rooms { spaces: [const { Space { code: [0; CODE], memory: SparseMemory::new() } }; TASKS] }
    }
}

impl Default for Rooms {
    fn default() -> Self {
        Self::new()
    }
}

/// What the chip's executive is made of, in profile `P`.
pub(crate) struct OnChip<'m, P>(PhantomData<(&'m (), P)>);

impl<'m, P: Profile> System for OnChip<'m, P> {
    type Profile = P;
    type Memory = SparseMemory<PAGES>;
    type Policy = AnyPolicy;
    type Devices = Teller<'m>;
    type Files = RamFiles<'m>;
    type Store = RamStore<'m>;
    type Commands = Answers;
}

/// An executive in the middle of a script.
pub(crate) type Session<'m, P> = Executive<'m, OnChip<'m, P>, TASKS>;

/// Where items go.
pub(crate) type Tell<'t> = &'t dyn Fn(&Item<'_>);

/// Devices that tell what they are told.
pub(crate) struct Teller<'t>(pub(crate) Tell<'t>);

impl Devices for Teller<'_> {
    fn uart(&mut self, pid: u16, bytes: &[u8]) {
        tell_bytes(self.0, bytes);
        (self.0)(&Item::Uart(pid));
    }

    fn can(&mut self, pid: u16, id: u16, data: &[u8]) {
        tell_bytes(self.0, data);
        (self.0)(&Item::Can(pid, id));
    }

    fn exit(&mut self, pid: u16, code: u32) {
        (self.0)(&Item::Exit(pid, code));
    }

    fn event(&mut self, event: &Event) {
        (self.0)(&Item::Event(*event));
    }
}

/// Tells bytes of any length.
pub(crate) fn tell_bytes(tell: Tell<'_>, bytes: &[u8]) {
    bytes.chunks(PIECE).for_each(|piece| tell(&Item::Bytes(piece)));
}

/// Handlers of the host that always answer the same.
pub(crate) struct Answers([Option<CommandResult>; HANDLERS]);

impl HostCommands for Answers {
    fn run(&mut self, number: u32) -> Option<CommandResult> {
        *self.0.get((number as usize).checked_sub(1)?)?
    }
}

impl Rooms {
    /// Sets an executive up as the script says, and has `play` do something with it, which is told to `tell`.
    ///
    /// # Errors
    /// What there is no room for; nothing if the script cannot be read.
    pub(crate) fn with<P: Profile, T>(
        &mut self,
        profile: P,
        case: &Case<'_>,
        tell: Tell<'_>,
        play: impl FnOnce(&mut Session<'_, P>) -> T,
    ) -> Result<T, Option<Limit>> {
        let (mut files, mut blocks) = ([File::default(); FILES], [Block::default(); FILE_BLOCKS]);
        let mut stored = [(0, 0); STORED];
        let mut store = RamStore::new(&mut stored);
        for entry in case.persisted.iter() {
            let (key, bits) = entry.map_err(|_| None)?;
            store.store(key, bits).map_err(|_| Some(Limit::Store))?;
        }
        let mut answers = [None; HANDLERS];
        let mut slots = answers.iter_mut();
        for handler in case.handlers.iter() {
            *slots.next().ok_or(None)? = Some(handler.map_err(|_| None)?);
        }
        let arenas = self.spaces.each_mut().map(|Space { code, memory }| {
            memory.renew();
            Arena::with_memory(code, memory, &mut [])
        });
        let config = Config {
            descriptors: case.descriptors,
            handles: case.handles,
            host_handles: case.handles,
            capacity: case.capacity,
            tap_rate: case.tap_rate,
            libm: case.libm,
            pin: case.pin,
            tasks: case.tasks as usize,
            ..Config::default()
        };
        Ok(Store::with(|rooms| {
            let parts = Parts {
                profile,
                policy: case.policy.into(),
                devices: Teller(tell),
                files: RamFiles::new(&mut files, &mut blocks, FILE_BYTES),
                store,
                commands: Answers(answers),
            };
            play(&mut Executive::new(parts, config, arenas, rooms))
        }))
    }
}
