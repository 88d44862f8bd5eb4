//! Subject `hxe`: the loader of HXE images.
//!
//! A case is an image and how it is cut into pieces; its outcome is all that the image declares, or why and at which byte
//! it is refused. `PROTOCOL.md` beside this crate says what the keys of both mean.

mod case;
mod commands;
mod coverage;
pub mod fuzz;
mod info;
mod native;
mod outcome;
mod profile;
pub mod random;
mod room;
mod simpler;
pub mod sweep;
mod text;

use minivm::hxe::Defect;
use oracle::capabilities;
use oracle::fuzz::Fuzzed;
use oracle::subject::{
    Commands, Draw, Generates, Images, Ledgered, Path, Profile, Shrinks, State, Subject, Value as Shown,
    Watched,
};
use oracle::suite::{Written, Yaml};
use oracle::{Machine, Role};

pub use case::Case;
pub use native::NativeLoader;
pub use outcome::{Accepted, Binding, Command, Header, Mailbox, Outcome, Section, Value};
pub use profile::{REFERENCE, STRICT};
pub use room::Room;
pub use text::{Given, Vectors, image};

/// The commit of the reference, `Hans-Einar/HSX` on GitHub, that the facts about it were taken from.
pub const REFERENCE_COMMIT: &str = "e374da88f4dd470bad2d8ec6a2a14f1ce367e40e";

/// The loader.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hxe;

impl Subject for Hxe {
    const NAME: &'static str = "hxe";
    const PROFILES: &'static [Profile] = &[REFERENCE, STRICT];
    const REFERENCE_COMMIT: Option<&'static str> = Some(REFERENCE_COMMIT);

    type Case = Case;
    type Outcome = Outcome;

    fn check_case(case: &Case) -> Result<(), String> {
        case.check()
    }

    fn check_outcome(case: &Case, outcome: &Outcome) -> Result<(), String> {
        outcome.check(case)
    }

    fn start(case: &Case) -> State {
        let mut state = State::default();
        state.push(Path::of("bytes"), Shown::integer(case.image.len()));
        let chunks = case.chunks.iter().map(|&size| Shown::integer(size)).collect();
        state.push(Path::of("chunks"), Shown::List(chunks));
        state
    }

    fn end(_: &Case, outcome: &Outcome) -> State {
        outcome::state(outcome)
    }

    fn topics(case: &Case) -> Vec<&'static str> {
        vec![match case.image.get(4..6) {
            Some([0, 1]) => "version-1",
            Some([0, 2]) => "version-2",
            _ => "no-version",
        }]
    }

    fn all_topics() -> Vec<&'static str> {
        vec!["version-1", "version-2", "no-version"]
    }

    fn listing(case: &Case) -> String {
        text::listing(case)
    }

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
        let images = random::images();
        Box::new(move |index| ("image", oracle::random::draw(&images, seed, index)))
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

/// The defect of this name.
fn defect_from_name(name: &str) -> Option<Defect> {
    Defect::ALL.iter().copied().find(|defect| defect.name() == name)
}
