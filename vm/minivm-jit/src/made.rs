//! The machine code of a program: what is made at once, and what is made when it is worth it.

use std::fmt::{self, Debug, Formatter};

use cranelift_codegen::Context;
use cranelift_frontend::FunctionBuilderContext;
use minivm::SwitchSet;

use crate::compiler::Compiler;
use crate::emit;
use crate::error::Error;
use crate::executable::Executable;
use crate::scan::{Code, Scan};

/// How often code is missed where a run could go on with it, before it is made.
const MISSED: u32 = 4;

/// The functions of a program.
pub(crate) struct Made {
    compiler: Compiler,
    pub profile: SwitchSet,
    code: Code,
    /// Entered where the program begins. There it knows most.
    start: Option<Function>,
    /// Entered wherever a run may go on that has left machine code.
    again: Option<Function>,
    /// Where that is, as positions in the code.
    entries: Vec<u32>,
    /// How often it was missed.
    missed: u32,
}

/// Machine code that can be entered.
pub(crate) struct Function {
    pub code: Executable,
    /// The positions where it can be entered, ascending.
    entries: Vec<u32>,
    /// The budget that is needed: one instruction more than are executed before the budget is looked at.
    pub reserve: u32,
}

/// Why there is nothing to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// There is no code for where the machine is.
    Entry,
    /// The budget is too small for any.
    Budget,
}

impl Debug for Made {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let made = [&self.start, &self.again].into_iter().flatten();
        f.debug_list().entries(made.map(|function| &function.code)).finish()
    }
}

impl Made {
    /// Makes what is entered at the address `entry`.
    pub fn new(compiler: Compiler, profile: SwitchSet, code: &[u8], entry: u32) -> Result<Self, Error> {
        let code = Code::new(code);
        let (mut start, mut entries) = (None, Vec::new());
        if let Some(at) = code.position(entry) {
            start = Some(compiler.function(&code, profile, &[at])?);
            entries = Scan::new(&code, &[at], compiler.effort).entries.into_iter().collect();
        }
        Ok(Made { compiler, profile, code, start, again: None, entries, missed: 0 })
    }

    /// The function that can be entered at an address with so much of the budget left, and the number of the entry.
    pub fn function(&mut self, pc: u32, left: u32) -> Result<(&Function, usize), Missing> {
        let at = pc.rotate_right(2);
        if self.again.is_none() && self.entries.binary_search(&at).is_ok() && !is_entry(&self.start, at) {
            self.missed += 1;
            // If it cannot be made, it runs plainly. That is what a host without machine code does.
            if self.missed == MISSED {
                self.again = self.compiler.function(&self.code, self.profile, &self.entries).ok();
            }
        }
        let functions = || [&self.start, &self.again].into_iter().flatten();
        if functions().all(|function| left < function.reserve) {
            return Err(Missing::Budget);
        }
        let mut fitting = functions().filter(|function| function.reserve <= left);
        fitting
            .find_map(|function| Some((function, function.entries.binary_search(&at).ok()?)))
            .ok_or(Missing::Entry)
    }
}

fn is_entry(function: &Option<Function>, at: u32) -> bool {
    function.as_ref().is_some_and(|function| function.entries.contains(&at))
}

impl Compiler {
    fn function(&self, code: &Code, profile: SwitchSet, entries: &[u32]) -> Result<Function, Error> {
        let (mut context, mut builder) = (Context::new(), FunctionBuilderContext::new());
        let target = self.isa.frontend_config();
        let mut straight = 0;
        let executable = Executable::new(self.isa.clone(), &mut context, |function| {
            straight = emit::emit(function, &mut builder, target, (code, profile, entries), self.effort);
        })?;
        Ok(Function { code: executable, entries: entries.to_vec(), reserve: straight + 1 })
    }
}
