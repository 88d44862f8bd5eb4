//! Which pages of data memory are of which class.

use core::fmt::{self, Display, Formatter};
use core::ops::Range;

use crate::memory::SIZE;

/// What may be done with a page of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Class {
    /// Once it has been read it stays: for stacks, windows of registers, and what others than the machine share.
    Pinned,
    /// No instruction may change it, so it is never written back: for constants. One that tries to ends the run with
    /// [`Stop::Paging`](crate::Stop::Paging).
    ReadOnly,
    /// It comes and goes, and is written back if it was changed. All pages are, of which nothing else is said.
    #[default]
    ReadWrite,
}

/// The class of a range of data memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its byte addresses, within 64 KiB; both ends are multiples of the size of a page.
    pub addresses: Range<u32>,
    /// The class of its pages. Of areas that overlap the first counts.
    pub class: Class,
}

/// Why memory cannot be divided so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaError {
    /// The area of this number does not lie within memory, or does not begin and end with a page.
    Boundary(usize),
    /// So many pages are pinned. Two of the pages at hand must be left for the others, for an access may lie in both.
    Pinned(usize),
}

impl Display for AreaError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            AreaError::Boundary(number) => {
                write!(f, "area {number} does not begin and end with a page of memory")
            }
            AreaError::Pinned(pages) => {
                write!(f, "{pages} pages are pinned, and no two are left for the others")
            }
        }
    }
}

impl core::error::Error for AreaError {}

/// The class of the page at `address`.
pub(super) fn class_of(areas: &[Area], address: u32) -> Class {
    areas.iter().find(|area| area.addresses.contains(&address)).map_or_else(Class::default, |area| area.class)
}

/// Whether areas suit a memory of pages of `size` bytes, of which so many are at hand.
pub(super) fn check(areas: &[Area], size: usize, entries: usize) -> Result<(), AreaError> {
    let suits = |Area { addresses: Range { start, end }, .. }: &Area| {
        start <= end && *end as usize <= SIZE && [start, end].iter().all(|at| at.is_multiple_of(size as u32))
    };
    if let Some(number) = areas.iter().position(|area| !suits(area)) {
        return Err(AreaError::Boundary(number));
    }
    let pages = (0..SIZE as u32).step_by(size);
    let pinned = pages.filter(|&address| class_of(areas, address) == Class::Pinned).count();
    if pinned + 2 > entries { Err(AreaError::Pinned(pinned)) } else { Ok(()) }
}
