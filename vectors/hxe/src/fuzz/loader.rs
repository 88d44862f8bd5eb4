//! Any bytes as an image: it is rejected, or it keeps the laws of the format and runs without a panic.

use minivm::hxe::Defect;
use minivm::{Memory, Reference, Strict};
use oracle::Cases;
use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Target, Use, simpler};
use oracle::project::Project;
use oracle::random::Rng;

use super::images;
use crate::{Case, Hxe, REFERENCE, Room};

struct Loader {
    room: Room,
    memory: Box<Memory>,
    judge: Judge<Hxe>,
}

/// The target.
pub fn create(bench: &Bench) -> Box<dyn Target> {
    Box::new(Loader { room: Room::holding(0xA5), memory: Box::default(), judge: Judge::new(bench, 256) })
}

impl Target for Loader {
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
            for &profile in Hxe::PROFILES {
                self.judge.compare(profile, &Case::whole(input.to_vec()))?;
            }
        }
        Ok(useful)
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        images::mutate(input, rng, basic);
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        images::seeds(project)
    }

    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        images::simpler(input).chain(simpler::bytes(input)).collect()
    }

    fn cases(&self, input: &[u8]) -> Vec<FuzzedCase> {
        vec![FuzzedCase::of::<Hxe>(REFERENCE, &Case::whole(input.to_vec()))]
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
