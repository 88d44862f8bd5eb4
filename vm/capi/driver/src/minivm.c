/* Subject `minivm`: vectors/minivm/PROTOCOL.md. */
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "minivm.h"
#include "out.h"
#include "reason.h"

enum { STEPS_MAX = 1000000 };

enum { CODE, MAX_STEPS, PC, SP, PSW, STACK_LIMIT, REG_BASE, REGS, CALL_STACK, MEM, TRACE, CASE_KEYS };
static const char *const case_keys[CASE_KEYS] = {"code",     "max_steps", "pc",         "sp",  "psw",  "stack_limit",
                                                 "reg_base", "regs",      "call_stack", "mem", "trace"};

static uint8_t code[VM_MEMORY_SIZE], memory[VM_MEMORY_SIZE], before[VM_MEMORY_SIZE], after[VM_MEMORY_SIZE];
static uint8_t block[VM_MEMORY_SIZE];
static minivm_storage storage;
/* What is lent for return addresses, and where they are read and written from: as many as there can be. */
static uint32_t *calls, *addresses;
static size_t calls_room;

/* No call of this file can fail: whatever could is refused with the case. */
static void must(vm_rc rc) {
    if (rc != VM_OK) abort();
}

static bool integer_or(const json *document, size_t value, uint32_t least, uint32_t most, uint32_t *number) {
    return value == JSON_NONE || json_integer(document, value, least, most, number);
}

/* Reads a list of words to `words`, which has room for `count`. */
static bool read_words(const json *document, size_t list, uint32_t *words, size_t count) {
    size_t at = list + 1;
    for (size_t i = 0; i < count; i++, at = document->values[at].next)
        if (!json_integer(document, at, 0, UINT32_MAX, &words[i])) return false;
    return true;
}

static bool read_regs(const json *document, size_t value, uint32_t *regs) {
    size_t count;
    if (value == JSON_NONE) return true;
    if (!json_list(document, value, &count)) return false;
    if (count != 16) json_wrong(document, value, "not 16 registers");
    return count == 16 && read_words(document, value, regs, count);
}

/* Reads the return addresses, and makes room for those of the calls to come. */
static bool read_calls(const json *document, size_t value, size_t *count) {
    *count = 0;
    if (value != JSON_NONE && !json_list(document, value, count)) return false;
    if (calls_room < *count + STEPS_MAX) {
        calls_room = *count + STEPS_MAX;
        free(calls);
        free(addresses);
        calls = malloc(calls_room * sizeof *calls);
        addresses = malloc(calls_room * sizeof *addresses);
        if (!calls || !addresses) abort();
    }
    return value == JSON_NONE || read_words(document, value, addresses, *count);
}

/* Reads the next of the blocks of memory, `[address, bytes]`. */
static bool read_block(const json *document, size_t value, uint32_t *address, size_t *count) {
    size_t parts;
    if (!json_list(document, value, &parts)) return false;
    if (parts == 2 && json_integer(document, value + 1, 0, VM_MEMORY_SIZE, address) &&
        json_bytes(document, document->values[value + 1].next, VM_MEMORY_SIZE - *address, block, count))
        return true;
    json_wrong(document, value, "not an address and bytes within memory");
    return false;
}

/* Writes the blocks of memory; with no machine, only looks whether they are good. */
static bool write_blocks(const json *document, size_t list, minivm *vm) {
    size_t blocks, count;
    uint32_t address;
    if (list == JSON_NONE) return true;
    if (!json_list(document, list, &blocks)) return false;
    for (size_t at = list + 1; blocks--; at = document->values[at].next) {
        if (!read_block(document, at, &address, &count)) return false;
        if (vm) must(minivm_mem_write(vm, address, block, count));
    }
    return true;
}

static void out_words(const uint32_t *words, size_t count) {
    bool first = true;
    out_text("[");
    for (size_t i = 0; i < count; i++) {
        out_comma(&first);
        out_number(words[i]);
    }
    out_text("]");
}

/* What the instruction executed last was, and the state after it. */
static void out_row(const minivm *vm, bool *first) {
    uint32_t row[20];
    minivm_last last;
    must(minivm_get_last(vm, &last));
    row[0] = last.pc;
    row[1] = last.opcode;
    must(minivm_reg_get(vm, VM_REG_PSW, &row[2]));
    must(minivm_reg_get(vm, VM_REG_SP, &row[3]));
    must(minivm_regs_get(vm, row + 4));
    out_comma(first);
    out_words(row, 20);
}

/* Runs step by step, and writes the rows of all that retires as the first member of the outcome. */
static void trace(minivm *vm, uint32_t max_steps, vm_step_result *result) {
    bool first = true;
    uint32_t retired = 0;
    out_text("\"trace\":[");
    do {
        must(minivm_step(vm, result));
        if (result->retired) out_row(vm, &first);
        retired += result->retired;
    } while (result->reason == VM_REASON_OK && retired < max_steps);
    result->retired = retired;
    out_text("],");
}

static void out_outcome(const minivm *vm, const vm_step_result *result) {
    minivm_context context;
    uint32_t regs[16];
    size_t depth;
    must(minivm_context_get(vm, &context));
    must(minivm_regs_get(vm, regs));
    must(minivm_calls_get(vm, addresses, calls_room, &depth));
    must(minivm_mem_read(vm, 0, after, sizeof after));
    out_text("\"stop\":");
    out_reason(result, "budget");
    out_field(",\"steps\":", result->retired);
    out_field(",\"pc\":", context.pc);
    out_field(",\"sp\":", context.sp);
    out_field(",\"psw\":", context.psw);
    out_text(",\"regs\":");
    out_words(regs, 16);
    out_text(",\"call_stack\":");
    out_words(addresses, depth);
    out_text(",\"mem\":");
    out_runs(after, before, sizeof after);
}

void minivm_run_case(const json *document, uint32_t profile, size_t value) {
    size_t members[CASE_KEYS], code_len = 0, depth = 0;
    minivm_context context = {0, 0x8000, 0, 0, 0, VM_FAULT_NONE};
    uint32_t regs[16] = {0}, max_steps = 0;
    bool traced;
    if (!json_members(document, value, case_keys, CASE_KEYS, members)) return;
    if (members[CODE] == JSON_NONE || members[MAX_STEPS] == JSON_NONE) {
        json_wrong(document, JSON_NONE, "code and max_steps are wanted");
        return;
    }
    traced = members[TRACE] != JSON_NONE && document->values[members[TRACE]].kind == JSON_TRUE;
    if (!json_bytes(document, members[CODE], sizeof code, code, &code_len) ||
        !json_integer(document, members[MAX_STEPS], 1, STEPS_MAX, &max_steps) ||
        !integer_or(document, members[PC], 0, UINT32_MAX, &context.pc) ||
        !integer_or(document, members[SP], 0, UINT32_MAX, &context.sp) ||
        !integer_or(document, members[PSW], 0, 15, &context.psw) ||
        !integer_or(document, members[STACK_LIMIT], 0, UINT32_MAX, &context.stack_limit) ||
        !integer_or(document, members[REG_BASE], 0, 0xFFC0, &context.wp) ||
        !read_regs(document, members[REGS], regs) || !read_calls(document, members[CALL_STACK], &depth) ||
        !write_blocks(document, members[MEM], NULL))
        return;
    if (members[TRACE] != JSON_NONE && !traced && document->values[members[TRACE]].kind != JSON_FALSE) {
        json_wrong(document, members[TRACE], "not true or false");
        return;
    }
    const minivm_parts parts = {code, code_len, memory, sizeof memory, calls, calls_room};
    vm_step_result result;
    minivm *vm;
    memset(memory, 0, sizeof memory);
    must(minivm_create(&storage, sizeof storage, profile, &parts, &vm));
    write_blocks(document, members[MEM], vm);
    must(minivm_context_set(vm, &context));
    must(minivm_regs_set(vm, regs));
    must(minivm_calls_set(vm, addresses, depth));
    must(minivm_mem_read(vm, 0, before, sizeof before));
    out_text("\"outcome\":{");
    if (traced) trace(vm, max_steps, &result);
    else must(minivm_run(vm, max_steps, &result));
    out_outcome(vm, &result);
    out_text("}");
}
