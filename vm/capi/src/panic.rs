//! What becomes of a panic where there is no operating system.

use core::panic::PanicInfo;

unsafe extern "C" {
    /// The C library's, or one of the firmware's own.
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}
