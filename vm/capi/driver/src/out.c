#include "out.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *collected;
static size_t used, room;
static bool failed;

/* Room for `count` more bytes. */
static char *more(size_t count) {
    if (room - used < count) {
        size_t wanted = (used + count) * 2;
        char *larger = realloc(collected, wanted);
        if (!larger) abort();
        collected = larger;
        room = wanted;
    }
    used += count;
    return collected + used - count;
}

void out_bytes(const char *bytes, size_t count) {
    if (count) memcpy(more(count), bytes, count);
}

void out_text(const char *text) {
    out_bytes(text, strlen(text));
}

void out_number(uint32_t number) {
    char digits[10];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    out_bytes(digits + at, sizeof digits - at);
}

void out_field(const char *before, uint32_t number) {
    out_text(before);
    out_number(number);
}

void out_hex(const uint8_t *bytes, size_t count) {
    static const char digits[] = "0123456789abcdef";
    char *at = more(2 * count + 2);
    *at++ = '"';
    for (size_t i = 0; i < count; i++) {
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '"';
}

void out_runs(const uint8_t *bytes, const uint8_t *others, size_t count) {
    enum { PAGE = 256 };
    bool first = true;
    size_t at = 0;
    out_text("[");
    while (at < count) {
        size_t page = count - at < PAGE ? count - at : PAGE;
        if (at % PAGE == 0 && !memcmp(bytes + at, others + at, page)) {
            at += page;
        } else if (bytes[at] == others[at]) {
            at++;
        } else {
            size_t start = at;
            while (at < count && bytes[at] != others[at]) at++;
            out_comma(&first);
            out_text("[");
            out_number((uint32_t)start);
            out_text(",");
            out_hex(bytes + start, at - start);
            out_text("]");
        }
    }
    out_text("]");
}

void out_comma(bool *first) {
    if (!*first) out_text(",");
    *first = false;
}

size_t out_position(void) {
    return used;
}

void out_take_back(size_t position) {
    used = position;
}

bool out_flush(void) {
    size_t sent = 0;
    while (sent < used && !failed) {
        ssize_t count = write(STDOUT_FILENO, collected + sent, used - sent);
        failed = count < 0;
        sent += failed ? 0 : (size_t)count;
    }
    used = 0;
    return !failed;
}
