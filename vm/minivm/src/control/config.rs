//! How the machine is set up: `mem_cfg` of the design document, section 6.1.4.

use super::error::Error;
use super::policy::Policy;
use crate::hxe::RODATA_BASE;
use crate::memory;

/// The size of the window that holds a task's registers, in bytes.
pub(super) const WINDOW: u32 = 64;

/// The configuration of the machine. The default runs with all options off.
///
/// `code_line_bytes`, `data_page_bytes` and `alloc_hooks` of the document are not known here: sizes of lines and pages are
/// types ([`paging`](crate::paging)), a task has its code and memory at hand, and arenas are handed over by the caller.
///
/// The guide in `vm/README.md` has examples for three sizes of chip.
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
    /// The heap of a task in bytes; a multiple of 8. It lies below the stack ([`TaskInfo::heap`](super::TaskInfo)), is zero
    /// when the task is made, and belongs to the program: an image whose rodata and bss would reach it is refused, and a
    /// push that would is a fault. How it is divided is for the program to say; the machine has no `malloc`. Nothing tells
    /// the program where it is but the host, say by its registers before the first step:
    /// ```
    /// use minivm::control::{Arena, ControlPlane, MemConfig, Reason, RegisterId};
    /// use minivm::{Memory, Reg, Strict, asm, hxe};
    ///
    /// // Takes 8 bytes from the heap at R1, keeps R2 there, and returns what lies there.
    /// let program = asm::assemble("LDI R3, 8\nMOV R4, R1\nADD R1, R1, R3\nST [R4+0], R2\nLD R0, [R4+0]\nRET")?;
    /// let (mut code, mut memory) = ([0; 64], Memory::new());
    /// let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    /// vm.init(&MemConfig { heap_size_bytes: 0x800, ..MemConfig::default() })?;
    /// let pid = vm.load(&hxe::write(&program.into()))?;
    /// vm.set_context(pid)?;
    /// let heap = vm.tasks().next().unwrap().heap;
    /// let register = |number| Reg::new(number).map(RegisterId::General).unwrap();
    /// vm.set_reg(register(1), heap.start)?;
    /// vm.set_reg(register(2), 42)?;
    /// assert_eq!((vm.clock(100)?.reason, heap), (Reason::Returned { status: 42 }, 0xE7C0..0xEFC0));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
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
