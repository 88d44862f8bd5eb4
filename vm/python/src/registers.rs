//! Registers that Python code reads and writes while the machine has them too.

use std::sync::atomic::{AtomicU32, Ordering};

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
#[pyclass(module = "lockstep_minivm", sequence, frozen)]
#[derive(Default)]
pub struct Registers {
    /// R0 first. They are never borrowed, so code of Python that runs while a key or a value is converted may use them.
    values: [AtomicU32; 16],
}

impl Registers {
    /// All of them, R0 first.
    pub fn values(&self) -> [u32; 16] {
        self.values.each_ref().map(|value| value.load(Ordering::Relaxed))
    }

    /// Sets all of them, R0 first.
    pub fn set_values(&self, values: [u32; 16]) {
        (0..).zip(values).for_each(|(number, value)| self.set(number, value));
    }

    fn set(&self, number: usize, value: u32) {
        if let Some(register) = self.values.get(number) {
            register.store(value, Ordering::Relaxed);
        }
    }
}

/// A number of a register.
///
/// # Errors
/// `TypeError` for what is no whole number, `IndexError` for one that is not 0 to 15, however large.
fn number(key: &Bound<'_, PyAny>) -> PyResult<usize> {
    let outside = || PyIndexError::new_err("a register has a number from 0 to 15");
    match key.extract::<isize>() {
        Ok(key) => u8::try_from(key).ok().and_then(Reg::new).map(Reg::index).ok_or_else(outside),
        Err(error) if error.is_instance_of::<PyOverflowError>(key.py()) => Err(outside()),
        Err(error) => Err(error),
    }
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

/// As many words as there are `wanted`. No more than one beyond them is looked at: there may be no end of them.
fn words(values: &Bound<'_, PyAny>, wanted: usize) -> PyResult<Vec<u32>> {
    let words = values.try_iter()?.take(wanted + 1).map(|value| low_word(&value?));
    let words: Vec<u32> = words.collect::<PyResult<_>>()?;
    if words.len() == wanted {
        return Ok(words);
    }
    let found = if words.len() > wanted { "more".to_owned() } else { words.len().to_string() };
    Err(PyValueError::new_err(format!("{wanted} registers take as many values, not {found}")))
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

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        match key.cast::<PySlice>() {
            Ok(slice) => {
                let numbers = numbers(slice)?;
                let values = self.values();
                Ok(PyList::new(py, numbers.map(|number| values[number]).collect::<Vec<_>>())?.into_any())
            }
            Err(_) => {
                let number = number(key)?;
                Ok(self.values()[number].into_pyobject(py)?.into_any())
            }
        }
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        match key.cast::<PySlice>() {
            Ok(slice) => {
                let numbers: Vec<_> = numbers(slice)?.collect();
                let words = words(value, numbers.len())?;
                numbers.into_iter().zip(words).for_each(|(number, word)| self.set(number, word));
            }
            Err(_) => self.set(number(key)?, low_word(value)?),
        }
        Ok(())
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyList::new(py, self.values())?.try_iter()
    }

    fn __repr__(&self) -> String {
        format!("Registers({:?})", self.values())
    }
}
