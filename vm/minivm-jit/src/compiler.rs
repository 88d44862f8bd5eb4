//! What makes machine code, and how much work it puts into it.

use std::fmt::{self, Debug, Formatter};

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};

use crate::error::Error;

/// How much work is put into code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// As little as possible, for code that runs only a few times: nothing is copied, nothing made better.
    Least,
    /// What makes it fast.
    Most,
}

/// Makes machine code for the host that it runs on.
#[derive(Clone)]
pub struct Compiler {
    pub(crate) isa: OwnedTargetIsa,
    pub(crate) effort: Effort,
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
        Ok(Compiler { isa, effort })
    }
}
