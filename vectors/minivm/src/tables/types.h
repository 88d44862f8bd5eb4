/* What a run stops with, and what of it stands in `a` and `b`: module and function; code; status; fault. */
enum { MINIVM_BUDGET, MINIVM_SVC, MINIVM_BREAK, MINIVM_RETURNED, MINIVM_FAULT };
typedef struct { uint32_t kind, a, b; } minivm_stop;

/* Bytes at an address of data memory. */
typedef struct { uint32_t address, length; const uint8_t *bytes; } minivm_block;

/* A state. Return addresses are oldest first. Blocks are at the start what memory holds, in this order, all else
 * being 0; at the end what has changed. PSW: Z = 1, C = 2, N = 4, V = 8. */
typedef struct {
    uint32_t regs[16], pc, sp, psw;
    uint32_t call_count;
    const uint32_t *calls;
    uint32_t block_count;
    const minivm_block *blocks;
} minivm_state;

/* A case with what comes out of it. If `reg_base` is not 0, the registers lie there in memory, little-endian. */
typedef struct {
    const char *name, *rule;
    uint32_t code_length;
    const uint8_t *code;
    uint32_t max_steps, stack_limit, reg_base;
    minivm_state start;
    minivm_stop stop;
    uint32_t steps;
    minivm_state end;
} minivm_vector;

/* What a port comes out with; `blocks` of its state is not looked at, for memory itself is. */
typedef struct { minivm_stop stop; uint32_t steps; minivm_state end; } minivm_result;

/* The port: runs a vector in these 64 KiB, which hold what they do at its start, registers included if they lie
 * there. 0 if it does not implement something yet. */
int minivm_port(const minivm_vector *vector, uint8_t *memory, minivm_result *result);

