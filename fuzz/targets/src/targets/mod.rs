//! The targets, a file each.

use crate::judge::Effort;
use crate::target::Target;

pub mod assembler;
pub mod chip;
pub mod control_plane;
pub mod decoder;
mod images;
pub mod loader;
#[cfg(feature = "model")]
pub mod lockstep;
mod programs;
pub mod protocol;
pub mod step;
pub mod stream_loader;
pub mod vector;
pub mod wire;

/// Makes a target.
pub type Create = fn(Effort) -> Box<dyn Target>;

/// Every target, by the name of its file.
const ALL: &[(&str, Create)] = &[
    ("assembler", assembler::create),
    ("chip", chip::create),
    ("control_plane", control_plane::create),
    ("decoder", decoder::create),
    ("loader", loader::create),
    #[cfg(feature = "model")]
    ("lockstep", lockstep::create),
    ("protocol", protocol::create),
    ("step", step::create),
    ("stream_loader", stream_loader::create),
    ("vector", vector::create),
    ("wire", wire::create),
];

/// The names of all targets.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}

/// What makes the target of this name; nothing where there is none.
pub fn find(name: &str) -> Option<Create> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, create)| *create)
}

/// The target of this name; nothing where there is none.
pub fn create(name: &str, effort: Effort) -> Option<Box<dyn Target>> {
    find(name).map(|create| create(effort))
}
