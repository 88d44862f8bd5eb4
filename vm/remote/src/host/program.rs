//! Programs: images that tasks are made of.

use executive::SwitchSet;
use minivm::hxe::{Buffers, Header, Loader};

use super::image::{Declared, declared};
use crate::refusal::Refusal;

/// The largest code, and the largest rodata.
const SECTION: usize = minivm::hxe::SECTION_MAX as usize;

/// What a task was made of.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its file, as the client named it.
    pub path: String,
    /// Its code, which no task can change.
    pub code: Vec<u8>,
    /// Its header.
    pub header: Header,
    /// What its metadata declares.
    pub declared: Declared,
}

impl Program {
    /// Reads an image.
    ///
    /// # Errors
    /// It is not valid.
    pub fn read(path: &str, bytes: &[u8], profile: SwitchSet) -> Result<Self, Refusal> {
        let (mut code, mut rodata, mut rest) = (vec![0; SECTION], vec![0; SECTION], vec![0; bytes.len()]);
        let mut store = Buffers { code: &mut code, rodata: &mut rodata, rest: &mut rest };
        let mut loader = Loader::new();
        loader.write(executive::Profile::machine(profile), &mut store, bytes).map_err(Refusal::BadImage)?;
        let image = loader.finish(&store).map_err(Refusal::BadImage)?;
        let (header, declared) = (image.header, declared(&image));
        code.truncate(header.code_len as usize);
        Ok(Program { path: path.to_owned(), code, header, declared })
    }

    /// The instruction word at an address.
    pub fn word(&self, pc: u32) -> Option<u32> {
        let bytes = self.code.get(pc as usize..)?.first_chunk()?;
        Some(u32::from_be_bytes(*bytes))
    }
}
