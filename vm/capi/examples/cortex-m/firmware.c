/* The plain VM on a Cortex-M4, without an operating system and without a C library (board.c starts it). It answers one SVC, by
 * writing text to the debugger.
 *
 *     cargo build --release -p minivm-capi --no-default-features --target thumbv7em-none-eabihf
 *     cd vm/capi/examples/cortex-m
 *     clang --target=thumbv7em-none-eabihf -mcpu=cortex-m4 -std=c99 -Os -ffreestanding -I ../../include -c board.c firmware.c
 *     arm-none-eabi-ld --gc-sections -T stm32f405.ld -o firmware.elf board.o firmware.o \
 *         ../../../../target/thumbv7em-none-eabihf/release/libminivm_capi.a
 *     qemu-system-arm -M netduinoplus2 -nographic -semihosting-config enable=on,target=native -kernel firmware.elf
 */
#include <minivm.h>

#include "board.h"

static const uint8_t code[] = {
    0x01, 0x10, 0x01, 0x00, /* LDI R1, 0x100 */
    0x01, 0x20, 0x00, 0x11, /* LDI R2, 17 */
    0x30, 0x00, 0x01, 0x01, /* SVC MOD=1 FN=1 */
    0x7F, 0x00, 0x00, 0x00, /* BRK */
};
static const uint8_t text[] = "hello from R1/R2\n";

static uint8_t memory[VM_MEMORY_SIZE];
static uint32_t calls[8];
static minivm_storage storage;

static vm_rc write_text(const minivm *vm) {
    uint32_t address = 0, length = 0;
    vm_rc rc = minivm_reg_get(vm, VM_REG_R0 + 1, &address);
    if (rc == VM_OK) rc = minivm_reg_get(vm, VM_REG_R0 + 2, &length);
    for (; rc == VM_OK && length > 0; length--, address++) {
        uint8_t byte;
        rc = minivm_mem_read(vm, address, &byte, 1);
        if (rc == VM_OK) board_write(&byte, 1);
    }
    return rc;
}

int run(void) {
    const minivm_parts parts = {code, sizeof code, memory, sizeof memory, calls, sizeof calls / sizeof *calls};
    vm_step_result result;
    minivm *vm;
    if (minivm_create(&storage, sizeof storage, VM_PROFILE_STRICT, &parts, &vm) != VM_OK) return 0;
    if (minivm_mem_write(vm, 0x100, text, sizeof text - 1) != VM_OK) return 0;
    if (minivm_run(vm, 100, &result) != VM_OK || result.reason != VM_REASON_SVC || result.svc_id != 0x101) return 0;
    if (write_text(vm) != VM_OK) return 0;
    return minivm_run(vm, 100, &result) == VM_OK && result.reason == VM_REASON_BREAK;
}
