/* A machine of your own: the start of a port of MiniVM to C, behind the machine protocol.
 *
 *     cc -std=gnu11 -O2 -o target/machine oracle/examples/machine.c
 *     cargo xtask check target/machine
 *     cargo xtask conformance --machine target/machine
 *
 * It knows a dozen opcodes and says `unsupported` to every case that needs another one, so that from the first day on
 * Lockstep counts what agrees, what differs and what is still missing. Grow it from here: add an opcode to `step`, run
 * again, and see the `unsupported` column shrink. The protocol is described in oracle/PROTOCOL.md.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The VM. Your port goes here. ------------------------------------------------------------------------------- */

enum { Z = 1, C = 2, N = 4, V = 8 };

typedef struct {
    const uint8_t *code;
    size_t code_length;
    uint32_t regs[16], pc, sp;
    uint8_t psw;
    size_t call_depth;
} vm;

/* How an instruction ended. */
typedef enum { RETIRED, SVC, BREAK, RETURNED, PC_OUT_OF_RANGE, ILLEGAL_OPCODE, UNSUPPORTED } stop;

static uint8_t zn(uint32_t result) {
    return (uint8_t)((result == 0 ? Z : 0) | (result >> 31 ? N : 0));
}

static uint32_t add(vm *m, uint32_t a, uint32_t b, uint32_t carry) {
    uint64_t wide = (uint64_t)a + b + carry;
    uint32_t result = (uint32_t)wide;
    uint32_t overflow = (a ^ result) & (b ^ result) & 0x80000000u;
    m->psw = (uint8_t)(zn(result) | (wide >> 32 ? C : 0) | (overflow ? V : 0));
    return result;
}

static bool is_opcode(uint32_t op) {
    static const char known[] = "\x01\x02\x03\x04\x06\x07\x08\x09\x10\x11\x12\x13\x14\x15\x16\x17\x20\x21\x22\x23"
                                "\x24\x25\x30\x31\x32\x33\x34\x35\x40\x41\x50\x51\x52\x53\x54\x55\x60\x7f";
    return memchr(known, (int)op, sizeof known - 1) != NULL;
}

/* Executes one instruction, whose first word is stored in *word. A stop that is no fault has retired it. */
static stop step(vm *m, uint32_t *word) {
    if (m->pc > m->code_length || m->code_length - m->pc < 4) return PC_OUT_OF_RANGE;
    const uint8_t *at = m->code + m->pc;
    uint32_t w = *word = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    uint32_t *rd = &m->regs[w >> 20 & 15];
    uint32_t a = m->regs[w >> 16 & 15], b = m->regs[w >> 12 & 15];
    uint32_t imm = w & 0xFFF, next = m->pc + 4;
    switch (w >> 24) {
    case 0x01: *rd = imm & 0x800 ? imm | 0xFFFFF000u : imm; break; /* LDI */
    case 0x04: *rd = a; break;                                    /* MOV */
    case 0x10: *rd = add(m, a, b, 0); break;                      /* ADD */
    case 0x11: *rd = add(m, a, ~b, 1); break;                     /* SUB */
    case 0x14: *rd = a & b; m->psw = zn(*rd); break;              /* AND */
    case 0x15: *rd = a | b; m->psw = zn(*rd); break;              /* OR */
    case 0x16: *rd = a ^ b; m->psw = zn(*rd); break;              /* XOR */
    case 0x17: *rd = ~a; m->psw = zn(*rd); break;                 /* NOT */
    case 0x20: add(m, a, ~b, 1); break;                           /* CMP */
    case 0x21: next = imm; break;                                 /* JMP */
    case 0x22: if (m->psw & Z) next = imm; break;                 /* JZ */
    case 0x23: if (!(m->psw & Z)) next = imm; break;              /* JNZ */
    case 0x25: return m->call_depth == 0 ? RETURNED : UNSUPPORTED; /* RET */
    case 0x30: m->pc = next; return SVC;
    case 0x7F: m->pc = next; return BREAK;
    default:
        if (is_opcode(w >> 24)) return UNSUPPORTED;
        m->pc = next; /* the reference goes on behind an illegal opcode, and counts it */
        return ILLEGAL_OPCODE;
    }
    m->pc = next;
    return RETIRED;
}

/* Whoever runs tables of vectors (`lockstep export minivm`) needs nothing of the following. */
#ifndef LOCKSTEP_NO_MAIN

/* ---- Just enough JSON: values are found by walking the text, nothing is copied. ---------------------------------- */

static const char *blanks(const char *at) {
    return at + strspn(at, " \t\r\n");
}

/* Behind the string that starts at `at`; NULL if it does not end. */
static const char *string_end(const char *at) {
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && !*++at) return NULL;
    return *at ? at + 1 : NULL;
}

/* Behind the value that starts at `at`; NULL if it is none. */
static const char *value_end(const char *at) {
    if (*at == '"') return string_end(at);
    if (*at != '{' && *at != '[') {
        size_t length = strcspn(at, ",]} \t\r\n");
        return length ? at + length : NULL;
    }
    int depth = 0;
    do {
        if (*at == '"') {
            if (!(at = string_end(at))) return NULL;
            continue;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (!*at++) return NULL;
    } while (depth);
    return at;
}

typedef struct {
    const char *key, *value, *end;
    size_t key_length;
} member;

/* The next member of an object, from `*at`, which starts at its brace. False at its end, and where it is no JSON. */
static bool next_member(const char **at, member *found) {
    const char *key = blanks(*at + 1);
    if ((**at != '{' && **at != ',') || *key != '"') return false;
    const char *key_end = string_end(key);
    if (!key_end) return false;
    const char *value = blanks(key_end);
    if (*value != ':') return false;
    value = blanks(value + 1);
    const char *end = value_end(value);
    if (!end) return false;
    *found = (member){key + 1, value, end, (size_t)(key_end - key - 2)};
    *at = blanks(end);
    return true;
}

static bool is(member m, const char *key) {
    return strlen(key) == m.key_length && !memcmp(m.key, key, m.key_length);
}

/* Reads the object that starts at `at`: the member of each of these keys; `value` is NULL if it is not there. What is
 * wrong with the object, or NULL; `*end` is behind it. */
static const char *read_object(const char *at, const char *const *keys, size_t count, member *found, const char **end) {
    static char wrong[120];
    member entry;
    if (*at != '{') return "not an object";
    memset(found, 0, count * sizeof *found);
    while (next_member(&at, &entry)) {
        size_t key = 0;
        while (key < count && !is(entry, keys[key])) key++;
        if (key == count || found[key].value) {
            const char *what = key == count ? "unknown" : "repeated";
            bool can_be_named = entry.key_length < 80 && !memchr(entry.key, '\\', entry.key_length);
            snprintf(wrong, sizeof wrong, "%.*s: %s key", can_be_named ? (int)entry.key_length : 0, entry.key, what);
            return wrong;
        }
        found[key] = entry;
    }
    if (*at == '{') at = blanks(at + 1);
    if (*at != '}') return "not JSON";
    *end = at + 1;
    return NULL;
}

/* Whether the value that starts at `at` is an integer from 0 to `most`; `*end` is behind it. */
static bool is_integer(const char *at, unsigned long most, unsigned long *number, const char **end) {
    size_t digits = strspn(at, "0123456789");
    *number = strtoul(at, NULL, 10);
    *end = at + digits;
    return digits > 0 && digits <= 10 && (*at != '0' || digits == 1) && !strchr(".eE", **end) && *number <= most;
}

/* ---- Requests and replies. -------------------------------------------------------------------------------------- */

static void copied(const char *start, const char *end) {
    fwrite(start, 1, (size_t)(end - start), stdout);
}

static void reply(member id, const char *key, const char *text) {
    fputs("{\"id\":", stdout);
    copied(id.value, id.end);
    printf(",\"%s\":\"%s\"}\n", key, text);
}

/* Reads bytes in hexadecimal, at most 64 KiB; false if it is something else. */
static bool is_hex(member m, uint8_t *bytes, size_t *length) {
    size_t digits = (size_t)(m.end - m.value) - 2;
    if (*m.value != '"' || strspn(m.value + 1, "0123456789abcdef") != digits || digits % 2 || digits > 0x20000) return false;
    *length = digits / 2;
    for (size_t i = 0; i < *length; i++) {
        unsigned byte;
        sscanf(m.value + 1 + 2 * i, "%2x", &byte);
        bytes[i] = (uint8_t)byte;
    }
    return true;
}

/* Reads 16 registers; false if it is something else. */
static bool is_registers(member m, uint32_t *regs) {
    const char *at = m.value;
    for (int i = 0; i < 16; i++) {
        unsigned long number;
        if (*at != (i ? ',' : '[') || !is_integer(blanks(at + 1), 0xFFFFFFFF, &number, &at)) return false;
        regs[i] = (uint32_t)number;
        at = blanks(at);
    }
    return *at == ']';
}

enum { CODE, MAX_STEPS, PC, SP, PSW, STACK_LIMIT, REG_BASE, REGS, CALL_STACK, MEM, TRACE, CASE_KEYS };
static const char *const case_keys[CASE_KEYS] = {"code", "max_steps", "pc", "sp", "psw", "stack_limit",
                                                 "reg_base", "regs", "call_stack", "mem", "trace"};

static void run(member id, const char *text) {
    static uint8_t code[0x10000];
    static const unsigned long most[] = {[MAX_STEPS] = 1000000, [PC] = 0xFFFFFFFF, [SP] = 0xFFFFFFFF, [PSW] = 15,
                                         [STACK_LIMIT] = 0xFFFFFFFF, [REG_BASE] = 0xFFC0};
    unsigned long numbers[REGS] = {[SP] = 0x8000};
    vm m = {.code = code};
    member found[CASE_KEYS];
    const char *end, *wrong = read_object(text, case_keys, CASE_KEYS, found, &end);
    if (!wrong && !(found[CODE].value && found[MAX_STEPS].value)) wrong = "code and max_steps are wanted";
    if (!wrong && !is_hex(found[CODE], code, &m.code_length)) wrong = "code: not bytes in hexadecimal";
    if (!wrong && found[REGS].value && !is_registers(found[REGS], m.regs)) wrong = "regs: not 16 integers";
    for (int key = MAX_STEPS; key < REGS; key++) {
        if (wrong || !found[key].value) continue;
        if (!is_integer(found[key].value, most[key], &numbers[key], &end) || end != found[key].end)
            wrong = "an integer is out of range, or none";
    }
    if (!wrong && numbers[MAX_STEPS] == 0) wrong = "max_steps: 0";
    if (wrong) {
        reply(id, "error", wrong);
        return;
    }
    if (found[REG_BASE].value || found[TRACE].value) {
        reply(id, "unsupported", "reg_base and trace are not implemented yet");
        return;
    }
    m.pc = (uint32_t)numbers[PC];
    m.sp = (uint32_t)numbers[SP];
    m.psw = (uint8_t)numbers[PSW];
    unsigned long max_steps = numbers[MAX_STEPS];
    member call_stack = found[CALL_STACK]; /* no opcode here looks at `mem` and `stack_limit` */
    m.call_depth = call_stack.value && *blanks(call_stack.value + 1) != ']';

    unsigned long steps = 0;
    uint32_t word = 0;
    stop why = RETIRED;
    while (why == RETIRED && steps < max_steps) {
        why = step(&m, &word);
        steps += why == RETIRED || why == SVC || why == BREAK || why == ILLEGAL_OPCODE;
    }

    if (why == UNSUPPORTED) {
        reply(id, "unsupported", "this opcode is not implemented yet");
        return;
    }
    fputs("{\"id\":", stdout);
    copied(id.value, id.end);
    fputs(",\"outcome\":{\"stop\":", stdout);
    switch (why) {
    case SVC: printf("{\"kind\":\"svc\",\"module\":%u,\"function\":%u}", word >> 8 & 15, word & 255); break;
    case BREAK: printf("{\"kind\":\"break\",\"code\":%u}", word & 255); break;
    case RETURNED: printf("{\"kind\":\"returned\",\"status\":%u}", m.regs[0]); break;
    case PC_OUT_OF_RANGE: fputs("{\"kind\":\"fault\",\"fault\":\"pc_out_of_range\"}", stdout); break;
    case ILLEGAL_OPCODE: fputs("{\"kind\":\"fault\",\"fault\":\"illegal_opcode\"}", stdout); break;
    default: fputs("{\"kind\":\"budget\"}", stdout);
    }
    printf(",\"steps\":%lu,\"pc\":%u,\"sp\":%u,\"psw\":%u,\"regs\":[", steps, m.pc, m.sp, m.psw);
    for (int i = 0; i < 16; i++) printf(i ? ",%u" : "%u", m.regs[i]);
    fputs("],\"call_stack\":", stdout);
    if (call_stack.value) copied(call_stack.value, call_stack.end);
    else fputs("[]", stdout);
    fputs(",\"mem\":[]}}\n", stdout); /* no opcode here writes memory */
}

enum { OP, PROTOCOL, ID, SUBJECT, PROFILE, CASE, REQUEST_KEYS };
static const char *const request_keys[REQUEST_KEYS] = {"op", "protocol", "id", "subject", "profile", "case"};

static bool says(member m, const char *text) {
    return m.value && strlen(text) == (size_t)(m.end - m.value) && !memcmp(m.value, text, strlen(text));
}

static void answer(const char *line) {
    member found[REQUEST_KEYS];
    const char *end, *wrong = read_object(blanks(line), request_keys, REQUEST_KEYS, found, &end);
    if (!wrong && *blanks(end)) wrong = "something behind the request";
    member id = found[ID];
    if (wrong) {
        printf("{\"error\":\"%s\"}\n", wrong);
    } else if (says(found[OP], "\"hello\"") && says(found[PROTOCOL], "1")) {
        puts("{\"protocol\":1,\"name\":\"mine\",\"version\":\"0.1.0\",\"subjects\":[\"minivm\"],\"profiles\":[\"reference\"]}");
    } else if (says(found[OP], "\"hello\"")) {
        puts("{\"error\":\"protocol 1 is all that is spoken here\"}");
    } else if (!says(found[OP], "\"run\"") || !id.value || *id.value != '"' || !found[SUBJECT].value ||
               !found[PROFILE].value || !found[CASE].value) {
        puts("{\"error\":\"neither hello nor run\"}");
    } else if (!says(found[SUBJECT], "\"minivm\"") || !says(found[PROFILE], "\"reference\"")) {
        reply(id, "unsupported", "subject minivm in profile reference is all there is");
    } else {
        run(id, found[CASE].value);
    }
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        answer(line);
        fflush(stdout);
    }
    free(line);
    return 0;
}

#endif
