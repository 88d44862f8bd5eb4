#include "driver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "minivm.h"
#include "out.h"

/* The longest request, in bytes. */
#define LINE_MAX_BYTES ((size_t)64 << 20)

typedef struct {
    const char *name;
    uint32_t number;
} profile;

typedef struct {
    const char *name;
    profile profiles[3];
    size_t profile_count;
    void (*run)(const json *document, uint32_t profile, size_t value);
} subject;

static const subject subjects[] = {
    {"minivm",
     {{"reference", VM_PROFILE_REFERENCE}, {"strict", VM_PROFILE_STRICT}, {"portable", VM_PROFILE_PORTABLE}},
     3,
     minivm_run_case},
    /* Instructions execute as those of `minivm` in profile strict. */
    {"control", {{"document", VM_PROFILE_STRICT}}, 1, control_run_case},
};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

/* That of the last hello that was answered. */
static uint32_t version = 1;

static void out_string(const char *text) {
    out_text("\"");
    out_text(text);
    out_text("\"");
}

static void out_profiles(const subject *of, bool *first) {
    for (size_t i = 0; i < of->profile_count; i++) {
        out_comma(first);
        out_string(of->profiles[i].name);
    }
}

static void hello(void) {
    bool first = true, first_profile = true;
    out_text(version == 1 ? "{\"protocol\":1" : "{\"protocol\":2");
    out_text(",\"name\":\"c\",\"version\":\"" DRIVER_VERSION "\",\"subjects\":");
    out_text(version == 1 ? "[" : "{");
    for (size_t i = 0; i < SUBJECTS; i++) {
        out_comma(&first);
        out_string(subjects[i].name);
        if (version == 1) continue;
        out_text(":[");
        first_profile = true;
        out_profiles(&subjects[i], &first_profile);
        out_text("]");
    }
    if (version == 1) {
        out_text("],\"profiles\":[");
        for (size_t i = 0; i < SUBJECTS; i++) out_profiles(&subjects[i], &first_profile);
        out_text("]}\n");
    } else {
        out_text("}}\n");
    }
}

static void out_id(const json *document, size_t id) {
    const json_value *text = &document->values[id];
    out_text("{\"id\":\"");
    out_bytes(text->start, (size_t)(text->end - text->start));
    out_text("\",");
}

/* A subject or a profile that is not known. */
static void unknown(const json *document, size_t id, const char *what, size_t value) {
    const json_value *name = &document->values[value];
    out_id(document, id);
    out_text(version == 1 ? "\"unsupported\":\"unknown " : "\"error\":\"unknown ");
    out_text(what);
    out_text(" `");
    out_bytes(name->start, (size_t)(name->end - name->start));
    out_text("`\"}\n");
}

enum { OP, ID, SUBJECT, PROFILE, CASE, RUN_KEYS, PROTOCOL = 1, HELLO_KEYS };
static const char *const run_keys[] = {"op", "id", "subject", "profile", "case"};
static const char *const hello_keys[] = {"op", "protocol"};

static void run(const json *document) {
    size_t members[RUN_KEYS];
    if (!json_members(document, 0, run_keys, RUN_KEYS, members)) return;
    for (int key = ID; key < RUN_KEYS; key++) {
        bool is_there = members[key] != JSON_NONE;
        if (!is_there || (key != CASE && document->values[members[key]].kind != JSON_STRING)) {
            json_wrong(document, members[key], is_there ? "not a string" : "id, subject, profile and case are wanted");
            return;
        }
    }
    size_t id = members[ID];
    const subject *found = NULL;
    const profile *in = NULL;
    for (size_t i = 0; i < SUBJECTS && !found; i++)
        if (json_says(document, members[SUBJECT], subjects[i].name)) found = &subjects[i];
    if (!found) {
        unknown(document, id, "subject", members[SUBJECT]);
        return;
    }
    for (size_t i = 0; i < found->profile_count && !in; i++)
        if (json_says(document, members[PROFILE], found->profiles[i].name)) in = &found->profiles[i];
    if (!in) {
        unknown(document, id, "profile", members[PROFILE]);
        return;
    }
    out_id(document, id);
    size_t begin = out_position();
    found->run(document, in->number, members[CASE]);
    if (json_error()) {
        out_take_back(begin);
        out_text("\"error\":\"");
        out_text(json_error());
        out_text("\"");
        json_forget_error();
    }
    out_text("}\n");
}

static void greet(const json *document) {
    size_t members[HELLO_KEYS];
    uint32_t asked;
    if (!json_members(document, 0, hello_keys, HELLO_KEYS, members)) return;
    if (members[PROTOCOL] == JSON_NONE) {
        json_wrong(document, 0, "protocol: missing");
    } else if (json_integer(document, members[PROTOCOL], 1, 2, &asked)) {
        version = asked;
        hello();
    }
}

/* The operation that a request asks for; JSON_NONE if it is none. */
static size_t operation(const json *document) {
    if (document->values[0].kind == JSON_OBJECT) {
        for (size_t at = 1; at < document->values[0].next; at = document->values[at + 1].next) {
            json_value key = document->values[at];
            if (key.end - key.start == 2 && !memcmp(key.start, "op", 2)) return at + 1;
        }
    }
    return JSON_NONE;
}

/* Answers a line, which a zero follows. */
static void answer(const char *line, size_t length) {
    const json *document = json_read(line, length);
    if (document) {
        size_t op = operation(document);
        if (json_says(document, op, "hello")) greet(document);
        else if (json_says(document, op, "run")) run(document);
        else json_wrong(document, op, "neither hello nor run");
    }
    if (json_error()) {
        out_text("{\"error\":\"");
        out_text(json_error());
        out_text("\"}\n");
        json_forget_error();
    }
}

/* Bytes of input that have no answer yet. */
static struct {
    char *bytes;
    size_t used, room;
    bool is_too_long;
} input;

/* Answers all lines that are there, and keeps what is behind them. */
static void answer_lines(size_t from) {
    char *line = input.bytes, *end;
    while ((end = memchr(input.bytes + from, '\n', input.used - from))) {
        *end = 0;
        if (input.is_too_long) json_wrong(NULL, JSON_NONE, "a line of more than 64 MiB");
        answer(line, input.is_too_long ? 0 : (size_t)(end - line));
        input.is_too_long = false;
        line = end + 1;
        from = (size_t)(line - input.bytes);
    }
    input.used -= (size_t)(line - input.bytes);
    memmove(input.bytes, line, input.used);
    if (input.used > LINE_MAX_BYTES) {
        input.used = 0;
        input.is_too_long = true;
    }
}

int minivm_driver_serve(void) {
    for (;;) {
        if (input.room - input.used < 65536) {
            input.room = 2 * input.room + 65537;
            char *larger = realloc(input.bytes, input.room);
            if (!larger) return 1;
            input.bytes = larger;
        }
        ssize_t count = read(STDIN_FILENO, input.bytes + input.used, input.room - input.used - 1);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return 1;
        if (count == 0) break;
        size_t before = input.used;
        input.used += (size_t)count;
        answer_lines(before);
        /* Nothing that was read waits for its answer. */
        if (!out_flush()) return 1;
    }
    if (input.used) {
        input.bytes[input.used] = 0;
        answer(input.bytes, input.used);
    }
    return out_flush() ? 0 : 1;
}
