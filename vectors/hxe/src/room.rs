//! Room to load an image into, which is the same for every image.

use minivm::hxe::{Buffers, SECTION_MAX};

/// Room for one image.
#[derive(Clone, Debug)]
pub struct Room {
    /// What it holds before.
    before: u8,
    /// Code, from the start.
    pub code: Vec<u8>,
    /// Read-only data, from the start.
    pub rodata: Vec<u8>,
    rest: Vec<u8>,
}

impl Room {
    /// Room that holds `before` where nothing was put: a byte that is forgotten does not look right because an earlier
    /// image had it there.
    pub fn holding(before: u8) -> Self {
        let section = || vec![0; SECTION_MAX as usize];
        Room { before, code: section(), rodata: section(), rest: Vec::new() }
    }

    /// The buffers for an image of `size` bytes.
    pub fn buffers(&mut self, size: usize) -> Buffers<'_> {
        self.rest.clear();
        self.rest.resize(size, self.before);
        for section in [&mut self.code, &mut self.rodata] {
            let used = size.min(section.len());
            section[..used].fill(self.before);
        }
        Buffers { code: &mut self.code, rodata: &mut self.rodata, rest: &mut self.rest }
    }
}
