//! How much stack something uses.

/// Bytes that are looked at, below the stack pointer.
const DEPTH: usize = 4096;
const PATTERN: u32 = 0xA5A5_5A5A;

/// Does the work and says how many bytes of stack it has used, up to [`DEPTH`].
#[inline(never)]
pub fn used_by(work: &mut dyn FnMut()) -> u32 {
    let top = cortex_m::register::msp::read() as usize & !3;
    let words = || (top - DEPTH..top).step_by(4).map(|address| address as *mut u32);
    for word in words() {
        // SAFETY: what lies below the stack pointer belongs to nobody, and RAM goes on for more than DEPTH there: the
        // stack is the rest of RAM behind all statics. Interrupts may use it in between; they leave what they wrote,
        // which is counted.
        unsafe { word.write_volatile(PATTERN) };
    }
    work();
    // SAFETY: as above; nothing is changed.
    let untouched = words().take_while(|word| unsafe { word.read_volatile() } == PATTERN).count();
    (DEPTH - 4 * untouched) as u32
}
