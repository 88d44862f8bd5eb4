//! Registers that Python code reads and writes while the machine has them too.

use minivm::Reg;
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PySlice, PySliceIndices};

/// 16 registers of 32 bits, all 0 when new: a view that stays the same while a VM changes them.
///
/// >>> registers = Registers()
/// >>> registers[1:3] = [5, -1]
/// >>> registers[2], registers[:2], len(registers)
/// (4294967295, [0, 5], 16)
#[pyclass(module = "lockstep_minivm", sequence)]
#[derive(Default)]
pub struct Registers {
    /// Their values, R0 first.
    pub values: [u32; 16],
}

/// A number of a register, or several.
#[derive(FromPyObject)]
pub enum Key<'py> {
    Slice(Bound<'py, PySlice>),
    Number(isize),
}

fn number(key: isize) -> PyResult<usize> {
    let reg = u8::try_from(key).ok().and_then(Reg::new);
    reg.map(Reg::index).ok_or_else(|| PyIndexError::new_err("a register has a number from 0 to 15"))
}

/// The numbers that a slice means.
fn numbers(slice: &Bound<'_, PySlice>) -> PyResult<impl Iterator<Item = usize>> {
    let PySliceIndices { start, step, slicelength, .. } = slice.indices(16)?;
    Ok((0..slicelength as isize).map(move |place| (start + place * step) as usize))
}

/// The low 32 bits of a whole number, which may be negative or larger.
pub fn low_word(value: &Bound<'_, PyAny>) -> PyResult<u32> {
    match value.extract::<u32>() {
        Ok(word) => Ok(word),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            value.bitand(u32::MAX)?.extract()
        }
        Err(error) => Err(error),
    }
}

#[pymethods]
impl Registers {
    #[new]
    fn new() -> Self {
        Registers::default()
    }

    fn __len__(&self) -> usize {
        16
    }

    fn __getitem__<'py>(&self, py: Python<'py>, key: Key<'py>) -> PyResult<Bound<'py, PyAny>> {
        match key {
            Key::Slice(slice) => {
                let values: Vec<_> = numbers(&slice)?.map(|number| self.values[number]).collect();
                Ok(PyList::new(py, values)?.into_any())
            }
            Key::Number(key) => Ok(self.values[number(key)?].into_pyobject(py)?.into_any()),
        }
    }

    fn __setitem__(slf: &Bound<'_, Self>, key: Key<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        match key {
            Key::Slice(slice) => {
                let numbers: Vec<_> = numbers(&slice)?.collect();
                let words: Vec<_> =
                    value.try_iter()?.map(|value| low_word(&value?)).collect::<PyResult<_>>()?;
                if words.len() != numbers.len() {
                    let text =
                        format!("{} registers take as many values, not {}", numbers.len(), words.len());
                    return Err(PyValueError::new_err(text));
                }
                let mut registers = slf.borrow_mut();
                for (number, word) in numbers.into_iter().zip(words) {
                    registers.values[number] = word;
                }
            }
            Key::Number(key) => {
                let word = low_word(value)?;
                slf.borrow_mut().values[number(key)?] = word;
            }
        }
        Ok(())
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyList::new(py, self.values)?.try_iter()
    }

    fn __repr__(&self) -> String {
        format!("Registers({:?})", self.values)
    }
}
