//! `mem_cfg` of the document, section 6.1.4, as C sees it.

use core::ptr;

use minivm::control::{MemConfig, Policy};

use super::handle::{Plane, machine};
use crate::pointer::{checked, place};
use crate::rc::Rc;
use crate::storage;

/// No limit but what was lent.
pub const VM_NO_LIMIT: u32 = u32::MAX;

/// The configuration (mem_cfg of the document, 6.1.4). Fill it by vm_mem_cfg_default and change what is to be otherwise.
///
/// It may grow at its end: `size` says how much of it the caller knows. Fields that the caller does not know are default,
/// and fields that this library does not know are ignored, as the document asks for.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemCfg {
    /// sizeof(vm_mem_cfg) where the caller was compiled.
    pub size: u32,
    /// How many instructions vm_step retires at most; not 0. Default 1.
    pub autorun_quanta: u32,
    /// limits.max_pids: how many tasks there may be at once; not 0. Default VM_NO_LIMIT: as many as arenas were lent.
    pub max_pids: u32,
    /// limits.code_max: how many bytes of code a task may have; not 0. Default VM_NO_LIMIT: as many as its arena has.
    pub code_max: u32,
    /// limits.data_max: how many bytes of window, stack, heap, rodata and bss a task may have. Default VM_NO_LIMIT.
    pub data_max: u32,
    /// The stack of a task in bytes; a multiple of 8, not 0. Default 0x1000.
    pub stack_size_bytes: u32,
    /// The heap of a task in bytes; a multiple of 8. Default 0.
    pub heap_size_bytes: u32,
    /// What the executive may do: bits of vm_policy. Others are ignored. Default 0.
    pub policy_flags: u32,
    /// Not 0: the registers before the last instruction are kept for vm_get_last_regs. Default 0.
    pub keep_last_regs: u32,
}

impl Default for MemCfg {
    fn default() -> Self {
        let config = MemConfig::default();
        MemCfg {
            size: size_of::<MemCfg>() as u32,
            autorun_quanta: config.autorun_quanta,
            max_pids: config.max_pids.unwrap_or(VM_NO_LIMIT),
            code_max: config.code_max.unwrap_or(VM_NO_LIMIT),
            data_max: config.data_max.unwrap_or(VM_NO_LIMIT),
            stack_size_bytes: config.stack_size_bytes,
            heap_size_bytes: config.heap_size_bytes,
            policy_flags: config.policy.bits(),
            keep_last_regs: config.keep_last_regs.into(),
        }
    }
}

impl MemCfg {
    /// The caller's, as far as both know it.
    unsafe fn read(cfg: *const MemCfg) -> Result<MemCfg, Rc> {
        let mut known = MemCfg::default();
        // SAFETY: it is neither null nor misaligned, and by contract begins with its size.
        let size = unsafe { (&raw const (*checked(cfg)?).size).read() } as usize;
        if size == 0 || !size.is_multiple_of(size_of::<u32>()) {
            return Err(Rc::VmEinval);
        }
        let both = size.min(size_of::<MemCfg>()) / size_of::<u32>();
        // SAFETY: by contract there are `size` bytes, of which no more are taken than a MemCfg has; its fields are words
        // that may have any value.
        unsafe { ptr::copy_nonoverlapping(cfg.cast::<u32>(), (&raw mut known).cast(), both) };
        Ok(known)
    }

    /// The same for a plane that was lent so many arenas.
    pub(super) fn for_arenas(self, arenas: u32) -> MemConfig {
        let max_pids = match self.max_pids {
            VM_NO_LIMIT => arenas,
            // More than there are: the plane, which has more places than arenas, refuses what is more than all.
            most if most > arenas => u32::MAX,
            most => most,
        };
        let limit = |most| Some(most).filter(|&most| most != VM_NO_LIMIT);
        MemConfig {
            autorun_quanta: self.autorun_quanta,
            max_pids: Some(max_pids),
            code_max: limit(self.code_max),
            data_max: limit(self.data_max),
            stack_size_bytes: self.stack_size_bytes,
            heap_size_bytes: self.heap_size_bytes,
            policy: Policy::from_bits_truncate(self.policy_flags),
            keep_last_regs: self.keep_last_regs != 0,
        }
    }
}

/// Writes the configuration with all options off.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_mem_cfg_default(cfg: *mut MemCfg) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe { place(cfg)?.put(MemCfg::default()) })
}

/// Takes down all tasks and applies a configuration. Null: all options off, as after vm_create. In any state.
///
/// VM_EINVAL: a bad pointer, a field that makes no sense. VM_ENOSPC: a field asks for more than there is. Then everything is
/// as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vm_init(vm: *mut Plane, mem_cfg: *const MemCfg) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let arenas = (&raw const (*storage::made(vm)?).arenas).read();
        let config = if mem_cfg.is_null() { MemCfg::default() } else { MemCfg::read(mem_cfg)? };
        Ok(machine(vm)?.init(&config.for_arenas(arenas))?)
    })
}
