//! MiniVM in little RAM: 64 KiB of code in flash run in two lines of 512 bytes, over 64 KiB of data of which four pages of
//! 256 bytes are at hand. What keeps the pages is RAM here, in place of an FRAM. The same program runs from whole code and
//! memory before; to any byte that the host sends, the UART answers with a line of what both came to.
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

use core::fmt::{self, Write};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use minivm::call_stack::FixedCallStack;
use minivm::memory::LoadStore;
use minivm::paging::{PagedCode, PagedMemory};
use minivm::{Context, Memory, Run, Stop, Strict, Vm};
use uart::Link;

/// The program, which build.rs makes.
static CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/long.bin"));
const _: () = assert!(CODE.len() == 0x1_0000);
/// More than it takes.
const STEPS: u32 = 1_000_000;
/// The most that SysTick counts.
const MAX: u32 = 0x00FF_FFFF;

type Calls = FixedCallStack<4>;
type Code = PagedCode<&'static [u8], 512, 2>;
type Data<'m> = PagedMemory<'m, &'m mut Memory, 256, 4>;
// 2 KiB of lines and pages, and what is known of them.
const _: () = assert!(size_of::<Code>() + size_of::<Data<'_>>() < 2048 + 256);

/// What a run came to.
struct Outcome {
    run: Run,
    /// Ticks of SysTick that it took.
    ticks: u32,
    /// A digest of data memory after it.
    digest: u32,
}

impl fmt::Display for Outcome {
    /// Steps, status, digest, ticks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome { run, ticks, digest } = self;
        match run.stop {
            Some(Stop::Returned { status }) => write!(f, "{} {status} {digest} {ticks}", run.steps),
            _ => f.write_str("does not return"),
        }
    }
}

impl Write for Link {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.send(text.as_bytes());
        Ok(())
    }
}

#[entry]
fn main() -> ! {
    static mut MEMORY: Memory = Memory::new();

    // There is one entry, and it is entered once.
    let mut peripherals =
        cortex_m::Peripherals::take().unwrap_or_else(|| cortex_m::peripheral::SCB::sys_reset());
    peripherals.SYST.set_clock_source(SystClkSource::Core);
    peripherals.SYST.set_reload(MAX);
    peripherals.SYST.clear_current();
    peripherals.SYST.enable_counter();
    let mut link = Link::open();
    let (whole, paged) = (whole(MEMORY), paged(MEMORY));
    loop {
        if link.receive().is_some() {
            // The UART takes everything.
            let _ = match &paged {
                Some((paged, misses)) => writeln!(link, "{whole} {paged} {misses}"),
                None => writeln!(link, "cannot be paged"),
            };
        }
    }
}

fn whole(memory: &mut Memory) -> Outcome {
    memory.reset();
    let mut vm = Vm::new(Strict, CODE, memory, Calls::new(), Context::default());
    let (run, ticks) = counted(|| vm.run(STEPS));
    Outcome { run, ticks, digest: digest(memory) }
}

/// The same in pages, and how many lines and pages were fetched.
fn paged(store: &mut Memory) -> Option<(Outcome, u32)> {
    store.reset();
    let mut code = Code::new(CODE);
    let mut memory = Data::new(store, &[]).ok()?;
    let mut vm = Vm::with_memory(Strict, &[], &mut memory, Calls::new(), Context::default());
    let (run, ticks) = counted(|| vm.run_paged(&mut code, STEPS));
    memory.flush().ok()?;
    let misses = code.counters().misses + memory.counters().misses;
    Some((Outcome { run, ticks, digest: digest(store) }, misses))
}

fn counted(work: impl FnOnce() -> Run) -> (Run, u32) {
    let before = SYST::get_current();
    let run = work();
    // It counts down.
    (run, before.wrapping_sub(SYST::get_current()) & MAX)
}

/// Depends on every word and its place.
fn digest(memory: &Memory) -> u32 {
    let words = (0..0x1_0000).step_by(4).filter_map(|address| LoadStore::read(memory, address));
    words.fold(0, |digest: u32, word| digest.wrapping_mul(31).wrapping_add(u32::from_le_bytes(word)))
}
