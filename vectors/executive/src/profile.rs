//! The profiles of `executive`, and its switches.

use std::sync::LazyLock;

use executive::Switch;
use oracle::Profile;

/// What the reference does.
pub const REFERENCE: Profile = Profile::new("reference", "What the reference's controller does.");
/// What the documents say, and no task disturbs another.
pub const STRICT: Profile =
    Profile::new("strict", "What the documents say, with good sense if they are silent.");

/// Every switch with each of its rows.
pub(crate) static SWITCHES: LazyLock<Vec<(Switch, &str)>> = LazyLock::new(|| {
    Switch::ALL
        .iter()
        .flat_map(|&switch| switch.ledger_rows().iter().map(move |&row| (switch, row)))
        .collect()
});

/// Evaluates an expression with the profile's type, so that switches are decided when it is compiled.
macro_rules! with {
    ($profile:expr, |$name:ident| $body:expr) => {
        match $profile {
            profile if profile == $crate::profile::STRICT => {
                let $name = ::executive::Strict;
                $body
            }
            _ => {
                let $name = ::executive::Reference;
                $body
            }
        }
    };
}
pub(crate) use with;
