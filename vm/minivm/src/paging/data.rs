//! Pages of data memory at hand, and how they come and go.

use core::cell::RefCell;

use super::area::{self, Area, AreaError, Class};
use super::store::PageStore;
use crate::memory::{LoadStore, Memory};
use crate::stop::{Paging, PagingFailure};

/// A page that does not exist.
const NONE: u16 = u16::MAX;

/// Data memory of which `ENTRIES` pages (2 to 4) of `PAGE` bytes are at hand: a power of two from 16 to 4096. Other
/// numbers do not compile.
///
/// Reading may move pages too, so it is not to be shared between threads, and is asked for its counters by reference.
#[derive(Debug)]
pub struct PagedMemory<'a, S, const PAGE: usize, const ENTRIES: usize> {
    pages: RefCell<Pages<'a, S, PAGE, ENTRIES>>,
}

/// What paging did for data since it was made. Numbers wrap. An access across two pages counts in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataCounters {
    /// The page of an access was at hand.
    pub hits: u32,
    /// It was read, or could not be.
    pub misses: u32,
    /// A page was given up for another.
    pub evictions: u32,
    /// A page was written back, to give it up or by a flush.
    pub write_backs: u32,
}

#[derive(Debug)]
struct Pages<'a, S, const PAGE: usize, const ENTRIES: usize> {
    store: S,
    areas: &'a [Area],
    /// What is in each frame, those used last first. Those in which nothing is are the last.
    entries: [Entry; ENTRIES],
    frames: [[u8; PAGE]; ENTRIES],
    failure: Option<PagingFailure>,
    counters: DataCounters,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The number of the page, or [`NONE`].
    page: u16,
    /// Which frame it is in.
    frame: u8,
    class: Class,
    /// Whether it has to be written back.
    is_changed: bool,
}

impl<'a, S: PageStore, const PAGE: usize, const ENTRIES: usize> PagedMemory<'a, S, PAGE, ENTRIES> {
    const SIZES: () = {
        assert!(
            PAGE.is_power_of_two() && PAGE >= 16 && PAGE <= 4096,
            "a page has 16 to 4096 bytes, a power of two"
        );
        assert!(ENTRIES >= 2 && ENTRIES <= 4, "two to four pages are at hand");
    };

    /// Memory that holds what the store holds. Pages that are in no area are [`Class::ReadWrite`].
    ///
    /// ```
    /// use minivm::memory::Memory;
    /// use minivm::paging::{Area, AreaError, Class, PagedMemory};
    ///
    /// let made = |addresses, class| {
    ///     PagedMemory::<_, 256, 3>::new(Memory::new(), &[Area { addresses, class }]).map(|_| ())
    /// };
    /// assert_eq!(made(0x7F00..0x8000, Class::Pinned), Ok(()));
    /// assert_eq!(made(0x7E00..0x8000, Class::Pinned), Err(AreaError::Pinned(2)));
    /// assert_eq!(made(0x4000..0x4010, Class::ReadOnly), Err(AreaError::Boundary(0)));
    /// ```
    ///
    /// # Errors
    /// What is wrong with the areas.
    pub fn new(store: S, areas: &'a [Area]) -> Result<Self, AreaError> {
        let () = Self::SIZES;
        area::check(areas, PAGE, ENTRIES)?;
        let entry =
            |frame| Entry { page: NONE, frame: frame as u8, class: Class::default(), is_changed: false };
        let pages = Pages {
            store,
            areas,
            entries: core::array::from_fn(entry),
            frames: [[0; PAGE]; ENTRIES],
            failure: None,
            counters: DataCounters::default(),
        };
        Ok(PagedMemory { pages: RefCell::new(pages) })
    }

    /// What paging did so far.
    pub fn counters(&self) -> DataCounters {
        self.pages.borrow().counters
    }

    /// Writes back every page that was changed. All of them stay at hand.
    ///
    /// # Errors
    /// What could not be written. The pages before it are, and it and those behind it still count as changed.
    pub fn flush(&self) -> Result<(), PagingFailure> {
        let mut pages = self.pages.borrow_mut();
        (0..ENTRIES).try_for_each(|at| pages.write_back(at))
    }

    /// What has failed, if anything has, as [`LoadStore::failure`] says it. Then accesses are let through again.
    pub fn take_failure(&self) -> Option<PagingFailure> {
        self.pages.borrow_mut().failure.take()
    }
}

impl<S: PageStore, const PAGE: usize, const ENTRIES: usize> LoadStore for PagedMemory<'_, S, PAGE, ENTRIES> {
    fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        let mut pages = self.pages.borrow_mut();
        let [first, second] = pages.reach::<N>(address)?;
        let at = address as usize % PAGE;
        let frames = &pages.frames;
        Some(match frames[first].get(at..at + N).and_then(|bytes| bytes.first_chunk()) {
            Some(&bytes) => bytes,
            None => core::array::from_fn(|it| match frames[first].get(at + it) {
                Some(&byte) => byte,
                None => frames[second][(at + it) % PAGE],
            }),
        })
    }

    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        let pages = self.pages.get_mut();
        let [first, second] = pages.reach::<N>(address)?;
        pages.change(if second == first { 1 } else { 2 })?;
        let at = address as usize % PAGE;
        match pages.frames[first].get_mut(at..at + N) {
            Some(place) => place.copy_from_slice(&bytes),
            None => {
                let (here, behind) = bytes.split_at(PAGE - at);
                pages.frames[first][at..].copy_from_slice(here);
                pages.frames[second][..behind.len()].copy_from_slice(behind);
            }
        }
        Some(())
    }

    fn failure(&self) -> Option<PagingFailure> {
        self.pages.borrow().failure
    }
}

impl<S: PageStore, const PAGE: usize, const ENTRIES: usize> Pages<'_, S, PAGE, ENTRIES> {
    /// The frames of the pages in which the first and the last of `N` bytes at an address lie. Both are at hand then, and
    /// no others were used later.
    #[inline(always)]
    fn reach<const N: usize>(&mut self, address: u32) -> Option<[usize; 2]> {
        const { assert!(N > 0 && N <= PAGE, "an access lies in no more than two pages") };
        if self.failure.is_some() || !Memory::contains::<N>(address) {
            return None;
        }
        let page = (address as usize / PAGE) as u16;
        let frame = self.frame(page)?;
        let is_cut = address as usize % PAGE + N > PAGE;
        Some([frame, if is_cut { self.frame(page + 1)? } else { frame }])
    }

    /// The frame of a page, which is read if it is not at hand.
    #[inline(always)]
    fn frame(&mut self, page: u16) -> Option<usize> {
        if self.entries[0].page == page {
            self.counters.hits = self.counters.hits.wrapping_add(1);
        } else {
            self.turn_to(page)?;
        }
        Some(self.entries[0].frame.into())
    }

    /// Makes a page the one that was used last.
    #[inline(never)]
    fn turn_to(&mut self, page: u16) -> Option<()> {
        if let Some(at) = self.entries.iter().position(|entry| entry.page == page) {
            self.counters.hits = self.counters.hits.wrapping_add(1);
            self.entries[..=at].rotate_right(1);
            return Some(());
        }
        self.counters.misses = self.counters.misses.wrapping_add(1);
        self.failure = self.read(page).err();
        if self.failure.is_none() { Some(()) } else { None }
    }

    /// Reads a page into the frame that was used longest ago, and is not pinned.
    fn read(&mut self, page: u16) -> Result<(), PagingFailure> {
        // Two are never pinned.
        let at = self.entries.iter().rposition(|entry| entry.class != Class::Pinned).unwrap_or(ENTRIES - 1);
        self.write_back(at)?;
        let entry = &mut self.entries[at];
        if entry.page != NONE {
            self.counters.evictions = self.counters.evictions.wrapping_add(1);
        }
        let frame = entry.frame;
        let address = page * PAGE as u16;
        *entry = Entry { page: NONE, frame, class: Class::default(), is_changed: false };
        if self.store.read(address, &mut self.frames[usize::from(frame)]).is_err() {
            self.entries[at..].rotate_left(1);
            return Err(PagingFailure { tried: Paging::ReadPage, address: address.into() });
        }
        let class = area::class_of(self.areas, address.into());
        self.entries[at] = Entry { page, frame, class, is_changed: false };
        self.entries[..=at].rotate_right(1);
        Ok(())
    }

    /// Writes back what is in an entry, if it was changed.
    fn write_back(&mut self, at: usize) -> Result<(), PagingFailure> {
        let Entry { page, frame, is_changed, .. } = self.entries[at];
        if !is_changed {
            return Ok(());
        }
        let address = page * PAGE as u16;
        let written = self.store.write(address, &self.frames[usize::from(frame)]);
        written.map_err(|_| PagingFailure { tried: Paging::WritePage, address: address.into() })?;
        self.counters.write_backs = self.counters.write_backs.wrapping_add(1);
        self.entries[at].is_changed = false;
        Ok(())
    }

    /// Notes that the pages used last are going to be changed, so many, if that is allowed in all of them.
    #[inline(always)]
    fn change(&mut self, count: usize) -> Option<()> {
        let used = &mut self.entries[..count];
        if let Some(entry) = used.iter().find(|entry| entry.class == Class::ReadOnly) {
            let address = u32::from(entry.page) * PAGE as u32;
            self.failure = Some(PagingFailure { tried: Paging::ChangePage, address });
            return None;
        }
        used.iter_mut().for_each(|entry| entry.is_changed = true);
        Some(())
    }
}
