//! Arrays: created once, by number, and never freed.

use crate::error::Check;

/// How many arrays there can be.
pub const COUNT: usize = 16;
/// How many elements an array can have. The reference's pool of 1024 cells holds 16 arrays of this size, so it is
/// never exhausted.
pub const MAX_LENGTH: usize = 64;

/// The arrays of a machine, by number, 0 to 15. Those that were not created do not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrays {
    elements: [[i32; MAX_LENGTH]; COUNT],
    lengths: [u8; COUNT],
}

impl Arrays {
    /// None.
    pub const fn new() -> Self {
        Arrays { elements: [[0; MAX_LENGTH]; COUNT], lengths: [0; COUNT] }
    }

    /// Creates an array of `length` elements, all 0.
    ///
    /// # Errors
    /// [`Check::Length`] if the length is not 1 to 64, else [`Check::Memory`] if the number is above 15 or the array
    /// exists.
    pub fn create(&mut self, number: usize, length: usize) -> Result<&mut [i32], Check> {
        if !(1..=MAX_LENGTH).contains(&length) {
            return Err(Check::Length);
        }
        let slot = self.lengths.get_mut(number).filter(|slot| **slot == 0).ok_or(Check::Memory)?;
        *slot = length as u8;
        Ok(&mut self.elements[number][..length])
    }

    /// The elements of an array, if it exists.
    #[inline(always)]
    pub fn get(&self, number: usize) -> Option<&[i32]> {
        let length = *self.lengths.get(number).filter(|length| **length > 0)?;
        self.elements.get(number)?.get(..usize::from(length))
    }

    /// The elements of an array, if it exists, to be changed.
    #[inline(always)]
    pub fn get_mut(&mut self, number: usize) -> Option<&mut [i32]> {
        let length = *self.lengths.get(number).filter(|length| **length > 0)?;
        self.elements.get_mut(number)?.get_mut(..usize::from(length))
    }

    /// The arrays that exist, by ascending number.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[i32])> {
        (0..COUNT).filter_map(|number| Some((number, self.get(number)?)))
    }
}

impl Default for Arrays {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_arrays_of_64_elements_fit() {
        let mut arrays = Arrays::new();
        for number in 0..COUNT {
            arrays.create(number, MAX_LENGTH).unwrap()[63] = number as i32;
        }
        assert_eq!(arrays.iter().map(|(number, elements)| elements[63] - number as i32).sum::<i32>(), 0);
        assert_eq!(arrays.iter().count(), 16);
    }

    #[test]
    fn numbers_and_lengths_have_bounds() {
        let mut arrays = Arrays::new();
        for number in [16, usize::MAX] {
            assert_eq!(arrays.create(number, 1), Err(Check::Memory));
        }
        for (number, length) in [(0, 0), (0, 65), (16, 0)] {
            assert_eq!(arrays.create(number, length), Err(Check::Length));
        }
        assert_eq!(arrays.create(3, 1), Ok(&mut [0][..]));
        assert_eq!(arrays.create(3, 1), Err(Check::Memory));
        assert_eq!((arrays.get(3), arrays.get(4), arrays.get(16)), (Some(&[0][..]), None, None));
    }
}
