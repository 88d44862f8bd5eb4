//! The trait of everything that carries bytes to a chip and back.

use std::io;
use std::time::Duration;

/// A line to a chip. It may lose, repeat and change what it carries.
pub trait Link: Send {
    /// Sends bytes.
    ///
    /// # Errors
    /// The other end is gone.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Waits at most so long for bytes and adds them to `bytes`; adds nothing if none came.
    ///
    /// # Errors
    /// The other end is gone.
    fn receive(&mut self, bytes: &mut Vec<u8>, limit: Duration) -> io::Result<()>;

    /// Starts the chip again, whatever it is doing.
    ///
    /// # Errors
    /// Why that is not possible.
    fn restart(&mut self) -> Result<(), String>;

    /// Takes the chip's power away, for tests: what comes next must be [`Link::restart`].
    fn cut_power(&mut self) {}

    /// How long a chip may say nothing, beyond the time that its cases take, before it is started again.
    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }
}
