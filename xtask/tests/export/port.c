/* The VM of oracle/examples/machine.c as a port that runs tables of vectors. */
#define LOCKSTEP_NO_MAIN
#include "machine.c"
#include "minivm_vectors.h"

int minivm_port(const minivm_vector *vector, uint8_t *memory, minivm_result *result) {
    static const unsigned faults[] = {[PC_OUT_OF_RANGE] = MINIVM_PC_OUT_OF_RANGE, [ILLEGAL_OPCODE] = MINIVM_ILLEGAL_OPCODE};
    const minivm_state *start = &vector->start;
    vm m = {.code = vector->code, .code_length = vector->code_length, .pc = start->pc, .sp = start->sp};
    uint32_t word = 0;
    stop why = RETIRED;
    (void)memory; /* no opcode there writes any */
    if (vector->reg_base) return 0;
    m.psw = (uint8_t)start->psw;
    m.call_depth = start->call_count;
    memcpy(m.regs, start->regs, sizeof m.regs);
    while (why == RETIRED && result->steps < vector->max_steps) {
        why = step(&m, &word);
        result->steps += why == RETIRED || why == SVC || why == BREAK || why == ILLEGAL_OPCODE;
    }
    switch (why) {
    case UNSUPPORTED: return 0;
    case SVC: result->stop = (minivm_stop){MINIVM_SVC, word >> 8 & 15, word & 255}; break;
    case BREAK: result->stop = (minivm_stop){MINIVM_BREAK, word & 255, 0}; break;
    case RETURNED: result->stop = (minivm_stop){MINIVM_RETURNED, m.regs[0], 0}; break;
    case RETIRED: break;
    default: result->stop = (minivm_stop){MINIVM_FAULT, faults[why], 0};
    }
    memcpy(result->end.regs, m.regs, sizeof m.regs);
    result->end.pc = m.pc;
    result->end.sp = m.sp;
    result->end.psw = m.psw;
    result->end.call_count = start->call_count;
    result->end.calls = start->calls;
    return 1;
}
