//! Chains of records in the memory of a guest.
//!
//! A record begins with its type, a byte, and the address of the next one; fields are little-endian.

use super::number::canonical;
use super::record::{Draft, Record};
use crate::pool::{List, Pool};
use crate::text::GuestText;
use minivm::memory::Bytes;

const END: u16 = 0xFFFF;

/// What a chain describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value.
    Value,
    /// A command.
    Command,
}

/// A chain that has been found well-formed: no loop, all records whole and of the right kind.
#[derive(Clone, Copy)]
pub struct Chain<'a> {
    memory: &'a dyn Bytes,
    head: u16,
}

impl<'a> Chain<'a> {
    /// The chain at `head`; 0 and 0xFFFF: none.
    ///
    /// ```
    /// use executive::registry::{Chain, Kind};
    /// let group = [1, 0, 0xFF, 0xFF, 6, 0, b'g', 0];
    /// let shifted = [0, 0, 0, 0, 1, 0, 0xFF, 0xFF, 6, 0, b'g', 0];
    /// assert!(Chain::at(&shifted, 4, Kind::Value).is_some());
    /// assert!(Chain::at(&group, 0, Kind::Value).is_some_and(|chain| chain.addresses().count() == 0));
    /// assert!(Chain::at(&[0, 1, 0, 1, 0, 0, 0], 1, Kind::Value).is_none(), "a loop");
    /// ```
    pub fn at(memory: &'a dyn Bytes, head: u16, kind: Kind) -> Option<Self> {
        let chain = Chain { memory, head: if head == 0 { END } else { head } };
        // Brent: a mark that is set anew at each power of two is met again if and only if there is a loop.
        let (mut mark, mut until_mark, mut power) = (None, 1u32, 1u32);
        for address in chain.addresses() {
            let right = match chain.byte(address.into())? {
                0x10 => kind == Kind::Command,
                1..=5 => kind == Kind::Value,
                _ => false,
            };
            if !right || !chain.is_whole(address) || mark == Some(address) {
                return None;
            }
            until_mark -= 1;
            if until_mark == 0 {
                (mark, power) = (Some(address), power * 2);
                until_mark = power;
            }
        }
        Some(chain)
    }

    /// Where its records are, in order; without end if it has a loop.
    pub fn addresses(self) -> impl Iterator<Item = u16> + use<'a> {
        core::iter::successors(Some(self.head), move |&address| self.half(usize::from(address) + 2))
            .take_while(|&address| address != END)
    }

    fn half(&self, address: usize) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte(address)?, self.byte(address + 1)?]))
    }

    fn byte(&self, address: usize) -> Option<u8> {
        let within = address < self.memory.size();
        within.then(|| self.memory.run(address as u16).first().copied().unwrap_or(0))
    }

    fn is_whole(&self, address: u16) -> bool {
        let address = usize::from(address);
        let size = match self.byte(address) {
            Some(1 | 2) => 6,
            Some(3) => 12,
            _ => 8,
        };
        address + size <= self.memory.size()
    }

    /// The record at the next of these addresses.
    pub(super) fn next(
        self,
        records: &mut Pool<'_, Record>,
        waiting: &mut List,
    ) -> Option<Draft<GuestText<'a>>> {
        match records.pop(waiting)? {
            Record::At(address) => Some(self.draft(address)),
            _ => None,
        }
    }

    /// The record at one of its addresses.
    pub fn draft(self, address: u16) -> Draft<GuestText<'a>> {
        let address = usize::from(address);
        let half = |offset| self.half(address + offset).unwrap_or(0);
        let text =
            |offset| GuestText::terminated(self.memory, half(offset)).unwrap_or(GuestText::of_host(""));
        match self.byte(address) {
            Some(1) => Draft::Group(text(4)),
            Some(2) => Draft::Name(text(4)),
            Some(3) => Draft::Plain(Record::Unit {
                unit: unit((address + 4..address + 8).filter_map(|at| self.byte(at))),
                epsilon: canonical(half(8)),
                rate_ms: half(10),
            }),
            Some(4) => Draft::Plain(Record::Range { min: canonical(half(4)), max: canonical(half(6)) }),
            Some(5) => Draft::Plain(Record::Persist { key: half(4), debounce: half(6) }),
            _ => Draft::Command(text(4), text(6)),
        }
    }
}

/// A unit of at most four characters of ASCII; others are dropped.
pub(crate) fn unit(bytes: impl Iterator<Item = u8>) -> [u8; 4] {
    let mut unit = [0; 4];
    unit.iter_mut().zip(bytes.filter(u8::is_ascii)).for_each(|(slot, byte)| *slot = byte);
    unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_chain_is_good_if_each_record_is(links in prop::collection::vec((0u8..7, 0usize..6), 5), head in 0usize..5) {
            // Five records of twelve bytes, linked at random.
            let mut memory = [0; 12 + 60];
            let address = |index: usize| if index == 5 { END } else { 12 + 12 * index as u16 };
            for (index, (kind, next)) in links.iter().enumerate() {
                let at = usize::from(address(index));
                memory[at] = *kind;
                memory[at + 2..at + 4].copy_from_slice(&address(*next).to_le_bytes());
            }
            let (mut at, mut seen) = (head, BTreeSet::new());
            let good = loop {
                if at == 5 {
                    break true;
                }
                if !seen.insert(at) || !(1..=5).contains(&links[at].0) {
                    break false;
                }
                at = links[at].1;
            };
            prop_assert_eq!(Chain::at(&memory, address(head), Kind::Value).is_some(), good);
        }
    }

    #[test]
    fn a_record_ends_with_memory() {
        let mut memory = [0; 0x1_0000];
        for (at, good) in [(0xFFF8, true), (0xFFF9, false)] {
            memory[at] = 0x10;
            memory[at + 2..at + 4].copy_from_slice(&[0xFF, 0xFF]);
            assert_eq!(Chain::at(&memory, at as u16, Kind::Command).is_some(), good);
            memory.fill(0);
        }
        assert!(Chain::at(&memory, 0xFFFE, Kind::Value).is_none());
        assert!(Chain::at(&memory, 0xFFFF, Kind::Value).is_some());
    }
}
