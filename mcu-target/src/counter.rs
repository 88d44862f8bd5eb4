//! Counting how long something takes.

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{DCB, DWT, SYST};

use crate::watchdog;

/// The counter of cycles, or SysTick if there is none that counts, as in QEMU. SysTick drives the watchdog, which
/// rests while something is counted.
pub struct Counter {
    has_cycles: bool,
    systick: SYST,
}

/// The most that SysTick counts.
const MAX: u32 = 0x00FF_FFFF;

impl Counter {
    /// Finds out what counts, and starts the watchdog's clock.
    pub fn new(dcb: &mut DCB, mut dwt: DWT, systick: SYST) -> Self {
        dcb.enable_trace();
        dwt.enable_cycle_counter();
        let before = DWT::cycle_count();
        cortex_m::asm::delay(100);
        let has_cycles = DWT::cycle_count() != before;
        let mut counter = Counter { has_cycles, systick };
        counter.systick.set_clock_source(SystClkSource::Core);
        counter.guard();
        counter
    }

    /// What it counts.
    pub fn kind(&self) -> hil_wire::Counter {
        if self.has_cycles { hil_wire::Counter::Cycles } else { hil_wire::Counter::SysTick }
    }

    /// What it counts while `work` is done.
    pub fn count(&mut self, work: &mut dyn FnMut()) -> u32 {
        self.systick.disable_interrupt();
        self.systick.set_reload(MAX);
        self.systick.clear_current();
        let (cycles, ticks) = (DWT::cycle_count(), SYST::get_current());
        work();
        let (ticks_after, cycles_after) = (SYST::get_current(), DWT::cycle_count());
        self.guard();
        if self.has_cycles {
            cycles_after.wrapping_sub(cycles)
        } else {
            // It counts down.
            ticks.wrapping_sub(ticks_after) & MAX
        }
    }

    fn guard(&mut self) {
        watchdog::feed();
        self.systick.set_reload(watchdog::PERIOD);
        self.systick.clear_current();
        self.systick.enable_counter();
        self.systick.enable_interrupt();
    }
}
