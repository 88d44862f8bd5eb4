//! A digest of the complete state of a machine, so that two can be compared without sending the state.

use crc::{CRC_64_XZ, Crc, Table};

use crate::message::State;

static CRC: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_XZ);

/// Bytes of a page of memory, as the digest counts them.
pub const PAGE: usize = 1024;

/// The digest that follows `previous` when a machine is in this state. `calls` are its return addresses, oldest first.
/// `pages` are pages of its data memory by number, ascending; pages of zeros count for nothing, so whether one is
/// left out or not makes no difference.
pub fn digest<'p>(
    previous: u64,
    state: &State,
    calls: &[u32],
    pages: impl Iterator<Item = (usize, &'p [u8])>,
) -> u64 {
    let mut digest = CRC.digest();
    digest.update(&previous.to_le_bytes());
    for word in state.regs.into_iter().chain([state.pc, state.sp, state.psw.into()]) {
        digest.update(&word.to_le_bytes());
    }
    // The count keeps return addresses apart from what follows.
    digest.update(&(calls.len() as u32).to_le_bytes());
    for address in calls {
        digest.update(&address.to_le_bytes());
    }
    for (number, page) in pages.filter(|(_, page)| page.iter().any(|&byte| byte != 0)) {
        digest.update(&(number as u32).to_le_bytes());
        digest.update(page);
    }
    digest.finalize()
}
