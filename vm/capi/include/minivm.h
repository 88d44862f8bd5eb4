/* The HSX MiniVM for C: the plain VM (minivm_*) and the control plane (vm_*).
 *
 * Made by cbindgen from vm/capi/src: do not edit. README.md beside it is the guide.
 */

#ifndef MINIVM_H
#define MINIVM_H

#include <stddef.h>
#include <stdint.h>

// The size of data memory in bytes: 64 KiB.
#define VM_MEMORY_SIZE 65536

// No limit but what was lent.
#define VM_NO_LIMIT UINT32_MAX

// The most tasks that a control plane can have.
#define VM_MAX_TASKS 8

// What a call returns: 0, or an error of the design document as the negative number that Linux has for it, on every
// system.
enum vm_rc
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The call did what it is for.
    VM_OK = 0,
    // EPERM: the policy forbids it, or the VM itself (the workspace pointer cannot be set).
    VM_EPERM = -1,
    // ESRCH: there is no such task, or no task is active.
    VM_ESRCH = -3,
    // EFAULT: a block that does not lie within the task's data memory.
    VM_EFAULT = -14,
    // EBUSY: the task is in the wrong state, or another image is being loaded.
    VM_EBUSY = -16,
    // EINVAL: an argument that can never be right.
    VM_EINVAL = -22,
    // ENOSPC: there is no room for it in what was lent.
    VM_ENOSPC = -28,
    // ENOSYS: the registers before the last instruction are not kept.
    VM_ENOSYS = -38,
    // EBADMSG: the image is not a good one.
    VM_EBADMSG = -74,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_rc vm_rc;
#else
typedef int32_t vm_rc;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Why a step or a run ended.
enum vm_reason
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // All instructions asked for have retired.
    VM_REASON_OK = 0,
    // `BRK`. It has retired; the next step goes on behind it.
    VM_REASON_BREAK = 1,
    // The instruction at pc cannot be carried out.
    VM_REASON_FAULT = 2,
    // `SVC`. It has retired; the next step goes on behind it.
    VM_REASON_SVC = 3,
    // `RET` out of the outermost function. It does not retire.
    VM_REASON_RETURNED = 4,
    // Plain VM only: the `CALL` at pc finds no room in the array of return addresses. It does not retire.
    VM_REASON_CALL_DEPTH = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_reason vm_reason;
#else
typedef uint32_t vm_reason;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Why an instruction could not be carried out. A latched `fault_code` is the same number.
enum vm_fault
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // There was no fault.
    VM_FAULT_NONE = 0,
    // A data access crosses the end of memory, or (strict) lies above it.
    VM_FAULT_MEMORY = 1,
    // `DIV` by 0.
    VM_FAULT_DIVIDE_BY_ZERO = 2,
    // A push below address 0 or the stack limit, or from an sp beyond memory.
    VM_FAULT_STACK_OVERFLOW = 3,
    // A pop from an sp at or beyond the end of memory.
    VM_FAULT_STACK_UNDERFLOW = 4,
    // The opcode byte is not in the table.
    VM_FAULT_ILLEGAL_OPCODE = 5,
    // The instruction word at pc does not lie within code.
    VM_FAULT_PC_OUT_OF_RANGE = 6,
    // The literal of `LDI32` does not lie within code.
    VM_FAULT_TRUNCATED_LDI32 = 7,
    // `F2I` of NaN or infinity (reference).
    VM_FAULT_INVALID_CONVERSION = 8,
    // An access or a fetch off its natural boundary (strict).
    VM_FAULT_MISALIGNED = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_fault vm_fault;
#else
typedef uint32_t vm_fault;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The states of a task. `BLOCKED` of the document is the executive's.
enum vm_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Its image is arriving.
    VM_STATE_LOADING = 0,
    // It can run.
    VM_STATE_READY = 1,
    // It has returned or faulted, and will not run on by itself.
    VM_STATE_STOPPED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_state vm_state;
#else
typedef uint32_t vm_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What the executive may do: bits of `policy_flags`. None of them: everything that needs no flag.
enum vm_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // No writing to the memory of a task that is ready to run.
    VM_POLICY_DENY_MEM_WRITE_READY = 1,
    // No writing of registers at all.
    VM_POLICY_DENY_REG_SET = 2,
    // Setting pc of a stopped task is allowed, and makes it ready again.
    VM_POLICY_ALLOW_PC_SET_STOPPED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_policy vm_policy;
#else
typedef uint32_t vm_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Whom the machine follows where the reference and the design document disagree.
enum vm_profile
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Bit for bit what the reference does.
    VM_PROFILE_REFERENCE = 0,
    // What the document says, and textbook arithmetic where it is silent.
    VM_PROFILE_STRICT = 1,
    // Strict, with zero upper halves of binary16 results.
    VM_PROFILE_PORTABLE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_profile vm_profile;
#else
typedef uint32_t vm_profile;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Registers by their numbers in the document, section 4.3. R0 to R15 are 16 to 31.
enum vm_reg
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The byte address of the next instruction.
    VM_REG_PC = 0,
    // The stack pointer, an absolute byte address.
    VM_REG_SP = 1,
    // The flags: Z 1, C 2, N 4, V 8.
    VM_REG_PSW = 2,
    // Where the general registers are in data memory; 0 = outside it.
    VM_REG_WP = 3,
    // R0, which carries results, exit status and error codes; the number of Rn is n more.
    VM_REG_R0 = 16,
    // R15, which mirrors sp after each stack operation.
    VM_REG_R15 = 31,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_reg vm_reg;
#else
typedef uint32_t vm_reg;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A plain VM, in storage of the caller's.
typedef struct minivm minivm;

// A control plane, in storage of the caller's.
typedef struct vm vm;

// What a plain VM is lent.
typedef struct minivm_parts {
    // The code: instruction words, big-endian. It may lie in flash.
    const uint8_t *code;
    // Its length in bytes.
    size_t code_len;
    // Data memory. What it holds is what the program finds there.
    uint8_t *memory;
    // Its length in bytes: VM_MEMORY_SIZE, or more, of which the rest is left alone.
    size_t memory_len;
    // Room for the return addresses of calls in progress.
    uint32_t *calls;
    // For how many. A CALL that finds no room ends the run with VM_REASON_CALL_DEPTH.
    size_t calls_len;
} minivm_parts;

// The state of a task outside its registers and memory (document 4.3).
typedef struct minivm_context {
    // The byte address of the next instruction; 32 bits, not masked.
    uint32_t pc;
    // The stack pointer, an absolute byte address; 32 bits.
    uint32_t sp;
    // The lowest address that a push may write.
    uint32_t stack_limit;
    // The flags: Z 1, C 2, N 4, V 8.
    uint32_t psw;
    // Where the 16 registers live in data memory, 0 to 0xFFC0. At 0 they live outside it.
    uint32_t wp;
    // The latched fault, a vm_fault.
    uint32_t fault_code;
} minivm_context;

// How a step or a run ended. What belongs to another reason is 0.
typedef struct vm_step_result {
    // The byte address of the next instruction.
    uint32_t pc;
    // Why it ended.
    vm_reason reason;
    // Of an SVC: the 12-bit immediate, its module (4 bits) above its function (8 bits).
    uint32_t svc_id;
    // Of a break: the low 8 bits of the immediate.
    uint32_t break_code;
    // Of a fault: which.
    vm_fault fault;
    // Of a return: R0.
    uint32_t status;
    // Instructions retired.
    uint32_t retired;
    // An estimate of the cycles it took: one for each instruction retired, as the document names no costs.
    uint32_t cycles_est;
} vm_step_result;

// What is remembered of the instruction executed last (document 7.1).
typedef struct minivm_last {
    // Its address.
    uint32_t pc;
    // Its first word.
    uint32_t opcode;
    // R0 to R15 before it. Only minivm_step keeps them.
    uint32_t regs[16];
} minivm_last;

// The configuration (mem_cfg of the document, 6.1.4). Fill it by vm_mem_cfg_default and change what is to be otherwise.
//
// It may grow at its end: `size` says how much of it the caller knows. Fields that the caller does not know are default,
// and fields that this library does not know are ignored, as the document asks for.
typedef struct vm_mem_cfg {
    // sizeof(vm_mem_cfg) where the caller was compiled.
    uint32_t size;
    // How many instructions vm_step retires at most; not 0. Default 1.
    uint32_t autorun_quanta;
    // limits.max_pids: how many tasks there may be at once; not 0. Default VM_NO_LIMIT: as many as arenas were lent.
    uint32_t max_pids;
    // limits.code_max: how many bytes of code a task may have; not 0. Default VM_NO_LIMIT: as many as its arena has.
    uint32_t code_max;
    // limits.data_max: how many bytes of window, stack, heap, rodata and bss a task may have. Default VM_NO_LIMIT.
    uint32_t data_max;
    // The stack of a task in bytes; a multiple of 8, not 0. Default 0x1000.
    uint32_t stack_size_bytes;
    // The heap of a task in bytes; a multiple of 8. Default 0.
    uint32_t heap_size_bytes;
    // What the executive may do: bits of vm_policy. Others are ignored. Default 0.
    uint32_t policy_flags;
    // Not 0: the registers before the last instruction are kept for vm_get_last_regs. Default 0.
    uint32_t keep_last_regs;
} vm_mem_cfg;

// Room for one task.
typedef struct vm_arena {
    // Room for its code.
    uint8_t *code;
    // How many bytes. Images with more code are refused.
    size_t code_len;
    // Its data memory.
    uint8_t *memory;
    // How many bytes: VM_MEMORY_SIZE, or more, of which the rest is left alone.
    size_t memory_len;
    // Room for the metadata of its image.
    uint8_t *metadata;
    // How many bytes. Images with more metadata are refused.
    size_t metadata_len;
} vm_arena;

// What can be known of a task without activating it. Ranges of addresses begin at `lo` and end before `hi`.
typedef struct vm_task {
    // Its number, 1 to 65,535.
    uint32_t pid;
    // Its state.
    vm_state state;
    // The latched fault.
    vm_fault fault_code;
    // Where its stack begins.
    uint32_t stack_lo;
    // Where its stack ends; sp starts there.
    uint32_t stack_hi;
    // Where its heap begins.
    uint32_t heap_lo;
    // Where its heap ends; at `heap_lo` if it has none.
    uint32_t heap_hi;
} vm_task;

// Bytes for a plain VM. Declare one, or lend any memory that is as large and aligned like it.
typedef struct minivm_storage {
    // The machine's own.
    uint64_t words[32];
} minivm_storage;

// Bytes for a control plane. Declare one, or lend any memory that is as large and aligned like it.
typedef struct vm_storage {
    // The machine's own.
    uint64_t words[320];
} vm_storage;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The name of a vm_fault, such as `divide_by_zero`. Null for VM_FAULT_NONE, and if there is no such fault.
const char *vm_fault_name(uint32_t fault);

// The name of a vm_rc in the document, such as `EINVAL`. Null if there is no such error.
const char *vm_rc_name(int32_t rc);

// How many bytes of storage a plain VM takes; at most sizeof(minivm_storage). They are aligned like that.
size_t minivm_storage_size(void);

// Makes a plain VM in storage of `size` bytes, in a vm_profile, of what `parts` lends, and writes a pointer to it to
// `vm`. Registers are 0, pc is 0, sp 0x8000, no call is in progress.
//
// VM_EINVAL: a pointer that is null or misaligned, a profile that there is not, an impossible length, lent memory that
// overlaps. VM_ENOSPC: storage or data memory is too small.
vm_rc minivm_create(void *storage,
                    size_t size,
                    uint32_t profile,
                    const struct minivm_parts *parts,
                    struct minivm **vm);

// Reads pc, sp, flags and the rest.
//
// VM_EINVAL: a bad pointer.
vm_rc minivm_context_get(const struct minivm *vm, struct minivm_context *context);

// Sets pc, sp, flags and the rest. The registers are then those outside data memory, or those in the window at wp.
//
// VM_EINVAL: a bad pointer, psw above 15, wp above 0xFFC0, a fault that there is not.
vm_rc minivm_context_set(struct minivm *vm,
                         const struct minivm_context *context);

// Reads a register, by its vm_reg.
//
// VM_EINVAL: a bad pointer, no such register.
vm_rc minivm_reg_get(const struct minivm *vm, uint32_t reg_id, uint32_t *value);

// Sets a register, by its vm_reg.
//
// VM_EINVAL: a bad pointer, no such register, psw above 15, wp above 0xFFC0.
vm_rc minivm_reg_set(struct minivm *vm, uint32_t reg_id, uint32_t value);

// Reads R0 to R15 to 16 words.
//
// VM_EINVAL: a bad pointer.
vm_rc minivm_regs_get(const struct minivm *vm, uint32_t *regs);

// Sets R0 to R15 from 16 words.
//
// VM_EINVAL: a bad pointer.
vm_rc minivm_regs_set(struct minivm *vm, const uint32_t *regs);

// Reads the return addresses of calls in progress, oldest first, to `addresses`, and how many there are to `depth`.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `depth` is written, `addresses` is not.
vm_rc minivm_calls_get(const struct minivm *vm,
                       uint32_t *addresses,
                       size_t capacity,
                       size_t *depth);

// Sets the return addresses of calls in progress, oldest first. How many there are decides whether RET ends the task.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than was lent room for.
vm_rc minivm_calls_set(struct minivm *vm,
                       const uint32_t *addresses,
                       size_t count);

// Reads `len` bytes of data memory at `addr`.
//
// VM_EINVAL: a bad pointer. VM_EFAULT: they do not lie within data memory.
vm_rc minivm_mem_read(const struct minivm *vm, uint32_t addr, uint8_t *bytes, size_t len);

// Writes `len` bytes to data memory at `addr`.
//
// VM_EINVAL: a bad pointer. VM_EFAULT: they do not lie within data memory; then none is written.
vm_rc minivm_mem_write(struct minivm *vm, uint32_t addr, const uint8_t *bytes, size_t len);

// Executes one instruction, and keeps the registers before it. A stop is no obstacle to the next step.
//
// VM_EINVAL: a bad pointer.
vm_rc minivm_step(struct minivm *vm, struct vm_step_result *result);

// Executes instructions until one stops the machine or `n` have retired.
//
// VM_EINVAL: a bad pointer.
vm_rc minivm_run(struct minivm *vm, uint32_t n, struct vm_step_result *result);

// Reads what is remembered of the instruction executed last, or tried last: one that faults counts, a fetch that faults
// does not. All 0 before the first.
//
// VM_EINVAL: a bad pointer.
vm_rc minivm_get_last(const struct minivm *vm,
                      struct minivm_last *last);

// Reads a register of the active task, by its vm_reg.
//
// VM_EINVAL: a bad pointer, no such register. VM_ESRCH: no task is active.
vm_rc vm_reg_get(const struct vm *vm, uint32_t reg_id, uint32_t *value);

// Sets a register of the active task, by its vm_reg. Setting pc of a stopped task makes it ready again, if the policy allows
// it.
//
// VM_EINVAL: a bad pointer, no such register, psw above 15, sp outside the stack. VM_ESRCH: no task is active. VM_EPERM: the
// policy forbids it; wp cannot be set at all.
vm_rc vm_reg_set(struct vm *vm,
                 uint32_t reg_id,
                 uint32_t value);

// Reads a register of any task that is ready or stopped. The active task stays active.
//
// VM_EINVAL: a bad pointer, no such register. VM_ESRCH: no such task. VM_EBUSY: it is loading.
vm_rc vm_reg_get_for(const struct vm *vm, uint32_t pid, uint32_t reg_id, uint32_t *value);

// Sets a register of any task that is ready or stopped, as vm_reg_set does. The active task stays active.
//
// VM_EINVAL, VM_EPERM: as vm_reg_set. VM_ESRCH: no such task. VM_EBUSY: it is loading.
vm_rc vm_reg_set_for(struct vm *vm, uint32_t pid, uint32_t reg_id, uint32_t value);

// Reads `len` bytes of data memory of the active task, at `addr`.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EFAULT: they do not lie within its memory.
vm_rc vm_mem_read(const struct vm *vm, uint32_t addr, uint8_t *bytes, size_t len);

// Writes `len` bytes to data memory of the active task, at `addr`.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EPERM: the policy forbids it. VM_EFAULT: they do not lie within
// its memory; then none is written.
vm_rc vm_mem_write(struct vm *vm,
                   uint32_t addr,
                   const uint8_t *bytes,
                   size_t len);

// Writes the configuration with all options off.
//
// VM_EINVAL: a bad pointer.
vm_rc vm_mem_cfg_default(struct vm_mem_cfg *cfg);

// Takes down all tasks and applies a configuration. Null: all options off, as after vm_create. In any state.
//
// VM_EINVAL: a bad pointer, a field that makes no sense. VM_ENOSPC: a field asks for more than there is. Then everything is
// as it was.
vm_rc vm_init(struct vm *vm,
              const struct vm_mem_cfg *mem_cfg);

// How many bytes of storage a control plane takes; at most sizeof(vm_storage). They are aligned like that.
size_t vm_storage_size(void);

// Makes a control plane in storage of `size` bytes, in a vm_profile, of 1 to VM_MAX_TASKS arenas, and writes a pointer to
// it to `vm`. It has no tasks, and all options are off. The array of arenas is not needed afterwards; what they name is.
//
// VM_EINVAL: a pointer that is null or misaligned, a profile that there is not, a bad number of arenas, an impossible
// length, lent memory that overlaps. VM_ENOSPC: storage or data memory is too small.
vm_rc vm_create(void *storage,
                size_t size,
                uint32_t profile,
                const struct vm_arena *arenas,
                size_t count,
                struct vm **vm);

// Loads an image that is there as a whole, and writes the PID of its task to `pid`. In any state but while another image
// is being loaded.
//
// VM_EINVAL: a bad pointer. VM_EBADMSG: the image is not a good one. VM_ENOSPC: no arena is free, or the image does not fit.
// VM_EBUSY: another image is being loaded.
vm_rc vm_load_hxe(struct vm *vm,
                  const uint8_t *hxe_ptr,
                  size_t len,
                  uint32_t *pid);

// Makes a task, which is loading, and writes its PID to `pid`.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: no arena is free. VM_EBUSY: another image is being loaded.
vm_rc vm_load_begin(struct vm *vm, uint32_t *pid);

// Takes the next `n` bytes of the image, 0 or more. It is refused at the first byte that leaves no way for it to be valid
// or to fit; the task is gone then.
//
// VM_EINVAL: a bad pointer. VM_EBADMSG: the image is not a good one. VM_ENOSPC: it does not fit. VM_ESRCH: no such task.
// VM_EBUSY: the task is not loading.
vm_rc vm_load_write(struct vm *vm,
                    uint32_t pid,
                    const uint8_t *chunk,
                    size_t n);

// Ends the image: what only the end can tell is judged, and the task is ready, with pc at its entry point, sp at the top of
// its stack and all registers 0. If the image is refused, the task is gone.
//
// VM_EINVAL: a bad pointer. VM_EBADMSG: the image is not a good one. VM_ESRCH: no such task. VM_EBUSY: the task is not
// loading.
vm_rc vm_load_end(struct vm *vm,
                  uint32_t pid);

// Gives up an image: the task is gone, its arena free.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EBUSY: the task is not loading.
vm_rc vm_load_abort(struct vm *vm, uint32_t pid);

// Takes a task down, in any state: its arena is free, its PID names nobody.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
vm_rc vm_unload(struct vm *vm, uint32_t pid);

// Retires one instruction of the active task, or up to autorun_quanta. The task has to be ready.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EBUSY: it is stopped.
vm_rc vm_step(struct vm *vm, struct vm_step_result *result);

// Retires up to `n` instructions of the active task; ends early at an SVC, a BRK, a fault and at its last RET. The task
// has to be ready.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active. VM_EBUSY: it is stopped.
vm_rc vm_clock(struct vm *vm,
               uint32_t n,
               struct vm_step_result *result);

// Reads the byte address of the instruction executed last, whichever task it was of; 0 before the first. In any state.
//
// VM_EINVAL: a bad pointer.
vm_rc vm_get_last_pc(const struct vm *vm,
                     uint32_t *pc);

// Reads the first word of the instruction executed last; 0 before the first. In any state.
//
// VM_EINVAL: a bad pointer.
vm_rc vm_get_last_opcode(const struct vm *vm, uint32_t *opcode);

// Reads R0 to R15 before the instruction executed last to 16 words. In any state.
//
// VM_EINVAL: a bad pointer. VM_ENOSYS: the configuration does not keep them.
vm_rc vm_get_last_regs(const struct vm *vm, uint32_t *regs);

// Reads the tasks to `tasks`, and how many there are to `count`. In any state.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `tasks` is not. VM_MAX_TASKS are
// always enough.
vm_rc vm_pids(const struct vm *vm,
              struct vm_task *tasks,
              size_t capacity,
              size_t *count);

// Makes a task the active one, if it is ready or stopped. Nothing else ever changes which task is active, but for taking
// that task down.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EBUSY: it is loading.
vm_rc vm_set_context(struct vm *vm,
                     uint32_t pid);

// Reads the PID of the active task. In any state.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no task is active.
vm_rc vm_active(const struct vm *vm, uint32_t *pid);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MINIVM_H */
