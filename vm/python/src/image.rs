//! HXE images, read and written.

use minivm::SwitchSet;
use minivm::hxe::{Buffers, Header, ImageParts, LoadError, Loader, SECTION_MAX, write};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::octets::Octets;
use crate::profile::ProfileName;

/// The header of an image, its code and its rodata.
///
/// # Errors
/// It is not valid.
pub fn read(data: &[u8], profile: SwitchSet) -> Result<(Header, Vec<u8>, Vec<u8>), LoadError> {
    let room = || vec![0; SECTION_MAX as usize];
    let (mut code, mut rodata, mut rest) = (room(), room(), vec![0; data.len()]);
    let mut store = Buffers { code: &mut code, rodata: &mut rodata, rest: &mut rest };
    let mut loader = Loader::new();
    loader.write(profile, &mut store, data)?;
    let header = loader.finish(&store)?.header;
    code.truncate(header.code_len as usize);
    rodata.truncate(header.ro_len as usize);
    Ok((header, code, rodata))
}

/// The header of an image as a dictionary, with its code and rodata.
#[pyfunction]
pub fn load_image<'py>(py: Python<'py>, data: Octets, profile: &str) -> PyResult<Bound<'py, PyDict>> {
    let read = read(&data.0, ProfileName::of(profile)?.switches());
    let (header, code, rodata) = read.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let fields = PyDict::new(py);
    fields.set_item("version", header.version)?;
    fields.set_item("flags", header.flags)?;
    fields.set_item("entry", header.entry)?;
    fields.set_item("bss_size", header.bss_size)?;
    fields.set_item("app_name", header.name())?;
    fields.set_item("code", PyBytes::new(py, &code))?;
    fields.set_item("rodata", PyBytes::new(py, &rodata))?;
    Ok(fields)
}

/// An image of version 1.
#[pyfunction]
pub fn build_image<'py>(py: Python<'py>, code: Octets, rodata: Octets, entry: u32) -> Bound<'py, PyBytes> {
    let (Octets(code), Octets(rodata)) = (code, rodata);
    PyBytes::new(py, &write(&ImageParts { version: 1, entry, code, rodata, ..ImageParts::default() }))
}
