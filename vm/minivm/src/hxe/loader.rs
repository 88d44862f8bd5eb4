//! The loader: one state machine for images in one piece and in many.

use core::fmt::{self, Debug, Formatter};

use crc::{CRC_32_ISO_HDLC, Crc, Digest, Table};

use super::defect::{Defect, LoadError};
use super::header::{COVERED, Header, PartialHeader};
use super::image::{Image, has_table, place};
use super::metadata;
use super::pending::Pending;
use super::store::{Region, Store};
use crate::profile::{Profile, Switch};

// One table of 256 entries: 1 KiB of flash instead of 16.
static CRC: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// An image in the middle of being loaded.
///
/// After an error the image is done for: further bytes give the same error again.
#[derive(Clone)]
pub struct Loader {
    partial: PartialHeader,
    header: Option<Header>,
    /// Bytes taken.
    taken: u32,
    crc: Digest<'static, u32, Table<1>>,
    /// Entries of the table that were judged.
    entries: u32,
    pending: Pending,
    error: Option<LoadError>,
}

impl Debug for Loader {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("taken", &self.taken)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl Default for Loader {
    fn default() -> Self {
        Loader::new()
    }
}

impl Loader {
    /// Ready for the first byte.
    pub fn new() -> Self {
        Loader {
            partial: PartialHeader::new(),
            header: None,
            taken: 0,
            crc: CRC.digest(),
            entries: 0,
            pending: Pending::default(),
            error: None,
        }
    }

    /// How many bytes have been taken.
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// The header, once it is there.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Takes the next bytes of the image.
    ///
    /// # Errors
    /// The image can not become valid any more, or there is no room for it in `store`. The offset in the error is that
    /// of the first byte that made it certain, however the image was cut.
    pub fn write<S: Store>(
        &mut self,
        profile: impl Profile,
        store: &mut S,
        chunk: &[u8],
    ) -> Result<(), LoadError> {
        let mut rest = chunk;
        while let (None, Some((&byte, behind))) = (self.header, rest.split_first()) {
            self.check(|loader| loader.take_header_byte(profile, store, byte))?;
            rest = behind;
        }
        while let (Some(header), false) = (self.header, rest.is_empty()) {
            // Up to where a region ends, and to where a section can be judged.
            let (region, offset, room) = place(&header, self.taken);
            let size = room.min(self.next_judgement(&header, store)).min(rest.len() as u32);
            let (piece, behind) = rest.split_at(size as usize);
            self.check(|loader| loader.take_body(profile, store, &header, (region, offset), piece))?;
            rest = behind;
        }
        self.error.map_or(Ok(()), Err)
    }

    /// Ends the image.
    ///
    /// # Errors
    /// What only the end can tell: too few bytes, a wrong CRC, metadata that is not there; or the error of a write
    /// before.
    pub fn finish<'s, S: Store>(&mut self, store: &'s S) -> Result<Image<'s, S>, LoadError> {
        self.check(|loader| loader.judge_end(store))?;
        match (self.header, self.error) {
            (Some(header), None) => Ok(Image { header, store, length: self.taken }),
            (_, Some(error)) => Err(error),
            (None, None) => {
                Err(LoadError { defect: Defect::TooSmall, offset: self.taken, value: self.taken })
            }
        }
    }

    /// Does something unless there is an error already, and keeps the error that it makes.
    fn check(&mut self, step: impl FnOnce(&mut Self) -> Result<(), (Defect, u32)>) -> Result<(), LoadError> {
        if self.error.is_none() {
            let failed = step(self).err();
            self.error = failed.map(|(defect, value)| LoadError { defect, offset: self.taken, value });
        }
        self.error.map_or(Ok(()), Err)
    }

    fn take_header_byte<S: Store>(
        &mut self,
        profile: impl Profile,
        store: &mut S,
        byte: u8,
    ) -> Result<(), (Defect, u32)> {
        if (self.taken as usize) < COVERED {
            self.crc.update(&[byte]);
        }
        self.taken += 1;
        self.partial.take(profile, byte)?;
        self.header = self.partial.whole();
        match &self.header {
            Some(header) if !store.reserve(header) => Err((Defect::NoSpace, self.taken)),
            _ => Ok(()),
        }
    }

    fn take_body<S: Store>(
        &mut self,
        profile: impl Profile,
        store: &mut S,
        header: &Header,
        (region, offset): (Region, u32),
        piece: &[u8],
    ) -> Result<(), (Defect, u32)> {
        self.crc.update(piece);
        self.taken = self.taken.checked_add(piece.len() as u32).ok_or((Defect::NoSpace, u32::MAX))?;
        if !store.put(region, offset as usize, piece) {
            return Err((Defect::NoSpace, self.taken));
        }
        self.judge_sections(profile, store, header)
    }

    /// How many bytes may be taken before something can be judged.
    fn next_judgement<S: Store>(&self, header: &Header, store: &S) -> u32 {
        if !has_table(header) {
            return u32::MAX;
        }
        let image = Image { header: *header, store, length: self.taken };
        let ahead = |at: u64| at.checked_sub(self.taken.into()).filter(|&ahead| ahead > 0);
        let next_entry = ahead(image.entry_end(self.entries));
        let next = self.pending.next(&image).and_then(ahead).into_iter().chain(next_entry).min();
        next.map_or(u32::MAX, |next| next.min(u32::MAX.into()) as u32)
    }

    /// Judges every section that has just become whole, and the entry of the table that has.
    fn judge_sections<S: Store>(
        &mut self,
        profile: impl Profile,
        store: &S,
        header: &Header,
    ) -> Result<(), (Defect, u32)> {
        if !has_table(header) {
            return Ok(());
        }
        let image = Image { header: *header, store, length: self.taken };
        while let Some(index) = self.pending.take(&image) {
            self.judge_section(profile, &image, index)?;
        }
        while self.entries < image.table_entries_there() {
            let index = self.entries;
            self.entries += 1;
            let section = image.section(index);
            metadata::judge_entry(header, &section)?;
            match image.whole_at(index, &section) {
                place if place > self.taken.into() => self.pending.add(index, place),
                _ => self.judge_section(profile, &image, index)?,
            }
        }
        Ok(())
    }

    fn judge_section<S: Store>(
        &mut self,
        profile: impl Profile,
        image: &Image<'_, S>,
        index: u32,
    ) -> Result<(), (Defect, u32)> {
        let section = image.section(index);
        metadata::judge_section(image, &section)?;
        if profile.strict(Switch::DuplicateDeclarations) {
            self.pending.declare(image, index, &section)?;
        }
        Ok(())
    }

    fn judge_end<S: Store>(&mut self, store: &S) -> Result<(), (Defect, u32)> {
        let Some(header) = self.header else {
            let short = self.taken < super::header::VERSION_1_SIZE as u32;
            return Err((if short { Defect::TooSmall } else { Defect::HeaderTruncated }, self.taken));
        };
        let crc = self.crc.clone().finalize();
        if crc != header.crc32 {
            return Err((Defect::CrcMismatch, crc));
        }
        if self.taken < header.rodata_end() {
            return Err((Defect::Truncated, header.rodata_end()));
        }
        if !has_table(&header) {
            return Ok(());
        }
        let image = Image { header, store, length: self.taken };
        if image.table_entries_there() < header.meta_count {
            return Err((Defect::TableOutside, header.meta_offset));
        }
        let outside = image.sections().zip(0..).find(|(section, _)| section.end() > u64::from(self.taken));
        if let Some((_, index)) = outside {
            return Err((Defect::SectionOutside, index));
        }
        Ok(())
    }
}
