//! What people and tools read of a result: made from it alone, whatever ran it.

// Both panic if nobody reads any more; see `out`.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod bugs;
mod change;
pub mod check;
mod clean;
mod complaints;
mod coverage;
pub mod differences;
pub mod events;
pub mod exhaust;
mod finding;
pub mod fuzz;
pub mod github;
pub mod history;
pub mod html;
pub mod isa;
pub mod junit;
pub mod ladder;
mod lanes;
mod layout;
mod measured;
pub mod nightly;
mod numbers;
mod out;
mod paint;
pub mod progress;
pub mod replay;
pub mod statement;
mod states;
pub mod stored;
pub mod terminal;

pub use layout::width;
pub use out::{note, print, put, put_screen, say, tell, warn};
pub use paint::{is_coloured, painted, set_colour};
pub use stored::write;
