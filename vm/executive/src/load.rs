//! Loading an image: a task, its name, its memory, and what its metadata declares.

use core::fmt::Write;

use heapless::String;
use minivm::hxe::{Defect, Header, Image, Loader, Region, Store};

use crate::error::{Error, Shortage};
use crate::event::Emit;
use crate::executive::{Executive, System};
use crate::mailbox::{Failure, READ_WRITE, Target};
use crate::profile::{Profile, Switch};
use crate::task::{Banks, NAME_MAX, Task};

/// The standard streams, in the order of their handles.
pub(crate) const STREAMS: [&str; 3] = ["in", "out", "err"];

/// A task that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Its PID.
    pub pid: u16,
    /// Its name.
    pub name: String<NAME_MAX>,
}

/// An image that is there as a whole: nothing has to be kept of it.
pub(crate) struct Whole<'a> {
    bytes: &'a [u8],
    /// Where code, rodata and the rest begin.
    starts: [usize; 3],
}

impl<'a> Whole<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Whole { bytes, starts: [0; 3] }
    }
}

impl Store for Whole<'_> {
    fn reserve(&mut self, header: &Header) -> bool {
        let code = header.size();
        let rodata = code + header.code_len as usize;
        self.starts = [code, rodata, rodata + header.ro_len as usize];
        true
    }

    fn put(&mut self, _: Region, _: usize, _: &[u8]) -> bool {
        true
    }

    fn get(&self, region: Region, offset: usize) -> u8 {
        let start = self.starts[region as usize];
        self.bytes.get(start + offset).copied().unwrap_or(0)
    }
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    /// Makes a task of an image. A PID is used up in any case.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::Error;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let task = executive.load(&image)?; // again: JMP again
    /// assert_eq!((task.pid, task.name.as_str()), (1, "<stream:1>"));
    /// assert_eq!(executive.load(b"HSXE"), Err(Error::BadImage));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// In this order: [`Error::BadImage`]; [`Error::Exists`] if the name is taken and may exist once;
    /// [`Error::NoSpace`] for the task; [`Error::Exists`], [`Error::NoSpace`] for a value or a command;
    /// [`Error::NoDescriptor`], [`Error::NoHandle`]; [`Error::Invalid`] for a target of a mailbox.
    pub fn load(&mut self, image: &[u8]) -> Result<Loaded, Error> {
        self.load_named(image, "")
    }

    /// The same with a name for the task that it has if its image has none, e.g. that of its file.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let task = executive.load_named(&image, "blink")?; // again: JMP again
    /// assert_eq!(task.name.as_str(), "blink");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Executive::load`].
    pub fn load_named(&mut self, image: &[u8], label: &str) -> Result<Loaded, Error> {
        let Ok(pid) = u16::try_from(self.next_pid) else {
            self.outbox.lacks(Shortage::Pids);
            return Err(Error::NoSpace);
        };
        self.next_pid += 1;
        let mut whole = Whole::new(image);
        let mut loader = Loader::new();
        let machine = self.profile.machine();
        let written = loader.write(machine, &mut whole, image);
        let image = written.and_then(|()| loader.finish(&whole)).map_err(|error| {
            if error.defect == Defect::Unsupported {
                self.outbox.lacks(Shortage::Image);
            }
            Error::BadImage
        })?;
        self.store();
        let first_mailbox = self.mail.next_id();
        let installed = self.install(pid, &image, label);
        if installed.is_err() && self.strict(Switch::Cleanup) {
            self.free_holdings(pid);
            self.mail.remove_from(first_mailbox);
            self.sweep_mailboxes();
        }
        installed
    }

    /// Makes a task of an image. What it has done before it fails is left to be undone, but for the task in the VM.
    fn install(&mut self, pid: u16, image: &Image<'_, Whole<'_>>, label: &str) -> Result<Loaded, Error> {
        let named = if image.header.name().is_empty() { label } else { image.header.name() };
        let (base, name) = self.name(pid, named, &image.header)?;
        let task = self.place(pid, image)?;
        let vm = task.vm;
        if let Err(status) = self.register_metadata(pid, image) {
            // The bank of registers and the stack are lost in the reference.
            let _placed = self.machine.vm.unload(vm);
            return Err(status.into());
        }
        let (since, name_of_task) = (self.turns, name.clone());
        // There is room for it: that was asked for above.
        let _placed = self.tasks.push(Task { name: name_of_task, base, since, ..task });
        let at = self.tasks.len() - 1;
        self.tasks[at].state =
            if self.overlays() { crate::task::State::Ready } else { crate::task::State::Running };
        if let Err(failure) = self.give_mailboxes(pid, image) {
            if self.strict(Switch::Cleanup) {
                self.remove_task(at);
            }
            return Err(failure.into());
        }
        self.tasks[at].stdio = true;
        if !self.overlays() || self.current.is_none() {
            self.activate(pid);
        }
        Ok(Loaded { pid, name })
    }

    /// The name as it is given and that of the task, which no other task has.
    fn name(
        &self,
        pid: u16,
        given: &str,
        header: &Header,
    ) -> Result<(String<NAME_MAX>, String<NAME_MAX>), Error> {
        let mut base = String::new();
        let named = match given {
            "" => write!(base, "<stream:{pid}>"),
            name => {
                let end = name.floor_char_boundary(NAME_MAX);
                base.push_str(&name[..end]).map_err(|_| core::fmt::Error)
            }
        };
        named.map_err(|_| Error::NoSpace)?;
        let taken = |name: &str| self.tasks.iter().any(|task| task.name == name);
        if !taken(&base) {
            return Ok((base.clone(), base));
        }
        if !header.allows_multiple() {
            return Err(Error::Exists);
        }
        for instance in 0..=self.tasks.len() {
            let mut suffix: String<NAME_MAX> = String::new();
            write!(suffix, "_#{instance}").map_err(|_| Error::NoSpace)?;
            let mut name = base.clone();
            name.truncate(base.floor_char_boundary(NAME_MAX - suffix.len()));
            name.push_str(&suffix).map_err(|_| Error::NoSpace)?;
            if !taken(&name) {
                return Ok((base, name));
            }
        }
        Err(Error::Exists)
    }

    /// A task in the VM, with its code and its data.
    fn place(&mut self, pid: u16, image: &Image<'_, Whole<'_>>) -> Result<Task, Error> {
        let strict = self.strict(Switch::Layout);
        if strict && self.tasks.len() >= self.config.tasks {
            return Err(Error::NoSpace);
        }
        let (bank, stack) = if strict { (0, 0) } else { self.banks.take().ok_or(Error::NoSpace)? };
        let layout = if strict { Banks::strict() } else { Banks::layout((bank, stack)) };
        let Header { ro_len, bss_size, .. } = image.header;
        let refused = layout.data.is_some_and(|most| ro_len + bss_size > most);
        let has_room = self.tasks.len() < self.tasks.capacity();
        let placed = if has_room { self.machine.vm.load_at(image, layout).ok() } else { None };
        let vm = placed.ok_or_else(|| {
            // What the layout does not refuse, larger rooms would take.
            if !refused {
                self.outbox.lacks(Shortage::Tasks);
            }
            Error::NoSpace
        })?;
        Ok(Task { bank, stack, ..Task::new(pid, vm) })
    }

    /// The standard streams and the mailbox of a task, and the mailboxes that its image declares.
    fn give_mailboxes(&mut self, pid: u16, image: &Image<'_, Whole<'_>>) -> Result<(), Failure> {
        let modes = self.stdio_modes;
        for (stream, mode) in STREAMS.into_iter().zip(modes) {
            let target = Target::stdio(stream, pid);
            self.mail.bind(self.profile, &target, (0, mode), pid.into(), &mut self.outbox)?;
        }
        let own = Target::of_pid(pid);
        self.mail.bind(self.profile, &own, (0, READ_WRITE), pid.into(), &mut self.outbox)?;
        let mut handles = [0; STREAMS.len()];
        for (handle, stream) in handles.iter_mut().zip(STREAMS) {
            *handle = self.open_handle(pid, &Target::stdio(stream, pid))?;
        }
        if let Some(at) = self.position(pid) {
            self.tasks[at].stdio_handle = handles[0];
        }
        self.bind_declared(pid, image)
    }

    /// Opens a handle.
    ///
    /// # Errors
    /// [`Failure::NoDescriptor`], [`Failure::NoHandle`].
    pub(crate) fn open_handle(&mut self, pid: u16, target: &Target) -> Result<u32, Failure> {
        let tasks = &self.tasks;
        self.mail.make_room_for_counter(|pid| pid == 0 || tasks.iter().any(|task| task.pid == pid));
        self.mail.open(self.profile, pid, target, &mut self.outbox)
    }
}
