//! Suites: the vectors of a subject, found by walking its folder.
//!
//! A file holds `rules` (id and the sentence of the specification) and `vectors`, each of which names the rule that it
//! tests. Nothing is registered anywhere: a file that lies in the folder is part of the suite. Everything that could make a
//! vector test nothing is an error with file, line and column: unknown, repeated and empty keys, a name used twice, a rule
//! that is not defined, a rule that no vector tests, a file that would be passed over.
//!
//! What all subjects share of a vector, its envelope, is read and written here; how a subject writes its cases and
//! outcomes is its [`Text`].

#[macro_use]
pub mod keys;

mod beside;
mod entry;
mod load;
mod place;
pub mod plain;
pub mod text;
mod vector;
mod write;
mod written;

pub use beside::beside;
pub use keys::Keys;
pub use load::LEDGER_FILE;
pub use place::{Place, Problem, SuiteError, complaints};
pub use plain::AsInProtocol;
pub use vector::{Expectation, Partial, Row, Suite, Vector};
pub use written::{Found, OF_MACHINE, OF_ORACLE, Text, Written, Yaml, check_name};
