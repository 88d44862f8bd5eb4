//! How the machine is set up: `mem_cfg` of the design document, section 6.1.4.

use super::error::Error;
use super::policy::Policy;
use crate::hxe::RODATA_BASE;
use crate::memory;

/// The size of the window that holds a task's registers, in bytes.
pub(super) const WINDOW: u32 = 64;

/// The configuration of the machine. The default runs with all options off.
///
/// `code_line_bytes`, `data_page_bytes` and `alloc_hooks` of the document are not known here: there is no paging, and
/// arenas are handed over by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemConfig {
    /// How many instructions a step retires at most; not 0.
    pub autorun_quanta: u32,
    /// How many tasks there may be at once; nothing = as many as there are arenas.
    pub max_pids: Option<u32>,
    /// How many bytes of code a task may have; nothing = as many as its arena has.
    pub code_max: Option<u32>,
    /// How many bytes of data a task may have: registers, stack, heap, rodata and bss.
    pub data_max: Option<u32>,
    /// The stack of a task in bytes; a multiple of 8, not 0. Headers of version 1 and 2 have no field for it.
    pub stack_size_bytes: u32,
    /// The heap of a task in bytes; a multiple of 8.
    pub heap_size_bytes: u32,
    /// What the executive may do.
    pub policy: Policy,
    /// Whether the registers before the last instruction are kept (debug builds; document 6.1.1).
    pub keep_last_regs: bool,
}

impl Default for MemConfig {
    fn default() -> Self {
        MemConfig {
            autorun_quanta: 1,
            max_pids: None,
            code_max: None,
            data_max: None,
            stack_size_bytes: 0x1000,
            heap_size_bytes: 0,
            policy: Policy::empty(),
            keep_last_regs: false,
        }
    }
}

impl MemConfig {
    /// The default with these fields, by the names of the document. Unknown fields and unknown policy flags are ignored,
    /// as it asks for: a newer executive may know more than this VM.
    ///
    /// ```
    /// use minivm::control::MemConfig;
    ///
    /// let fields = [("autorun_quanta", 8), ("limits.max_pids", 2), ("code_line_bytes", 256), ("colour", 7)];
    /// let config = MemConfig::from_fields(fields);
    /// assert_eq!(config, MemConfig { autorun_quanta: 8, max_pids: Some(2), ..MemConfig::default() });
    /// ```
    pub fn from_fields<'f>(fields: impl IntoIterator<Item = (&'f str, u32)>) -> Self {
        let mut config = MemConfig::default();
        for (field, value) in fields {
            match field {
                "autorun_quanta" => config.autorun_quanta = value,
                "limits.max_pids" => config.max_pids = Some(value),
                "limits.code_max" => config.code_max = Some(value),
                "limits.data_max" => config.data_max = Some(value),
                "stack_size_bytes" => config.stack_size_bytes = value,
                "heap_size_bytes" => config.heap_size_bytes = value,
                "policy_flags" => config.policy = Policy::from_bits_truncate(value),
                "keep_last_regs" => config.keep_last_regs = value != 0,
                _ => {}
            }
        }
        config
    }

    /// Whether it makes sense, and a machine with so many arenas can do it.
    pub(super) fn check(&self, arenas: usize) -> Result<(), Error> {
        let whole = |size: u32| size.is_multiple_of(8);
        let makes_sense = [
            ("autorun_quanta", Some(self.autorun_quanta), self.autorun_quanta > 0),
            ("limits.max_pids", self.max_pids, self.max_pids != Some(0)),
            ("limits.code_max", self.code_max, self.code_max != Some(0)),
            (
                "stack_size_bytes",
                Some(self.stack_size_bytes),
                self.stack_size_bytes > 0 && whole(self.stack_size_bytes),
            ),
            ("heap_size_bytes", Some(self.heap_size_bytes), whole(self.heap_size_bytes)),
        ];
        if let Some((field, value, _)) = makes_sense.into_iter().find(|(.., fine)| !fine) {
            return Err(Error::Config { field, value: value.unwrap_or_default() });
        }
        let pids = self.max_pids.unwrap_or_default();
        if pids as usize > arenas {
            return Err(Error::TooLarge { field: "limits.max_pids", value: pids });
        }
        let (stack, heap) = (self.stack_size_bytes, self.heap_size_bytes);
        let room = u64::from(self.data_max.unwrap_or(u32::MAX).min(memory::SIZE as u32 - RODATA_BASE));
        let wanted = |size: u32| u64::from(WINDOW) + u64::from(size);
        if wanted(stack) > room {
            return Err(Error::TooLarge { field: "stack_size_bytes", value: stack });
        }
        if wanted(stack) + u64::from(heap) > room {
            return Err(Error::TooLarge { field: "heap_size_bytes", value: heap });
        }
        Ok(())
    }
}
