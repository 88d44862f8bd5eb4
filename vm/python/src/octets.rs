//! Bytes that Python code hands over.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyMemoryView, PyTuple};

/// How the items of a buffer are described that are bytes: unsigned, signed, characters.
const FORMATS: [&str; 3] = ["B", "b", "c"];

/// Bytes of Python: `bytes`, `bytearray`, any other buffer of one row whose items are bytes, or a list or a tuple of
/// numbers from 0 to 255.
///
/// Nothing else is taken. Of a buffer with wider items nobody could say which bytes are meant, and of a sequence that only
/// says how long it is no room may be made by what it says.
pub struct Octets(pub Vec<u8>);

impl<'py> FromPyObject<'_, 'py> for Octets {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = given.cast::<PyBytes>() {
            return Ok(Octets(bytes.as_bytes().to_vec()));
        }
        if let Ok(bytes) = given.cast::<PyByteArray>() {
            return Ok(Octets(bytes.to_vec()));
        }
        let bytes = if given.is_instance_of::<PyList>() || given.is_instance_of::<PyTuple>() {
            given.py().get_type::<PyBytes>().call1((given,))?
        } else {
            of_buffer(&PyMemoryView::from(&given)?)?
        };
        Ok(Octets(bytes.cast::<PyBytes>()?.as_bytes().to_vec()))
    }
}

/// A copy of a buffer whose items are bytes.
fn of_buffer<'py>(view: &Bound<'py, PyMemoryView>) -> PyResult<Bound<'py, PyAny>> {
    let format: String = view.getattr("format")?.extract()?;
    let rows: usize = view.getattr("ndim")?.extract()?;
    // A byte has no order, though its format may begin with one.
    if rows != 1 || !FORMATS.contains(&format.trim_start_matches(['<', '>', '=', '@', '!', '|'])) {
        let text = format!("bytes are wanted here, not a buffer of format {format:?} in {rows} dimensions");
        return Err(PyTypeError::new_err(text));
    }
    view.call_method0("tobytes")
}

/// The bytes that something consists of. Raises `TypeError` for what is none of the things that stand for bytes.
#[pyfunction]
pub fn octets<'py>(py: Python<'py>, data: Octets) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &data.0)
}
