//! A case: what the VM was built with, and the calls that are made to it.

use std::collections::BTreeMap;

use minivm::memory::SIZE;
use oracle::hex;
use oracle::strict::unique;
use oracle::subject::script::Script;
use serde::{Deserialize, Serialize};

/// A script of calls.
pub type Case = Script<Config, Call>;

/// The most calls of a script.
pub const MAX_CALLS: usize = 80;
/// The most instructions that one call may ask for.
pub const MAX_INSTRUCTIONS: u32 = 1000;

/// What the VM was built with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How many tasks there is room for, 1 to 4.
    pub arenas: u32,
    /// Bytes of code that there is room for in each task, 0 to 65,536.
    pub code: u32,
    /// Bytes of metadata that there is room for in each task, 0 to 65,536.
    pub metadata: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config { arenas: 3, code: 256, metadata: 256 }
    }
}

/// What a call that is not refused gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    Nothing,
    Number,
    Task,
    Step,
    Regs,
    Tasks,
    Bytes,
}

/// Declares the calls, each with its name in the protocol and what it gives.
macro_rules! calls {
    ($($(#[$doc:meta])* $call:ident $name:literal $gives:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {
        /// A call of the control plane with its arguments (design document, section 6.1.1). Tasks are named by the
        /// order in which calls of the script reported them, registers by the numbers of section 4.3.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "call", deny_unknown_fields)]
        pub enum Call {
            $($(#[$doc])* #[serde(rename = $name)] $call { $($(#[$field_meta])* $field: $type,)* },)*
        }

        impl Call {
            /// The names of all calls.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// Its name, which is that of the document without `vm_`.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Call::$call { .. } => $name,)*
                }
            }

            pub(crate) fn gives(&self) -> Gives {
                match self {
                    $(Call::$call { .. } => Gives::$gives,)*
                }
            }
        }
    };
}

calls! {
    /// Configures the VM and takes all tasks down.
    Init "init" Nothing {
        /// Values by the names of the document (section 6.1.4). Unknown ones are ignored.
        #[serde(deserialize_with = "unique")]
        config: BTreeMap<String, u32>,
    }
    /// Loads an image that is there as a whole.
    Load "load" Task {
        /// The image.
        #[serde(with = "hex")]
        image: Vec<u8>,
    }
    /// Begins to load an image that arrives in pieces.
    LoadBegin "load_begin" Task {}
    /// Hands over the next piece of an image.
    LoadWrite "load_write" Nothing {
        /// The task that loads.
        task: u32,
        /// The piece.
        #[serde(with = "hex")]
        bytes: Vec<u8>,
    }
    /// Ends an image.
    LoadEnd "load_end" Nothing {
        /// The task that loads.
        task: u32,
    }
    /// Gives up an image.
    LoadAbort "load_abort" Nothing {
        /// The task that loads.
        task: u32,
    }
    /// Takes a task down.
    Unload "unload" Nothing {
        /// The task.
        task: u32,
    }
    /// Lists the tasks.
    Pids "pids" Tasks {}
    /// Makes a task the active one.
    SetContext "set_context" Nothing {
        /// The task.
        task: u32,
    }
    /// Runs the active task for as many instructions as it was configured.
    Step "step" Step {}
    /// Runs the active task.
    Clock "clock" Step {
        /// The most instructions to retire, 0 to 1,000.
        n: u32,
    }
    /// Reads a register of the active task.
    RegGet "reg_get" Number {
        /// The register's number.
        reg: u32,
    }
    /// Sets a register of the active task.
    RegSet "reg_set" Nothing {
        /// The register's number.
        reg: u32,
        /// The value.
        value: u32,
    }
    /// Reads a register of any task.
    RegGetFor "reg_get_for" Number {
        /// The task.
        task: u32,
        /// The register's number.
        reg: u32,
    }
    /// Sets a register of any task.
    RegSetFor "reg_set_for" Nothing {
        /// The task.
        task: u32,
        /// The register's number.
        reg: u32,
        /// The value.
        value: u32,
    }
    /// Reads data memory of the active task.
    MemRead "mem_read" Bytes {
        /// Its first byte.
        address: u32,
        /// How many bytes, 0 to 65,536.
        length: u32,
    }
    /// Writes data memory of the active task.
    MemWrite "mem_write" Nothing {
        /// Its first byte.
        address: u32,
        /// What to write there.
        #[serde(with = "hex")]
        bytes: Vec<u8>,
    }
    /// Asks where the last instruction was.
    LastPc "last_pc" Number {}
    /// Asks for the word of the last instruction.
    LastOpcode "last_opcode" Number {}
    /// Asks for the registers before the last instruction.
    LastRegs "last_regs" Regs {}
}

impl Call {
    /// The task that the call names, if it names one.
    pub(crate) fn task(&self) -> Option<u32> {
        match *self {
            Call::LoadWrite { task, .. }
            | Call::LoadEnd { task }
            | Call::LoadAbort { task }
            | Call::Unload { task }
            | Call::SetContext { task }
            | Call::RegGetFor { task, .. }
            | Call::RegSetFor { task, .. } => Some(task),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn task_mut(&mut self) -> Option<&mut u32> {
        match self {
            Call::LoadWrite { task, .. }
            | Call::LoadEnd { task }
            | Call::LoadAbort { task }
            | Call::Unload { task }
            | Call::SetContext { task }
            | Call::RegGetFor { task, .. }
            | Call::RegSetFor { task, .. } => Some(task),
            _ => None,
        }
    }
}

/// Whether the case keeps the limits of its format.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    let within = |key: &str, value: u32, low: u32, high: u32| {
        if (low..=high).contains(&value) {
            Ok(())
        } else {
            Err(format!("{key}: {value} is not {low} to {high}"))
        }
    };
    within("config.arenas", case.config.arenas, 1, 4)?;
    within("config.code", case.config.code, 0, SIZE as u32)?;
    within("config.metadata", case.config.metadata, 0, SIZE as u32)?;
    if case.calls.len() > MAX_CALLS {
        return Err(format!("calls: {}, at most {MAX_CALLS} are allowed", case.calls.len()));
    }
    for (at, call) in case.calls.iter().enumerate() {
        match call {
            Call::Clock { n } => within(&format!("calls[{at}].n"), *n, 0, MAX_INSTRUCTIONS)?,
            Call::MemRead { length, .. } => within(&format!("calls[{at}].length"), *length, 0, SIZE as u32)?,
            Call::Init { config } => {
                let quanta = config.get("autorun_quanta").copied().unwrap_or(1);
                within(&format!("calls[{at}].config.autorun_quanta"), quanta, 0, MAX_INSTRUCTIONS)?;
            }
            _ => {}
        }
    }
    Ok(())
}
