/* The executive with two tasks: one sends readings through a mailbox, the other makes them a value, which is read here.
 *
 *     $ cargo xtask hxe build vm/capi/examples/display.mvasm -o display.hxe
 *     $ cargo xtask hxe build vm/capi/examples/sensor.mvasm -o sensor.hxe
 *     $ ./executive display.hxe sensor.hxe
 *     1: a reading
 *     1: a reading
 *     1: a reading
 *     2 has left with status 3
 *     value 0x102 is 0x4200
 */
#include <stdio.h>

#include <minivm.h>

enum { TASKS = 2, CODE = 4096, IMAGE = 8192, OID = 0x102, STEP_MS = 5, STEP_TURNS = 1000, LAST_MS = 1000 };

static uint8_t code[TASKS][CODE], memory[TASKS][VM_MEMORY_SIZE];
static exec_storage storage;

static vm_rc create(exec **executive) {
    const vm_arena arenas[TASKS] = {
        {code[0], CODE, memory[0], VM_MEMORY_SIZE, NULL, 0},
        {code[1], CODE, memory[1], VM_MEMORY_SIZE, NULL, 0},
    };
    const exec_parts parts = {.arenas = arenas, .arenas_len = TASKS, .scheduler = EXEC_SCHEDULER_INSTRUCTION};
    return exec_create(&storage, sizeof storage, VM_PROFILE_STRICT, &parts, executive);
}

static vm_rc load(exec *executive, const char *name, uint32_t *pid) {
    static uint8_t image[IMAGE];
    FILE *file = fopen(name, "rb");
    size_t length;
    if (!file) return VM_ENOENT;
    length = fread(image, 1, sizeof image, file);
    fclose(file);
    return exec_load(executive, image, length, NULL, pid);
}

/* Shows what tasks have written since the last time. */
static void show_output(exec *executive) {
    uint8_t bytes[64];
    size_t count;
    uint32_t pid;
    while (exec_output_poll(executive, bytes, sizeof bytes, &count, &pid) == VM_OK)
        printf("%u: %.*s", (unsigned)pid, (int)count, (const char *)bytes);
}

/* Whether a task has left since the last time; says so. */
static int has_left(exec *executive, uint32_t pid) {
    exec_event event;
    int left = 0;
    while (exec_event_poll(executive, &event) == VM_OK) {
        if (event.kind != EXEC_EVENT_KIND_EXITED || event.pid != pid) continue;
        printf("%u has left with status %u\n", (unsigned)pid, (unsigned)event.status);
        left = 1;
    }
    return left;
}

/* Lets tasks run until one has left. Here time is counted; a chip would read its timer. */
static vm_rc run(exec *executive, uint32_t until) {
    exec_step_result result;
    uint64_t now;
    vm_rc rc = exec_time(executive, &now);
    for (; rc == VM_OK && now < LAST_MS; now += STEP_MS) {
        rc = exec_step(executive, now, STEP_TURNS, 0, &result);
        show_output(executive);
        if (has_left(executive, until)) break;
    }
    return rc;
}

int main(int argc, char **argv) {
    uint32_t display, sensor;
    uint16_t bits;
    exec *executive;
    vm_rc rc;
    if (argc != 3) {
        fprintf(stderr, "usage: executive DISPLAY SENSOR\n");
        return 2;
    }
    rc = create(&executive);
    if (rc == VM_OK) rc = load(executive, argv[1], &display);
    if (rc == VM_OK) rc = load(executive, argv[2], &sensor);
    if (rc == VM_OK) rc = run(executive, sensor);
    if (rc == VM_OK) rc = exec_value_get(executive, display, OID, &bits);
    if (rc != VM_OK) {
        fprintf(stderr, "%s\n", vm_rc_name(rc));
        return 1;
    }
    printf("value 0x%x is 0x%x\n", OID, (unsigned)bits);
    return 0;
}
