//! Devices of a host that keep what they are told.

use std::vec::Vec;

use super::traits::{Devices, HostCommands, Timer};
use crate::event::{CommandResult, Event};

/// Something that a device was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Io {
    /// Text of a task.
    Uart {
        /// The task.
        pid: u16,
        /// The bytes.
        data: Vec<u8>,
    },
    /// A frame of a task.
    Can {
        /// The task.
        pid: u16,
        /// 11 bits.
        id: u16,
        /// The bytes.
        data: Vec<u8>,
    },
    /// A task leaves.
    Exit {
        /// The task.
        pid: u16,
        /// Its R0.
        code: u32,
    },
}

/// Keeps everything until it is taken.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    /// What the devices were told, in order.
    pub io: Vec<Io>,
    /// What was reported, in order.
    pub events: Vec<Event>,
}

impl Recorder {
    /// What was kept since the last time.
    ///
    /// ```
    /// use executive::hal::{Devices, record::{Io, Recorder}};
    /// let mut devices = Recorder::default();
    /// devices.exit(1, 7);
    /// assert_eq!(devices.take().0, [Io::Exit { pid: 1, code: 7 }]);
    /// assert!(devices.take().0.is_empty());
    /// ```
    pub fn take(&mut self) -> (Vec<Io>, Vec<Event>) {
        (std::mem::take(&mut self.io), std::mem::take(&mut self.events))
    }
}

impl Devices for Recorder {
    fn uart(&mut self, pid: u16, bytes: &[u8]) {
        self.io.push(Io::Uart { pid, data: bytes.into() });
    }

    fn can(&mut self, pid: u16, id: u16, data: &[u8]) {
        self.io.push(Io::Can { pid, id, data: data.into() });
    }

    fn exit(&mut self, pid: u16, code: u32) {
        self.io.push(Io::Exit { pid, code });
    }

    fn event(&mut self, event: &Event) {
        self.events.push(*event);
    }
}

/// Handlers of the host that always answer the same: handler `n` is the element `n - 1`.
#[derive(Clone, Debug, Default)]
pub struct Answers(pub Vec<CommandResult>);

impl HostCommands for Answers {
    fn run(&mut self, number: u32) -> Option<CommandResult> {
        self.0.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }
}

/// The clock of the host.
#[derive(Clone, Copy, Debug)]
pub struct HostTimer(std::time::Instant);

impl Default for HostTimer {
    fn default() -> Self {
        HostTimer(std::time::Instant::now())
    }
}

impl Timer for HostTimer {
    fn now(&mut self) -> u64 {
        self.0.elapsed().as_millis() as u64
    }
}
