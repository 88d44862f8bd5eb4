//! The data stack, which is also where return addresses live.

use crate::error::Check;

/// How many cells a program can use. The reference's array has one more, which no push reaches.
pub const CAPACITY: usize = 1023;

/// Cells of 32 bits, signed. Popping leaves a cell's value in place, so going back to an earlier depth brings back
/// what was popped since.
#[derive(Clone, Debug)]
pub struct Stack {
    cells: [i32; CAPACITY + 1],
    depth: usize,
}

impl Stack {
    /// An empty one.
    pub const fn new() -> Self {
        Stack { cells: [0; CAPACITY + 1], depth: 0 }
    }

    /// One that holds `cells`, bottom first; nothing if they are more than [`CAPACITY`].
    pub fn from_cells(cells: &[i32]) -> Option<Self> {
        let mut stack = Stack::new();
        stack.cells[..CAPACITY].get_mut(..cells.len())?.copy_from_slice(cells);
        stack.depth = cells.len();
        Some(stack)
    }

    /// The cells in use, bottom first.
    pub fn as_slice(&self) -> &[i32] {
        &self.cells[..self.depth]
    }

    /// How many cells are in use, 0 to [`CAPACITY`].
    #[inline(always)]
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Adds a cell on top.
    ///
    /// # Errors
    /// [`Check::Room`] if all are in use.
    #[inline(always)]
    pub fn push(&mut self, value: i32) -> Result<(), Check> {
        if self.depth >= CAPACITY {
            return Err(Check::Room);
        }
        self.cells[self.depth] = value;
        self.depth += 1;
        Ok(())
    }

    /// Takes the top away.
    ///
    /// # Errors
    /// [`Check::Operands`] if it is empty.
    #[inline(always)]
    pub fn pop(&mut self) -> Result<i32, Check> {
        if self.depth == 0 {
            return Err(Check::Operands);
        }
        self.depth -= 1;
        // The mask lets the compiler drop a bounds check.
        Ok(self.cells[self.depth & CAPACITY])
    }

    /// The cell that lies `distance` cells below the top.
    ///
    /// # Errors
    /// [`Check::Memory`] if there is none.
    #[inline(always)]
    pub fn below_top(&mut self, distance: u16) -> Result<&mut i32, Check> {
        let position = self.depth.checked_sub(usize::from(distance) + 1).ok_or(Check::Memory)?;
        self.cells.get_mut(position).ok_or(Check::Memory)
    }

    /// Goes back to a depth that it had when the instruction began, before which it has only been popped.
    #[inline(always)]
    pub(crate) fn restore(&mut self, depth: usize) {
        self.depth = depth;
    }
}

impl Default for Stack {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Stack {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Stack {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_1023_cells() {
        let mut stack = Stack::from_cells(&[7; CAPACITY - 1]).unwrap();
        assert_eq!(stack.push(8), Ok(()));
        assert_eq!(stack.push(9), Err(Check::Room));
        assert_eq!(stack.depth(), CAPACITY);
        assert_eq!(Stack::from_cells(&[0; CAPACITY + 1]), None);
    }

    #[test]
    fn distances_count_from_the_top() {
        let mut stack = Stack::from_cells(&[1, 2, 3]).unwrap();
        assert_eq!(stack.below_top(0), Ok(&mut 3));
        assert_eq!(stack.below_top(2), Ok(&mut 1));
        assert_eq!(stack.below_top(3), Err(Check::Memory));
        assert_eq!(Stack::new().below_top(0), Err(Check::Memory));
    }
}
