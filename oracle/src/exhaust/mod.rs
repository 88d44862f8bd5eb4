//! Exhausting: what has a finite number of inputs is run to the end, against a second implementation of the same rules.
//!
//! A subject that can do that says in which [`Part`](crate::inputs::Part)s. A part is cut into chunks, which are run in any
//! order on all cores; what each came to is kept in a [`Record`], so that a run can be split, stopped and gone on with.

mod any;
mod record;
mod run;

pub use any::{AnyPart, parts};
pub use record::{Build, Done, Found, PartRecord, Record, VERSION};
pub use run::run;
