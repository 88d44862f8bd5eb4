//! What people and tools read of a result: made from it alone, whatever ran it.

pub mod events;
pub mod fuzz;
pub mod github;
pub mod history;
pub mod html;
pub mod image;
pub mod junit;
pub mod nightly;
pub mod progress;
pub mod replay;
pub mod statement;
pub mod stored;
pub mod terminal;

pub use stored::write;
