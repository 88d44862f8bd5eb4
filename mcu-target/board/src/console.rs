//! The console: USART1 on PA9 and PA10, 115200 baud, 8 bits, no parity.

use crate::bus::Bus;
use crate::port::Line;
use crate::rcc::{self, CLOCK};

const USART1: u32 = 0x4001_3800;
const CR1: u32 = USART1;
const BRR: u32 = USART1 + 0x0C;
const ISR: u32 = USART1 + 0x1C;
const TDR: u32 = USART1 + 0x28;

const BAUD: u32 = 115_200;
const ENABLED: u32 = 1;
const TRANSMITTER: u32 = 1 << 3;
const CAN_SEND: u32 = 1 << 7;

/// Switches it on.
pub fn open(bus: impl Bus) {
    bus.set(rcc::APB2ENR, 1 << 14);
    for number in [9, 10] {
        Line::a(number).function(bus, 7);
    }
    bus.write(BRR, (CLOCK + BAUD / 2) / BAUD);
    bus.write(CR1, TRANSMITTER | ENABLED);
}

/// Sends all of it.
pub fn send(bus: impl Bus, bytes: &[u8]) {
    for &byte in bytes {
        bus.wait_for(ISR, CAN_SEND);
        bus.write(TDR, byte.into());
    }
}
