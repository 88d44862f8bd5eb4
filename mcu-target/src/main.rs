//! The firmware: the subjects that are on a chip, behind a link.
//!
//! What it does with a request, and which subjects it knows, is in `device`, which also runs on a host. Here is the chip:
//! where bytes come and go, what counts time, and the watchdog.
#![no_std]
#![no_main]

mod build_id;
#[cfg_attr(not(feature = "uart"), expect(dead_code, reason = "another link needs no registers"))]
mod chip;
mod counter;
mod link;
mod register;
mod reset;
mod stack;
mod watchdog;

use cortex_m_rt::{entry, exception};
use hil_wire::Hello;
use hil_wire::frame::frame_size;
use mcu_target_device::{Device, Hardware, MAX_MESSAGE, Receiver, Subjects};

use counter::Counter;
use link::Link;

/// What the device has of the chip.
struct Chip {
    link: Link,
    counter: Counter,
}

impl Hardware for Chip {
    fn send(&mut self, bytes: &[u8]) {
        self.link.send(bytes);
    }

    fn feed_watchdog(&mut self) {
        watchdog::feed();
    }

    fn measure(&mut self, work: &mut dyn FnMut()) -> (u32, u32) {
        let mut ticks = 0;
        let stack = stack::used_by(&mut || ticks = self.counter.count(work));
        (ticks, stack)
    }

    fn hang(&mut self) {
        loop {
            cortex_m::asm::nop();
        }
    }
}

#[entry]
fn main() -> ! {
    static mut SUBJECTS: Subjects = Subjects::new();
    static mut FRAME: [u8; frame_size(MAX_MESSAGE)] = [0; frame_size(MAX_MESSAGE)];

    // There is one entry, and it is entered once.
    let mut peripherals =
        cortex_m::Peripherals::take().unwrap_or_else(|| cortex_m::peripheral::SCB::sys_reset());
    let counter = Counter::new(&mut peripherals.DCB, peripherals.DWT, peripherals.SYST);
    let mut receiver = Receiver::new(FRAME);
    let hello = Hello {
        chip: chip::NAME,
        build: build_id::read(),
        subjects: Subjects::NUMBERS,
        max_frame: receiver.capacity(),
        counter: counter.kind(),
    };
    let mut device = Device::new(Chip { link: Link::open(), counter }, hello, SUBJECTS);
    device.announce();
    loop {
        watchdog::feed();
        let Some(byte) = device.hardware().link.receive() else { continue };
        if let Some(arrival) = receiver.push(byte) {
            device.serve(arrival);
        }
    }
}

#[exception]
fn SysTick() {
    watchdog::tick();
}
