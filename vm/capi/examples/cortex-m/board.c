/* A Cortex-M4 without an operating system and without a C library: it starts a firmware, and ends the emulator with status 0
 * if that came to its end. */
#include "board.h"

enum { SYS_WRITEC = 0x03, SYS_EXIT = 0x18, EXITED = 0x20026, FAILED = 0x20023 };

static void semihosting(uint32_t operation, uintptr_t argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void board_write(const uint8_t *text, size_t length) {
    for (; length > 0; length--, text++) semihosting(SYS_WRITEC, (uintptr_t)text);
}

static void end(int is_right) {
    for (;;) semihosting(SYS_EXIT, is_right ? EXITED : FAILED);
}

/* What the library calls if it should ever panic. */
void abort(void) {
    end(0);
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
