//! Refused calls as exceptions of Python.

use executive::registry::Status;
use minivm::control;
use pyo3::prelude::*;

pyo3::import_exception!(lockstep_minivm.errors, VmError);

/// The exception of an error of the design document: its name, and what is wrong.
pub fn refusal(errno: &str, text: impl Into<String>) -> PyErr {
    VmError::new_err((errno.to_owned(), text.into()))
}

/// The exception of a refused call of the control plane.
pub fn of_plane(error: control::Error) -> PyErr {
    let (errno, text) = (error.errno().name(), error.to_string());
    // The text begins with the name.
    refusal(errno, text.strip_prefix(errno).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&text))
}

/// The exception of a refused call of the executive.
pub fn of_executive(error: executive::Error) -> PyErr {
    refusal(error.name(), error.meaning())
}

/// The exception of a refused call on a value or a command.
pub fn of_registry(status: Status) -> PyErr {
    refusal(status.name(), status.meaning())
}
