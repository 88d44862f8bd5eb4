#include "script.h"

#include <stdlib.h>

/* The most instructions that one call may ask for. */
enum { INSTRUCTIONS_MAX = 1000 };

enum { CALL, CONFIG, IMAGE, TASK, BYTES, N, REG, VALUE, ADDRESS, LENGTH, KEYS };
static const char *const keys[KEYS] = {"call", "config", "image", "task",    "bytes",
                                       "n",    "reg",    "value", "address", "length"};

#define HAS(key) (1u << (key))

static const struct {
    const char *name;
    /* The keys that it has beside its name. */
    unsigned keys;
} calls[CALLS] = {
    [CALL_INIT] = {"init", HAS(CONFIG)},
    [CALL_LOAD] = {"load", HAS(IMAGE)},
    [CALL_LOAD_BEGIN] = {"load_begin", 0},
    [CALL_LOAD_WRITE] = {"load_write", HAS(TASK) | HAS(BYTES)},
    [CALL_LOAD_END] = {"load_end", HAS(TASK)},
    [CALL_LOAD_ABORT] = {"load_abort", HAS(TASK)},
    [CALL_UNLOAD] = {"unload", HAS(TASK)},
    [CALL_PIDS] = {"pids", 0},
    [CALL_SET_CONTEXT] = {"set_context", HAS(TASK)},
    [CALL_STEP] = {"step", 0},
    [CALL_CLOCK] = {"clock", HAS(N)},
    [CALL_REG_GET] = {"reg_get", HAS(REG)},
    [CALL_REG_SET] = {"reg_set", HAS(REG) | HAS(VALUE)},
    [CALL_REG_GET_FOR] = {"reg_get_for", HAS(TASK) | HAS(REG)},
    [CALL_REG_SET_FOR] = {"reg_set_for", HAS(TASK) | HAS(REG) | HAS(VALUE)},
    [CALL_MEM_READ] = {"mem_read", HAS(ADDRESS) | HAS(LENGTH)},
    [CALL_MEM_WRITE] = {"mem_write", HAS(ADDRESS) | HAS(BYTES)},
    [CALL_LAST_PC] = {"last_pc", 0},
    [CALL_LAST_OPCODE] = {"last_opcode", 0},
    [CALL_LAST_REGS] = {"last_regs", 0},
};

/* Reads bytes of any number. */
static bool read_bytes(const json *document, size_t value, script_call *call) {
    static uint8_t *bytes;
    static size_t room;
    size_t most = (size_t)(document->values[value].end - document->values[value].start) / 2 + 1;
    if (most > room) {
        free(bytes);
        room = 2 * most;
        bytes = malloc(room);
        if (!bytes) abort();
    }
    call->bytes = bytes;
    return json_bytes(document, value, room, bytes, &call->bytes_len);
}

static bool read_argument(const json *document, int key, size_t value, script_call *call) {
    switch (key) {
    case CONFIG: call->config = value; return true;
    case IMAGE:
    case BYTES: return read_bytes(document, value, call);
    case TASK: return json_integer(document, value, 0, UINT32_MAX, &call->task);
    case REG: return json_integer(document, value, 0, UINT32_MAX, &call->reg);
    case VALUE: return json_integer(document, value, 0, UINT32_MAX, &call->value);
    case ADDRESS: return json_integer(document, value, 0, UINT32_MAX, &call->address);
    case N: return json_integer(document, value, 0, INSTRUCTIONS_MAX, &call->n);
    case LENGTH: return json_integer(document, value, 0, 65536, &call->length);
    default: return true;
    }
}

bool script_read_call(const json *document, size_t value, script_call *call) {
    size_t members[KEYS];
    int kind = 0;
    *call = (script_call){CALL_INIT, 0, 0, 0, 0, 0, 0, JSON_NONE, NULL, 0};
    if (!json_members(document, value, keys, KEYS, members)) return false;
    while (kind < CALLS && !json_says(document, members[CALL], calls[kind].name)) kind++;
    if (kind == CALLS) {
        json_wrong(document, members[CALL], "no such call");
        return false;
    }
    call->kind = (call_kind)kind;
    for (int key = CONFIG; key < KEYS; key++) {
        bool is_there = members[key] != JSON_NONE, is_wanted = calls[kind].keys >> key & 1;
        if (is_there != is_wanted) {
            json_wrong(document, is_there ? members[key] : value, is_there ? "unknown key" : "a key is missing");
            return false;
        }
        if (is_there && !read_argument(document, key, members[key], call)) return false;
    }
    return true;
}
