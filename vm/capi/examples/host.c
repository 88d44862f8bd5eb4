/* A host of one task: loads an image in pieces, as they would come from a link, steps it and answers its SVCs.
 *
 *     $ ./host hello.hxe
 *     hello
 *     exit status 5
 *
 * Module 1 is answered: function 0 leaves with the status in R0, function 1 writes the text at R1, R2 bytes long. Any other
 * function is told that there is none (HSX_ERR_ENOSYS in R0).
 */
#include <stdio.h>

#include <minivm.h>

enum { CODE = 16384, METADATA = 4096, PIECE = 16, SLICE = 1000 };
enum { SVC_EXIT = 0x100, SVC_WRITE = 0x101 };
#define HSX_ERR_ENOSYS 0xFFFFFF01u

static uint8_t code[CODE], memory[VM_MEMORY_SIZE], metadata[METADATA];
static vm_storage storage;

/* Loads an image piece by piece. What is wrong with it shows at the first byte that does it. */
static vm_rc load(vm *plane, FILE *file, uint32_t *pid) {
    uint8_t piece[PIECE];
    size_t count;
    vm_rc rc = vm_load_begin(plane, pid);
    while (rc == VM_OK && (count = fread(piece, 1, sizeof piece, file)) > 0) rc = vm_load_write(plane, *pid, piece, count);
    return rc == VM_OK ? vm_load_end(plane, *pid) : rc;
}

/* Writes text of the task. What does not lie within its memory is not written. */
static vm_rc write_text(vm *plane) {
    uint8_t text[256];
    uint32_t address, length;
    vm_rc rc = vm_reg_get(plane, VM_REG_R0 + 1, &address);
    if (rc == VM_OK) rc = vm_reg_get(plane, VM_REG_R0 + 2, &length);
    if (rc != VM_OK) return rc;
    if (length > sizeof text) length = sizeof text;
    if (vm_mem_read(plane, address, text, length) != VM_OK) length = 0;
    fwrite(text, 1, length, stdout);
    return vm_reg_set(plane, VM_REG_R0, length);
}

/* Answers an SVC. Sets `left` if the task has left. */
static vm_rc answer(vm *plane, uint32_t svc_id, int *left) {
    switch (svc_id) {
    case SVC_EXIT: *left = 1; return VM_OK;
    case SVC_WRITE: return write_text(plane);
    default: return vm_reg_set(plane, VM_REG_R0, HSX_ERR_ENOSYS);
    }
}

/* Runs the active task until it ends, and says how. */
static vm_rc run(vm *plane) {
    vm_step_result result = {0, VM_REASON_OK, 0, 0, VM_FAULT_NONE, 0, 0, 0};
    uint32_t status = 0;
    int left = 0;
    vm_rc rc = VM_OK;
    while (rc == VM_OK && !left) {
        rc = vm_clock(plane, SLICE, &result);
        if (rc != VM_OK || result.reason == VM_REASON_OK) continue;
        if (result.reason != VM_REASON_SVC) break;
        rc = answer(plane, result.svc_id, &left);
    }
    if (rc == VM_OK) rc = vm_reg_get(plane, VM_REG_R0, &status);
    if (rc != VM_OK) return rc;
    if (result.reason == VM_REASON_FAULT)
        printf("%s at 0x%x\n", vm_fault_name(result.fault), (unsigned)result.pc);
    else if (result.reason == VM_REASON_BREAK)
        printf("break %u\n", (unsigned)result.break_code);
    else
        printf("exit status %u\n", (unsigned)status);
    return VM_OK;
}

int main(int argc, char **argv) {
    const vm_arena arena = {code, sizeof code, memory, sizeof memory, metadata, sizeof metadata};
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    uint32_t pid;
    vm *plane;
    vm_rc rc;
    if (!file) {
        fprintf(stderr, "usage: host IMAGE\n");
        return 2;
    }
    rc = vm_create(&storage, sizeof storage, VM_PROFILE_STRICT, &arena, 1, &plane);
    if (rc == VM_OK) rc = load(plane, file, &pid);
    if (rc == VM_OK) rc = vm_set_context(plane, pid);
    if (rc == VM_OK) rc = run(plane);
    fclose(file);
    if (rc != VM_OK) fprintf(stderr, "%s\n", vm_rc_name(rc));
    return rc == VM_OK ? 0 : 1;
}
