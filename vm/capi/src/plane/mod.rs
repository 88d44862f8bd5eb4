//! The control plane: section 6.1.1 of the design document.

mod access;
mod config;
mod create;
mod handle;
mod load;
mod run;
mod tasks;

pub use access::*;
pub use config::*;
pub use create::*;
pub use handle::Plane;
pub use load::*;
pub use run::*;
pub use tasks::*;
