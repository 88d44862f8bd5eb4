//! The plain VM: one task, which the caller has wholly in hand.

use core::ffi::c_void;

use minivm::control::RegisterId;
use minivm::memory::{Bytes, DataMemory, SIZE};
use minivm::{Context, SwitchSet, Vm};

use crate::calls::LentCalls;
use crate::numbers;
use crate::pointer::{Span, check_apart, checked, items, items_mut, place};
use crate::rc::Rc;
use crate::result::StepResult;
use crate::storage::{self, MiniVmStorage, Stored};

type Machine = Vm<'static, SwitchSet, LentCalls, [u8; SIZE]>;

/// A plain VM, in storage of the caller's.
pub struct MiniVm {
    mark: u32,
    machine: Machine,
}

impl Stored for MiniVm {
    type Storage = MiniVmStorage;
    const MARK: u32 = 0x4D56_504C;

    unsafe fn mark(at: *const Self) -> u32 {
        // SAFETY: it lies within what the caller points to.
        unsafe { (&raw const (*at).mark).read() }
    }
}

/// What a plain VM is lent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Parts {
    /// The code: instruction words, big-endian. It may lie in flash.
    pub code: *const u8,
    /// Its length in bytes.
    pub code_len: usize,
    /// Data memory. What it holds is what the program finds there.
    pub memory: *mut u8,
    /// Its length in bytes: VM_MEMORY_SIZE, or more, of which the rest is left alone.
    pub memory_len: usize,
    /// Room for the return addresses of calls in progress.
    pub calls: *mut u32,
    /// For how many. A CALL that finds no room ends the run with VM_REASON_CALL_DEPTH.
    pub calls_len: usize,
}

/// The size of data memory in bytes: 64 KiB.
pub const VM_MEMORY_SIZE: usize = 65536;
const _: () = assert!(VM_MEMORY_SIZE == SIZE);

/// The state of a task outside its registers and memory (document 4.3).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineContext {
    /// The byte address of the next instruction; 32 bits, not masked.
    pub pc: u32,
    /// The stack pointer, an absolute byte address; 32 bits.
    pub sp: u32,
    /// The lowest address that a push may write.
    pub stack_limit: u32,
    /// The flags: Z 1, C 2, N 4, V 8.
    pub psw: u32,
    /// Where the 16 registers live in data memory, 0 to 0xFFC0. At 0 they live outside it.
    pub wp: u32,
    /// The latched fault, a vm_fault.
    pub fault_code: u32,
}

/// What is remembered of the instruction executed last (document 7.1).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastInstruction {
    /// Its address.
    pub pc: u32,
    /// Its first word.
    pub opcode: u32,
    /// R0 to R15 before it. Only minivm_step keeps them.
    pub regs: [u32; 16],
}

/// The highest place of the window of registers.
const WP_MAX: u32 = SIZE as u32 - 64;

/// A VM of the caller's.
unsafe fn machine<'a>(vm: *mut MiniVm) -> Result<&'a mut Machine, Rc> {
    // SAFETY: the pointer is the caller's; one thread uses the VM at a time, so nobody else holds a reference to it.
    unsafe { Ok(&mut (*storage::made(vm)?).machine) }
}

/// The same to look at.
unsafe fn shared<'a>(vm: *const MiniVm) -> Result<&'a Machine, Rc> {
    // SAFETY: as in `machine`.
    unsafe { Ok(&(*storage::made(vm)?).machine) }
}

/// How many bytes of storage a plain VM takes; at most sizeof(minivm_storage). They are aligned like that.
#[unsafe(no_mangle)]
pub extern "C" fn minivm_storage_size() -> usize {
    storage::size::<MiniVm>()
}

/// Makes a plain VM in storage of `size` bytes, in a vm_profile, of what `parts` lends, and writes a pointer to it to
/// `vm`. Registers are 0, pc is 0, sp 0x8000, no call is in progress.
///
/// VM_EINVAL: a pointer that is null or misaligned, a profile that there is not, an impossible length, lent memory that
/// overlaps. VM_ENOSPC: storage or data memory is too small.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_create(
    storage: *mut c_void,
    size: usize,
    profile: u32,
    parts: *const Parts,
    vm: *mut *mut MiniVm,
) -> Rc {
    Rc::of(|| {
        let (at, own) = storage::room::<MiniVm>(storage, size)?;
        let profile = numbers::profile(profile)?;
        // SAFETY: by contract it points to one.
        let parts = unsafe { checked(parts)?.read() };
        let memory_span = Span::of(parts.memory, parts.memory_len)?;
        let written = [own, memory_span, Span::of(parts.calls, parts.calls_len)?];
        check_apart(&written, &[Span::of(parts.code, parts.code_len)?])?;
        // SAFETY: by contract they are lent as long as the VM is used; they were seen to lie apart.
        let (code, memory, calls) = unsafe {
            (
                items(parts.code, parts.code_len)?,
                items_mut(parts.memory, parts.memory_len)?,
                items_mut(parts.calls, parts.calls_len)?,
            )
        };
        let memory = memory.first_chunk_mut().ok_or(Rc::VmEnospc)?;
        let calls = LentCalls::new(calls);
        let machine = Vm::with_memory(profile, code, memory, calls, Context::default());
        let vm = place(vm)?;
        // SAFETY: the storage is aligned and large enough; by contract it is the caller's, and so is what `vm` points to.
        unsafe {
            at.write(MiniVm { mark: MiniVm::MARK, machine });
            vm.put(at)
        }
    })
}

/// Reads pc, sp, flags and the rest.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_context_get(vm: *const MiniVm, context: *mut MachineContext) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let Context { pc, sp, psw, wp, stack_limit, fault_code } = shared(vm)?.context;
        let (psw, wp, fault_code) = (psw.into(), wp.into(), fault_code.into());
        place(context)?.put(MachineContext { pc, sp, stack_limit, psw, wp, fault_code })
    })
}

/// Sets pc, sp, flags and the rest. The registers are then those outside data memory, or those in the window at wp.
///
/// VM_EINVAL: a bad pointer, psw above 15, wp above 0xFFC0, a fault that there is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_context_set(vm: *mut MiniVm, context: *const MachineContext) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        let MachineContext { pc, sp, stack_limit, psw, wp, fault_code } = checked(context)?.read();
        if psw > 15 || wp > WP_MAX || fault_code > minivm::Fault::ALL.len() as u32 {
            return Err(Rc::VmEinval);
        }
        let (psw, wp, fault_code) = (psw as u8, wp as u16, fault_code as u16);
        machine.context = Context { pc, sp, psw, wp, stack_limit, fault_code };
        Ok(())
    })
}

/// Reads a register, by its vm_reg.
///
/// VM_EINVAL: a bad pointer, no such register.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_reg_get(vm: *const MiniVm, reg_id: u32, value: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let (machine, place) = (shared(vm)?, place(value)?);
        let found = match RegisterId::try_from(reg_id)? {
            RegisterId::Pc => machine.context.pc,
            RegisterId::Sp => machine.context.sp,
            RegisterId::Psw => machine.context.psw.into(),
            RegisterId::Wp => machine.context.wp.into(),
            RegisterId::General(reg) => machine.reg(reg),
        };
        place.put(found)
    })
}

/// Sets a register, by its vm_reg.
///
/// VM_EINVAL: a bad pointer, no such register, psw above 15, wp above 0xFFC0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_reg_set(vm: *mut MiniVm, reg_id: u32, value: u32) -> Rc {
    // SAFETY: the pointer is the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        match RegisterId::try_from(reg_id)? {
            RegisterId::Pc => machine.context.pc = value,
            RegisterId::Sp => machine.context.sp = value,
            RegisterId::Psw if value <= 15 => machine.context.psw = value as u8,
            RegisterId::Wp if value <= WP_MAX => machine.context.wp = value as u16,
            RegisterId::Psw | RegisterId::Wp => return Err(Rc::VmEinval),
            RegisterId::General(reg) => machine.set_reg(reg, value),
        }
        Ok(())
    })
}

/// Reads R0 to R15 to 16 words.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_regs_get(vm: *const MiniVm, regs: *mut u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { place(regs.cast())?.put(shared(vm)?.regs()) })
}

/// Sets R0 to R15 from 16 words.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_regs_set(vm: *mut MiniVm, regs: *const u32) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        let values = checked(regs.cast::<[u32; 16]>())?.read();
        minivm::Reg::all().zip(values).for_each(|(reg, value)| machine.set_reg(reg, value));
        Ok(())
    })
}

/// Reads the return addresses of calls in progress, oldest first, to `addresses`, and how many there are to `depth`.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `depth` is written, `addresses` is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_calls_get(
    vm: *const MiniVm,
    addresses: *mut u32,
    capacity: usize,
    depth: *mut usize,
) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let calls = shared(vm)?.calls.as_slice();
        let room = items_mut(addresses, capacity)?;
        place(depth)?.put(calls.len())?;
        room.get_mut(..calls.len()).ok_or(Rc::VmEnospc)?.copy_from_slice(calls);
        Ok(())
    })
}

/// Sets the return addresses of calls in progress, oldest first. How many there are decides whether RET ends the task.
///
/// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than was lent room for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_calls_set(vm: *mut MiniVm, addresses: *const u32, count: usize) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { machine(vm)?.calls.set(items(addresses, count)?) })
}

/// Reads `len` bytes of data memory at `addr`.
///
/// VM_EINVAL: a bad pointer. VM_EFAULT: they do not lie within data memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_mem_read(vm: *const MiniVm, addr: u32, bytes: *mut u8, len: usize) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let memory = shared(vm)?.memory();
        let bytes = items_mut(bytes, len)?;
        (addr as usize).checked_add(len).filter(|&end| end <= SIZE).ok_or(Rc::VmEfault)?;
        memory.copy(addr as u16, bytes);
        Ok(())
    })
}

/// Writes `len` bytes to data memory at `addr`.
///
/// VM_EINVAL: a bad pointer. VM_EFAULT: they do not lie within data memory; then none is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_mem_write(vm: *mut MiniVm, addr: u32, bytes: *const u8, len: usize) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe { machine(vm)?.memory_mut().write_block(addr, items(bytes, len)?).ok_or(Rc::VmEfault) })
}

/// Executes one instruction, and keeps the registers before it. A stop is no obstacle to the next step.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_step(vm: *mut MiniVm, result: *mut StepResult) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        let result = place(result)?;
        let stop = machine.step();
        let steps = stop.is_none_or(|stop| machine.retires(stop)).into();
        result.put(StepResult::of_run(machine.context.pc, minivm::Run { steps, stop }))
    })
}

/// Executes instructions until one stops the machine or `n` have retired.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_run(vm: *mut MiniVm, n: u32, result: *mut StepResult) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let machine = machine(vm)?;
        let result = place(result)?;
        let run = machine.run(n);
        result.put(StepResult::of_run(machine.context.pc, run))
    })
}

/// Reads what is remembered of the instruction executed last, or tried last: one that faults counts, a fetch that faults
/// does not. All 0 before the first.
///
/// VM_EINVAL: a bad pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minivm_get_last(vm: *const MiniVm, last: *mut LastInstruction) -> Rc {
    // SAFETY: the pointers are the caller's.
    Rc::of(|| unsafe {
        let minivm::vm::LastInstruction { pc, opcode, regs } = shared(vm)?.last;
        place(last)?.put(LastInstruction { pc, opcode, regs })
    })
}
