//! Assembly text to code, and back.

use std::collections::BTreeMap;

use minivm::asm;
use minivm::disasm::Disassembly;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::octets::Octets;

/// Code, rodata, entry and labels.
type Parts<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>, u32, BTreeMap<String, u32>);

/// Assembles MVASM.
#[pyfunction]
pub fn assemble<'py>(py: Python<'py>, source: &str) -> PyResult<Parts<'py>> {
    let program = asm::assemble(source).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok((PyBytes::new(py, &program.code), PyBytes::new(py, &program.rodata), program.entry, program.labels))
}

/// Addresses and texts of the instructions in code.
#[pyfunction]
pub fn disassemble(code: Octets) -> Vec<(usize, String)> {
    Disassembly::walk(&code.0, 0).map(|(bytes, instruction)| (bytes.start, instruction.to_string())).collect()
}
