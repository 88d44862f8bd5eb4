//! A device on a host, behind a buffer instead of a line.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use hil_wire::frame::frame_size;
use hil_wire::{Counter, Hello};

use crate::device::{Device, MAX_MESSAGE};
use crate::hardware::Hardware;
use crate::receiver::Receiver;
use crate::runner::Runners;

/// What every measurement comes to: ticks, bytes of stack. Nothing is counted on a host; the numbers only tell the one
/// from the other.
pub const COST: (u32, u32) = (5, 6);

/// The build id of every such device.
pub const BUILD: &[u8] = b"host";

/// A device that has just started, and has announced itself.
pub struct OnHost<R> {
    device: Device<Box<R>, Buffer>,
    receiver: Receiver<Vec<u8>>,
}

impl<R: Runners<Buffer>> OnHost<R> {
    /// A device with these runners, whose numbers are `subjects`. It takes frames of the length that a chip takes.
    pub fn start(runners: Box<R>, subjects: &'static [u8]) -> Self {
        let receiver = Receiver::new(vec![0; frame_size(MAX_MESSAGE)]);
        let hello = Hello {
            chip: "simulated",
            build: BUILD,
            subjects,
            max_frame: receiver.capacity(),
            counter: Counter::Nothing,
        };
        let mut device = Device::new(Buffer::default(), hello, runners);
        device.announce();
        OnHost { device, receiver }
    }

    /// Takes bytes from the line. Gives all that the device has sent since the last call.
    pub fn exchange(&mut self, bytes: &[u8]) -> Vec<u8> {
        for &byte in bytes {
            if let Some(arrival) = self.receiver.push(byte) {
                self.device.serve(arrival);
            }
        }
        core::mem::take(&mut self.device.hardware().sent)
    }
}

/// The line: what the device has sent and nobody has received.
#[derive(Default)]
pub struct Buffer {
    sent: Vec<u8>,
}

impl Hardware for Buffer {
    fn send(&mut self, bytes: &[u8]) {
        self.sent.extend(bytes);
    }

    fn feed_watchdog(&mut self) {}

    fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32) {
        work();
        COST
    }

    fn hang(&mut self) {}
}
