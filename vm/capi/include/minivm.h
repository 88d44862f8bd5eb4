/* The HSX MiniVM for C: the plain VM (minivm_*), the control plane (vm_*) and the executive (exec_*).
 *
 * Made by cbindgen from vm/capi/src: do not edit. README.md beside it is the guide.
 */

#ifndef MINIVM_H
#define MINIVM_H

#include <stddef.h>
#include <stdint.h>

// The most tasks that a control plane or an executive can have.
#define VM_MAX_TASKS 8

// A time that never comes.
#define EXEC_NEVER UINT64_MAX

// The most keys that can be stored.
#define EXEC_MAX_STORED 32

// The longest text that a call takes, in bytes without the zero at its end.
#define EXEC_MAX_TEXT 255

// How many bytes the executive gives for a name, with the zero at its end. A longer name is cut.
#define EXEC_NAME 32

// The size of data memory in bytes: 64 KiB.
#define VM_MEMORY_SIZE 65536

// No limit but what was lent.
#define VM_NO_LIMIT UINT32_MAX

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
    // ENOENT: there is no such value or command.
    VM_ENOENT = -2,
    // ESRCH: there is no such task, or no task is active.
    VM_ESRCH = -3,
    // EIO: the handler of a command failed.
    VM_EIO = -5,
    // EBADF: there is no such handle.
    VM_EBADF = -9,
    // EAGAIN: there is nothing now, or no room now; later there may be.
    VM_EAGAIN = -11,
    // EFAULT: a block that does not lie within the task's data memory.
    VM_EFAULT = -14,
    // EBUSY: the task is in the wrong state, another image is being loaded, or the value changed a moment ago.
    VM_EBUSY = -16,
    // EEXIST: the name, the value or the command exists.
    VM_EEXIST = -17,
    // EINVAL: an argument that can never be right.
    VM_EINVAL = -22,
    // ENFILE: there are as many mailboxes as there may be.
    VM_ENFILE = -23,
    // EMFILE: there are as many handles as there may be.
    VM_EMFILE = -24,
    // ENOSPC: there is no room for it in what was lent.
    VM_ENOSPC = -28,
    // ENOSYS: the registers before the last instruction are not kept.
    VM_ENOSYS = -38,
    // EBADMSG: the image is not a good one.
    VM_EBADMSG = -74,
    // EMSGSIZE: the message is larger than the mailbox.
    VM_EMSGSIZE = -90,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vm_rc vm_rc;
#else
typedef int32_t vm_rc;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What has happened. The fields of an event that are named are those that say something; the others are 0.
enum exec_event_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // A task goes to sleep: pid; amount: for how many ms; time: until when.
    EXEC_EVENT_KIND_SLEEP_REQUEST = 0,
    // A task has slept: pid.
    EXEC_EVENT_KIND_SLEEP_COMPLETE = 1,
    // There is no instruction at pc (reference): pid, pc; limit: the bytes of its code.
    EXEC_EVENT_KIND_VM_ERROR = 2,
    // `BRK`: pid, pc; object: the instruction word; status: its code; steps.
    EXEC_EVENT_KIND_DEBUG_BREAK = 3,
    // Everything stops because there is no instruction at pc (reference): pid, pc, steps; limit: the bytes of its code.
    EXEC_EVENT_KIND_DEBUG_ERROR = 4,
    // A task is parked: pid, pc, fault.
    EXEC_EVENT_KIND_FAULTED = 5,
    // A task has ended: pid; status: R0.
    EXEC_EVENT_KIND_EXITED = 6,
    // A task has sent: pid; object: the mailbox; handle, status, amount: bytes; flags, channel, other: the sender.
    EXEC_EVENT_KIND_MAILBOX_SEND = 7,
    // A task has received at once. As MAILBOX_SEND.
    EXEC_EVENT_KIND_MAILBOX_RECV = 8,
    // A task waits for a message: pid; object: the mailbox; handle; amount: for how many ms; time: until when.
    EXEC_EVENT_KIND_MAILBOX_WAIT = 9,
    // A task that waited has its message, or its handle is closed (strict). As MAILBOX_SEND.
    EXEC_EVENT_KIND_MAILBOX_WAKE = 10,
    // A task has waited in vain. As MAILBOX_SEND.
    EXEC_EVENT_KIND_MAILBOX_TIMEOUT = 11,
    // A mailbox call of a task failed: pid; object: the function; status: R0.
    EXEC_EVENT_KIND_MAILBOX_ERROR = 12,
    // There is no mailbox left: pid: the owner of the one that was to be made; object: its namespace, 0 pid, 1 svc, 2 app,
    // 3 shared; limit: how many there may be.
    EXEC_EVENT_KIND_DESCRIPTORS_EXHAUSTED = 13,
    // A task has as many handles as it may: pid; amount: how many it has; limit: how many it may have.
    EXEC_EVENT_KIND_HANDLES_EXHAUSTED = 14,
    // A mailbox has no room for a message: object: the mailbox; status: 0 its queue is full, 1 its readers have to read
    // first; amount: bytes in use; limit: its bytes; new_value: the bytes wanted.
    EXEC_EVENT_KIND_BACKPRESSURE = 15,
    // A tap gets no copy: pid, handle; object: the mailbox; limit: copies in a second.
    EXEC_EVENT_KIND_TAP_LIMITED = 16,
    // A message is dropped for a newer one: pid: its sender; object: the mailbox; status: its number; amount: bytes; flags,
    // channel; new_value: how many messages are left.
    EXEC_EVENT_KIND_OVERRUN = 17,
    // A value exists now: pid: its owner; object: its OID; flags, auth.
    EXEC_EVENT_KIND_VALUE_REGISTERED = 18,
    // A value has changed: pid: its owner; object: its OID; other: who set it; old_value, new_value, flags, auth.
    EXEC_EVENT_KIND_VALUE_CHANGED = 19,
    // A command exists now. As VALUE_REGISTERED.
    EXEC_EVENT_KIND_COMMAND_REGISTERED = 20,
    // A command begins: pid: who calls; object: its OID; other: its owner; flags, auth.
    EXEC_EVENT_KIND_COMMAND_INVOKED = 21,
    // A command has ended. As COMMAND_INVOKED; status: 0 well, 7 it failed, 4 it cannot be said; amount: 1 if it has a
    // result; new_value: that.
    EXEC_EVENT_KIND_COMMAND_COMPLETED = 22,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exec_event_kind exec_event_kind;
#else
typedef uint32_t exec_event_kind;
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

// What has made the reference throw an exception.
enum exec_raise
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing has.
    EXEC_RAISE_NONE = 0,
    // `F2I` of NaN or infinity.
    EXEC_RAISE_INVALID_CONVERSION = 1,
    // `sin` or `cos` of infinity.
    EXEC_RAISE_LIBM_DOMAIN = 2,
    // `exp` of a number whose result is beyond binary64.
    EXEC_RAISE_LIBM_OVERFLOW = 3,
    // A mailbox target with a bad PID.
    EXEC_RAISE_BAD_TARGET = 4,
    // Reading or writing an open file that was deleted or renamed.
    EXEC_RAISE_STALE_FD = 5,
    // `RET` whose word straddles the end of memory.
    EXEC_RAISE_RET_STRADDLE = 6,
    // A service wrote beyond 64 KiB.
    EXEC_RAISE_MEMORY_GROWTH = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exec_raise exec_raise;
#else
typedef uint32_t exec_raise;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What the executive had no room for.
enum exec_shortage
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // There was room for everything.
    EXEC_SHORTAGE_NONE = 0,
    // Tasks, or code of one.
    EXEC_SHORTAGE_TASKS = 1,
    // Data memory of a task.
    EXEC_SHORTAGE_MEMORY = 2,
    // Messages, or the bytes that may be queued.
    EXEC_SHORTAGE_MESSAGES = 3,
    // Mailboxes, handles, taps, subscribers or waiters.
    EXEC_SHORTAGE_MAILBOXES = 4,
    // Values, commands, their records or texts.
    EXEC_SHORTAGE_REGISTRY = 5,
    // Files, their bytes, names or open files.
    EXEC_SHORTAGE_FILES = 6,
    // Events that wait for the next step (reference).
    EXEC_SHORTAGE_EVENTS = 7,
    // The non-volatile store.
    EXEC_SHORTAGE_STORE = 8,
    // PIDs: all 65,535 have been used.
    EXEC_SHORTAGE_PIDS = 9,
    // A decimal digit outside ASCII in a PID, which the reference reads.
    EXEC_SHORTAGE_DIGITS = 10,
    // An image that declares mailboxes as JSON, which takes an allocator to read.
    EXEC_SHORTAGE_IMAGE = 11,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exec_shortage exec_shortage;
#else
typedef uint32_t exec_shortage;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a task of an executive does.
enum exec_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It is the active one (reference).
    EXEC_STATE_RUNNING = 0,
    // It can run.
    EXEC_STATE_READY = 1,
    // It waits for a message.
    EXEC_STATE_WAITING = 2,
    // It waits for a time.
    EXEC_STATE_SLEEPING = 3,
    // The host, or `BRK`, has stopped it.
    EXEC_STATE_PAUSED = 4,
    // It will not run on by itself (reference).
    EXEC_STATE_STOPPED = 5,
    // It has ended.
    EXEC_STATE_RETURNED = 6,
    // It cannot run on (strict).
    EXEC_STATE_FAULTED = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exec_state exec_state;
#else
typedef uint32_t exec_state;
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

// Who has the next turn.
enum exec_scheduler
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Each task that can run in its turn, one instruction each.
    EXEC_SCHEDULER_INSTRUCTION = 0,
    // A task goes on until it blocks, sleeps, yields, ends, faults or is paused.
    EXEC_SCHEDULER_COOPERATIVE = 1,
    // The most urgent task, for its quantum.
    EXEC_SCHEDULER_PREEMPTIVE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exec_scheduler exec_scheduler;
#else
typedef uint32_t exec_scheduler;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// An executive, in storage of the caller's.
typedef struct exec exec;

// A plain VM, in storage of the caller's.
typedef struct minivm minivm;

// A control plane, in storage of the caller's.
typedef struct vm vm;

// A command.
typedef struct exec_command {
    // Group above id.
    uint32_t oid;
    // The PID that offers it.
    uint32_t owner;
    // 1: it wants the token. 2: it may be called without waiting.
    uint32_t flags;
    // 0: open to all.
    uint32_t auth;
    // Its name; empty: it has none.
    char name[EXEC_NAME];
} exec_command;

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
    // How many bytes. A control plane refuses images with more metadata; an executive needs none.
    size_t metadata_len;
} vm_arena;

// What is stored under a key.
typedef struct exec_stored {
    // The key.
    uint16_t key;
    // The number, in binary16.
    uint16_t bits;
} exec_stored;

// What an executive is made of.
typedef struct exec_parts {
    // Room for tasks. The array is not needed afterwards; what it names is.
    const struct vm_arena *arenas;
    // How many, 1 to VM_MAX_TASKS: so many tasks there may be at once.
    size_t arenas_len;
    // Who has the next turn, an exec_scheduler.
    uint32_t scheduler;
    // What was stored before a reset, as exec_stored_get gave it, for values that are kept. The array is not needed
    // afterwards.
    const struct exec_stored *stored;
    // How many, 0 to EXEC_MAX_STORED.
    size_t stored_len;
    // The token that opens commands with flag PIN, up to EXEC_MAX_TEXT bytes and a zero; null: nothing opens them. It is
    // lent as long as the executive is used.
    const char *pin;
} exec_parts;

// Something that happened. exec_event_kind says what the fields mean; those that mean nothing are 0.
typedef struct exec_event {
    // A moment of the executive's clock, in ms, or EXEC_NEVER.
    uint64_t time;
    // Instructions of the task so far.
    uint64_t steps;
    // What has happened.
    exec_event_kind kind;
    // The task.
    uint32_t pid;
    // What it happened to: a mailbox by its id, a value or a command by its OID.
    uint32_t object;
    // A handle of the task.
    uint32_t handle;
    // How it ended.
    uint32_t status;
    // How many, or how long.
    uint32_t amount;
    // How many there may be.
    uint32_t limit;
    // Flags of a message, a value or a command.
    uint32_t flags;
    // Channel of a message.
    uint32_t channel;
    // The other task that has to do with it.
    uint32_t other;
    // Auth level of a value or a command.
    uint32_t auth;
    // What was before.
    uint32_t old_value;
    // What is now.
    uint32_t new_value;
    // The byte address of an instruction.
    uint32_t pc;
    // Why a task cannot run on.
    vm_fault fault;
} exec_event;

// A frame that a task has put on the bus.
typedef struct exec_frame {
    // The task.
    uint32_t pid;
    // The identifier, 11 bits.
    uint32_t id;
    // How many bytes, 0 to 8. A longer frame does not exist on a classic bus and is lost.
    uint32_t length;
    // The bytes; those behind them are 0.
    uint8_t data[8];
} exec_frame;

// How an executive is.
typedef struct exec_info {
    // How many tasks there are, those that have ended but were not taken away included.
    uint32_t tasks;
    // The active task; 0: none.
    uint32_t current;
    // 1: all tasks are paused.
    uint32_t paused;
    // What has made the reference throw an exception. If there is something, nothing that came after it has a meaning.
    exec_raise raised;
    // The first thing that there was no room for.
    exec_shortage shortage;
    // Events that were lost because too few were fetched.
    uint32_t lost_events;
    // Bytes for the console that were lost because too few were fetched.
    uint32_t lost_output;
    // Frames for the bus that were lost because too few were fetched.
    uint32_t lost_frames;
} exec_info;

// A mailbox as a handle sees it.
typedef struct exec_mailbox {
    // Messages in its queue.
    uint32_t depth;
    // Bytes in its queue, 8 for each message included.
    uint32_t used;
    // How many there may be.
    uint32_t capacity;
    // The length of the message that this handle would get, in bytes; 0 if there is none.
    uint32_t next_length;
    // Mode bits: 8 every reader gets every message, 32 a full mailbox of that kind takes nothing; others are kept.
    uint32_t mode;
} exec_mailbox;

// A message that the host sends.
typedef struct exec_message_out {
    // Its bytes.
    const uint8_t *data;
    // How many.
    size_t length;
    // Flags, kept as they are.
    uint32_t flags;
    // Channel, kept as it is.
    uint32_t channel;
} exec_message_out;

// A message that the host has received.
typedef struct exec_message_in {
    // How many bytes of it are in the buffer.
    size_t length;
    // Flags as sent; 8 is added if others were lost before.
    uint32_t flags;
    // Channel as sent.
    uint32_t channel;
    // The PID that sent it; 0: the host.
    uint32_t sender;
} exec_message_in;

// What a step came to.
typedef struct exec_step_result {
    // Instructions of the task below so far.
    uint64_t steps;
    // Turns, each of one instruction. 0: no task can run now.
    uint32_t executed;
    // The task that had the last turn; without a turn, the active one; 0: none.
    uint32_t pid;
    // Its pc; 0 if it is gone.
    uint32_t pc;
    // 1: it goes on. 0: it waits, sleeps, is paused or has ended.
    uint32_t running;
    // The task that is active now; 0: none.
    uint32_t next;
    // 1: that task sleeps.
    uint32_t sleep_pending;
    // 1: all tasks are paused.
    uint32_t paused;
} exec_step_result;

// A task of an executive.
typedef struct exec_task {
    // Instructions retired.
    uint64_t steps;
    // When it wakes, in ms of the clock; EXEC_NEVER if it does not sleep.
    uint64_t wakes;
    // Its number, 1 to 65,535; never used again.
    uint32_t pid;
    // What it does.
    exec_state state;
    // Why it cannot run on (strict).
    vm_fault fault;
    // 1: it has ended with a status.
    uint32_t has_exit_status;
    // R0 at its end.
    uint32_t exit_status;
    // 0 to 255; smaller is more urgent. The preemptive scheduler alone looks at it.
    uint32_t priority;
    // Turns in a row, 1 to 65,535. The preemptive scheduler alone looks at it.
    uint32_t quantum;
    // Its name, which no other task has.
    char name[EXEC_NAME];
} exec_task;

// A value.
typedef struct exec_value {
    // Group above id.
    uint32_t oid;
    // The PID that offers it.
    uint32_t owner;
    // The number, in binary16.
    uint32_t bits;
    // 1: nobody sets it. 2: it is kept in the store.
    uint32_t flags;
    // 0: open to all.
    uint32_t auth;
    // Its name; empty: it has none.
    char name[EXEC_NAME];
    // In what it is measured; empty: not said.
    char unit[EXEC_NAME];
} exec_value;

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

// Bytes for an executive. Declare one, or lend any memory that is as large and aligned like it.
typedef struct exec_storage {
    // The executive's own.
    uint64_t words[6656];
} exec_storage;

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

// Reads the commands to `commands`, in the order in which they were registered, and how many there are to `count`.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `commands` is not. 32 are always
// enough.
vm_rc exec_commands(const struct exec *exec,
                    struct exec_command *commands,
                    size_t capacity,
                    size_t *count);

// Calls a command by its OID in the name of a PID; 0: of its owner. `token` opens a command with flag 1; null: none. If its
// handler is a function of its task (strict), it runs in the steps to come, and EXEC_EVENT_KIND_COMMAND_COMPLETED tells of its end.
//
// VM_EINVAL: a bad pointer, text or OID. VM_ESRCH: no PID has this number. VM_ENOENT: no such command. VM_EPERM: not for
// this PID, or without the token. VM_EIO: it has failed, or its task cannot run a handler now.
vm_rc exec_command_call(struct exec *exec,
                        uint32_t pid,
                        uint32_t oid,
                        const char *token);

// How many bytes of storage an executive takes; at most sizeof(exec_storage). They are aligned like that.
size_t exec_storage_size(void);

// Makes an executive in storage of `size` bytes, in VM_PROFILE_REFERENCE or VM_PROFILE_STRICT, of what `parts` names, and
// writes a pointer to it to `exec`. It has no tasks, and its clock is at 1 ms.
//
// VM_EINVAL: a pointer that is null or misaligned, a profile or scheduler that there is not, a bad number of arenas, an
// impossible length, a bad text, lent memory that overlaps. VM_ENOSPC: storage or data memory is too small, or more is
// stored than there may be.
vm_rc exec_create(void *storage,
                  size_t size,
                  uint32_t profile,
                  const struct exec_parts *parts,
                  struct exec **exec);

// Takes the oldest event. The executive keeps the first 32 that were not fetched.
//
// VM_EINVAL: a bad pointer. VM_EAGAIN: there is none.
vm_rc exec_event_poll(struct exec *exec, struct exec_event *event);

// Takes the oldest frame that a task has put on the bus. The executive keeps the first 16 that were not fetched.
//
// VM_EINVAL: a bad pointer. VM_EAGAIN: there is none.
vm_rc exec_frame_poll(struct exec *exec,
                      struct exec_frame *frame);

// Takes the oldest bytes for the console, up to `capacity` of one task, and writes their number to `count` and the task to
// `pid`. The executive keeps the first 512 that were not fetched.
//
// VM_EINVAL: a bad pointer. VM_EAGAIN: there are none. VM_ENOSPC: `capacity` is 0, and there are some.
vm_rc exec_output_poll(struct exec *exec,
                       uint8_t *bytes,
                       size_t capacity,
                       size_t *count,
                       uint32_t *pid);

// Reads how an executive is.
//
// VM_EINVAL: a bad pointer.
vm_rc exec_info_get(struct exec *exec, struct exec_info *info);

// Reads a register of a task by its vm_reg.
//
// VM_EINVAL: a bad pointer, no such register. VM_ESRCH: no such task.
vm_rc exec_reg_get(const struct exec *exec, uint32_t pid, uint32_t reg, uint32_t *value);

// Sets a register of a task by its vm_reg, but for wp. In the reference that makes the task the active one.
//
// VM_EINVAL: a bad pointer, no such register, wp, psw above 15, sp outside the stack. VM_ESRCH: no such task.
vm_rc exec_reg_set(struct exec *exec, uint32_t pid, uint32_t reg, uint32_t value);

// Reads data memory of a task.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EFAULT: not all of it is memory; nothing is read.
vm_rc exec_mem_read(const struct exec *exec, uint32_t pid, uint32_t address, uint8_t *bytes, size_t len);

// Writes data memory of a task.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EFAULT: not all of it is memory; nothing is written.
vm_rc exec_mem_write(struct exec *exec, uint32_t pid, uint32_t address, const uint8_t *bytes, size_t len);

// Opens a handle on a mailbox, which is made if there is none, and writes its number to `handle`. Targets are as in
// programs: `app:log`, `svc:stdio.out@3`, `pid:3`, `shared:x`.
//
// VM_EINVAL: a bad pointer, text or target. VM_ESRCH: no PID has this number. VM_ENFILE: there are as many mailboxes as
// there may be. VM_EMFILE: this PID has as many handles as it may.
vm_rc exec_mailbox_open(struct exec *exec,
                        uint32_t pid,
                        const char *target,
                        uint32_t *handle);

// Closes a handle.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle.
vm_rc exec_mailbox_close(struct exec *exec, uint32_t pid, uint32_t handle);

// Makes a mailbox or finds it, and sets what is not 0 of its capacity in bytes and its mode, both up to 65,535.
//
// VM_EINVAL: a bad pointer, text, target or number. VM_ESRCH: no PID has this number. VM_ENFILE: there are as many
// mailboxes as there may be.
vm_rc exec_mailbox_bind(struct exec *exec,
                        uint32_t pid,
                        const char *target,
                        uint32_t capacity,
                        uint32_t mode);

// Reads what a handle sees of its mailbox.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle.
vm_rc exec_mailbox_peek(const struct exec *exec, uint32_t pid, uint32_t handle, struct exec_mailbox *view);

// Sends a message through a handle. Tasks that wait for it can run then.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle. VM_EMSGSIZE: the message is larger
// than the mailbox. VM_EAGAIN: there is no room for it now.
vm_rc exec_send(struct exec *exec,
                uint32_t pid,
                uint32_t handle,
                const struct exec_message_out *message);

// Receives a message through a handle into `buffer`. What does not fit is lost: exec_mailbox_peek says how long it is.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no PID has this number. VM_EBADF: no such handle. VM_EAGAIN: there is none.
vm_rc exec_receive(struct exec *exec,
                   uint32_t pid,
                   uint32_t handle,
                   uint8_t *buffer,
                   size_t capacity,
                   struct exec_message_in *message);

// Sets the clock to `now` ms, and lets up to `n` turns pass: of all tasks as the scheduler says (`pid` 0), or of one task.
// What is due by the clock happens first, also with `n` 0. It returns early if no task can run.
//
// VM_EINVAL: a bad pointer, a time before the clock's. VM_ESRCH: no such task.
vm_rc exec_step(struct exec *exec,
                uint64_t now,
                uint32_t n,
                uint32_t pid,
                struct exec_step_result *result);

// Sets the clock, in ms. Nothing is due before the next step.
//
// VM_EINVAL: a bad pointer, a time before the clock's.
vm_rc exec_set_time(struct exec *exec, uint64_t now);

// Reads the clock, in ms.
//
// VM_EINVAL: a bad pointer.
vm_rc exec_time(const struct exec *exec, uint64_t *now);

// Reads what is stored to `stored`, ascending by key, and how much there is to `count`.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: there is more than `capacity`; `count` is written, `stored` is not. EXEC_MAX_STORED
// are always enough.
vm_rc exec_stored_get(const struct exec *exec,
                      struct exec_stored *stored,
                      size_t capacity,
                      size_t *count);

// Writes to the standard input of a task, as one message.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task. VM_EMSGSIZE: it is longer than the stream can hold. VM_EAGAIN: there is
// no room for it now. VM_ENFILE, VM_EMFILE: there is none for a mailbox or a handle.
vm_rc exec_stdin_write(struct exec *exec,
                       uint32_t pid,
                       const uint8_t *bytes,
                       size_t len);

// Reads the oldest message of a standard stream of a task, 1 output or 2 errors, and writes the number of its bytes to
// `count`. What does not fit is lost; 64 bytes are always enough, if the stream was not made larger.
//
// VM_EINVAL: a bad pointer, no such stream. VM_ESRCH: no such task. VM_EAGAIN: there is none. VM_ENFILE, VM_EMFILE: there is
// no room for a mailbox or a handle.
vm_rc exec_stream_read(struct exec *exec,
                       uint32_t pid,
                       uint32_t stream,
                       uint8_t *buffer,
                       size_t capacity,
                       size_t *count);

// Makes a task of an image that is there as a whole, which is not needed afterwards, and writes its PID to `pid`. The task
// can run. `label` is its name if its image has none; null: it is named by its PID.
//
// VM_EINVAL: a bad pointer or text, a bad target of a mailbox that the image declares. VM_EBADMSG: the image is not a good
// one. VM_EEXIST: a name, a value or a command is taken. VM_ENOSPC: there is no room for the task, a value or a command.
// VM_ENFILE, VM_EMFILE: there is none for a mailbox or a handle. Then no task is made, and a PID is used up.
vm_rc exec_load(struct exec *exec,
                const uint8_t *hxe,
                size_t len,
                const char *label,
                uint32_t *pid);

// Reads the tasks to `tasks`, in the order of loading, and how many there are to `count`.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `tasks` is not. VM_MAX_TASKS are
// always enough.
vm_rc exec_tasks(const struct exec *exec,
                 struct exec_task *tasks,
                 size_t capacity,
                 size_t *count);

// Reads one task.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
vm_rc exec_task_get(const struct exec *exec, uint32_t pid, struct exec_task *task);

// Takes a task away, with what it holds (reference: some of that stays).
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
vm_rc exec_kill(struct exec *exec, uint32_t pid);

// Pauses a task; 0: all tasks.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
vm_rc exec_pause(struct exec *exec, uint32_t pid);

// Has a task go on; 0: all tasks that are not paused by themselves.
//
// VM_EINVAL: a bad pointer. VM_ESRCH: no such task.
vm_rc exec_resume(struct exec *exec, uint32_t pid);

// Sets the priority of a task, 0 to 255, and its quantum, 1 to 65,535. The preemptive scheduler alone looks at them.
//
// VM_EINVAL: a bad pointer or number. VM_ESRCH: no such task.
vm_rc exec_schedule(struct exec *exec,
                    uint32_t pid,
                    uint32_t priority,
                    uint32_t quantum);

// Reads the values to `values`, in the order in which they were registered, and how many there are to `count`.
//
// VM_EINVAL: a bad pointer. VM_ENOSPC: there are more than `capacity`; `count` is written, `values` is not. 32 are always
// enough.
vm_rc exec_values(const struct exec *exec,
                  struct exec_value *values,
                  size_t capacity,
                  size_t *count);

// Reads a value by its OID in the name of a PID; 0: of its owner. `bits` is binary16.
//
// VM_EINVAL: a bad pointer or OID. VM_ESRCH: no PID has this number. VM_ENOENT: no such value. VM_EPERM: not for this PID.
vm_rc exec_value_get(const struct exec *exec,
                     uint32_t pid,
                     uint32_t oid,
                     uint16_t *bits);

// Sets a value by its OID to `*bits`, binary16, in the name of a PID; 0: of its owner. `bits` is what it is then: a change
// may be too small to count.
//
// VM_EINVAL: a bad pointer or OID. VM_ESRCH: no PID has this number. VM_ENOENT: no such value. VM_EPERM: not for this PID,
// or for nobody. VM_EBUSY: it changed a moment ago.
vm_rc exec_value_set(struct exec *exec,
                     uint32_t pid,
                     uint32_t oid,
                     uint16_t *bits);

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
