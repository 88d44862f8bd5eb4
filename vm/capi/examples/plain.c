/* The plain VM: a program in an array runs, and its result is read.
 *
 *     $ ./plain
 *     4 instructions, R0 is 42
 */
#include <stdio.h>

#include <minivm.h>

static const uint8_t code[] = {
    0x01, 0x10, 0x00, 0x28, /* LDI R1, 40 */
    0x01, 0x20, 0x00, 0x02, /* LDI R2, 2 */
    0x10, 0x01, 0x20, 0x00, /* ADD R0, R1, R2 */
    0x7F, 0x00, 0x00, 0x00, /* BRK */
};

static uint8_t memory[VM_MEMORY_SIZE];
static uint32_t calls[16];
static minivm_storage storage;

int main(void) {
    const minivm_parts parts = {code, sizeof code, memory, sizeof memory, calls, sizeof calls / sizeof *calls};
    vm_step_result result;
    uint32_t r0;
    minivm *vm;
    vm_rc rc = minivm_create(&storage, sizeof storage, VM_PROFILE_STRICT, &parts, &vm);
    if (rc == VM_OK) rc = minivm_run(vm, 1000, &result);
    if (rc == VM_OK) rc = minivm_reg_get(vm, VM_REG_R0, &r0);
    if (rc != VM_OK) {
        fprintf(stderr, "%s\n", vm_rc_name(rc));
        return 1;
    }
    if (result.reason != VM_REASON_BREAK) {
        fprintf(stderr, "it did not come to its BRK\n");
        return 1;
    }
    printf("%u instructions, R0 is %u\n", (unsigned)result.retired, (unsigned)r0);
    return 0;
}
