//! Time: TIM5 counts microseconds.

use crate::bus::Bus;
use crate::rcc::{self, CLOCK};

const TIM5: u32 = 0x4000_0C00;
const CR1: u32 = TIM5;
const EGR: u32 = TIM5 + 0x14;
const CNT: u32 = TIM5 + 0x24;
const PSC: u32 = TIM5 + 0x28;

/// The time since the start.
pub struct Clock<B> {
    bus: B,
    /// What the timer said last.
    last: u32,
    /// Microseconds since the start, then. Right as long as somebody asks once in 71 minutes.
    total: u64,
}

impl<B: Bus> Clock<B> {
    /// Starts it.
    pub fn start(bus: B) -> Self {
        bus.set(rcc::APB1ENR1, 1 << 3);
        bus.write(PSC, CLOCK / 1_000_000 - 1);
        // The divisor is taken over, and the counter cleared.
        bus.write(EGR, 1);
        bus.write(CR1, 1);
        Clock { bus, last: 0, total: 0 }
    }

    /// Microseconds since the start.
    pub fn micros(&mut self) -> u64 {
        let now = ticks(self.bus);
        self.total += u64::from(now.wrapping_sub(self.last));
        self.last = now;
        self.total
    }

    /// Milliseconds since the start.
    pub fn millis(&mut self) -> u64 {
        self.micros() / 1000
    }
}

/// What the timer says, in microseconds, wrapping.
fn ticks(bus: impl Bus) -> u32 {
    bus.read(CNT)
}

/// Waits for at least so many microseconds.
pub fn wait(bus: impl Bus, micros: u32) {
    let start = ticks(bus);
    // One more, because the first may be nearly over.
    while ticks(bus).wrapping_sub(start) <= micros {}
}
