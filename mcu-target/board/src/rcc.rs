//! The clock of the chip, and the registers that hand it to peripherals.

/// The core's clock, which is that of all peripherals too, in Hz.
pub(crate) const CLOCK: u32 = 16_000_000;

const RCC: u32 = 0x4002_1000;
/// Ports, in their order from bit 0; ADC1 and ADC2, bit 13.
pub(crate) const AHB2ENR: u32 = RCC + 0x4C;
/// TIM2, TIM3 and TIM5, bits 0, 1 and 3.
pub(crate) const APB1ENR1: u32 = RCC + 0x58;
/// TIM8 and USART1, bits 13 and 14.
pub(crate) const APB2ENR: u32 = RCC + 0x60;
