//! The watchdog: a case that does not end costs a reset.
//!
//! It is SysTick's interrupt, so it works on every chip and in QEMU alike, and ends whatever the interpreter hangs in.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::SCB;

use crate::chip;

/// Ticks of the core's clock between two interrupts: a tenth of a second on a board. QEMU's clock is 168 MHz.
pub const PERIOD: u32 = chip::CLOCK / 10;
/// Interrupts until it bites: 30 s on a board, 3 s in QEMU and more on a busy host, because it loses some there. A million
/// steps take a fraction of that.
const PATIENCE: u32 = 300;

static LEFT: AtomicU32 = AtomicU32::new(PATIENCE);

/// All is well.
pub fn feed() {
    LEFT.store(PATIENCE, Ordering::Relaxed);
}

/// To be called by SysTick's interrupt.
pub fn tick() {
    // Nobody else runs while an interrupt of this priority does, so load and store are one.
    match LEFT.load(Ordering::Relaxed).checked_sub(1) {
        Some(left) => LEFT.store(left, Ordering::Relaxed),
        None => SCB::sys_reset(),
    }
}
