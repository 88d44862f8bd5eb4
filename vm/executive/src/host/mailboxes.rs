//! Calls of the host on mailboxes. It acts in the name of a PID, which need not be that of a task; 0 is its own.

use crate::error::Error;
use crate::executive::{Executive, System};
use crate::load::STREAMS;
use crate::mailbox::{Failure, Peek, Sent, Target};
use crate::text::GuestText;

/// A mailbox that was bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bound {
    /// Its id.
    pub descriptor: u32,
    /// In bytes.
    pub capacity: u64,
    /// Mode bits.
    pub mode: u16,
}

/// A message of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostMessage<'d> {
    /// Payload.
    pub data: &'d [u8],
    /// Flags, kept as they are.
    pub flags: u32,
    /// Channel, kept as it is.
    pub channel: u32,
}

/// What became of a message of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostSent {
    /// Whether it was taken; `false` if there was no room.
    pub taken: bool,
    /// In bytes; 0 if it was not taken.
    pub length: u32,
    /// The id of the mailbox.
    pub descriptor: u32,
}

/// A message that the host received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostReceived {
    /// Flags; 8 is added if others were lost before.
    pub flags: u32,
    /// Channel.
    pub channel: u32,
    /// The PID whose handle sent it.
    pub src: u16,
    /// How many bytes of the payload are in the buffer.
    pub length: usize,
}

impl<S: System, const N: usize> Executive<'_, S, N> {
    fn host_target(&mut self, pid: u16, target: &str) -> Result<Target, Failure> {
        let target = Target::parse(self.profile, GuestText::of_host(target), pid.into());
        target.map_err(|bad| bad.failure(&mut self.outbox))
    }

    /// Opens a handle.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::Error;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// assert_eq!(executive.mailbox_open(0, "app:log"), Ok(1));
    /// assert_eq!(executive.mailbox_open(0, ""), Err(Error::Invalid));
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NoDescriptor`], [`Error::NoHandle`].
    pub fn mailbox_open(&mut self, pid: u16, target: &str) -> Result<u32, Error> {
        let target = self.host_target(pid, target)?;
        Ok(self.open_handle(pid, &target)?)
    }

    /// Closes a handle.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::Error;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let handle = executive.mailbox_open(0, "app:log")?;
    /// executive.mailbox_close(0, handle)?;
    /// assert_eq!(executive.mailbox_close(0, handle), Err(Error::BadHandle));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadHandle`].
    pub fn mailbox_close(&mut self, pid: u16, handle: u32) -> Result<(), Error> {
        Ok(self.close_handle(pid, handle)?)
    }

    /// Takes a mailbox away, with what is queued in it, if no handle is open on it; whether that was so.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let handle = executive.mailbox_open(0, "app:log")?;
    /// let id = executive.mail().boxes()[0].id;
    /// assert!(!executive.mailbox_discard(id));
    /// executive.mailbox_close(0, handle)?;
    /// assert!(executive.mailbox_discard(id));
    /// assert!(executive.mail().boxes().is_empty());
    /// # Ok::<(), executive::Error>(())
    /// ```
    pub fn mailbox_discard(&mut self, id: u32) -> bool {
        self.mail.discard(id)
    }

    /// Makes a mailbox or finds it, and sets what is not 0 of capacity and mode.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let bound = executive.mailbox_bind(0, "app:log", 0, 3)?;
    /// assert_eq!((bound.descriptor, bound.capacity, bound.mode), (1, 64, 3));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NoDescriptor`].
    pub fn mailbox_bind(&mut self, pid: u16, target: &str, capacity: u16, mode: u16) -> Result<Bound, Error> {
        let target = self.host_target(pid, target)?;
        let settings = (capacity.into(), mode);
        let descriptor = self.mail.bind(self.profile, &target, settings, pid.into(), &mut self.outbox)?;
        let bound = |mailbox: &crate::mailbox::Mailbox| (mailbox.capacity, mailbox.mode);
        let (capacity, mode) = self.mail.mailbox(descriptor).map(bound).unwrap_or_default();
        Ok(Bound { descriptor, capacity, mode })
    }

    /// Sends through a handle; if that fails or there is none, to a target by a handle that is closed at once. Handle 0 and
    /// an empty target count as none.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::host::HostMessage;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let message = HostMessage { data: &[1; 40], ..HostMessage::default() };
    /// assert!(executive.mailbox_send(0, None, Some("app:log"), message)?.taken);
    /// assert!(!executive.mailbox_send(0, None, Some("app:log"), message)?.taken, "there is no room for two");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::BadHandle`], [`Error::TooLarge`], [`Error::NoDescriptor`], [`Error::NoHandle`].
    pub fn mailbox_send(
        &mut self,
        pid: u16,
        handle: Option<u32>,
        target: Option<&str>,
        message: HostMessage<'_>,
    ) -> Result<HostSent, Error> {
        let handle = handle.filter(|&handle| handle != 0);
        let target = target.filter(|target| !target.is_empty());
        let mut opened = [None; 2];
        let sent = self.send_anyhow(pid, (handle, target), message, &mut opened);
        for handle in opened.into_iter().flatten() {
            self.close_handle(pid, handle)?;
        }
        let sent = sent?;
        let Sent { descriptor, taken } = sent;
        if taken {
            self.serve(descriptor);
        }
        Ok(HostSent { taken, length: if taken { message.data.len() as u32 } else { 0 }, descriptor })
    }

    fn send_through(&mut self, pid: u16, handle: u32, message: HostMessage<'_>) -> Result<Sent, Failure> {
        let HostMessage { data, flags, channel } = message;
        self.mail.send(self.profile, (pid, handle), (data, flags, channel), self.clock, &mut self.outbox)
    }

    /// Sends through a handle, or one that is opened for it. If that fails, the target has another one opened, even if it
    /// was the target's that failed; `opened` says what there is to be closed.
    fn send_anyhow(
        &mut self,
        pid: u16,
        (handle, target): (Option<u32>, Option<&str>),
        message: HostMessage<'_>,
        opened: &mut [Option<u32>; 2],
    ) -> Result<Sent, Failure> {
        let first = match (handle, target) {
            (Some(handle), _) => handle,
            (None, Some(target)) => self.open_for(pid, target, &mut opened[0])?,
            (None, None) => return Err(Failure::BadTarget),
        };
        match (self.send_through(pid, first, message), target) {
            (Err(_), Some(target)) => {
                let second = self.open_for(pid, target, &mut opened[1])?;
                self.send_through(pid, second, message)
            }
            (sent, _) => sent,
        }
    }

    fn open_for(&mut self, pid: u16, target: &str, opened: &mut Option<u32>) -> Result<u32, Failure> {
        let target = self.host_target(pid, target)?;
        let handle = self.open_handle(pid, &target)?;
        *opened = Some(handle);
        Ok(handle)
    }

    /// Receives into `buffer`, if there is a message; it never waits. What does not fit is lost.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::host::HostMessage;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let handle = executive.mailbox_open(0, "app:log")?;
    /// let message = HostMessage { data: b"text", flags: 1, channel: 2 };
    /// executive.mailbox_send(0, Some(handle), None, message)?;
    /// let mut buffer = [0; 8];
    /// let received = executive.mailbox_receive(0, handle, &mut buffer)?.unwrap();
    /// assert_eq!((&buffer[..received.length], received.channel), (b"text".as_slice(), 2));
    /// assert_eq!(executive.mailbox_receive(0, handle, &mut buffer), Ok(None));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadHandle`].
    pub fn mailbox_receive(
        &mut self,
        pid: u16,
        handle: u32,
        buffer: &mut [u8],
    ) -> Result<Option<HostReceived>, Error> {
        let Some(received) = self.mail.receive(self.profile, pid, handle)? else { return Ok(None) };
        let mut length = 0;
        for piece in self.mail.payload(&received.message) {
            let piece = &piece[..piece.len().min(buffer.len() - length)];
            buffer[length..length + piece.len()].copy_from_slice(piece);
            length += piece.len();
        }
        let crate::mailbox::Message { flags, channel, src, .. } = received.message;
        self.mail.release(received);
        Ok(Some(HostReceived { flags, channel, src, length }))
    }

    /// What can be seen of a mailbox through a handle.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # use executive::host::HostMessage;
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let handle = executive.mailbox_open(0, "app:log")?;
    /// executive.mailbox_send(0, Some(handle), None, HostMessage { data: b"text", ..HostMessage::default() })?;
    /// let peek = executive.mailbox_peek(0, handle)?;
    /// assert_eq!((peek.depth, peek.used, peek.next_length), (1, 12, 4));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadHandle`].
    pub fn mailbox_peek(&self, pid: u16, handle: u32) -> Result<Peek, Error> {
        Ok(self.mail.peek(pid, handle)?)
    }

    /// Makes a handle a tap, or none.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// let handle = executive.mailbox_open(0, "app:log")?;
    /// executive.mailbox_tap(0, handle, true)?;
    /// assert!(executive.mail().handle(0, handle).unwrap().tap);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadHandle`].
    pub fn mailbox_tap(&mut self, pid: u16, handle: u32, enable: bool) -> Result<(), Error> {
        self.mail.tap(pid, handle, enable, &mut self.outbox)?;
        Ok(())
    }

    /// Sets the mode of a standard stream (0 in, 1 out, 2 err) for tasks to come, and of those that are there if
    /// `update`: `tell` gets the ids of their mailboxes, ascending.
    ///
    /// ```
    /// # use executive::{Config, Strict, desk::{DeskRooms, Start}};
    /// # let mut rooms = DeskRooms::<2>::default();
    /// # let mut executive = rooms.executive(Strict, Config::default(), Start::default());
    /// # let image = minivm::hxe::write(&minivm::asm::assemble("again: JMP again")?.into());
    /// let pid = executive.load(&image)?.pid; // again: JMP again
    /// let mut updated = Vec::new();
    /// executive.mailbox_stdio(1, 0x0B, true, |id| updated.push(id))?;
    /// assert_eq!((updated, executive.stdio_modes()), (vec![2], [3, 0x0B, 3]));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] above 2.
    pub fn mailbox_stdio(
        &mut self,
        stream: usize,
        mode: u16,
        update: bool,
        tell: impl FnMut(u32),
    ) -> Result<(), Error> {
        let name = STREAMS.get(stream).ok_or(Error::Invalid)?;
        self.stdio_modes[stream] = mode;
        if update {
            self.mail.set_stdio_mode(self.profile, name, mode, tell);
        }
        Ok(())
    }
}
