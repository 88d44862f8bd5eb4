//! Any bytes as an image: it is rejected, or it keeps the laws of the format and runs without a panic.

use fastrand::Rng;
use minivm::hxe::Defect;
use minivm::{Memory, Reference, Strict};
use oracle::hxe::Room;
use vectors::hxe::{Case, Hxe};
use vectors::{Profile, Subject};

use super::images;
use crate::judge::{Effort, Judge};
use crate::target::{Complaint, Known, Meaning, Target, Use};

struct Loader {
    room: Room,
    memory: Box<Memory>,
    judge: Judge<Hxe>,
}

/// The target.
pub fn create(effort: Effort) -> Box<dyn Target> {
    Box::new(Loader { room: Room::holding(0xA5), memory: Box::default(), judge: Judge::new(effort, 256) })
}

impl Target for Loader {
    fn name(&self) -> &'static str {
        "loader"
    }

    fn useful_means(&self) -> &'static str {
        "it gets behind the header"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let mut store = self.room.buffers(input.len());
        let mut loader = images::write(Reference, &mut store, [input]);
        let useful = Use::from(loader.header().is_some());
        let accepted = match loader.finish(&store) {
            Ok(image) => {
                images::check(input, &image)?;
                Some(image.header)
            }
            Err(error) => {
                Complaint::unless(error.offset as usize <= input.len(), "rejected", "offset", || {
                    format!("{error}, of {} bytes", input.len())
                })?;
                None
            }
        };
        if let Some(header) = accepted {
            images::execute(&header, &self.room, &mut self.memory);
            self.check_strict(input)?;
        }
        if self.judge.is_due() {
            for profile in Profile::ALL {
                self.judge.compare(profile, &Case::whole(input.to_vec()))?;
            }
        }
        Ok(useful)
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        images::mutate(input, rng, basic);
    }

    fn seeds(&self, known: &Known) -> Vec<Vec<u8>> {
        images::seeds(known)
    }

    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        let simpler = Hxe::simpler(&Case::whole(input.to_vec()));
        simpler.into_iter().map(|case| case.image).chain(crate::simpler::bytes(input)).collect()
    }

    fn meanings(&self, input: &[u8]) -> Vec<Meaning> {
        vec![Meaning::Hxe(Profile::Reference, Case::whole(input.to_vec()))]
    }

    fn describe(&self, input: &[u8]) -> String {
        Hxe::listing(&Case::whole(input.to_vec()))
    }
}

impl Loader {
    /// Profile `strict` rejects more, for reasons that it has alone.
    fn check_strict(&mut self, input: &[u8]) -> Result<(), Complaint> {
        let mut store = self.room.buffers(input.len());
        let mut loader = images::write(Strict, &mut store, [input]);
        let defect = loader.finish(&store).err().map(|error| error.defect);
        Complaint::unless(defect.is_none_or(Defect::is_strict_only), "strict", "defect", || {
            format!("reference accepts what strict rejects: {defect:?}")
        })
    }
}
