//! A list in an array of the caller's.

use core::ops::{Deref, DerefMut};

/// A list of at most as many elements as the slice has. Elements beyond its length are spare.
#[derive(Debug)]
pub struct Table<'m, T> {
    slots: &'m mut [T],
    length: usize,
}

/// There is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl<'m, T: Default> Table<'m, T> {
    /// An empty list.
    ///
    /// ```
    /// use executive::table::{Full, Table};
    /// let mut slots = [0; 2];
    /// let mut table = Table::new(&mut slots);
    /// assert_eq!((table.push(5), table.insert(0, 4), table.push(6)), (Ok(()), Ok(()), Err(Full)));
    /// assert_eq!(table.remove(0), 4);
    /// assert_eq!(*table, [5]);
    /// ```
    pub fn new(slots: &'m mut [T]) -> Self {
        Table { slots, length: 0 }
    }

    /// Appends an element.
    ///
    /// # Errors
    /// [`Full`]; the list is as it was.
    pub fn push(&mut self, element: T) -> Result<(), Full> {
        *self.slots.get_mut(self.length).ok_or(Full)? = element;
        self.length += 1;
        Ok(())
    }

    /// Puts an element at `index`, or at the end if there are fewer, and moves those behind it.
    ///
    /// # Errors
    /// [`Full`]; the list is as it was.
    pub fn insert(&mut self, index: usize, element: T) -> Result<(), Full> {
        let index = index.min(self.length);
        self.push(element)?;
        self[index..].rotate_right(1);
        Ok(())
    }

    /// Takes the element at `index` out. `index` is less than the length.
    pub fn remove(&mut self, index: usize) -> T {
        self[index..].rotate_left(1);
        self.length -= 1;
        core::mem::take(&mut self.slots[self.length])
    }

    /// Drops the elements from `length` on.
    pub fn truncate(&mut self, length: usize) {
        while self.length > length {
            self.length -= 1;
            self.slots[self.length] = T::default();
        }
    }

    /// How many elements there can be.
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }
}

impl<T> Deref for Table<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.slots[..self.length]
    }
}

impl<T> DerefMut for Table<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.slots[..self.length]
    }
}
