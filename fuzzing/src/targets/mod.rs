//! The targets, a file each.

use crate::judge::Effort;
use crate::target::Target;

mod assembler;
mod decoder;
mod images;
mod loader;
#[cfg(feature = "model")]
mod lockstep;
mod programs;
mod protocol;
mod step;
mod stream_loader;
mod vector;

type Create = fn(Effort) -> Box<dyn Target>;

/// Every target, by the name of its file.
const ALL: &[(&str, Create)] = &[
    ("assembler", assembler::create),
    ("decoder", decoder::create),
    ("loader", loader::create),
    #[cfg(feature = "model")]
    ("lockstep", lockstep::create),
    ("protocol", protocol::create),
    ("step", step::create),
    ("stream_loader", stream_loader::create),
    ("vector", vector::create),
];

/// The names of all targets.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}

/// The target of this name; nothing where there is none.
pub fn create(name: &str, effort: Effort) -> Option<Box<dyn Target>> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, create)| create(effort))
}
