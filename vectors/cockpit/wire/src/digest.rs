//! A digest of the complete state of a machine, so that two can be compared without sending the state.

use cockpit::State;
use crc::{CRC_64_XZ, Crc, Table};

use crate::outcome::Call;

static CRC: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_XZ);

/// Bytes of the longest call: 255 of text, and what says that it is one.
const LONGEST_CALL: usize = 264;

/// A digest of all that was done to the outside so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outside(u64);

impl Outside {
    /// Adds a call.
    pub fn add(&mut self, call: &Call<'_>) {
        let mut buffer = [0; LONGEST_CALL];
        // A call fits: its text has at most 255 bytes.
        let bytes: &[u8] = postcard::to_slice(call, &mut buffer).map_or(&[], |bytes| bytes);
        let mut digest = CRC.digest();
        digest.update(&self.0.to_le_bytes());
        digest.update(bytes);
        self.0 = digest.finalize();
    }
}

/// The digest that follows `previous` (0 at the start of a case) if the machine is in this state and has done that to the
/// outside.
pub fn digest(previous: u64, state: &State, outside: Outside) -> u64 {
    let mut digest = CRC.digest();
    digest.update(&previous.to_le_bytes());
    digest.update(&outside.0.to_le_bytes());
    digest.update(&state.pc.to_le_bytes());
    digest.update(&state.pins);
    let mut cells = |cells: &[i32]| cells.iter().for_each(|cell| digest.update(&cell.to_le_bytes()));
    cells(&state.globals);
    // The counts keep what follows apart.
    cells(&[state.stack.depth() as i32]);
    cells(state.stack.as_slice());
    for (number, elements) in state.arrays.iter() {
        cells(&[number as i32, elements.len() as i32]);
        cells(elements);
    }
    digest.finalize()
}
