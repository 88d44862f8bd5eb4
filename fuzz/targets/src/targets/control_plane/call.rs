//! Calls as bytes: seven for each, so that any bytes are a sequence of calls.

use std::sync::LazyLock;

use fastrand::Rng;
use minivm::asm;
use minivm::control::{MemConfig, Policy};
use minivm::hxe::{self, ImageParts};

use crate::mutation::{edgy, pick};

/// Which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Init,
    Load,
    LoadBegin,
    LoadWrite,
    LoadEnd,
    LoadAbort,
    Unload,
    SetContext,
    Step,
    Clock,
    SetReg,
    Read,
    Write,
    Image,
}

const KINDS: [Kind; 14] = [
    Kind::Init,
    Kind::Load,
    Kind::LoadBegin,
    Kind::LoadWrite,
    Kind::LoadEnd,
    Kind::LoadAbort,
    Kind::Unload,
    Kind::SetContext,
    Kind::Step,
    Kind::Clock,
    Kind::SetReg,
    Kind::Read,
    Kind::Write,
    Kind::Image,
];

/// A call with its arguments; what they mean depends on the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which.
    pub kind: Kind,
    /// The task: 0 is the newest, 1 the one before it, and so on; 255 is nobody.
    pub who: u8,
    /// An image, a configuration, a register, a length.
    pub what: u8,
    /// An address, or a value.
    pub value: u32,
}

/// The size of a call in bytes.
const SIZE: usize = 7;
/// The most calls of a sequence.
const MOST: usize = 64;

impl Call {
    /// A call about the newest task.
    pub const fn new(kind: Kind, what: u8) -> Self {
        Call { kind, who: 0, what, value: 0 }
    }

    /// Any call.
    pub fn random(rng: &mut Rng) -> Self {
        let kind = *pick(rng, &KINDS);
        Call { kind, who: rng.u8(..3), what: rng.u8(..32), value: edgy(rng) }
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.kind as u8, self.who, self.what];
        bytes.extend(self.value.to_be_bytes());
        bytes
    }

    /// The calls that any bytes are.
    pub fn sequence(bytes: &[u8]) -> Vec<Call> {
        let call = |bytes: &[u8; SIZE]| {
            let [kind, who, what, value @ ..] = *bytes;
            let kind = KINDS[usize::from(kind) % KINDS.len()];
            Call { kind, who, what, value: u32::from_be_bytes(value) }
        };
        bytes.as_chunks().0.iter().take(MOST).map(call).collect()
    }

    /// The image that it names: most are valid, the others are damaged at one byte.
    pub fn image(&self) -> Vec<u8> {
        static IMAGES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(images);
        let mut image = IMAGES[usize::from(self.what) % IMAGES.len()].clone();
        if self.what >= 24 {
            let at = self.value as usize % image.len();
            image[at] ^= self.what;
        }
        image
    }

    /// The configuration that it names.
    pub fn config(&self) -> MemConfig {
        let plain = MemConfig::default();
        match self.what % 8 {
            0 => MemConfig { autorun_quanta: self.value % 100, ..plain },
            1 => MemConfig { max_pids: Some(self.value % 6), ..plain },
            2 => MemConfig { stack_size_bytes: self.value, ..plain },
            3 => MemConfig { heap_size_bytes: self.value, ..plain },
            4 => MemConfig { code_max: Some(self.value % 32), ..plain },
            5 => MemConfig { keep_last_regs: true, ..plain },
            6 => MemConfig { policy: Policy::from_bits_truncate(self.value), ..plain },
            _ => plain,
        }
    }
}

const PROGRAMS: [&str; 6] = [
    "RET",
    "LDI R1, 40\nLDI R2, 2\nADD R0, R1, R2\nRET",
    "again: LDI R1, 1\nADD R2, R2, R1\nPUSH R2\nJMP again",
    "SVC 0x101\nBRK 3\nCALL 1\nRET\nRET",
    "LDI32 R1, 0xFFF0\nLDI R2, -1\nagain: ST [R1], R2\nADD R1, R1, R2\nJMP again",
    "LDI32 R15, 0xFFFFFFFF\nPOP R0\nPOP R15\nDIV R1, R2, R3",
];

/// Each program as version 1 and, with a declared value and a mailbox, as version 2.
fn images() -> Vec<Vec<u8>> {
    let value = [vec![1, 2, 0, 0, 0, 0, 0, 20], vec![0; 12], b"v\0".to_vec()].concat();
    let mailbox = [vec![0, 0, 0, 16], vec![0; 12], b"app:m\0".to_vec()].concat();
    let sections = vec![(1, 1, value), (3, 1, mailbox)];
    let parts = PROGRAMS.iter().flat_map(|text| {
        let code = asm::assemble(text).expect("the programs are right").code;
        let first =
            ImageParts { version: 1, code, rodata: b"data".to_vec(), bss_size: 8, ..Default::default() };
        let second = ImageParts { version: 2, sections: sections.clone(), ..first.clone() };
        [first, second]
    });
    parts.map(|parts| hxe::write(&parts)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_survive_as_bytes() {
        let mut rng = Rng::with_seed(5);
        let calls: Vec<Call> = (0..MOST).map(|_| Call::random(&mut rng)).collect();
        assert_eq!(Call::sequence(&calls.iter().flat_map(Call::bytes).collect::<Vec<_>>()), calls);
        assert!(KINDS.iter().enumerate().all(|(index, kind)| *kind as usize == index));
    }
}
