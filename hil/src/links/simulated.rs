//! A chip on this host: the firmware's own code behind a line that is a buffer.

use std::io;
use std::time::Duration;

use device::{Device, Hardware, MAX_MESSAGE, Receiver};
use minivm::Memory;
use wire::Hello;
use wire::frame::frame_size;
use wire::message::Counter;

use crate::link::Link;

/// A chip that answers at once. Its clock stands still: who waits has waited.
pub struct Simulated {
    /// Nothing where it has no power.
    chip: Option<Powered>,
}

struct Powered {
    device: Device<Box<Memory>, Line>,
    receiver: Receiver<Vec<u8>>,
}

impl Simulated {
    /// A chip that has just started.
    pub fn start() -> Self {
        let mut simulated = Simulated { chip: None };
        simulated.power_up();
        simulated
    }

    fn power_up(&mut self) {
        let receiver = Receiver::new(vec![0; frame_size(MAX_MESSAGE)]);
        let hello = Hello {
            chip: "simulated",
            build: env!("CARGO_PKG_VERSION").as_bytes(),
            max_frame: receiver.capacity(),
            max_calls: device::MAX_CALLS as u32,
            counter: Counter::Nothing,
        };
        let mut device = Device::new(Line::default(), hello, Box::default());
        device.announce();
        self.chip = Some(Powered { device, receiver });
    }
}

impl Link for Simulated {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Powered { device, receiver } = self.chip.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        for &byte in bytes {
            if let Some(arrival) = receiver.push(byte) {
                device.serve(arrival);
            }
        }
        Ok(())
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, _: Duration) -> io::Result<()> {
        let chip = self.chip.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        bytes.append(&mut chip.device.hardware().sent);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), String> {
        self.power_up();
        Ok(())
    }

    fn cut_power(&mut self) {
        self.chip = None;
    }
}

/// What the chip has sent and the host has not received.
#[derive(Default)]
struct Line {
    sent: Vec<u8>,
}

impl Hardware for Line {
    fn send(&mut self, bytes: &[u8]) {
        self.sent.extend(bytes);
    }

    fn feed_watchdog(&mut self) {}

    fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32) {
        work();
        (0, 0)
    }

    fn hang(&mut self) {}
}
