/* The plain VM on a Cortex-M4, without an operating system and without a C library. It answers one SVC, by writing text to
 * the debugger (semihosting), and ends the emulator with status 0 if the program came to its end.
 *
 *     cargo build --release -p minivm-capi --no-default-features --target thumbv7em-none-eabihf
 *     clang --target=thumbv7em-none-eabihf -mcpu=cortex-m4 -std=c99 -Os -ffreestanding -I vm/capi/include \
 *         -c vm/capi/examples/cortex-m/firmware.c -o firmware.o
 *     arm-none-eabi-ld --gc-sections -T vm/capi/examples/cortex-m/stm32f405.ld -o firmware.elf \
 *         firmware.o target/thumbv7em-none-eabihf/release/libminivm_capi.a
 *     qemu-system-arm -M netduinoplus2 -nographic -semihosting-config enable=on,target=native -kernel firmware.elf
 */
#include <minivm.h>

enum { SYS_WRITEC = 0x03, SYS_EXIT = 0x18, EXITED = 0x20026, FAILED = 0x20023 };

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

static void semihosting(uint32_t operation, uintptr_t argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static void end(int is_right) {
    for (;;) semihosting(SYS_EXIT, is_right ? EXITED : FAILED);
}

/* What the library calls if it should ever panic. */
void abort(void) {
    end(0);
}

static vm_rc write_text(const minivm *vm) {
    uint32_t address = 0, length = 0;
    vm_rc rc = minivm_reg_get(vm, VM_REG_R0 + 1, &address);
    if (rc == VM_OK) rc = minivm_reg_get(vm, VM_REG_R0 + 2, &length);
    for (; rc == VM_OK && length > 0; length--, address++) {
        uint8_t byte;
        rc = minivm_mem_read(vm, address, &byte, 1);
        if (rc == VM_OK) semihosting(SYS_WRITEC, (uintptr_t)&byte);
    }
    return rc;
}

static int run(void) {
    const minivm_parts parts = {code, sizeof code, memory, sizeof memory, calls, sizeof calls / sizeof *calls};
    vm_step_result result;
    minivm *vm;
    if (minivm_create(&storage, sizeof storage, VM_PROFILE_STRICT, &parts, &vm) != VM_OK) return 0;
    if (minivm_mem_write(vm, 0x100, text, sizeof text - 1) != VM_OK) return 0;
    if (minivm_run(vm, 100, &result) != VM_OK || result.reason != VM_REASON_SVC || result.svc_id != 0x101) return 0;
    if (write_text(vm) != VM_OK) return 0;
    return minivm_run(vm, 100, &result) == VM_OK && result.reason == VM_REASON_BREAK;
}

/* Where RAM is zeroed before anything is kept there: from the linker script. */
extern uint32_t bss_start[], bss_end[];

static void reset(void) {
    volatile uint32_t *cpacr = (volatile uint32_t *)0xE000ED88;
    *cpacr |= 0xFu << 20; /* The library is compiled for the FPU. */
    for (uint32_t *word = bss_start; word != bss_end; word++) *word = 0;
    end(run());
}

static void fault(void) {
    end(0);
}

extern uint32_t stack_top[];
__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))stack_top, reset, fault, fault, fault, fault, fault,
};
