//! A non-volatile store in RAM.

use super::traits::NonVolatile;
use crate::table::{Full, Table};

/// Keys and bits in ascending order of the keys.
#[derive(Debug)]
pub struct RamStore<'m> {
    entries: Table<'m, (u16, u16)>,
}

impl<'m> RamStore<'m> {
    /// An empty store with room for as many keys as the slice has places.
    ///
    /// ```
    /// use executive::hal::{NonVolatile, RamStore};
    /// let mut room = [(0, 0); 2];
    /// let mut store = RamStore::new(&mut room);
    /// store.store(9, 1)?;
    /// store.store(5, 2)?;
    /// store.store(9, 3)?;
    /// assert!(store.store(7, 4).is_err());
    /// assert_eq!((store.load(9), store.load(7)), (Some(3), None));
    /// assert_eq!(store.entries(), [(5, 2), (9, 3)]);
    /// # Ok::<(), executive::table::Full>(())
    /// ```
    pub fn new(room: &'m mut [(u16, u16)]) -> Self {
        RamStore { entries: Table::new(room) }
    }

    /// All entries, ascending.
    pub fn entries(&self) -> &[(u16, u16)] {
        &self.entries
    }
}

impl NonVolatile for RamStore<'_> {
    fn load(&self, key: u16) -> Option<u16> {
        let at = self.entries.binary_search_by_key(&key, |entry| entry.0).ok()?;
        Some(self.entries[at].1)
    }

    fn store(&mut self, key: u16, bits: u16) -> Result<(), Full> {
        match self.entries.binary_search_by_key(&key, |entry| entry.0) {
            Ok(at) => self.entries[at].1 = bits,
            Err(at) => self.entries.insert(at, (key, bits))?,
        }
        Ok(())
    }
}
