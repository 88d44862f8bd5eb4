//! The profiles of `hxe`, and the switches of the loader.

use minivm::Switch;
use oracle::Profile;

/// Which images the reference loads, and as what.
pub const REFERENCE: Profile = Profile::new("reference", "Which images the reference loads, and as what.");
/// Which images the format document allows.
pub const STRICT: Profile = Profile::new("strict", "Which images the format document allows.");

/// The switches of the loader; the others are the instruction set's.
pub(crate) fn switches_of_loader() -> Vec<Switch> {
    Switch::ALL.iter().copied().filter(|switch| switch.is_of_loader()).collect()
}

/// Evaluates an expression with the profile's type, so that switches are decided when it is compiled.
macro_rules! with {
    ($profile:expr, |$name:ident| $body:expr) => {
        match $profile {
            profile if profile == $crate::profile::STRICT => {
                let $name = ::minivm::Strict;
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
