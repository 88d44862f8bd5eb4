//! What goes wrong begins anew. A host behind the link notices that, and which case it was at.

use cortex_m_rt::{ExceptionFrame, exception};

#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}
