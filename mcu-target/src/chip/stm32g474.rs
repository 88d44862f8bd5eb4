//! STM32G474 (reference manual RM0440): USART2 on PA2 and PA3, which a Nucleo-G474RE connects with its ST-LINK.

use super::uart::{Pins, Uart};
use crate::register::Register;

/// The name that the firmware goes by.
#[cfg_attr(feature = "tasks", expect(dead_code, reason = "without a link to a host nobody asks"))]
pub const NAME: &str = "STM32G474";
/// The core's clock after a reset in Hz: the internal oscillator.
pub const CLOCK: u32 = 16_000_000;

const RCC: usize = 0x4002_1000;
const USART2: usize = 0x4000_4400;

/// The lines.
pub const PINS: Pins = Pins { port: 0x4800_0000, numbers: [2, 3], function: 7 };
/// The UART.
pub const UART: Uart = Uart {
    status: Register::new(USART2, 0x1C),
    receive: Register::new(USART2, 0x24),
    transmit: Register::new(USART2, 0x28),
    baud_rate: Register::new(USART2, 0x0C),
    control: Register::new(USART2, 0x00),
    enable: 1,
    clear: Some(Register::new(USART2, 0x20)),
};
/// Where the clocks of port A and of the UART are switched on.
pub const CLOCKS: [(Register, u32); 2] = [(Register::new(RCC, 0x4C), 1), (Register::new(RCC, 0x58), 1 << 17)];
