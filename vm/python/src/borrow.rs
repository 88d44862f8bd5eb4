//! What Rust has of an object of Python, for as long as no code of Python can run.
//!
//! Numbers, bytes and texts of a call are converted first, which may run code of Python that calls the same object again.
//! Only then is the object borrowed, and given back before the answer is converted. So a call within a call is answered.

use pyo3::PyClass;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::False;

/// Borrows an object to change it.
///
/// # Errors
/// A call on it has not ended: `RuntimeError`, and not a panic.
pub fn change<'py, T: PyClass<Frozen = False>>(it: &Bound<'py, T>) -> PyResult<PyRefMut<'py, T>> {
    it.try_borrow_mut().map_err(|_| in_use())
}

/// Borrows an object to look at it.
///
/// # Errors
/// A call that changes it has not ended: `RuntimeError`, and not a panic.
pub fn look<'py, T: PyClass>(it: &Bound<'py, T>) -> PyResult<PyRef<'py, T>> {
    it.try_borrow().map_err(|_| in_use())
}

fn in_use() -> PyErr {
    PyRuntimeError::new_err("it is in use: a call on it has not ended")
}
