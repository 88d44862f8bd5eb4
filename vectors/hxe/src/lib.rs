//! Subject `hxe`: the loader of HXE images.
//!
//! A case is an image and how it is cut into pieces; its outcome is all that the image declares, or why and at which byte
//! it is refused. `PROTOCOL.md` beside this crate says what the keys of both mean.

mod case;
mod cases;
mod commands;
mod contents;
mod coverage;
pub mod fuzz;
mod info;
mod json;
mod listing;
mod native;
mod outcome;
mod profile;
pub mod random;
mod room;
pub mod scripts;
mod simpler;
pub mod sweep;
mod text;

use oracle::capabilities;
use oracle::fuzz::Fuzzed;
use oracle::random::rng;
use oracle::subject::{Commands, Draw, Generates, Images, Ledgered, Shrinks, Subject, Watched};
use oracle::suite::{Written, Yaml};
use oracle::{Machine, Role};

pub use case::Case;
pub use cases::{Hxe, REFERENCE_COMMIT};
pub use contents::{in_words, shorter, simpler_images};
pub use native::NativeLoader;
pub use outcome::{Accepted, Binding, Command, Header, Mailbox, Outcome, Section, Value, Whole};
pub use profile::{REFERENCE, STRICT};
pub use room::Room;
pub use text::{Given, Vectors, image};

impl Subject for Hxe {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![(Role::Native, Box::new(NativeLoader::default()))]
    }

    capabilities!(Hxe => generates: Generates<Self>, watched: Watched<Self>, ledgered: Ledgered<Self>, shrinks: Shrinks<Self>, images: Images<Self>);
    capabilities!(Hxe => commands: Commands, fuzzed: Fuzzed);
    capabilities!(Yaml(Vectors) => written: Written<Self>);
}

impl Generates<Hxe> for Hxe {
    fn sweep(&self) -> Box<dyn Iterator<Item = Case> + Send> {
        Box::new(sweep::cases())
    }

    fn random(&self, seed: u64) -> Draw<Hxe> {
        Box::new(move |index| ("image", random::image(&mut rng(seed, index))))
    }
}

impl Shrinks<Hxe> for Hxe {
    fn simpler(&self, case: &Case) -> Vec<Case> {
        simpler::candidates(case)
    }
}

impl Images<Hxe> for Hxe {
    /// The image in one piece, and byte by byte.
    fn cases(&self, file: &[u8]) -> Result<Vec<Case>, String> {
        let whole = Case::whole(file.to_vec());
        whole.check()?;
        let byte_by_byte = Case { chunks: vec![1; file.len()], ..whole.clone() };
        Ok(vec![whole, byte_by_byte])
    }
}
