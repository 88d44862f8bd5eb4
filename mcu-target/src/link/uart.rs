//! The UART, polled: while a case runs nothing is expected, because the host waits for the answer.

use hil_wire::BAUD;

use crate::chip::{CLOCK, CLOCKS, PINS, UART};

const RECEIVED: u32 = 1 << 5;
const CAN_SEND: u32 = 1 << 7;
const OVERRUN: u32 = 1 << 3;
const RECEIVER_AND_TRANSMITTER: u32 = 0b11 << 2;

/// The chip's UART, 8 bits, no parity.
pub struct Link;

impl Link {
    /// Switches it on.
    pub fn open() -> Self {
        for (register, bit) in CLOCKS {
            register.modify(bit, bit);
        }
        PINS.connect();
        UART.baud_rate.write((CLOCK + BAUD / 2) / BAUD);
        UART.control.write(RECEIVER_AND_TRANSMITTER | UART.enable);
        Link
    }

    /// A byte, if one has arrived.
    pub fn receive(&mut self) -> Option<u8> {
        let status = UART.status.read();
        // What an overrun has cost shows in the CRC.
        if let (true, Some(clear)) = (status & OVERRUN != 0, UART.clear) {
            clear.write(OVERRUN);
        }
        (status & RECEIVED != 0).then(|| UART.receive.read() as u8)
    }

    /// Sends all of them.
    pub fn send(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while UART.status.read() & CAN_SEND == 0 {}
            UART.transmit.write(byte.into());
        }
    }
}
