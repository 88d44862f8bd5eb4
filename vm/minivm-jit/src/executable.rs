//! Memory that can be executed: the only place with code that the compiler cannot check.

use std::fmt::{self, Debug, Formatter};
use std::mem::{self, ManuallyDrop};

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::{Context, ir};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Module, default_libcall_names};

use crate::error::Error;
use crate::state::State;

/// A function that was made, with the memory it lies in.
pub(crate) struct Executable {
    module: ManuallyDrop<JITModule>,
    function: *const u8,
}

impl Executable {
    /// Compiles what `emit` writes into a function that takes a [`State`].
    pub fn new(
        isa: OwnedTargetIsa,
        context: &mut Context,
        emit: impl FnOnce(&mut ir::Function),
    ) -> Result<Self, Error> {
        let builder = JITBuilder::with_isa(isa, default_libcall_names());
        let mut made =
            Executable { module: ManuallyDrop::new(JITModule::new(builder)), function: std::ptr::null() };
        let module = &mut *made.module;
        context.clear();
        context.func.signature = module.make_signature();
        context.func.signature.params.push(ir::AbiParam::new(ir::types::I64));
        let function = module.declare_anonymous_function(&context.func.signature)?;
        emit(&mut context.func);
        module.define_function(function, context)?;
        module.finalize_definitions()?;
        made.function = module.get_finalized_function(function);
        Ok(made)
    }

    /// Enters it.
    pub fn enter(&self, state: &mut State<'_>) {
        // SAFETY: `new` gives no value whose function was not made, with this signature and the host's calling convention,
        // and the memory it lies in is freed only when `self` is dropped. What the function reaches is in the state, or lent
        // to it: the emitter checks addresses of data before it uses them, and room for return addresses before it takes it.
        let function: extern "C" fn(&mut State<'_>) = unsafe { mem::transmute(self.function) };
        function(state);
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        // SAFETY: the module is not used any more after this, because `self` is gone.
        let module = unsafe { ManuallyDrop::take(&mut self.module) };
        // SAFETY: `enter` borrows `self`, so nothing of it is being executed, and nobody else has the function's address.
        unsafe { module.free_memory() };
    }
}

// SAFETY: the function's memory belongs to `self` alone and is only read. `JITModule` can be sent.
unsafe impl Send for Executable {}

impl Debug for Executable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Executable at {:?}", self.function)
    }
}
