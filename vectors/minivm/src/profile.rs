//! The profiles of `minivm`, and the switches of the implementation that each stands for.

use std::cell::Cell;

use minivm::{Switch, SwitchSet};
use oracle::Profile;

/// Bit for bit what the reference does wherever it completes.
pub const REFERENCE: Profile =
    Profile::new("reference", "Bit for bit what the reference does, wherever it completes.");
/// What the design document says, and textbook arithmetic if it is silent.
pub const STRICT: Profile = Profile::new(
    "strict",
    "What the design document says if it is explicit, and textbook arithmetic if it is silent.",
);

/// [`STRICT`], with what the reference's project has frozen for portable targets.
pub const PORTABLE: Profile =
    Profile::derived("portable", "Strict, and the upper half of every binary16 result is zero.", "strict");

/// The switches of a profile.
pub(crate) fn switch_set(profile: Profile) -> SwitchSet {
    with!(profile, |it| SwitchSet::of(it))
}

/// The switches of the instruction set; the others are the loader's.
pub(crate) fn switches_of_instructions() -> Vec<Switch> {
    Switch::ALL.iter().copied().filter(|switch| !switch.is_of_loader()).collect()
}

/// A profile put together at run time, that notes which switches are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Noting<'a> {
    /// The profile.
    pub set: SwitchSet,
    /// A bit for each switch that was asked for.
    pub asked: &'a Cell<u32>,
}

impl minivm::Profile for Noting<'_> {
    fn strict(self, switch: Switch) -> bool {
        self.asked.set(self.asked.get() | 1 << switch as u32);
        self.set.strict(switch)
    }
}

/// Evaluates an expression with the profile's type, so that switches are decided when it is compiled.
macro_rules! with {
    ($profile:expr, |$name:ident| $body:expr) => {
        match $profile {
            profile if profile == $crate::profile::STRICT => {
                let $name = ::minivm::Strict;
                $body
            }
            profile if profile == $crate::profile::PORTABLE => {
                let $name = ::minivm::Portable;
                $body
            }
            _ => {
                let $name = ::minivm::Reference;
                $body
            }
        }
    };
}
pub(crate) use with;
