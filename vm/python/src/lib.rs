//! What the Python package `lockstep_minivm` has in Rust: the machine, its registers, the control plane, the
//! executive, its server, text and images.
//!
//! Everything here is as small as it can be; what a user of the package sees is written in Python above it. Only
//! `machine::lend` needs `unsafe`: it lends a `bytearray` of Python to the machine while it runs.

#![deny(unsafe_code)]

mod access;
mod borrow;
mod config;
mod desk;
mod image;
mod machine;
mod octets;
mod plane;
mod profile;
mod refusal;
mod registers;
mod server;
mod shared;
mod stop;
mod text;
mod told;

use pyo3::prelude::*;

/// The module `lockstep_minivm._core`. What is borrowed of Python is safe because one thread at a time has the interpreter.
#[pymodule(gil_used = true)]
mod _core {
    #[pymodule_export]
    use super::desk::Executive;
    #[pymodule_export]
    use super::image::{build_image, load_image};
    #[pymodule_export]
    use super::machine::Machine;
    #[pymodule_export]
    use super::octets::octets;
    #[pymodule_export]
    use super::plane::Plane;
    #[pymodule_export]
    use super::registers::Registers;
    #[pymodule_export]
    use super::server::Server;
    #[pymodule_export]
    use super::text::{assemble, disassemble};
    use super::*;
    use executive::Config;
    use remote::limits::Limits;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("DESKTOP", config::parts_of(&Config::default()))?;
        module.add("EMBEDDED", config::parts_of(&Config::embedded()))?;
        module.add("LIMITS", server::parts_of(&Limits::default()))?;
        let faults: Vec<_> = minivm::Fault::ALL.iter().map(|fault| fault.name()).collect();
        module.add("FAULTS", pyo3::types::PyTuple::new(module.py(), faults)?)
    }
}
