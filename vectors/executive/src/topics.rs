//! What scripts are about.

use std::collections::BTreeSet;

use minivm::isa::Opcode;
use oracle::subject::first_and_others;

use crate::case::{Call, Case};
use crate::points::{self, TURN};

/// What the case is about: its calls, the first one first, then the services in its images.
pub(crate) fn of(case: &Case) -> Vec<&'static str> {
    let mut others = BTreeSet::new();
    for call in &case.calls {
        others.insert(call.name());
        if let Call::Load { image } = call {
            others.extend(code(image).chunks_exact(4).filter_map(|word| {
                let word = u32::from_be_bytes(word.try_into().unwrap_or_default());
                is_call(word).then(|| points::service(word))
            }));
        }
    }
    first_and_others(case.calls.first().map_or(TURN, Call::name), others)
}

/// Every topic.
pub(crate) fn all() -> Vec<&'static str> {
    points::TABLE.iter().map(|row| row.topic).collect()
}

/// Whether a word calls a service.
pub(crate) fn is_call(word: u32) -> bool {
    word >> 24 == Opcode::Svc as u32
}

/// The code of an image, if it has as much as it says.
pub(crate) fn code(image: &[u8]) -> &[u8] {
    let start = if image.get(5) == Some(&2) { 96 } else { 32 };
    let length = image.get(12..16).map_or(0, |it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]));
    let code = image.get(start..).unwrap_or_default();
    &code[..code.len().min(length as usize)]
}
