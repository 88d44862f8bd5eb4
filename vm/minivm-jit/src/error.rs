//! Why no machine code could be made.

use std::error;
use std::fmt::{self, Display, Formatter};

use cranelift_codegen::CodegenError;
use cranelift_codegen::settings::SetError;
use cranelift_module::ModuleError;

/// Why no machine code could be made.
#[derive(Debug)]
pub struct Error(pub(crate) String);

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Error {}

impl From<CodegenError> for Error {
    fn from(error: CodegenError) -> Self {
        Error(error.to_string())
    }
}

impl From<ModuleError> for Error {
    fn from(error: ModuleError) -> Self {
        Error(error.to_string())
    }
}

impl From<SetError> for Error {
    fn from(error: SetError) -> Self {
        Error(error.to_string())
    }
}
