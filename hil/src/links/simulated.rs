//! A chip on this host, behind a line that is a buffer.

use std::io;
use std::time::Duration;

use crate::link::Link;

/// A chip that has power: takes bytes from the line, and gives all that it has sent since the last call.
pub type Powered = Box<dyn FnMut(&[u8]) -> Vec<u8> + Send>;

/// A chip that answers at once. Its clock stands still: who waits has waited.
pub struct Simulated {
    start: Box<dyn FnMut() -> Powered + Send>,
    /// `None` if it has no power.
    chip: Option<Powered>,
    /// What the chip has sent and the host has not received.
    sent: Vec<u8>,
}

impl Simulated {
    /// A chip that has just started. `start` gives it power: each call gives a chip that knows nothing of the one before.
    pub fn start(mut start: impl FnMut() -> Powered + Send + 'static) -> Self {
        Simulated { chip: Some(start()), start: Box::new(start), sent: Vec::new() }
    }

    fn exchange(&mut self, bytes: &[u8]) -> io::Result<()> {
        let chip = self.chip.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        self.sent.extend(chip(bytes));
        Ok(())
    }
}

impl Link for Simulated {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.exchange(bytes)
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, _: Duration) -> io::Result<()> {
        self.exchange(&[])?;
        bytes.append(&mut self.sent);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), String> {
        self.sent.clear();
        self.chip = Some((self.start)());
        Ok(())
    }

    fn cut_power(&mut self) {
        self.sent.clear();
        self.chip = None;
    }
}
