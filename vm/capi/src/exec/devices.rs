//! The devices of an executive: what tasks put out, and what happens, waits in queues until the caller fetches it.

use executive::Event;
use executive::hal::Devices;

use super::event::ExecEvent;
use super::queue::Queue;

/// A frame that a task has put on the bus.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The task.
    pub pid: u32,
    /// The identifier, 11 bits.
    pub id: u32,
    /// How many bytes, 0 to 8. A longer frame does not exist on a classic bus and is lost.
    pub length: u32,
    /// The bytes; those behind them are 0.
    pub data: [u8; 8],
}

/// A byte for the console, and the task that wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Printed {
    pub pid: u16,
    pub byte: u8,
}

/// The queues.
pub(super) struct Queues {
    pub printed: Queue<Printed>,
    pub frames: Queue<Frame>,
    pub events: Queue<ExecEvent>,
}

impl Devices for Queues {
    fn uart(&mut self, pid: u16, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.printed.push(Printed { pid, byte }));
    }

    fn can(&mut self, pid: u16, id: u16, data: &[u8]) {
        let mut frame =
            Frame { pid: pid.into(), id: id.into(), length: data.len() as u32, ..Frame::default() };
        if let Some(place) = frame.data.get_mut(..data.len()) {
            place.copy_from_slice(data);
            self.frames.push(frame);
        }
    }

    /// The event says it as well.
    fn exit(&mut self, _: u16, _: u32) {}

    fn event(&mut self, event: &Event) {
        self.events.push(event.into());
    }
}
