/* The calls of a script of subject `control`. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "json.h"

typedef enum {
    CALL_INIT,
    CALL_LOAD,
    CALL_LOAD_BEGIN,
    CALL_LOAD_WRITE,
    CALL_LOAD_END,
    CALL_LOAD_ABORT,
    CALL_UNLOAD,
    CALL_PIDS,
    CALL_SET_CONTEXT,
    CALL_STEP,
    CALL_CLOCK,
    CALL_REG_GET,
    CALL_REG_SET,
    CALL_REG_GET_FOR,
    CALL_REG_SET_FOR,
    CALL_MEM_READ,
    CALL_MEM_WRITE,
    CALL_LAST_PC,
    CALL_LAST_OPCODE,
    CALL_LAST_REGS,
    CALLS
} call_kind;

/* A call with its arguments; those that it does not have are 0. */
typedef struct {
    call_kind kind;
    uint32_t task, reg, value, address, n, length;
    /* The object of init. */
    size_t config;
    /* The bytes of an image, a piece of one, or for memory. They are good until the next call is read. */
    const uint8_t *bytes;
    size_t bytes_len;
} script_call;

/* Reads a call; false if something is wrong with it. */
bool script_read_call(const json *document, size_t value, script_call *call);

#endif
