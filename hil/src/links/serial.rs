//! A serial port.

use std::io::{self, Read, Write};
use std::time::Duration;

use hil_wire::BAUD;
use serialport::{ClearBuffer, SerialPort};

use crate::link::Link;

/// A board at a serial port.
pub struct Serial {
    port: Box<dyn SerialPort>,
}

impl Serial {
    /// Opens the port, e.g. `/dev/ttyACM0`.
    ///
    /// # Errors
    /// Why it does not open.
    pub fn open(path: &str) -> Result<Self, String> {
        let port = serialport::new(path, BAUD).open().map_err(|error| format!("{path}: {error}"))?;
        Ok(Serial { port })
    }

    /// The ports there are, with what is known of them.
    ///
    /// # Errors
    /// Why they cannot be listed.
    pub fn list() -> Result<Vec<String>, String> {
        let ports = serialport::available_ports().map_err(|error| error.to_string())?;
        Ok(ports.into_iter().map(|port| port.port_name).collect())
    }
}

impl Link for Serial {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.port.write_all(bytes)
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, limit: Duration) -> io::Result<()> {
        self.port.set_timeout(limit)?;
        let mut buffer = [0; 4096];
        match self.port.read(&mut buffer) {
            Ok(length) => {
                bytes.extend(&buffer[..length]);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A serial port has no line that resets a chip: the watchdog must have done it.
    fn restart(&mut self) -> Result<(), String> {
        self.port.clear(ClearBuffer::All).map_err(|error| error.to_string())
    }

    /// Longer than the firmware's watchdog.
    fn patience(&self) -> Duration {
        Duration::from_secs(40)
    }
}
