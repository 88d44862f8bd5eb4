//! What the engine asks of a subject that has an implementation of its own in this project.

use vectors::{Profile, Subject};

use crate::coverage::Observer;
use crate::machine::Machine;

/// Profiles by name as sets of switches.
pub trait FromProfile {
    /// The switches of a named profile.
    fn of(profile: Profile) -> Self;
}

impl FromProfile for minivm::SwitchSet {
    fn of(profile: Profile) -> Self {
        match profile {
            Profile::Reference => minivm::SwitchSet::REFERENCE,
            Profile::Strict => minivm::SwitchSet::STRICT,
        }
    }
}

/// A subject with a native implementation, which can be watched, and asked about the ledger.
pub trait Native: Subject {
    /// The native machine, `rust`.
    fn machine() -> Box<dyn Machine<Self> + Send>;

    /// What there is to compare in an HXE image.
    fn cases_of_image(image: &[u8]) -> Vec<Self::Case>;

    /// Counts coverage in `profile`.
    fn observer(profile: Profile) -> Box<dyn Observer<Self::Case>>;

    /// The ledger rows that make `got` in profile `got_in` differ from `expected` in profile `expected_in`: the row of
    /// the one switch which, flipped alone at the first instruction that differs, makes the difference go away; or the
    /// rows of two, where it takes both. Both outcomes must be those of the native machine, or nothing is explained.
    fn explain(
        case: &Self::Case,
        expected_in: Profile,
        expected: &Self::Outcome,
        got_in: Profile,
        got: &Self::Outcome,
    ) -> Option<Vec<&'static str>>;

    /// The ledger rows that a switch of the native implementation stands for.
    fn switches() -> Vec<(&'static str, &'static str)>;

    /// Whether flipping the switch of this ledger row alone changes what comes out of `case`.
    fn switch_shows(row: &str, case: &Self::Case) -> bool;
}
