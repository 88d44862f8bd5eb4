/* Runs the vectors of a profile on a port, which is one function, minivm_port. PROFILE is minivm_reference,
 * minivm_strict or minivm_portable. Ends with 0 if all that the port implements agrees, 1 if something differs, 3 if
 * nothing was compared.
 *
 *     cc -std=c11 -o vectors minivm_runner.c my_port.c && ./vectors */
#include <stdio.h>
#include <string.h>

#include "minivm_vectors.h"

#ifndef PROFILE
#define PROFILE minivm_reference
#endif

static uint8_t memory[0x10000], expected[0x10000];

static void put(uint8_t *to, const minivm_state *state) {
    for (uint32_t i = 0; i < state->block_count; i++)
        memcpy(to + state->blocks[i].address, state->blocks[i].bytes, state->blocks[i].length);
}

static void prepare(const minivm_vector *vector) {
    memset(memory, 0, sizeof memory);
    put(memory, &vector->start);
    for (uint32_t i = 0; vector->reg_base && i < 64; i++)
        memory[vector->reg_base + i] = (uint8_t)(vector->start.regs[i / 4] >> i % 4 * 8);
    memcpy(expected, memory, sizeof memory);
    put(expected, &vector->end);
}

/* The first that is not as it should be, or NULL. */
static const char *difference(const minivm_vector *vector, const minivm_result *got) {
    const minivm_state *end = &vector->end, *mine = &got->end;
    if (memcmp(&vector->stop, &got->stop, sizeof got->stop)) return "stop";
    if (vector->steps != got->steps) return "steps";
    if (memcmp(end->regs, mine->regs, sizeof end->regs)) return "regs";
    if (end->pc != mine->pc) return "pc";
    if (end->sp != mine->sp) return "sp";
    if (end->psw != mine->psw) return "psw";
    if (end->call_count != mine->call_count) return "call_stack";
    for (uint32_t i = 0; i < end->call_count; i++)
        if (end->calls[i] != mine->calls[i]) return "call_stack";
    return memcmp(expected, memory, sizeof memory) ? "mem" : NULL;
}

int main(void) {
    unsigned agree = 0, differ = 0, unsupported = 0;
    for (size_t i = 0; i < sizeof PROFILE / sizeof *PROFILE; i++) {
        minivm_result got = {{0, 0, 0}, 0, {{0}, 0, 0, 0, 0, NULL, 0, NULL}};
        prepare(&PROFILE[i]);
        const char *what = minivm_port(&PROFILE[i], memory, &got) ? difference(&PROFILE[i], &got) : "";
        if (what && *what) printf("%s (%s): differs in %s\n", PROFILE[i].name, PROFILE[i].rule, what);
        *(!what ? &agree : *what ? &differ : &unsupported) += 1;
    }
    printf("%u agree, %u differ, %u unsupported: %s\n", agree, differ, unsupported, MINIVM_SUITE);
    return differ ? 1 : agree ? 0 : 3;
}
