//! STM32F405 (reference manual RM0090), and QEMU's `netduinoplus2`: USART1 on PA9 and PA10.

use super::uart::{Pins, Uart};
use crate::register::Register;

/// The name that the firmware goes by.
#[cfg_attr(feature = "tasks", expect(dead_code, reason = "without a link to a host nobody asks"))]
pub const NAME: &str = "STM32F405";
/// The core's clock after a reset in Hz: the internal oscillator, so that it runs on any board.
pub const CLOCK: u32 = 16_000_000;

const RCC: usize = 0x4002_3800;
const USART1: usize = 0x4001_1000;

/// The lines.
pub const PINS: Pins = Pins { port: 0x4002_0000, numbers: [9, 10], function: 7 };
/// The UART.
pub const UART: Uart = Uart {
    status: Register::new(USART1, 0x00),
    receive: Register::new(USART1, 0x04),
    transmit: Register::new(USART1, 0x04),
    baud_rate: Register::new(USART1, 0x08),
    control: Register::new(USART1, 0x0C),
    enable: 1 << 13,
    clear: None,
};
/// Where the clocks of port A and of the UART are switched on.
pub const CLOCKS: [(Register, u32); 2] = [(Register::new(RCC, 0x30), 1), (Register::new(RCC, 0x44), 1 << 4)];
