//! Refused calls as exceptions of Python.

use minivm::control;
use pyo3::prelude::*;

mod errors {
    pyo3::import_exception!(lockstep_minivm.errors, VmError);
}

/// The exception of an error of the design document: its name, and what is wrong.
pub fn refusal(errno: &str, text: impl Into<String>) -> PyErr {
    errors::VmError::new_err((errno.to_owned(), text.into()))
}

/// The exception of a refused call of the control plane.
pub fn of_plane(error: control::Error) -> PyErr {
    let (errno, text) = (error.errno().name(), error.to_string());
    // The text begins with the name.
    refusal(errno, text.strip_prefix(errno).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&text))
}
