//! Profiles by their names.

use minivm::SwitchSet;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// One of the profiles of the VM.
#[derive(Clone, Copy)]
pub enum ProfileName {
    Reference,
    Strict,
    Portable,
}

impl ProfileName {
    /// The profile of this name.
    pub fn of(name: &str) -> PyResult<Self> {
        match name {
            "reference" => Ok(ProfileName::Reference),
            "strict" => Ok(ProfileName::Strict),
            "portable" => Ok(ProfileName::Portable),
            _ => {
                let text = format!("there is no profile {name:?}: reference, strict or portable");
                Err(PyValueError::new_err(text))
            }
        }
    }

    /// The same as a profile that answers at run time.
    pub fn switches(self) -> SwitchSet {
        match self {
            ProfileName::Reference => SwitchSet::REFERENCE,
            ProfileName::Strict => SwitchSet::STRICT,
            ProfileName::Portable => SwitchSet::PORTABLE,
        }
    }
}
