//! Coverage points: the situations of an opcode that a thorough run has been in.
//!
//! Which points a row has in a profile follows from the opcode's entry in the table of [`isa`](crate::isa): its
//! immediate, its stack effect, its family and its checks ([`Point::applies`]). Which of them a step has hit follows
//! from the state before and after it ([`Step::hits`]).

mod applies;
mod completed;
mod failed;
mod point;
mod printed;
mod step;

pub use point::{Group, Point, Row};
pub use step::Step;
