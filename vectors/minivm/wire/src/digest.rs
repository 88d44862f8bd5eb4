//! A digest of the complete state of a machine, so that two can be compared without sending the state.

use crc::{CRC_64_XZ, Crc, Table};
use minivm::Vm;
use minivm::call_stack::CallStack;
use minivm::memory::PAGE;

use crate::outcome::State;

static CRC: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_XZ);

/// The digest that follows `previous` (0 at the start of a case) if the VM is in this state. `calls` are its return
/// addresses, oldest first. Pages of zeros count for nothing, so whether one was written makes no difference.
pub fn digest<P: minivm::Profile, S: CallStack>(previous: u64, vm: &Vm<'_, P, S>, calls: &[u32]) -> u64 {
    let State { pc, sp, psw, regs } = State::of(vm);
    let mut digest = CRC.digest();
    digest.update(&previous.to_le_bytes());
    for word in regs.into_iter().chain([pc, sp, psw.into()]) {
        digest.update(&word.to_le_bytes());
    }
    // The count keeps return addresses apart from what follows.
    digest.update(&(calls.len() as u32).to_le_bytes());
    for address in calls {
        digest.update(&address.to_le_bytes());
    }
    let memory = vm.memory();
    let pages = memory.written_pages().map(|range| (range.start / PAGE, &memory.bytes()[range]));
    for (number, page) in pages.filter(|(_, page)| page.iter().any(|&byte| byte != 0)) {
        digest.update(&(number as u32).to_le_bytes());
        digest.update(page);
    }
    digest.finalize()
}
