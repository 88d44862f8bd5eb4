//! The profiles of `cockpit`, and the switches of the implementation that each stands for.

use cockpit::{Switch, SwitchSet};
use oracle::Profile;

/// What the engine does.
pub const HEAD: Profile =
    Profile::new("head", "Bit for bit what the engine at the pinned commit does, through its stepping API.");
/// What its plan says.
pub const PLAN: Profile = Profile::new(
    "plan",
    "What the plan of the handlers says, and what the engine does if the plan is silent.",
);

/// The switches of a profile.
pub(crate) fn switch_set(profile: Profile) -> SwitchSet {
    if profile == PLAN { SwitchSet::PLAN } else { SwitchSet::HEAD }
}

/// The switches of the instruction set; the others are the image reader's.
pub(crate) fn switches_of_instructions() -> Vec<Switch> {
    Switch::ALL.iter().copied().filter(|switch| !switch.is_of_image()).collect()
}

/// Evaluates an expression with the profile's type, so that switches are decided when it is compiled.
macro_rules! with {
    ($profile:expr, |$name:ident| $body:expr) => {
        if $profile == $crate::profile::PLAN {
            let $name = ::cockpit::Plan;
            $body
        } else {
            let $name = ::cockpit::Head;
            $body
        }
    };
}
pub(crate) use with;
