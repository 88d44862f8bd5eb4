/* What can be checked at the boundary is: every call refuses what it should, and changes nothing then. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "minivm.h"

/* The pointer one byte further: misaligned for everything that is more than a byte. */
#define SKEWED(type, pointer) ((type *)(void *)((char *)(pointer) + 1))

static uint8_t code[64], memory[VM_MEMORY_SIZE], metadata[16];
static uint32_t calls[4];
static minivm_storage plain_storage;
static vm_storage plane_storage;

static const uint8_t svc[] = {0x30, 0x00, 0x02, 0x03}; /* SVC MOD=2 FN=3 */

static minivm_parts parts(void) {
    minivm_parts all = {code, sizeof code, memory, sizeof memory, calls, 4};
    return all;
}

static vm_rc create(minivm_parts lent) {
    minivm *vm = NULL;
    return minivm_create(&plain_storage, sizeof plain_storage, VM_PROFILE_STRICT, &lent, &vm);
}

static void a_plain_vm_is_made_of_good_parts_only(void) {
    minivm_parts lent = parts();
    minivm *vm = NULL;
    assert(minivm_storage_size() <= sizeof plain_storage);
    assert(minivm_create(NULL, sizeof plain_storage, 0, &lent, &vm) == VM_EINVAL);
    assert(minivm_create(SKEWED(void, &plain_storage), sizeof plain_storage - 1, 0, &lent, &vm) == VM_EINVAL);
    assert(minivm_create(&plain_storage, minivm_storage_size() - 1, 0, &lent, &vm) == VM_ENOSPC);
    assert(minivm_create(&plain_storage, SIZE_MAX, 0, &lent, &vm) == VM_EINVAL);
    assert(minivm_create(&plain_storage, sizeof plain_storage, 3, &lent, &vm) == VM_EINVAL);
    assert(minivm_create(&plain_storage, sizeof plain_storage, 0, NULL, &vm) == VM_EINVAL);
    assert(minivm_create(&plain_storage, sizeof plain_storage, 0, &lent, NULL) == VM_EINVAL);
    assert(vm == NULL);
    lent.memory_len--;
    assert(create(lent) == VM_ENOSPC);
    lent = parts();
    lent.memory = NULL;
    assert(create(lent) == VM_EINVAL);
    lent = parts();
    lent.code = NULL;
    assert(create(lent) == VM_EINVAL);
    lent.code_len = 0;
    assert(create(lent) == VM_OK);
    lent = parts();
    lent.code_len = SIZE_MAX;
    assert(create(lent) == VM_EINVAL);
    lent = parts();
    lent.calls = SKEWED(uint32_t, calls);
    lent.calls_len = 3;
    assert(create(lent) == VM_EINVAL);
    lent = parts();
    lent.calls_len = SIZE_MAX / 4;
    assert(create(lent) == VM_EINVAL);
    lent = parts();
    lent.code = memory + 100;
    assert(create(lent) == VM_EINVAL);
    lent = parts();
    lent.memory = (uint8_t *)&plain_storage;
    assert(create(lent) == VM_EINVAL);
}

static void a_plain_vm_refuses_what_makes_no_sense(void) {
    minivm_parts lent = parts();
    minivm_context context = {0}, before;
    minivm_last last;
    vm_step_result result;
    uint32_t word = 7, regs[16] = {0};
    uint8_t bytes[4];
    size_t depth;
    minivm *vm = NULL, *nothing = (minivm *)(void *)memory;
    assert(minivm_create(&plain_storage, sizeof plain_storage, VM_PROFILE_STRICT, &lent, &vm) == VM_OK);
    assert(minivm_run(NULL, 1, &result) == VM_EINVAL && minivm_run(nothing, 1, &result) == VM_EINVAL);
    assert(minivm_run(SKEWED(minivm, vm), 1, &result) == VM_EINVAL && minivm_run(vm, 1, NULL) == VM_EINVAL);
    assert(minivm_step(vm, SKEWED(vm_step_result, &result)) == VM_EINVAL && minivm_step(NULL, &result) == VM_EINVAL);
    assert(minivm_reg_get(vm, 4, &word) == VM_EINVAL && minivm_reg_get(vm, 32, &word) == VM_EINVAL && word == 7);
    assert(minivm_reg_get(vm, VM_REG_PC, NULL) == VM_EINVAL && minivm_reg_set(vm, UINT32_MAX, 0) == VM_EINVAL);
    assert(minivm_reg_set(vm, VM_REG_PSW, 16) == VM_EINVAL && minivm_reg_set(vm, VM_REG_WP, 0xFFC1) == VM_EINVAL);
    assert(minivm_regs_get(vm, NULL) == VM_EINVAL && minivm_regs_set(vm, SKEWED(uint32_t, regs)) == VM_EINVAL);
    assert(minivm_context_get(vm, &before) == VM_OK);
    context.psw = 16;
    assert(minivm_context_set(vm, &context) == VM_EINVAL && minivm_context_set(vm, NULL) == VM_EINVAL);
    context.psw = 0, context.wp = 0xFFC1;
    assert(minivm_context_set(vm, &context) == VM_EINVAL);
    context.wp = 0, context.fault_code = 10;
    assert(minivm_context_set(vm, &context) == VM_EINVAL);
    assert(minivm_context_get(vm, &context) == VM_OK && !memcmp(&context, &before, sizeof before));
    assert(minivm_calls_set(vm, regs, 5) == VM_ENOSPC && minivm_calls_set(vm, NULL, 1) == VM_EINVAL);
    assert(minivm_calls_set(vm, regs, 4) == VM_OK && minivm_calls_get(vm, regs, 3, &depth) == VM_ENOSPC && depth == 4);
    assert(minivm_calls_get(vm, regs, 16, NULL) == VM_EINVAL && minivm_calls_set(vm, NULL, 0) == VM_OK);
    assert(minivm_mem_read(vm, 0xFFFD, bytes, 4) == VM_EFAULT && minivm_mem_read(vm, 0xFFFC, bytes, 4) == VM_OK);
    assert(minivm_mem_read(vm, UINT32_MAX, bytes, 4) == VM_EFAULT && minivm_mem_read(vm, 0, NULL, 4) == VM_EINVAL);
    assert(minivm_mem_read(vm, 0, bytes, SIZE_MAX) == VM_EINVAL && minivm_mem_read(vm, 0x10000, NULL, 0) == VM_OK);
    assert(minivm_mem_write(vm, 0xFFFD, bytes, 4) == VM_EFAULT && minivm_mem_write(vm, 0, NULL, 1) == VM_EINVAL);
    assert(minivm_get_last(vm, NULL) == VM_EINVAL && minivm_get_last(NULL, &last) == VM_EINVAL);
    /* A CALL that finds no room for its return address. */
    memcpy(code, "\x24\x00\x00\x00", 4);
    assert(minivm_run(vm, 100, &result) == VM_OK && result.reason == VM_REASON_CALL_DEPTH && result.retired == 4);
}

static void a_plane_is_made_of_good_arenas_only(void) {
    vm_arena arenas[VM_MAX_TASKS + 1] = {{code, sizeof code, memory, sizeof memory, metadata, sizeof metadata}};
    vm *plane = NULL;
    assert(vm_storage_size() <= sizeof plane_storage);
    assert(vm_create(NULL, sizeof plane_storage, 1, arenas, 1, &plane) == VM_EINVAL);
    assert(vm_create(&plane_storage, vm_storage_size() - 1, 1, arenas, 1, &plane) == VM_ENOSPC);
    assert(vm_create(&plane_storage, sizeof plane_storage, 9, arenas, 1, &plane) == VM_EINVAL);
    assert(vm_create(&plane_storage, sizeof plane_storage, 1, NULL, 1, &plane) == VM_EINVAL);
    assert(vm_create(&plane_storage, sizeof plane_storage, 1, arenas, 0, &plane) == VM_EINVAL);
    assert(vm_create(&plane_storage, sizeof plane_storage, 1, arenas, VM_MAX_TASKS + 1, &plane) == VM_EINVAL);
    assert(vm_create(&plane_storage, sizeof plane_storage, 1, arenas, 1, NULL) == VM_EINVAL);
    arenas[1] = arenas[0];
    assert(vm_create(&plane_storage, sizeof plane_storage, 1, arenas, 2, &plane) == VM_EINVAL);
    arenas[0].memory_len--;
    assert(vm_create(&plane_storage, sizeof plane_storage, 1, arenas, 1, &plane) == VM_ENOSPC);
    assert(plane == NULL);
}

static void a_plane_refuses_what_makes_no_sense(void) {
    const vm_arena arena = {code, sizeof code, memory, sizeof memory, metadata, sizeof metadata};
    vm_step_result result;
    vm_mem_cfg cfg;
    vm_task task;
    uint32_t word, pid, regs[16];
    size_t count = 9;
    vm *plane = NULL, *nothing = (vm *)(void *)memory;
    assert(vm_create(&plane_storage, sizeof plane_storage, VM_PROFILE_STRICT, &arena, 1, &plane) == VM_OK);
    assert(vm_init(nothing, NULL) == VM_EINVAL && vm_mem_cfg_default(NULL) == VM_EINVAL);
    assert(vm_mem_cfg_default(&cfg) == VM_OK && cfg.size == sizeof cfg);
    cfg.max_pids = 2;
    assert(vm_init(plane, &cfg) == VM_ENOSPC);
    cfg.autorun_quanta = 0;
    assert(vm_init(plane, &cfg) == VM_EINVAL);
    /* Of an older caller only the first field is known. */
    cfg.size = 3;
    assert(vm_init(plane, &cfg) == VM_EINVAL);
    cfg.size = 4;
    assert(vm_init(plane, &cfg) == VM_OK && vm_init(plane, NULL) == VM_OK);
    assert(vm_step(plane, &result) == VM_ESRCH && vm_clock(plane, 1, NULL) == VM_EINVAL);
    assert(vm_active(plane, &pid) == VM_ESRCH && vm_get_last_regs(plane, regs) == VM_ENOSYS);
    assert(vm_reg_get(plane, VM_REG_PC, NULL) == VM_EINVAL && vm_reg_get_for(plane, 99, VM_REG_PC, NULL) == VM_EINVAL);
    assert(vm_reg_get(plane, VM_REG_PC, &word) == VM_ESRCH && vm_reg_get(plane, 5, &word) == VM_EINVAL);
    assert(vm_load_begin(plane, NULL) == VM_EINVAL);
    assert(vm_pids(plane, &task, 1, &count) == VM_OK && count == 0);
    assert(vm_load_hxe(plane, svc, sizeof svc, &pid) == VM_EBADMSG && vm_load_hxe(plane, NULL, 1, &pid) == VM_EINVAL);
    assert(vm_load_begin(plane, &pid) == VM_OK && vm_load_begin(plane, &word) == VM_EBUSY);
    assert(vm_pids(plane, &task, 0, &count) == VM_ENOSPC && count == 1);
    assert(vm_pids(plane, &task, 1, &count) == VM_OK && task.pid == pid && task.state == VM_STATE_LOADING);
    assert(vm_load_write(plane, pid, NULL, 1) == VM_EINVAL && vm_load_write(plane, 0, svc, 1) == VM_ESRCH);
    assert(vm_load_write(plane, pid + 65536, svc, 1) == VM_ESRCH && vm_set_context(plane, pid) == VM_EBUSY);
    assert(vm_load_abort(plane, pid) == VM_OK && vm_unload(plane, pid) == VM_ESRCH);
    assert(vm_mem_read(plane, 0, NULL, 1) == VM_EINVAL && vm_mem_write(plane, 0, svc, 1) == VM_ESRCH);
    assert(vm_get_last_pc(plane, NULL) == VM_EINVAL && vm_get_last_opcode(nothing, &word) == VM_EINVAL);
}

int main(void) {
    a_plain_vm_is_made_of_good_parts_only();
    a_plain_vm_refuses_what_makes_no_sense();
    a_plane_is_made_of_good_arenas_only();
    a_plane_refuses_what_makes_no_sense();
    return 0;
}
