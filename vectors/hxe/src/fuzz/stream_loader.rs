//! Any bytes in any pieces: the same comes out as of the image in one piece.
//!
//! The first byte is the profile and how many sizes of pieces follow, a byte each. Sizes are used again from the first
//! one on until the image ends. The image comes last.

use minivm::hxe::LoadError;
use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Target, Use, simpler};
use oracle::project::Project;
use oracle::random::{Rng, one_in};
use oracle::{Cases, Profile};

use super::images;
use crate::{Case, Hxe, REFERENCE, Room, STRICT, profile};

struct StreamLoader {
    /// For the image in one piece, and for that in many. They hold different bytes, so that one that is put in neither
    /// shows.
    rooms: [Room; 2],
    judge: Judge<Hxe>,
}

/// The target.
pub fn create(bench: &Bench) -> Box<dyn Target> {
    Box::new(StreamLoader { rooms: [0xA5, 0x5A].map(Room::holding), judge: Judge::new(bench, 256) })
}

/// The most sizes.
const SIZES: usize = 7;

/// An input, taken apart.
struct Stream<'i> {
    profile: Profile,
    sizes: &'i [u8],
    image: &'i [u8],
}

impl<'i> Stream<'i> {
    fn read(input: &'i [u8]) -> Self {
        let (&first, rest) = input.split_first().unwrap_or((&0, &[]));
        let (sizes, image) = rest.split_at((usize::from(first >> 1) & SIZES).min(rest.len()));
        let profile = if first & 1 == 0 { REFERENCE } else { STRICT };
        Stream { profile, sizes, image }
    }

    fn write(profile: Profile, sizes: &[u8], image: &[u8]) -> Vec<u8> {
        let first = u8::from(profile == STRICT) | (sizes.len() as u8) << 1;
        [&[first], sizes, image].concat()
    }

    /// The sizes of all pieces but the last; none where sizes come to nothing.
    fn pieces(&self) -> impl Iterator<Item = usize> {
        let ends = self.sizes.iter().any(|&size| size > 0);
        let sizes = self.sizes.iter().cycle().take_while(move |_| ends).map(|&size| usize::from(size));
        let mut left = self.image.len();
        sizes.take_while(move |&size| {
            let more = size < left;
            left = left.saturating_sub(size);
            more
        })
    }

    fn case(&self) -> Case {
        Case { image: self.image.to_vec(), chunks: self.pieces().map(|size| size as u32).collect() }
    }
}

impl Target for StreamLoader {
    fn useful_means(&self) -> &'static str {
        "it gets behind the header, in several pieces"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let stream = Stream::read(input);
        let useful = profile::with!(stream.profile, |it| self.compare(it, &stream)?);
        if self.judge.is_due() {
            self.judge.compare(stream.profile, &stream.case())?;
        }
        Ok(useful)
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let stream = Stream::read(input);
        let (mut profile, mut sizes) = (stream.profile, stream.sizes.to_vec());
        let mut image = stream.image.to_vec();
        if one_in(rng, 8) {
            profile = if profile == STRICT { REFERENCE } else { STRICT };
        }
        if one_in(rng, 3) {
            // Mostly small, so that fields are cut.
            let largest = if rng.bool() { 8 } else { 100 };
            sizes = (0..rng.usize(1..=SIZES)).map(|_| rng.u8(..largest)).collect();
        } else {
            images::mutate(&mut image, rng, basic);
        }
        *input = Stream::write(profile, &sizes, &image);
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        let images = images::seeds(project)?.into_iter();
        Ok(images.map(|image| Stream::write(REFERENCE, &[1, 7, 32], &image)).collect())
    }

    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        let Stream { profile, sizes, image } = Stream::read(input);
        let fewer = (0..sizes.len()).map(|at| [&sizes[..at], &sizes[at + 1..]].concat());
        let mut found: Vec<_> = fewer.map(|sizes| Stream::write(profile, &sizes, image)).collect();
        found.extend(images::simpler(image).map(|image| Stream::write(profile, sizes, &image)));
        found.extend(simpler::bytes(input));
        found
    }

    fn cases(&self, input: &[u8]) -> Vec<FuzzedCase> {
        let stream = Stream::read(input);
        let whole = Case::whole(stream.image.to_vec());
        [stream.case(), whole].map(|case| FuzzedCase::of::<Hxe>(stream.profile, &case)).into()
    }

    fn describe(&self, input: &[u8]) -> String {
        let stream = Stream::read(input);
        format!("profile {}, {}", stream.profile, Hxe::listing(&stream.case()))
    }
}

impl StreamLoader {
    fn compare(&mut self, profile: impl minivm::Profile, stream: &Stream<'_>) -> Result<Use, Complaint> {
        let size = stream.image.len();
        let [whole_room, cut_room] = &mut self.rooms;
        let mut left = stream.image;
        let sizes = stream.pieces().chain([usize::MAX]);
        let pieces = sizes.map(|size| {
            let (piece, behind) = left.split_at(size.min(left.len()));
            left = behind;
            piece
        });
        let mut whole_store = whole_room.buffers(size);
        let mut whole = images::write(profile, &mut whole_store, [stream.image]);
        let mut cut_store = cut_room.buffers(size);
        let mut cut = images::write(profile, &mut cut_store, pieces);
        let useful = Use::from(whole.header().is_some() && stream.pieces().next().is_some());
        differ_unless(whole.header() == cut.header(), || {
            format!("header {:?} in many pieces, {:?} in one", cut.header(), whole.header())
        })?;
        let (whole, cut) = (whole.finish(&whole_store), cut.finish(&cut_store));
        let errors = [&cut, &whole].map(|result| result.as_ref().err());
        differ_unless(errors[0] == errors[1], || {
            let [cut, whole] = errors.map(|error| error.map_or("accepted".into(), LoadError::to_string));
            format!("{cut} in many pieces, {whole} in one")
        })?;
        let (Ok(whole), Ok(cut)) = (whole, cut) else { return Ok(useful) };
        differ_unless(whole.sections().eq(cut.sections()), || "the sections of metadata".into())?;
        let whole = images::parts(&whole.header, &whole_store, size);
        let cut = images::parts(&cut.header, &cut_store, size);
        for (index, name) in ["code", "rodata", "rest"].into_iter().enumerate() {
            differ_unless(whole[index] == cut[index], || {
                format!("{name} {:02x?} in many pieces, {:02x?} in one", cut[index], whole[index])
            })?;
        }
        Ok(useful)
    }
}

/// One law, and so one cause, whatever it is that shows it is broken.
fn differ_unless(same: bool, how: impl FnOnce() -> String) -> Result<(), Complaint> {
    Complaint::unless(same, "pieces", "differ", how)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_used_again_until_the_image_ends() {
        let input = Stream::write(STRICT, &[3, 0, 2], &[9; 9]);
        let stream = Stream::read(&input);
        assert_eq!((stream.profile, stream.image.len()), (STRICT, 9));
        assert_eq!(stream.pieces().collect::<Vec<_>>(), [3, 0, 2, 3, 0]);
        let input = Stream::write(REFERENCE, &[0, 0], &[9; 9]);
        assert_eq!(Stream::read(&input).pieces().count(), 0);
    }
}
