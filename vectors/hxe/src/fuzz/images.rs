//! What targets whose inputs are images share: loading, laws of accepted images, mutation, seeds.

use crc::{CRC_32_ISO_HDLC, Crc, Table};
use minivm::hxe::{
    Buffers, Header, Image, Loader, RODATA_BASE, SECTION_MAX, Section, SectionKind, Text, seal,
};
use minivm::{Context, Memory, Profile, Reference, Stop, Vm};
use oracle::fuzz::mutation::nudged;
use oracle::fuzz::{Complaint, seeds};
use oracle::project::Project;
use oracle::random::{Rng, one_in};

use crate::{Case, Hxe, Room, random};

static CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);

/// How long accepted images run.
const STEPS: u32 = 1000;
/// The largest image that is a seed or made by mutation, in bytes.
pub const LARGEST: usize = 2048;

/// Writes an image in pieces, up to the first that is rejected. What became of it, [`Loader::finish`] says.
pub fn write<'p>(
    profile: impl Profile,
    store: &mut Buffers<'_>,
    pieces: impl IntoIterator<Item = &'p [u8]>,
) -> Loader {
    let mut loader = Loader::new();
    let rejected = pieces.into_iter().any(|piece| loader.write(profile, store, piece).is_err());
    debug_assert!(!rejected || loader.finish(store).is_err(), "an error stays");
    loader
}

/// The bytes that a store has of an image of `size` bytes: code, rodata, and what is behind.
pub fn parts<'s>(header: &Header, store: &'s Buffers<'_>, size: usize) -> [&'s [u8]; 3] {
    let behind = size - header.size() - (header.code_len + header.ro_len) as usize;
    let has_table = header.meta_offset != 0 && header.meta_count != 0;
    [
        &store.code[..header.code_len as usize],
        &store.rodata[..header.ro_len as usize],
        &store.rest[..if has_table { behind } else { 0 }],
    ]
}

/// What the format document demands of an accepted image.
///
/// # Errors
/// The law that is broken.
pub fn check(bytes: &[u8], image: &Image<'_, Buffers<'_>>) -> Result<(), Complaint> {
    let header = &image.header;
    let law = |holds: bool, field: &str| {
        Complaint::unless(holds, "accepted", field, || format!("{header:?}, {} bytes", bytes.len()))
    };
    let body = header.size();
    law(bytes.starts_with(b"HSXE"), "magic")?;
    law(matches!(header.version, 1 | 2), "version")?;
    law(header.code_len <= SECTION_MAX && header.code_len.is_multiple_of(4), "code_len")?;
    law(header.ro_len <= SECTION_MAX, "ro_len")?;
    law(header.bss_size <= SECTION_MAX, "bss_size")?;
    law(header.entry < header.code_len && header.entry.is_multiple_of(4), "entry")?;
    law(body + (header.code_len + header.ro_len) as usize <= bytes.len(), "length")?;
    law(crc(bytes, body) == header.crc32, "crc32")?;
    image.sections().try_for_each(|section| check_section(image, &section, bytes.len(), &law))
}

/// The CRC of an image: of its header up to the field, and of all that follows the header.
fn crc(bytes: &[u8], body: usize) -> u32 {
    let mut digest = CRC.digest();
    digest.update(&bytes[..28]);
    digest.update(&bytes[body..]);
    digest.finalize()
}

fn check_section(
    image: &Image<'_, Buffers<'_>>,
    section: &Section,
    size: usize,
    law: &impl Fn(bool, &str) -> Result<(), Complaint>,
) -> Result<(), Complaint> {
    let end = u64::from(section.offset) + u64::from(section.size);
    law(section.offset as usize >= image.header.size() && end <= size as u64, "section")?;
    let declared = match section.declares() {
        Some(SectionKind::Values) => {
            let texts = image.values(section).flat_map(|value| [value.name, value.unit, value.group_name]);
            texts.flatten().try_for_each(|text| law(text_is_utf8(image, text), "text"))?;
            image.values(section).count()
        }
        Some(SectionKind::Commands) => {
            let texts = image.commands(section).flat_map(|it| [it.name, it.help, it.group_name]);
            texts.flatten().try_for_each(|text| law(text_is_utf8(image, text), "text"))?;
            image.commands(section).count()
        }
        Some(SectionKind::Mailboxes) => {
            let mailboxes = image.mailboxes(section);
            law(mailboxes.iter().all(|mailbox| !mailbox.target.is_empty()), "mailbox")?;
            return Ok(());
        }
        None => return Ok(()),
    };
    law(declared == section.count as usize, "entries")
}

fn text_is_utf8(image: &Image<'_, Buffers<'_>>, text: Text) -> bool {
    String::from_utf8(image.text(text).collect()).is_ok()
}

/// Runs an image for a while, in a memory that is used again.
pub fn execute(header: &Header, room: &Room, memory: &mut Memory) {
    memory.reset();
    let rodata = &room.rodata[..header.ro_len as usize];
    let visible = rodata.len().min(SECTION_MAX as usize - RODATA_BASE as usize);
    let fits = memory.write_block(RODATA_BASE, &rodata[..visible]);
    debug_assert!(fits.is_some());
    let code = &room.code[..header.code_len as usize];
    let context = Context { pc: header.entry, ..Context::default() };
    let mut vm = Vm::new(Reference, code, memory, Vec::new(), context);
    let mut steps = 0;
    while steps < STEPS {
        let run = vm.run(STEPS - steps);
        steps += run.steps;
        // Whoever answers supervisor calls goes on behind them.
        if !matches!(run.stop, Some(Stop::Svc { .. })) {
            break;
        }
    }
}

/// Changes an image and, most of the time, puts its CRC right.
pub fn mutate(image: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
    if one_in(rng, 50) {
        *image = random::image(rng).image;
    }
    let at = match rng.u8(..8) {
        // A field of the header, of the metadata table, or an instruction.
        0 => 4 * rng.usize(2..6),
        1 => 4 * rng.usize(16..18),
        2 => (word(image, 0x40) as usize).saturating_add(4 * rng.usize(..12)),
        3 => 32 + 4 * rng.usize(..24),
        _ => usize::MAX,
    };
    match image.get_mut(at..at.saturating_add(4)) {
        Some(place) => {
            let value = u32::from_be_bytes([place[0], place[1], place[2], place[3]]);
            let other = if rng.bool() { nudged(rng, value) } else { other_digit(rng, value) };
            place.copy_from_slice(&other.to_be_bytes());
        }
        None => basic(image),
    }
    image.truncate(LARGEST);
    if !one_in(rng, 6) {
        seal(image);
    }
}

/// The word with one of its hex digits changed: in code that is part of the operation, a register or of the immediate.
fn other_digit(rng: &mut Rng, word: u32) -> u32 {
    let shift = 4 * rng.u32(..8);
    word & !(15 << shift) | rng.u32(..16) << shift
}

/// The word at `at`; 0 if there is none.
fn word(image: &[u8], at: usize) -> u32 {
    image.get(at..at + 4).map_or(0, |bytes| bytes.iter().fold(0, |word, &byte| word << 8 | u32::from(byte)))
}

/// The images of the vectors, as far as they are small.
///
/// # Errors
/// What cannot be read, with its place.
pub fn seeds(project: &Project) -> Result<Vec<Vec<u8>>, String> {
    let images = seeds::suite::<Hxe>(project)?.vectors.into_iter().map(|vector| vector.case.image);
    Ok(images.filter(|image| image.len() <= LARGEST).collect())
}

/// Simpler images, the boldest simplifications first.
pub fn simpler(image: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let simpler = crate::simpler::candidates(&Case::whole(image.to_vec()));
    simpler.into_iter().map(|case| case.image)
}
