//! What of the metadata is still to be judged, and what was declared so far.
//!
//! With an allocator each section is looked at when its entry is there and when it is whole itself, so the time that an
//! image takes grows with its size. Without one the table is gone through again at every place where a section ends.

use super::defect::Defect;
use super::image::{Image, Section, SectionKind};
use super::metadata::{COMMAND_SIZE, Judgement, VALUE_SIZE};
use super::store::Store;

#[cfg(feature = "alloc")]
mod kept {
    use alloc::collections::{BTreeSet, BinaryHeap};
    use alloc::string::String;
    use core::cmp::Reverse;

    use super::*;

    /// Sections whose entry is there, by the place where they can be judged, and what was declared.
    #[derive(Clone, Debug, Default)]
    pub struct Pending {
        ahead: BinaryHeap<Reverse<(u64, u32)>>,
        values: BTreeSet<u16>,
        commands: BTreeSet<u16>,
        mailboxes: BTreeSet<String>,
    }

    impl Pending {
        /// Takes in a section that can be judged at `place`.
        pub fn add(&mut self, index: u32, place: u64) {
            self.ahead.push(Reverse((place, index)));
        }

        /// Where the next section can be judged.
        pub fn next<S: Store>(&self, _: &Image<'_, S>) -> Option<u64> {
            self.ahead.peek().map(|&Reverse((place, _))| place)
        }

        /// The next section, in the order of the table, that can be judged where the image is now.
        pub fn take<S: Store>(&mut self, image: &Image<'_, S>) -> Option<u32> {
            let here = self.ahead.peek().is_some_and(|&Reverse((place, _))| place <= image.length.into());
            let Reverse((_, index)) = here.then(|| self.ahead.pop()).flatten()?;
            Some(index)
        }

        /// Whether a section declares what it, or one that was judged before it, declares already.
        pub fn declare<S: Store>(&mut self, image: &Image<'_, S>, _: u32, section: &Section) -> Judgement {
            let ids = |known: &mut BTreeSet<u16>, size| match image
                .ids(section, size)
                .find(|id| !known.insert(*id))
            {
                Some(id) => Err((Defect::DuplicateId, id.into())),
                None => Ok(()),
            };
            match section.declares() {
                Some(SectionKind::Values) => ids(&mut self.values, VALUE_SIZE),
                Some(SectionKind::Commands) => ids(&mut self.commands, COMMAND_SIZE),
                Some(SectionKind::Mailboxes) => {
                    let mut mailboxes = image.mailboxes(section).into_iter().zip(0..);
                    match mailboxes.find(|(mailbox, _)| !self.mailboxes.insert(mailbox.target.clone())) {
                        Some((_, position)) => Err((Defect::DuplicateMailbox, position)),
                        None => Ok(()),
                    }
                }
                None => Ok(()),
            }
        }
    }
}

#[cfg(not(feature = "alloc"))]
mod kept {
    use super::super::metadata::LegacyMailbox;
    use super::*;

    /// How far the table has been gone through at the place where the image is.
    #[derive(Clone, Debug, Default)]
    pub struct Pending {
        place: u64,
        index: u32,
    }

    impl Pending {
        /// Nothing: the table has it.
        pub fn add(&mut self, _: u32, _: u64) {}

        /// Where the next section can be judged.
        pub fn next<S: Store>(&self, image: &Image<'_, S>) -> Option<u64> {
            places(image).map(|(_, place)| place).filter(|&place| place > image.length.into()).min()
        }

        /// The next section, in the order of the table, that can be judged where the image is now. The one whose entry has
        /// just come is not among them.
        pub fn take<S: Store>(&mut self, image: &Image<'_, S>) -> Option<u32> {
            let now = u64::from(image.length);
            if self.place != now {
                (self.place, self.index) = (now, 0);
            }
            let is_old = |index: u32| image.entry_end(index) < now;
            let mut ready =
                places(image).filter(|&(index, place)| index >= self.index && place == now && is_old(index));
            let (index, _) = ready.next()?;
            self.index = index + 1;
            Some(index)
        }

        /// Whether a section declares what it, or one that was judged before it, declares already.
        pub fn declare<S: Store>(
            &mut self,
            image: &Image<'_, S>,
            index: u32,
            section: &Section,
        ) -> Judgement {
            match section.declares() {
                Some(SectionKind::Values) => ids(image, index, section, VALUE_SIZE),
                Some(SectionKind::Commands) => ids(image, index, section, COMMAND_SIZE),
                Some(SectionKind::Mailboxes) => names(image, index, section),
                None => Ok(()),
            }
        }
    }

    /// The sections whose entries are there, and where each can be judged.
    fn places<S: Store>(image: &Image<'_, S>) -> impl Iterator<Item = (u32, u64)> {
        let there = (0..image.table_entries_there()).zip(image.sections());
        there.map(|(index, section)| (index, image.whole_at(index, &section)))
    }

    /// The sections of the same kind that have been judged before this one.
    fn before<'i, S: Store>(
        image: &'i Image<'_, S>,
        index: u32,
        section: &'i Section,
    ) -> impl Iterator<Item = Section> + 'i {
        let now = u64::from(image.length);
        let judged = move |at: u32, other: &Section| {
            let place = image.whole_at(at, other);
            place < now || place == now && at < index
        };
        let there = (0..image.table_entries_there()).zip(image.sections());
        there
            .filter(move |(at, other)| other.kind == section.kind && judged(*at, other))
            .map(|(_, other)| other)
    }

    fn ids<S: Store>(image: &Image<'_, S>, index: u32, section: &Section, size: u32) -> Judgement {
        for (id, position) in image.ids(section, size).zip(0..) {
            let earlier = || before(image, index, section);
            let own = image.ids(section, size).take(position).any(|other| other == id);
            if own || earlier().any(|other| image.ids(&other, size).any(|other| other == id)) {
                return Err((Defect::DuplicateId, id.into()));
            }
        }
        Ok(())
    }

    fn names<S: Store>(image: &Image<'_, S>, index: u32, section: &Section) -> Judgement {
        for (mailbox, position) in image.legacy_mailboxes(section).zip(0..) {
            let same = |other: LegacyMailbox| image.text(other.target).eq(image.text(mailbox.target));
            let own = image.legacy_mailboxes(section).take(position).any(same);
            let earlier = || before(image, index, section);
            if own || earlier().any(|other| image.legacy_mailboxes(&other).any(same)) {
                return Err((Defect::DuplicateMailbox, position as u32));
            }
        }
        Ok(())
    }
}

pub(super) use kept::Pending;
