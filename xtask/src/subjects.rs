//! The one list of subjects. A new subject is a line here, and its crate among the dependencies.

use crate::subject::{AnySubject, Of};

/// Every subject, in the order in which they are run and shown.
pub const ALL: &[&dyn AnySubject] = &[
    &Of::<vectors_minivm::MiniVm>::NEW,
    &Of::<vectors_hxe::Hxe>::NEW,
    &Of::<vectors_control::Control>::NEW,
    &Of::<vectors_cockpit::Cockpit>::NEW,
    &Of::<vectors_executive::Executive>::NEW,
    #[cfg(feature = "toy")]
    &Of::<toy::Toy>::NEW,
];
