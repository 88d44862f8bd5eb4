/* A machine of your own: the start of a port of MiniVM to C, behind the machine protocol.
 *
 *     cc -std=gnu11 -O2 -o target/machine oracle/examples/machine.c
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

/* ---- Requests and replies. -------------------------------------------------------------------------------------- */

static void copied(const char *start, const char *end) {
    fwrite(start, 1, (size_t)(end - start), stdout);
}

static void reply(member id, const char *key, const char *text) {
    fputs("{\"id\":", stdout);
    copied(id.value, id.end);
    printf(",\"%s\":\"%s\"}\n", key, text);
}

static size_t hex_digits(member m, uint8_t *bytes) {
    size_t length = 0;
    for (const char *at = m.value + 1; at + 2 < m.end; at += 2) {
        unsigned byte;
        if (sscanf(at, "%2x", &byte) != 1) break;
        bytes[length++] = (uint8_t)byte;
    }
    return length;
}

static void run(member id, const char *text) {
    static uint8_t code[0x10000];
    vm m = {.code = code, .sp = 0x8000};
    unsigned long max_steps = 0;
    member call_stack = {.value = "[]", .end = NULL}, entry;
    while (next_member(&text, &entry)) {
        unsigned long number = strtoul(entry.value, NULL, 10);
        if (is(entry, "code")) m.code_length = hex_digits(entry, code);
        else if (is(entry, "max_steps")) max_steps = number;
        else if (is(entry, "pc")) m.pc = (uint32_t)number;
        else if (is(entry, "sp")) m.sp = (uint32_t)number;
        else if (is(entry, "psw")) m.psw = (uint8_t)number;
        else if (is(entry, "regs")) {
            const char *at = entry.value;
            for (int i = 0; i < 16; i++) m.regs[i] = (uint32_t)strtoul(at + 1, (char **)&at, 10);
        } else if (is(entry, "call_stack")) {
            call_stack = entry;
            m.call_depth = entry.value[1] != ']';
        } else if (is(entry, "reg_base") || is(entry, "trace")) {
            reply(id, "unsupported", "reg_base and trace are not implemented yet");
            return;
        } else if (!is(entry, "mem") && !is(entry, "stack_limit")) { /* no opcode here looks at these two */
            reply(id, "error", "unknown key");
            return;
        }
    }

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
    copied(call_stack.value, call_stack.end ? call_stack.end : call_stack.value + 2);
    fputs(",\"mem\":[]}}\n", stdout); /* no opcode here writes memory */
}

static void answer(const char *line) {
    member op = {0}, id = {0}, subject = {0}, profile = {0}, body = {0}, entry;
    const char *at = blanks(line);
    while (next_member(&at, &entry)) {
        if (is(entry, "op")) op = entry;
        else if (is(entry, "id")) id = entry;
        else if (is(entry, "subject")) subject = entry;
        else if (is(entry, "profile")) profile = entry;
        else if (is(entry, "case")) body = entry;
    }
    if (op.value && !strncmp(op.value, "\"hello\"", 7)) {
        puts("{\"protocol\":1,\"name\":\"c\",\"version\":\"0.1.0\",\"subjects\":[\"minivm\"],\"profiles\":[\"reference\"]}");
    } else if (!op.value || !id.value || !subject.value || !profile.value || !body.value) {
        puts("{\"error\":\"neither hello nor run\"}");
    } else if (strncmp(subject.value, "\"minivm\"", 8) || strncmp(profile.value, "\"reference\"", 11)) {
        reply(id, "unsupported", "subject minivm in profile reference is all there is");
    } else {
        run(id, body.value);
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
