//! The executive alone, with two tasks in flash that talk through a mailbox: one counts, the other makes what it receives a
//! value. To any byte that the host sends, the UART answers with the value, four hexadecimal digits of a binary16 and a line
//! feed.
#![no_std]
#![no_main]

#[path = "../chip/mod.rs"]
mod chip;
#[path = "../register.rs"]
mod register;
#[path = "../reset.rs"]
mod reset;
#[path = "../link/uart.rs"]
mod uart;

use core::marker::PhantomData;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{entry, exception};
use executive::bytes::Block;
use executive::hal::{Devices, File, NoCommands, RamFiles, RamStore};
use executive::scheduler::Instruction;
use executive::{Config, Event, Executive, Parts, Storage, Strict, System};
use minivm::control::Arena;
use minivm::memory::SparseMemory;
use uart::Link;

/// The programs, of which build.rs makes images.
const IMAGES: [&[u8]; 2] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/sensor.hxe")),
    include_bytes!(concat!(env!("OUT_DIR"), "/display.hxe")),
];
/// The value that the host reads: group 1, number 2.
const VALUE: u16 = 0x102;
/// Turns between two looks at the clock and the UART.
const SLICE: u32 = 16;

/// How many tasks there may be, bytes of code of each, and pages of its data memory that may differ from zero. With all
/// services, what the reference calls "embedded".
const TASKS: usize = if cfg!(feature = "services") { 8 } else { 2 };
const CODE: usize = if cfg!(feature = "services") { 2048 } else { 256 };
const PAGES: usize = if cfg!(feature = "services") { 8 } else { 4 };
#[cfg(feature = "services")]
type Store = Storage<8, 36, 48, 64, 96, 16, 1024, 8, 0>;
#[cfg(not(feature = "services"))]
type Store = Storage<2, 9, 10, 8, 16, 2, 64, 1, 0>;
const FILES: usize = if cfg!(feature = "services") { 8 } else { 0 };

struct Space {
    code: [u8; CODE],
    memory: SparseMemory<PAGES>,
}

/// What the executive is made of.
struct Chip<'m>(PhantomData<&'m ()>);

impl<'m> System for Chip<'m> {
    type Profile = Strict;
    type Memory = SparseMemory<PAGES>;
    type Policy = Instruction;
    type Devices = Console;
    type Files = RamFiles<'m>;
    type Store = RamStore<'m>;
    type Commands = NoCommands;
}

/// The UART. There is no CAN, and nobody listens to events.
struct Console(Link);

impl Devices for Console {
    fn uart(&mut self, _: u16, bytes: &[u8]) {
        self.0.send(bytes);
    }

    fn can(&mut self, _: u16, _: u16, _: &[u8]) {}

    fn exit(&mut self, _: u16, _: u32) {}

    fn event(&mut self, _: &Event) {}
}

static MILLIS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    MILLIS.store(MILLIS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

#[entry]
fn main() -> ! {
    static mut SPACES: [Space; TASKS] =
        [const { Space { code: [0; CODE], memory: SparseMemory::new() } }; TASKS];

    // There is one entry, and it is entered once.
    let mut peripherals =
        cortex_m::Peripherals::take().unwrap_or_else(|| cortex_m::peripheral::SCB::sys_reset());
    peripherals.SYST.set_clock_source(SystClkSource::Core);
    peripherals.SYST.set_reload(chip::CLOCK / 1000 - 1);
    peripherals.SYST.clear_current();
    peripherals.SYST.enable_counter();
    peripherals.SYST.enable_interrupt();

    Store::with(|rooms| {
        let (mut files, mut blocks) = ([File::default(); FILES], [Block::default(); 4 * FILES]);
        let mut stored = [(0, 0); FILES];
        let arenas =
            SPACES.each_mut().map(|Space { code, memory }| Arena::with_memory(code, memory, &mut []));
        let parts = Parts {
            profile: Strict,
            policy: Instruction,
            devices: Console(Link::open()),
            files: RamFiles::new(&mut files, &mut blocks, 1024),
            store: RamStore::new(&mut stored),
            commands: NoCommands,
        };
        run(Executive::new(parts, Config::embedded(), arenas, rooms))
    })
}

/// Runs the programs for ever.
fn run(mut executive: Executive<'_, Chip<'_>, TASKS>) -> ! {
    for image in IMAGES {
        // Without a program there is no value, and the host sees 0.
        let _loaded = executive.load(image);
    }
    let mut last = 0;
    loop {
        let now = MILLIS.load(Ordering::Relaxed);
        executive.set_time(executive.now() + u64::from(now.wrapping_sub(last)));
        last = now;
        executive.step(SLICE, None);
        if executive.devices_mut().0.receive().is_some() {
            let bits = executive.value(VALUE, None).unwrap_or(0);
            let digit = |shift: u32| b"0123456789abcdef"[usize::from(bits >> shift & 0xF)];
            executive.devices_mut().0.send(&[digit(12), digit(8), digit(4), digit(0), b'\n']);
        }
    }
}
