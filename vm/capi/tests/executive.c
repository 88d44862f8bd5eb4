/* What can be checked at the boundary of the executive is, and each of its calls does what it says.
 *
 *     executive LOOP ECHO SERVER
 *
 * LOOP runs for ever; ECHO reads its standard input and writes it to its standard output, to the console and to the bus,
 * for ever; SERVER has value 0x101, which begins with 1.0 and is kept under key 9, and command 0x101, which wants the token and gives 10. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "minivm.h"

/* The pointer one byte further: misaligned for everything that is more than a byte. */
#define SKEWED(type, pointer) ((type *)(void *)((char *)(pointer) + 1))

enum { TASKS = 2, CODE = 256, IMAGE = 1024 };

struct image {
    uint8_t bytes[IMAGE];
    size_t length;
};

static uint8_t code[TASKS][CODE], memory[TASKS][VM_MEMORY_SIZE];
static exec_storage storage;
static struct image loop, echo, server;

static void read_image(struct image *image, const char *name) {
    FILE *file = fopen(name, "rb");
    assert(file);
    image->length = fread(image->bytes, 1, IMAGE, file);
    assert(image->length && feof(file));
    fclose(file);
}

static vm_rc create(vm_arena *arenas, size_t count, uint32_t scheduler, const char *pin, uint32_t profile, exec **it) {
    exec_parts parts = {.arenas = arenas, .arenas_len = count, .scheduler = scheduler, .pin = pin};
    return exec_create(&storage, sizeof storage, profile, &parts, it);
}

static void fill(vm_arena arenas[TASKS]) {
    vm_arena all[TASKS] = {{code[0], CODE, memory[0], VM_MEMORY_SIZE, NULL, 0}, {code[1], CODE, memory[1], VM_MEMORY_SIZE, NULL, 0}};
    memcpy(arenas, all, sizeof all);
}

static exec *fresh(uint32_t profile) {
    vm_arena arenas[TASKS];
    exec *it = NULL;
    fill(arenas);
    assert(create(arenas, TASKS, EXEC_SCHEDULER_INSTRUCTION, "1234", profile, &it) == VM_OK);
    return it;
}

static uint32_t load(exec *it, const struct image *image) {
    uint32_t pid = 0;
    assert(exec_load(it, image->bytes, image->length, "task", &pid) == VM_OK && pid);
    return pid;
}

static exec_step_result step(exec *it, uint32_t n) {
    exec_step_result result;
    uint64_t now;
    assert(exec_time(it, &now) == VM_OK && exec_step(it, now + 1, n, 0, &result) == VM_OK);
    return result;
}

static exec_state state(exec *it, uint32_t pid) {
    exec_task task;
    assert(exec_task_get(it, pid, &task) == VM_OK && task.pid == pid);
    return task.state;
}

static void it_is_made_of_good_parts_only(void) {
    static exec_stored stored[EXEC_MAX_STORED + 1];
    char longest[EXEC_MAX_TEXT + 2];
    exec_parts parts = {.arenas_len = 1, .scheduler = EXEC_SCHEDULER_INSTRUCTION};
    vm_arena arenas[TASKS];
    exec *it = NULL;
    fill(arenas);
    parts.arenas = arenas;
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = 0;
    assert(exec_storage_size() <= sizeof storage);
    assert(exec_create(NULL, sizeof storage, 1, &parts, &it) == VM_EINVAL);
    assert(exec_create(SKEWED(void, &storage), sizeof storage - 1, 1, &parts, &it) == VM_EINVAL);
    assert(exec_create(&storage, exec_storage_size() - 1, 1, &parts, &it) == VM_ENOSPC);
    assert(exec_create(&storage, SIZE_MAX, 1, &parts, &it) == VM_EINVAL);
    assert(exec_create(&storage, sizeof storage, 1, NULL, &it) == VM_EINVAL);
    assert(exec_create(&storage, sizeof storage, 1, SKEWED(exec_parts, &parts), &it) == VM_EINVAL);
    assert(exec_create(&storage, sizeof storage, 1, &parts, NULL) == VM_EINVAL);
    assert(create(arenas, 1, 0, NULL, VM_PROFILE_PORTABLE, &it) == VM_EINVAL);
    assert(create(arenas, 1, 3, NULL, 1, &it) == VM_EINVAL && create(arenas, 0, 0, NULL, 1, &it) == VM_EINVAL);
    assert(create(arenas, VM_MAX_TASKS + 1, 0, NULL, 1, &it) == VM_EINVAL && create(NULL, 1, 0, NULL, 1, &it) == VM_EINVAL);
    assert(create(arenas, 1, 0, longest, 1, &it) == VM_EINVAL && create(arenas, 1, 0, "\xFF", 1, &it) == VM_EINVAL);
    parts.stored_len = 1;
    assert(exec_create(&storage, sizeof storage, 1, &parts, &it) == VM_EINVAL);
    parts.stored = SKEWED(exec_stored, stored);
    assert(exec_create(&storage, sizeof storage, 1, &parts, &it) == VM_EINVAL);
    parts.stored = (const exec_stored *)(const void *)&storage;
    assert(exec_create(&storage, sizeof storage, 1, &parts, &it) == VM_EINVAL);
    parts.stored = stored, parts.stored_len = EXEC_MAX_STORED + 1;
    assert(exec_create(&storage, sizeof storage, 1, &parts, &it) == VM_ENOSPC);
    parts.stored_len = EXEC_MAX_STORED;
    memcpy(memory[0], "pin", 4);
    assert(create(arenas, 1, 0, (const char *)memory[0], 1, &it) == VM_EINVAL);
    memcpy(storage.words, "pin", 4);
    assert(create(arenas, 1, 0, (const char *)storage.words, 1, &it) == VM_EINVAL);
    arenas[0].memory_len--;
    assert(create(arenas, 1, 0, NULL, 1, &it) == VM_ENOSPC);
    arenas[0] = arenas[1];
    assert(create(arenas, 2, 0, NULL, 1, &it) == VM_EINVAL);
    arenas[0].memory = (uint8_t *)&storage;
    assert(create(arenas, 1, 0, NULL, 1, &it) == VM_EINVAL);
    assert(it == NULL);
    fill(arenas);
    /* Storage of the least size that is aligned like its words, at each of its places. */
    assert(exec_create(&storage, exec_storage_size(), 1, &parts, &it) == VM_OK);
    if (exec_storage_size() + 8 <= sizeof storage)
        assert(exec_create(&storage.words[1], exec_storage_size(), 1, &parts, &it) == VM_OK);
}

static void nothing_is_no_executive(void) {
    exec *it = fresh(VM_PROFILE_STRICT), *skewed = SKEWED(exec, it), *nothing = (exec *)(void *)memory;
    exec_info info;
    assert(exec_info_get(NULL, &info) == VM_EINVAL && exec_info_get(skewed, &info) == VM_EINVAL);
    assert(exec_info_get(nothing, &info) == VM_EINVAL && exec_info_get(it, NULL) == VM_EINVAL);
    assert(exec_info_get(it, &info) == VM_OK && !info.tasks && !info.current && !info.paused);
    assert(info.raised == EXEC_RAISE_NONE && info.shortage == EXEC_SHORTAGE_NONE);
}

static void tasks_are_loaded_and_taken_away(void) {
    exec *it = fresh(VM_PROFILE_STRICT);
    uint32_t pid = 77, first, second;
    exec_task tasks[TASKS];
    exec_info info;
    size_t count = 9;
    assert(exec_load(it, NULL, 1, NULL, &pid) == VM_EINVAL && exec_load(it, loop.bytes, SIZE_MAX, NULL, &pid) == VM_EINVAL);
    assert(exec_load(it, loop.bytes, loop.length, NULL, NULL) == VM_EINVAL);
    assert(exec_load(it, loop.bytes, loop.length, "\xC3", &pid) == VM_EINVAL);
    assert(exec_load(it, loop.bytes, 8, NULL, &pid) == VM_EBADMSG && exec_load(it, NULL, 0, NULL, &pid) == VM_EBADMSG);
    assert(pid == 77);
    first = load(it, &server);
    /* A name that may exist once, and then a value that exists. */
    assert(exec_load(it, server.bytes, server.length, "task", &pid) == VM_EEXIST);
    assert(exec_load(it, server.bytes, server.length, "other", &pid) == VM_EEXIST && pid == 77);
    assert(exec_load(it, echo.bytes, echo.length, NULL, &second) == VM_OK);
    assert(exec_load(it, loop.bytes, loop.length, "third", &pid) == VM_ENOSPC);
    assert(exec_tasks(it, tasks, 1, &count) == VM_ENOSPC && count == 2);
    assert(exec_tasks(it, NULL, 2, &count) == VM_EINVAL && exec_tasks(it, tasks, 2, NULL) == VM_EINVAL);
    assert(exec_tasks(it, tasks, 2, &count) == VM_OK && tasks[0].pid == first && tasks[1].pid == second);
    assert(!strcmp(tasks[0].name, "task") && tasks[0].state == EXEC_STATE_READY && tasks[0].wakes == EXEC_NEVER);
    assert(exec_task_get(it, 0, tasks) == VM_ESRCH && exec_task_get(it, first + 65536, tasks) == VM_ESRCH);
    assert(exec_task_get(it, first, NULL) == VM_EINVAL && exec_task_get(it, 99, NULL) == VM_EINVAL);
    assert(exec_schedule(it, first, 256, 1) == VM_EINVAL && exec_schedule(it, first, 1, 0) == VM_EINVAL);
    assert(exec_schedule(it, first, 1, 65536) == VM_EINVAL && exec_schedule(it, 9, 1, 1) == VM_ESRCH);
    assert(exec_schedule(it, first, 255, 65535) == VM_OK && exec_task_get(it, first, tasks) == VM_OK);
    assert(tasks[0].priority == 255 && tasks[0].quantum == 65535);
    assert(exec_kill(it, 0) == VM_ESRCH && exec_kill(it, 65536 + first) == VM_ESRCH && exec_kill(NULL, 1) == VM_EINVAL);
    assert(exec_kill(it, first) == VM_OK && exec_kill(it, first) == VM_ESRCH);
    assert(exec_info_get(it, &info) == VM_OK && info.tasks == 1);
    assert(load(it, &loop) > second);
}

static void they_run_as_time_and_host_say(void) {
    exec *it = fresh(VM_PROFILE_STRICT);
    uint32_t pid = load(it, &loop), value = 7;
    exec_step_result result;
    uint8_t bytes[4] = {1, 2, 3, 4};
    uint64_t now = 0;
    assert(exec_time(it, NULL) == VM_EINVAL && exec_time(it, &now) == VM_OK && now == 1);
    assert(exec_set_time(it, 0) == VM_EINVAL && exec_set_time(it, 50) == VM_OK);
    assert(exec_step(it, 49, 1, 0, &result) == VM_EINVAL && exec_step(it, 51, 1, 0, NULL) == VM_EINVAL);
    assert(exec_step(it, 51, 1, 9, &result) == VM_ESRCH && exec_step(it, 51, 1, pid + 65536, &result) == VM_ESRCH);
    assert(exec_time(it, &now) == VM_OK && now == 50);
    assert(exec_step(it, 51, 10, pid, &result) == VM_OK && result.executed == 10 && result.steps == 10);
    assert(result.pid == pid && result.running == 1 && result.next == pid && !result.paused);
    assert(exec_pause(it, 9) == VM_ESRCH && exec_resume(it, 65536) == VM_ESRCH);
    assert(exec_pause(it, pid) == VM_OK && state(it, pid) == EXEC_STATE_PAUSED && step(it, 10).executed == 0);
    assert(exec_resume(it, pid) == VM_OK && step(it, 10).executed == 10);
    assert(exec_pause(it, 0) == VM_OK && step(it, 10).paused == 1 && exec_resume(it, 0) == VM_OK);
    assert(exec_reg_get(it, pid, 4, &value) == VM_EINVAL && exec_reg_get(it, 9, 0, &value) == VM_ESRCH && value == 7);
    assert(exec_reg_set(it, pid, VM_REG_R0 + 5, 99) == VM_OK && exec_reg_get(it, pid, VM_REG_R0 + 5, &value) == VM_OK);
    assert(value == 99 && exec_reg_get(it, pid, VM_REG_PC, &value) == VM_OK && value == 0);
    assert(exec_reg_get(it, 99, VM_REG_PC, NULL) == VM_EINVAL && exec_value_get(it, 0, 99, NULL) == VM_EINVAL);
    assert(exec_reg_get(it, pid, VM_REG_PC, NULL) == VM_EINVAL && exec_reg_set(it, pid, 32, 0) == VM_EINVAL);
    assert(exec_reg_set(it, pid, VM_REG_PSW, 16) == VM_EINVAL && exec_reg_set(it, pid, VM_REG_WP, 0) == VM_EINVAL);
    assert(exec_mem_write(it, pid, 0xFFFD, bytes, 4) == VM_EFAULT && exec_mem_write(it, pid, 0x2000, NULL, 4) == VM_EINVAL);
    assert(exec_mem_write(it, pid, 0x2000, bytes, 4) == VM_OK && exec_mem_read(it, pid, 0x2002, bytes, 2) == VM_OK);
    assert(bytes[0] == 3 && bytes[1] == 4 && exec_mem_read(it, pid, UINT32_MAX, bytes, 4) == VM_EFAULT);
    assert(exec_mem_read(it, pid, 0x10000, NULL, 0) == VM_OK && exec_mem_read(it, pid, 0, bytes, SIZE_MAX) == VM_EINVAL);
    assert(exec_mem_read(it, 9, 0, bytes, 1) == VM_ESRCH && exec_mem_write(it, 0, 0, bytes, 1) == VM_ESRCH);
}

static void messages_go_through_mailboxes(void) {
    static const uint8_t text[] = {'a', 'b', 'c'};
    static uint8_t large[64];
    exec *it = fresh(VM_PROFILE_STRICT);
    char longest[EXEC_MAX_TEXT + 2];
    exec_message_out message = {text, sizeof text, 0x123, 7};
    exec_message_in received;
    exec_mailbox view;
    uint32_t handle = 0;
    uint8_t buffer[2];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = 0;
    assert(exec_mailbox_open(it, 0, NULL, &handle) == VM_EINVAL && exec_mailbox_open(it, 0, "", &handle) == VM_EINVAL);
    assert(exec_mailbox_open(it, 0, longest, &handle) == VM_EINVAL && exec_mailbox_open(it, 0, "app:q", NULL) == VM_EINVAL);
    assert(exec_mailbox_open(it, 65536, "app:q", &handle) == VM_ESRCH && handle == 0);
    assert(exec_mailbox_bind(it, 0, "app:q", 65536, 0) == VM_EINVAL && exec_mailbox_bind(it, 0, "app:q", 0, 65536) == VM_EINVAL);
    assert(exec_mailbox_bind(it, 0, "app:q", 20, 0) == VM_OK && exec_mailbox_open(it, 0, "app:q", &handle) == VM_OK);
    assert(exec_receive(it, 0, handle, buffer, 2, &received) == VM_EAGAIN);
    assert(exec_send(it, 0, 0, &message) == VM_EBADF && exec_send(it, 0, handle + 1, &message) == VM_EBADF);
    assert(exec_send(it, 0, handle, NULL) == VM_EINVAL && exec_send(it, 65536, handle, &message) == VM_ESRCH);
    message.data = large, message.length = sizeof large;
    assert(exec_send(it, 0, handle, &message) == VM_EMSGSIZE);
    message.length = SIZE_MAX;
    assert(exec_send(it, 0, handle, &message) == VM_EINVAL);
    message.data = NULL, message.length = 1;
    assert(exec_send(it, 0, handle, &message) == VM_EINVAL);
    message.data = text, message.length = sizeof text;
    assert(exec_send(it, 0, handle, &message) == VM_OK && exec_send(it, 0, handle, &message) == VM_EAGAIN);
    assert(exec_mailbox_peek(it, 0, handle + 1, NULL) == VM_EINVAL);
    assert(exec_mailbox_peek(it, 0, handle, NULL) == VM_EINVAL && exec_mailbox_peek(it, 0, handle + 1, &view) == VM_EBADF);
    assert(exec_mailbox_peek(it, 0, handle, &view) == VM_OK && view.depth == 1 && view.used == 11);
    assert(view.capacity == 20 && view.next_length == 3);
    assert(exec_receive(it, 0, handle, NULL, 2, &received) == VM_EINVAL && exec_receive(it, 0, handle, buffer, 2, NULL) == VM_EINVAL);
    assert(exec_receive(it, 0, handle, buffer, 2, &received) == VM_OK && received.length == 2 && !memcmp(buffer, "ab", 2));
    assert(received.flags == 0x123 && received.channel == 7 && received.sender == 0);
    assert(exec_mailbox_close(it, 0, handle) == VM_OK && exec_mailbox_close(it, 0, handle) == VM_EBADF);
    while (exec_mailbox_open(it, 5, "app:q", &handle) == VM_OK) assert(handle <= 16);
    assert(exec_mailbox_open(it, 5, "app:q", &handle) == VM_EMFILE);
}

static void streams_are_read_and_written(void) {
    static uint8_t large[100];
    exec *it = fresh(VM_PROFILE_STRICT);
    uint32_t pid = load(it, &echo), from = 0;
    exec_event event;
    exec_frame frame;
    uint8_t bytes[64];
    size_t count = 0;
    assert(step(it, 100).running == 0 && state(it, pid) == EXEC_STATE_WAITING);
    assert(exec_stream_read(it, pid, 1, bytes, sizeof bytes, &count) == VM_EAGAIN);
    assert(exec_stream_read(it, pid, 0, bytes, sizeof bytes, &count) == VM_EINVAL);
    assert(exec_stream_read(it, pid, 3, bytes, sizeof bytes, &count) == VM_EINVAL);
    assert(exec_stream_read(it, 9, 1, bytes, sizeof bytes, &count) == VM_ESRCH);
    assert(exec_stream_read(it, pid, 1, bytes, sizeof bytes, NULL) == VM_EINVAL);
    assert(exec_stdin_write(it, 9, bytes, 1) == VM_ESRCH && exec_stdin_write(it, pid, NULL, 1) == VM_EINVAL);
    assert(exec_stdin_write(it, pid, large, sizeof large) == VM_EMSGSIZE);
    assert(exec_stdin_write(it, pid, (const uint8_t *)"ping", 4) == VM_OK && step(it, 100).executed > 0);
    assert(exec_stream_read(it, pid, 1, bytes, sizeof bytes, &count) == VM_OK && count == 4 && !memcmp(bytes, "ping", 4));
    assert(exec_output_poll(it, bytes, 0, &count, &from) == VM_ENOSPC && exec_output_poll(it, NULL, 3, &count, &from) == VM_EINVAL);
    assert(exec_output_poll(it, bytes, 3, NULL, &from) == VM_EINVAL && exec_output_poll(it, bytes, 3, &count, NULL) == VM_EINVAL);
    assert(exec_output_poll(it, bytes, 3, &count, &from) == VM_OK && count == 3 && from == pid && !memcmp(bytes, "pin", 3));
    assert(exec_output_poll(it, bytes, 3, &count, &from) == VM_OK && count == 1 && bytes[0] == 'g');
    assert(exec_output_poll(it, bytes, 3, &count, &from) == VM_EAGAIN);
    assert(exec_frame_poll(it, NULL) == VM_EINVAL && exec_frame_poll(it, &frame) == VM_OK && frame.pid == pid);
    assert(frame.id == 0x123 && frame.length == 4 && !memcmp(frame.data, "ping\0\0\0", 8));
    assert(exec_frame_poll(it, &frame) == VM_EAGAIN);
    assert(exec_event_poll(it, NULL) == VM_EINVAL && exec_event_poll(NULL, &event) == VM_EINVAL);
    assert(exec_event_poll(it, &event) == VM_OK && event.kind == EXEC_EVENT_KIND_MAILBOX_WAIT && event.pid == pid);
    assert(event.time == EXEC_NEVER && event.amount == 0xFFFF);
    while (exec_event_poll(it, &event) == VM_OK) assert(event.pid == pid);
}

static void what_is_not_fetched_is_lost_and_counted(void) {
    exec *it = fresh(VM_PROFILE_STRICT);
    uint32_t pid = load(it, &echo);
    exec_event event;
    exec_info info;
    int events = 0, round;
    for (round = 0; round < 20; round++) {
        step(it, 100);
        assert(exec_stdin_write(it, pid, (const uint8_t *)"0123456789012345678901234567890123456789", 40) == VM_OK);
    }
    assert(exec_info_get(it, &info) == VM_OK && info.lost_output == 19 * 40 - 512 && info.lost_events > 0);
    while (exec_event_poll(it, &event) == VM_OK) events++;
    assert(events == 32);
}

static void values_and_commands_are_open_to_the_host(void) {
    exec *it = fresh(VM_PROFILE_STRICT);
    uint32_t pid = load(it, &server);
    exec_command command;
    exec_value value;
    exec_event event;
    uint16_t bits = 0;
    size_t count;
    assert(exec_values(it, &value, 0, &count) == VM_ENOSPC && count == 1 && exec_values(it, NULL, 1, &count) == VM_EINVAL);
    assert(exec_values(it, &value, 1, NULL) == VM_EINVAL && exec_values(it, &value, 1, &count) == VM_OK);
    assert(value.oid == 0x101 && value.owner == pid && value.bits == 0x3C00 && value.flags == 2);
    assert(!strcmp(value.name, "lamp") && !strcmp(value.unit, "V"));
    assert(exec_value_get(it, 0, 0x10101, &bits) == VM_EINVAL && exec_value_get(it, 0, 0x101, NULL) == VM_EINVAL);
    assert(exec_value_get(it, 0, 0x102, &bits) == VM_ENOENT && exec_value_get(it, 65536, 0x101, &bits) == VM_ESRCH);
    assert(exec_value_get(it, 0, 0x101, &bits) == VM_OK && bits == 0x3C00);
    bits = 0x4000;
    assert(exec_value_set(it, 0, 0x101, NULL) == VM_EINVAL && exec_value_set(it, 0, 0x102, &bits) == VM_ENOENT);
    assert(exec_value_set(it, 0, 0x101, &bits) == VM_OK && bits == 0x4000);
    assert(exec_value_get(it, pid, 0x101, &bits) == VM_OK && bits == 0x4000);
    assert(exec_commands(it, &command, 0, &count) == VM_ENOSPC && exec_commands(it, NULL, 1, &count) == VM_EINVAL);
    assert(exec_commands(it, &command, 1, &count) == VM_OK && count == 1 && command.oid == 0x101 && command.flags == 1);
    assert(exec_command_call(it, 0, 0x102, NULL) == VM_ENOENT && exec_command_call(it, 0, 0x10101, NULL) == VM_EINVAL);
    assert(exec_command_call(it, 0, 0x101, NULL) == VM_EPERM && exec_command_call(it, 0, 0x101, "123") == VM_EPERM);
    assert(exec_command_call(it, 0, 0x101, "\xFF") == VM_EINVAL && exec_command_call(it, pid + 1, 0x101, "1234") == VM_EPERM);
    assert(exec_command_call(it, 0, 0x101, "1234") == VM_OK && exec_command_call(it, 0, 0x101, "1234") == VM_EIO);
    step(it, 10);
    do assert(exec_event_poll(it, &event) == VM_OK);
    while (event.kind != EXEC_EVENT_KIND_COMMAND_COMPLETED || event.status);
    assert(event.pid == pid && event.object == 0x101 && event.amount == 1 && event.new_value == 10);
}

static void what_is_stored_outlives_an_executive(void) {
    static const exec_stored before[] = {{5, 1}, {9, 0x4500}};
    exec_parts parts = {.arenas_len = 1, .stored = before, .stored_len = 2};
    exec_stored stored[EXEC_MAX_STORED];
    vm_arena arenas[TASKS];
    uint16_t bits = 0;
    size_t count = 0;
    exec *it = NULL;
    fill(arenas);
    parts.arenas = arenas;
    assert(exec_create(&storage, sizeof storage, VM_PROFILE_STRICT, &parts, &it) == VM_OK && load(it, &server));
    assert(exec_value_get(it, 0, 0x101, &bits) == VM_OK && bits == 0x4500);
    bits = 0x4000;
    assert(exec_value_set(it, 0, 0x101, &bits) == VM_OK);
    assert(exec_stored_get(it, stored, 1, &count) == VM_ENOSPC && count == 2);
    assert(exec_stored_get(it, NULL, 2, &count) == VM_EINVAL && exec_stored_get(it, stored, 2, NULL) == VM_EINVAL);
    assert(exec_stored_get(it, stored, EXEC_MAX_STORED, &count) == VM_OK && count == 2);
    assert(stored[0].key == 5 && stored[0].bits == 1 && stored[1].key == 9 && stored[1].bits == 0x4000);
}

/* Two tasks that never give way: who has had how many of ten turns. The first one is active, and has the first of them. */
static void schedulers_share_turns(void) {
    static const struct { uint32_t scheduler; uint64_t first, second; } all[] = {
        {EXEC_SCHEDULER_INSTRUCTION, 5, 5}, {EXEC_SCHEDULER_COOPERATIVE, 10, 0}, {EXEC_SCHEDULER_PREEMPTIVE, 1, 9}};
    vm_arena arenas[TASKS];
    exec_task tasks[TASKS];
    exec_step_result result;
    uint32_t pid;
    size_t at, count;
    fill(arenas);
    for (at = 0; at < sizeof all / sizeof *all; at++) {
        exec *it = NULL;
        assert(create(arenas, TASKS, all[at].scheduler, NULL, VM_PROFILE_STRICT, &it) == VM_OK);
        assert(load(it, &loop) && exec_load(it, loop.bytes, loop.length, NULL, &pid) == VM_OK);
        assert(exec_schedule(it, pid, 1, 4) == VM_OK);
        assert(exec_step(it, UINT64_MAX, 10, 0, &result) == VM_OK && result.executed == 10);
        assert(exec_tasks(it, tasks, TASKS, &count) == VM_OK);
        assert(tasks[0].steps == all[at].first && tasks[1].steps == all[at].second);
    }
}

static void the_reference_takes_as_many_tasks_as_arenas(void) {
    exec *it = fresh(VM_PROFILE_REFERENCE);
    uint32_t pid;
    assert(load(it, &loop) == 1 && exec_load(it, loop.bytes, loop.length, "b", &pid) == VM_OK);
    assert(exec_load(it, loop.bytes, loop.length, "c", &pid) == VM_ENOSPC && step(it, 7).executed == 7);
}

int main(int argc, char **argv) {
    assert(argc == 4);
    read_image(&loop, argv[1]);
    read_image(&echo, argv[2]);
    read_image(&server, argv[3]);
    it_is_made_of_good_parts_only();
    nothing_is_no_executive();
    tasks_are_loaded_and_taken_away();
    they_run_as_time_and_host_say();
    messages_go_through_mailboxes();
    streams_are_read_and_written();
    what_is_not_fetched_is_lost_and_counted();
    values_and_commands_are_open_to_the_host();
    what_is_stored_outlives_an_executive();
    schedulers_share_turns();
    the_reference_takes_as_many_tasks_as_arenas();
    return 0;
}
