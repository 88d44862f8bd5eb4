/* Subject `control`: vectors/control/PROTOCOL.md. */
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "minivm.h"
#include "out.h"
#include "reason.h"
#include "script.h"

enum { ARENAS_MAX = 4, CALLS_MAX = 80, QUANTA_MAX = 1000, REGISTERS_END = 0xFFC0 };

static vm_storage storage;
static uint8_t code[ARENAS_MAX][VM_MEMORY_SIZE], memory[ARENAS_MAX][VM_MEMORY_SIZE];
static uint8_t metadata[ARENAS_MAX][VM_MEMORY_SIZE], bytes[VM_MEMORY_SIZE];
static vm *plane;

/* The tasks that calls have reported, in their order. */
static uint32_t pids[CALLS_MAX];
static uint32_t known;

static void must(vm_rc rc) {
    if (rc != VM_OK) abort();
}

/* The PID that a script means; one that nobody has if it means nobody. */
static uint32_t pid_of(uint32_t task) {
    return task < known ? pids[task] : 0;
}

static uint32_t task_of(uint32_t pid) {
    uint32_t task = known;
    while (task-- > 0 && pids[task] != pid) {}
    return task;
}

static void out_words(const uint32_t *words, size_t count) {
    for (size_t i = 0; i < count; i++) out_field(i ? "," : "[", words[i]);
    out_text("]");
}

/* ---- Configuration. ---------------------------------------------------------------------------------------------- */

enum { ARENAS, CODE, METADATA, CONFIG_KEYS };
static const char *const config_keys[CONFIG_KEYS] = {"arenas", "code", "metadata"};

/* Makes the machine that the case wants; all defaults if it does not say which. */
static bool create(const json *document, size_t config, uint32_t profile) {
    uint32_t sizes[CONFIG_KEYS] = {3, 256, 256};
    size_t members[CONFIG_KEYS];
    vm_arena arenas[ARENAS_MAX];
    if (config != JSON_NONE && !json_members(document, config, config_keys, CONFIG_KEYS, members)) return false;
    for (int key = 0; config != JSON_NONE && key < CONFIG_KEYS; key++) {
        uint32_t least = key == ARENAS, most = key == ARENAS ? (uint32_t)ARENAS_MAX : (uint32_t)VM_MEMORY_SIZE;
        if (members[key] != JSON_NONE && !json_integer(document, members[key], least, most, &sizes[key])) return false;
    }
    for (uint32_t i = 0; i < sizes[ARENAS]; i++) {
        memset(memory[i], 0, VM_MEMORY_SIZE);
        arenas[i] = (vm_arena){code[i], sizes[CODE], memory[i], VM_MEMORY_SIZE, metadata[i], sizes[METADATA]};
    }
    known = 0;
    must(vm_create(&storage, sizeof storage, profile, arenas, sizes[ARENAS], &plane));
    return true;
}

static bool read_mem_cfg(const json *document, size_t config, vm_mem_cfg *cfg) {
    const struct {
        const char *name;
        uint32_t *field;
    } fields[] = {
        {"autorun_quanta", &cfg->autorun_quanta},       {"limits.max_pids", &cfg->max_pids},
        {"limits.code_max", &cfg->code_max},            {"limits.data_max", &cfg->data_max},
        {"stack_size_bytes", &cfg->stack_size_bytes},   {"heap_size_bytes", &cfg->heap_size_bytes},
        {"policy_flags", &cfg->policy_flags},           {"keep_last_regs", &cfg->keep_last_regs},
    };
    enum { FIELDS = sizeof fields / sizeof *fields };
    must(vm_mem_cfg_default(cfg));
    if (document->values[config].kind != JSON_OBJECT) {
        json_wrong(document, config, "not an object");
        return false;
    }
    if (!json_unique(document, config)) return false;
    for (size_t at = config + 1; at < document->values[config].next; at = document->values[at + 1].next) {
        size_t field = 0;
        uint32_t number;
        if (!json_integer(document, at + 1, 0, UINT32_MAX, &number)) return false;
        while (field < FIELDS && !json_says(document, at, fields[field].name)) field++;
        if (field < FIELDS) *fields[field].field = number;
        /* In C this number means that there is no limit; in a script it is one, as good as any that is very high. */
        if (field < FIELDS && fields[field].field == &cfg->max_pids && number == VM_NO_LIMIT) --cfg->max_pids;
    }
    if (cfg->autorun_quanta > QUANTA_MAX) json_wrong(document, config, "autorun_quanta is out of range");
    return cfg->autorun_quanta <= QUANTA_MAX;
}

/* ---- Results. ---------------------------------------------------------------------------------------------------- */

static void out_step(const vm_step_result *result) {
    out_field("{\"pc\":", result->pc);
    out_text(",\"reason\":");
    out_reason(result, "ok");
    out_field(",\"retired\":", result->retired);
    out_field(",\"cycles\":", result->cycles_est);
    out_text("}");
}

static const char *state_name(vm_state state) {
    switch (state) {
    case VM_STATE_LOADING: return "loading";
    case VM_STATE_READY: return "ready";
    default: return "stopped";
    }
}

/* The tasks, ascending by the numbers of the script. */
static size_t sorted_tasks(vm_task *tasks) {
    size_t count;
    must(vm_pids(plane, tasks, ARENAS_MAX, &count));
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && task_of(tasks[j].pid) < task_of(tasks[j - 1].pid); j--) {
            vm_task other = tasks[j];
            tasks[j] = tasks[j - 1];
            tasks[j - 1] = other;
        }
    }
    return count;
}

static void out_tasks(void) {
    vm_task tasks[ARENAS_MAX];
    size_t count = sorted_tasks(tasks);
    out_text("[");
    for (size_t i = 0; i < count; i++) {
        out_field(i ? ",{\"task\":" : "{\"task\":", task_of(tasks[i].pid));
        out_text(",\"state\":\"");
        out_text(state_name(tasks[i].state));
        out_field("\",\"fault_code\":", tasks[i].fault_code);
        out_field(",\"stack\":[", tasks[i].stack_lo);
        out_field(",", tasks[i].stack_hi);
        out_field("],\"heap\":[", tasks[i].heap_lo);
        out_field(",", tasks[i].heap_hi);
        out_text("]}");
    }
    out_text("]");
}

/* What a task that was made is called from now on. */
static void out_task(uint32_t pid) {
    pids[known] = pid;
    out_field("{\"task\":", known++);
    out_text("}");
}

static void out_error(vm_rc rc) {
    out_text("{\"error\":\"");
    out_text(vm_rc_name(rc));
    out_text("\"}");
}

/* Makes a call, and writes its result. False if the case is bad. */
static bool make(const json *document, const script_call *call) {
    uint32_t pid = pid_of(call->task), word = 0, regs[16];
    vm_step_result step;
    vm_mem_cfg cfg;
    vm_rc rc = VM_OK;
    switch (call->kind) {
    case CALL_INIT:
        if (!read_mem_cfg(document, call->config, &cfg)) return false;
        rc = vm_init(plane, &cfg);
        break;
    case CALL_LOAD: rc = vm_load_hxe(plane, call->bytes, call->bytes_len, &word); break;
    case CALL_LOAD_BEGIN: rc = vm_load_begin(plane, &word); break;
    case CALL_LOAD_WRITE: rc = vm_load_write(plane, pid, call->bytes, call->bytes_len); break;
    case CALL_LOAD_END: rc = vm_load_end(plane, pid); break;
    case CALL_LOAD_ABORT: rc = vm_load_abort(plane, pid); break;
    case CALL_UNLOAD: rc = vm_unload(plane, pid); break;
    case CALL_SET_CONTEXT: rc = vm_set_context(plane, pid); break;
    case CALL_STEP: rc = vm_step(plane, &step); break;
    case CALL_CLOCK: rc = vm_clock(plane, call->n, &step); break;
    case CALL_REG_GET: rc = vm_reg_get(plane, call->reg, &word); break;
    case CALL_REG_SET: rc = vm_reg_set(plane, call->reg, call->value); break;
    case CALL_REG_GET_FOR: rc = vm_reg_get_for(plane, pid, call->reg, &word); break;
    case CALL_REG_SET_FOR: rc = vm_reg_set_for(plane, pid, call->reg, call->value); break;
    case CALL_MEM_READ: rc = vm_mem_read(plane, call->address, bytes, call->length); break;
    case CALL_MEM_WRITE: rc = vm_mem_write(plane, call->address, call->bytes, call->bytes_len); break;
    case CALL_LAST_PC: rc = vm_get_last_pc(plane, &word); break;
    case CALL_LAST_OPCODE: rc = vm_get_last_opcode(plane, &word); break;
    case CALL_LAST_REGS: rc = vm_get_last_regs(plane, regs); break;
    default: break; /* vm_pids, below */
    }
    if (call->kind == CALL_LAST_REGS && rc == VM_ENOSYS) {
        out_text("{\"ok\":null}");
        return true;
    }
    if (rc != VM_OK) {
        out_error(rc);
        return true;
    }
    out_text("{\"ok\":");
    switch (call->kind) {
    case CALL_LOAD:
    case CALL_LOAD_BEGIN: out_task(word); break;
    case CALL_PIDS: out_tasks(); break;
    case CALL_STEP:
    case CALL_CLOCK: out_step(&step); break;
    case CALL_REG_GET:
    case CALL_REG_GET_FOR:
    case CALL_LAST_PC:
    case CALL_LAST_OPCODE: out_number(word); break;
    case CALL_LAST_REGS: out_words(regs, 16); break;
    case CALL_MEM_READ: out_hex(bytes, call->length); break;
    default: out_text("null");
    }
    out_text("}");
    return true;
}

/* ---- The state after the last call. ------------------------------------------------------------------------------ */

static uint32_t register_of(uint32_t pid, uint32_t reg) {
    uint32_t value;
    must(vm_reg_get_for(plane, pid, reg, &value));
    return value;
}

static void out_loaded(uint32_t pid, vm_fault fault_code) {
    static const uint8_t zeros[REGISTERS_END];
    uint32_t regs[16];
    for (uint32_t reg = 0; reg < 16; reg++) regs[reg] = register_of(pid, VM_REG_R0 + reg);
    out_field(",\"fault_code\":", fault_code);
    out_field(",\"pc\":", register_of(pid, VM_REG_PC));
    out_field(",\"sp\":", register_of(pid, VM_REG_SP));
    out_field(",\"psw\":", register_of(pid, VM_REG_PSW));
    out_field(",\"wp\":", register_of(pid, VM_REG_WP));
    out_text(",\"regs\":");
    out_words(regs, 16);
    /* Memory is that of the active task; which one that was is written already. */
    must(vm_set_context(plane, pid));
    must(vm_mem_read(plane, 0, bytes, REGISTERS_END));
    out_text(",\"mem\":");
    out_runs(bytes, zeros, REGISTERS_END);
}

static void out_state(void) {
    vm_task tasks[ARENAS_MAX];
    size_t count = sorted_tasks(tasks);
    uint32_t pid, pc, opcode;
    out_text("{\"active\":");
    if (vm_active(plane, &pid) == VM_OK) out_number(task_of(pid));
    else out_text("null");
    out_text(",\"loading\":");
    size_t loading = 0;
    while (loading < count && tasks[loading].state != VM_STATE_LOADING) loading++;
    if (loading < count) out_number(task_of(tasks[loading].pid));
    else out_text("null");
    must(vm_get_last_pc(plane, &pc));
    must(vm_get_last_opcode(plane, &opcode));
    out_field(",\"last\":{\"pc\":", pc);
    out_field(",\"opcode\":", opcode);
    out_text("},\"tasks\":[");
    for (size_t i = 0; i < count; i++) {
        out_field(i ? ",{\"task\":" : "{\"task\":", task_of(tasks[i].pid));
        out_text(",\"state\":\"");
        out_text(state_name(tasks[i].state));
        out_text("\"");
        if (tasks[i].state != VM_STATE_LOADING) out_loaded(tasks[i].pid, tasks[i].fault_code);
        out_text("}");
    }
    out_text("]}");
}

enum { CASE_CONFIG, CASE_CALLS, CASE_KEYS };
static const char *const case_keys[CASE_KEYS] = {"config", "calls"};

void control_run_case(const json *document, uint32_t profile, size_t value) {
    size_t members[CASE_KEYS], count;
    script_call call;
    if (!json_members(document, value, case_keys, CASE_KEYS, members)) return;
    if (members[CASE_CALLS] == JSON_NONE) {
        json_wrong(document, value, "calls are wanted");
        return;
    }
    if (!create(document, members[CASE_CONFIG], profile) || !json_list(document, members[CASE_CALLS], &count)) return;
    if (count > CALLS_MAX) {
        json_wrong(document, members[CASE_CALLS], "more than 80 calls");
        return;
    }
    out_text("\"outcome\":{\"results\":[");
    bool first = true;
    for (size_t at = members[CASE_CALLS] + 1; count--; at = document->values[at].next) {
        out_comma(&first);
        if (!script_read_call(document, at, &call) || !make(document, &call)) return;
    }
    out_text("],\"state\":");
    out_state();
    out_text("}");
}
