//! Machine code.
#![deny(unsafe_op_in_unsafe_fn)]

mod emit;
mod executable;
mod float;
mod made;
mod run;
mod scan;
mod state;

use std::error;
use std::fmt::{self, Debug, Display, Formatter};

use cranelift_codegen::CodegenError;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};

pub use run::Compiled;

/// How much work is put into code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// As little as possible: for code that runs only a few times.
    Least,
    /// What makes it fast.
    Most,
}

/// Makes machine code for the host that it runs on.
#[derive(Clone)]
pub struct Compiler {
    isa: OwnedTargetIsa,
}

/// Why no machine code could be made.
#[derive(Debug)]
pub struct Error(String);

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

impl From<cranelift_module::ModuleError> for Error {
    fn from(error: cranelift_module::ModuleError) -> Self {
        Error(error.to_string())
    }
}

impl From<settings::SetError> for Error {
    fn from(error: settings::SetError) -> Self {
        Error(error.to_string())
    }
}

impl Debug for Compiler {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Compiler for {}", self.isa.triple())
    }
}

impl Compiler {
    /// A compiler for this host.
    ///
    /// # Errors
    /// Cranelift makes no code for this host.
    pub fn new(effort: Effort) -> Result<Self, Error> {
        let mut flags = settings::builder();
        let (level, registers) = match effort {
            Effort::Least => ("none", "single_pass"),
            Effort::Most => ("speed", "backtracking"),
        };
        let options = [
            ("opt_level", level),
            ("regalloc_algorithm", registers),
            ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
            ("is_pic", "false"),
            ("unwind_info", "false"),
        ];
        for (name, value) in options {
            flags.set(name, value)?;
        }
        let isa = cranelift_native::builder().map_err(|why| Error(why.into()))?;
        let isa = isa.finish(settings::Flags::new(flags))?;
        Ok(Compiler { isa })
    }
}
