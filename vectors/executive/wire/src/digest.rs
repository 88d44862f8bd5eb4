//! A digest of all that was told, so that two executives can be compared without sending it.

use core::cell::Cell;

use crc::{CRC_64_XZ, Crc, Table};

use serde::Serialize;

static CRC: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_XZ);

/// Bytes of the longest item.
const LONGEST: usize = 288;

/// A digest of all that was told so far, 0 at the start.
#[derive(Debug, Default)]
pub struct Digest(Cell<u64>);

impl Digest {
    /// Adds an item, or what is told at the end.
    pub fn add(&self, item: &impl Serialize) {
        let mut buffer = [0; LONGEST];
        // An item fits: see `PIECE`.
        let bytes: &[u8] = postcard::to_slice(item, &mut buffer).map_or(&[], |bytes| bytes);
        let mut digest = CRC.digest();
        digest.update(&self.0.get().to_le_bytes());
        digest.update(bytes);
        self.0.set(digest.finalize());
    }

    /// What it has come to.
    pub fn value(&self) -> u64 {
        self.0.get()
    }
}
