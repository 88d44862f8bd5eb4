//! Where bytes come and go: the chip's UART, RTT through a debug probe, or semihosting in an emulator. Exactly one of
//! these features is chosen.

#[cfg(feature = "rtt")]
#[path = "rtt.rs"]
mod chosen;
#[cfg(feature = "semihosting")]
#[path = "semihosting.rs"]
mod chosen;
#[cfg(feature = "uart")]
#[path = "uart.rs"]
mod chosen;

pub use chosen::Link;
