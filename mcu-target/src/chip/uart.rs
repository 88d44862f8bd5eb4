//! What all chips have in common of a UART and its pins.

use crate::register::Register;

/// The registers of a UART: their places differ, their bits do not.
pub struct Uart {
    /// Bit 5: a byte has arrived. Bit 7: one can be sent.
    pub status: Register,
    /// Where received bytes are read.
    pub receive: Register,
    /// Where bytes to send are written.
    pub transmit: Register,
    /// Clock cycles a bit.
    pub baud_rate: Register,
    /// Bits 2 and 3: receiver and transmitter on.
    pub control: Register,
    /// The bit of `control` that switches the whole on.
    pub enable: u32,
    /// Where a 1 in bit 3 forgets an overrun; absent if reading does.
    pub clear: Option<Register>,
}

/// Two pins of a port as the UART's lines.
pub struct Pins {
    /// The port's registers.
    pub port: usize,
    /// Transmit, receive.
    pub numbers: [u32; 2],
    /// The alternate function that is the UART.
    pub function: u32,
}

impl Pins {
    /// Connects them with the UART.
    pub fn connect(&self) {
        const MODE: usize = 0x00;
        const FUNCTION: usize = 0x20;
        for number in self.numbers {
            let functions = Register::new(self.port, FUNCTION + 4 * (number as usize / 8));
            functions.modify(15 << (4 * (number % 8)), self.function << (4 * (number % 8)));
            Register::new(self.port, MODE).modify(3 << (2 * number), 2 << (2 * number));
        }
    }
}
