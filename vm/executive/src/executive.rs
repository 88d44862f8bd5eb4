//! The executive itself: its parts, and how they are put together.

use minivm::control::Arena;
use minivm::memory::DataMemory;

use crate::config::Config;
use crate::error::{Raise, Shortage};
use crate::event::Event;
use crate::files::{FileRooms, FileTable};
use crate::hal::{Devices, FileSystem, HostCommands, NonVolatile};
use crate::machine::Machine;
use crate::mailbox::{Mail, MailRooms, READ_WRITE};
use crate::outbox::Outbox;
use crate::pool::Node;
use crate::profile::{Profile, Switch};
use crate::registry::{Registry, RegistryRooms};
use crate::scheduler::Policy;
use crate::table::Table;
use crate::task::{Banks, Saved, Task};
use crate::wait::Wait;

/// What an executive is made of: one type for each part that can be exchanged.
pub trait System {
    /// Which reading is followed.
    type Profile: Profile;
    /// Data memory of tasks.
    type Memory: DataMemory;
    /// Who has the next turn.
    type Policy: Policy;
    /// UART, CAN, events.
    type Devices: Devices;
    /// Files.
    type Files: FileSystem;
    /// What outlives a reset.
    type Store: NonVolatile;
    /// Handlers of the host.
    type Commands: HostCommands;
}

/// The parts.
#[derive(Debug)]
pub struct Parts<S: System> {
    /// Which reading is followed.
    pub profile: S::Profile,
    /// Who has the next turn.
    pub policy: S::Policy,
    /// UART, CAN, events.
    pub devices: S::Devices,
    /// Files.
    pub files: S::Files,
    /// What outlives a reset.
    pub store: S::Store,
    /// Handlers of the host.
    pub commands: S::Commands,
}

/// Where the executive keeps what it keeps. Every slice may have any length: what does not fit is refused, and reported
/// as a [`Shortage`].
#[derive(Debug)]
pub struct Rooms<'m> {
    /// For tasks.
    pub tasks: &'m mut [Task],
    /// For tasks that wait for messages.
    pub waits: &'m mut [Wait],
    /// For mailboxes.
    pub mail: MailRooms<'m>,
    /// For values and commands.
    pub registry: RegistryRooms<'m>,
    /// For open files.
    pub files: FileRooms<'m>,
    /// For events that wait for the next step (reference).
    pub events: &'m mut [Node<Event>],
}

/// An executive with up to `N` tasks.
///
/// Its clock is set by [`Executive::set_time`] and read by nobody else; [`Executive::step`] has tasks run.
pub struct Executive<'m, S: System, const N: usize> {
    pub(crate) profile: S::Profile,
    pub(crate) policy: S::Policy,
    pub(crate) config: Config<'m>,
    pub(crate) machine: Machine<'m, <S::Profile as Profile>::Machine, N, S::Memory>,
    pub(crate) banks: Banks,
    pub(crate) outbox: Outbox<'m, S::Devices>,
    /// In the order of loading.
    pub(crate) tasks: Table<'m, Task>,
    /// In the order in which they blocked.
    pub(crate) waits: Table<'m, Wait>,
    pub(crate) mail: Mail<'m>,
    pub(crate) stdio_modes: [u16; 3],
    pub(crate) registry: Registry<'m>,
    pub(crate) files: FileTable<'m, S::Files>,
    pub(crate) store: S::Store,
    pub(crate) commands: S::Commands,
    pub(crate) clock: u64,
    pub(crate) paused: bool,
    pub(crate) next_pid: u32,
    pub(crate) current: Option<u16>,
    /// The active machine (reference).
    pub(crate) active: Saved,
    /// Turns executed, of all tasks.
    pub(crate) turns: u64,
    pub(crate) turns_in_a_row: u32,
    pub(crate) yielded: bool,
    /// The instruction before stops all tasks.
    pub(crate) halts: bool,
    pub(crate) sleepers: u64,
    pub(crate) raised: Option<Raise>,
}

impl<'m, S: System, const N: usize> Executive<'m, S, N> {
    /// An executive without tasks.
    pub fn new(
        parts: Parts<S>,
        config: Config<'m>,
        arenas: [Arena<'m, S::Memory>; N],
        rooms: Rooms<'m>,
    ) -> Self {
        let Parts { profile, policy, devices, files, store, commands } = parts;
        let direct = profile.strict(Switch::DirectEvents);
        Executive {
            machine: Machine::new(profile.machine(), arenas),
            banks: Banks::default(),
            outbox: Outbox::new(devices, direct, config.pending, rooms.events),
            tasks: Table::new(rooms.tasks),
            waits: Table::new(rooms.waits),
            mail: Mail::new(&config, rooms.mail),
            stdio_modes: [READ_WRITE; 3],
            registry: Registry::new(rooms.registry),
            files: FileTable::new(files, profile.strict(Switch::TaskFds), rooms.files),
            clock: config.start,
            paused: false,
            next_pid: 1,
            current: None,
            active: Saved::default(),
            turns: 0,
            turns_in_a_row: 0,
            yielded: false,
            halts: false,
            sleepers: 0,
            raised: None,
            profile,
            policy,
            config,
            store,
            commands,
        }
    }

    /// Sets the clock, in ms. Nothing expires before the next [`Executive::step`].
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// executive.set_time(executive.now() + 5);
    /// assert_eq!(executive.now(), 1_000_005);
    /// ```
    pub fn set_time(&mut self, now: u64) {
        self.clock = now;
    }

    /// The clock, in ms.
    pub fn now(&self) -> u64 {
        self.clock
    }

    /// UART, CAN, events.
    pub fn devices_mut(&mut self) -> &mut S::Devices {
        &mut self.outbox.devices
    }

    /// Files.
    pub fn file_system(&self) -> &S::Files {
        self.files.system()
    }

    /// What outlives a reset.
    pub fn non_volatile(&self) -> &S::Store {
        &self.store
    }

    /// What has made the reference throw an exception; then nothing that came after it has a meaning.
    pub fn raised(&self) -> Option<Raise> {
        self.raised
    }

    /// The first thing that this executive had no room for.
    pub fn shortage(&self) -> Option<Shortage> {
        self.outbox.shortage.or_else(|| self.machine.vm.lacks_room().then_some(Shortage::Memory))
    }

    pub(crate) fn raise(&mut self, raise: Raise) {
        self.raised.get_or_insert(raise);
    }
}
