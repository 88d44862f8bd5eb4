#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How deep containers may be in each other. */
enum { DEPTH_MAX = 100 };

static json document;
static size_t room;
static char error[200];

/* ---- Reading. ---------------------------------------------------------------------------------------------------- */

static size_t add(json_kind kind, const char *start) {
    if (document.count == room) {
        room = room ? 2 * room : 256;
        json_value *more = realloc(document.values, room * sizeof *more);
        if (!more) abort();
        document.values = more;
    }
    document.values[document.count] = (json_value){kind, start, start, 0};
    return document.count++;
}

static const char *end(size_t value, const char *at) {
    document.values[value].end = at;
    document.values[value].next = document.count;
    return at;
}

static const char *blanks(const char *at) {
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n') at++;
    return at;
}

static bool is_hex(char digit) {
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F');
}

/* Behind a character of UTF-8 that is more than one byte; NULL if it is none. */
static const char *utf8(const char *at) {
    const unsigned char *byte = (const unsigned char *)at;
    unsigned low = 0x80, high = 0xBF, more = byte[0] < 0xE0 ? 1 : byte[0] < 0xF0 ? 2 : 3;
    if (byte[0] < 0xC2 || byte[0] > 0xF4) return NULL;
    if (byte[0] == 0xE0) low = 0xA0;
    if (byte[0] == 0xED) high = 0x9F;
    if (byte[0] == 0xF0) low = 0x90;
    if (byte[0] == 0xF4) high = 0x8F;
    for (unsigned i = 1; i <= more; i++, low = 0x80, high = 0xBF)
        if (byte[i] < low || byte[i] > high) return NULL;
    return at + more + 1;
}

/* Behind the string that starts at `at`, which is its quote; NULL if it is none. */
static const char *string(json_kind kind, const char *at) {
    if (*at != '"') return NULL;
    size_t value = add(kind, ++at);
    while (*at != '"') {
        if ((unsigned char)*at < 0x20) return NULL;
        if (*at == '\\' && at[1] == 'u') {
            for (int i = 2; i < 6; i++)
                if (!is_hex(at[i])) return NULL;
            at += 6;
        } else if (*at == '\\') {
            if (!at[1] || !strchr("\"\\/bfnrt", at[1])) return NULL;
            at += 2;
        } else if ((unsigned char)*at < 0x80) {
            at++;
        } else if (!(at = utf8(at))) {
            return NULL;
        }
    }
    return end(value, at) + 1;
}

static const char *digits(const char *at) {
    if (*at < '0' || *at > '9') return NULL;
    while (*at >= '0' && *at <= '9') at++;
    return at;
}

static const char *number(const char *at) {
    size_t value = add(JSON_NUMBER, at);
    if (*at == '-') at++;
    at = *at == '0' ? at + 1 : digits(at);
    if (at && *at == '.') at = digits(at + 1);
    if (at && (*at == 'e' || *at == 'E')) at = digits(at + 1 + (at[1] == '+' || at[1] == '-'));
    return at ? end(value, at) : NULL;
}

static const char *literal(const char *at, const char *text, json_kind kind) {
    size_t length = strlen(text);
    if (strncmp(at, text, length)) return NULL;
    return end(add(kind, at), at + length);
}

static const char *value(const char *at, int depth);

/* Behind the container that starts at `at`; NULL if it is none. */
static const char *container(const char *at, int depth) {
    bool is_object = *at == '{';
    char close = is_object ? '}' : ']';
    size_t own = add(is_object ? JSON_OBJECT : JSON_LIST, at);
    if (depth == DEPTH_MAX) return NULL;
    at = blanks(at + 1);
    if (*at == close) return end(own, at + 1);
    for (;;) {
        if (is_object) {
            if (!(at = string(JSON_KEY, at))) return NULL;
            at = blanks(at);
            if (*at++ != ':') return NULL;
            at = blanks(at);
        }
        if (!(at = value(at, depth + 1))) return NULL;
        at = blanks(at);
        if (*at == close) return end(own, at + 1);
        if (*at++ != ',') return NULL;
        at = blanks(at);
    }
}

static const char *value(const char *at, int depth) {
    switch (*at) {
    case '{':
    case '[': return container(at, depth);
    case '"': return string(JSON_STRING, at);
    case 't': return literal(at, "true", JSON_TRUE);
    case 'f': return literal(at, "false", JSON_FALSE);
    case 'n': return literal(at, "null", JSON_NULL);
    default: return number(at);
    }
}

const json *json_read(const char *text, size_t length) {
    document.count = 0;
    const char *at = value(blanks(text), 0);
    if (at && blanks(at) == text + length) return &document;
    document.count = 0;
    json_wrong(&document, JSON_NONE, "not one JSON value");
    return NULL;
}

/* ---- What is wrong. ---------------------------------------------------------------------------------------------- */

/* The number that is written at `at` as an escape, if there is one before `end`; 0 if not. */
static unsigned escaped(const char *at, const char *end) {
    unsigned code = 0;
    return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && sscanf(at + 2, "%4x", &code) == 1 ? code : 0;
}

/* Whether a text is made of characters: half of a surrogate pair is none. */
static bool is_whole(const json_value *text) {
    for (const char *at = text->start; at < text->end;) {
        unsigned code = escaped(at, text->end);
        if (code >> 11 == 0xD800 >> 11) {
            if (code >= 0xDC00 || escaped(at + 6, text->end) >> 10 != 0xDC00 >> 10) return false;
            at += 6;
        }
        at += code ? 6 : *at == '\\' ? 2 : 1;
    }
    return true;
}

void json_wrong(const json *from, size_t value, const char *what) {
    const json_value *key = value == JSON_NONE || value == 0 ? NULL : &from->values[value - 1];
    if (*error) return;
    if (key && key->kind == JSON_KEY && key->end - key->start < 100 && is_whole(key))
        snprintf(error, sizeof error, "%.*s: %s", (int)(key->end - key->start), key->start, what);
    else
        snprintf(error, sizeof error, "%s", what);
}

const char *json_error(void) {
    return *error ? error : NULL;
}

void json_forget_error(void) {
    *error = 0;
}

/* ---- Looking. ---------------------------------------------------------------------------------------------------- */

/* The character that is written at `*at`, which goes behind it; 0x80 for any beyond ASCII. */
static unsigned character(const char **at) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *from = *at;
    unsigned code = 0;
    if (*from != '\\') {
        (*at)++;
        return (unsigned char)*from < 0x80 ? (unsigned char)*from : 0x80;
    }
    if (from[1] != 'u') {
        *at += 2;
        return (unsigned char)meant[strchr(letters, from[1]) - letters];
    }
    sscanf(from + 2, "%4x", &code);
    *at += 6;
    return code < 0x80 ? code : 0x80;
}

static bool says(const json_value *found, const char *text) {
    const char *at = found->start;
    while (at < found->end && *text)
        if (character(&at) != (unsigned char)*text++) return false;
    return at == found->end && !*text;
}

bool json_says(const json *from, size_t value, const char *text) {
    return value != JSON_NONE && from->values[value].kind <= JSON_STRING && says(&from->values[value], text);
}

bool json_members(const json *from, size_t value, const char *const *keys, size_t count, size_t *members) {
    for (size_t key = 0; key < count; key++) members[key] = JSON_NONE;
    if (from->values[value].kind != JSON_OBJECT) {
        json_wrong(from, value, "not an object");
        return false;
    }
    for (size_t at = value + 1; at < from->values[value].next; at = from->values[at + 1].next) {
        size_t key = 0;
        while (key < count && !says(&from->values[at], keys[key])) key++;
        if (key == count || members[key] != JSON_NONE) {
            json_wrong(from, at + 1, key == count ? "unknown key" : "repeated key");
            return false;
        }
        members[key] = at + 1;
    }
    return true;
}

/* Whether two keys are the same. Beyond ASCII they are if they are written alike. */
static bool alike(const json_value *one, const json_value *other) {
    const char *at = one->start, *there = other->start;
    while (at < one->end && there < other->end) {
        const char *from = at, *from_there = there;
        unsigned letter = character(&at), letter_there = character(&there);
        if (letter != letter_there) return false;
        if (letter == 0x80)
            return one->end - from == other->end - from_there && !memcmp(from, from_there, (size_t)(one->end - from));
    }
    return at == one->end && there == other->end;
}

bool json_unique(const json *from, size_t value) {
    for (size_t at = value + 1; at < from->values[value].next; at = from->values[at + 1].next) {
        if (!is_whole(&from->values[at])) {
            json_wrong(from, at + 1, "half of a surrogate pair");
            return false;
        }
        for (size_t before = value + 1; before < at; before = from->values[before + 1].next)
            if (alike(&from->values[before], &from->values[at])) {
                json_wrong(from, at + 1, "repeated key");
                return false;
            }
    }
    return true;
}

bool json_integer(const json *from, size_t value, uint32_t least, uint32_t most, uint32_t *number) {
    const json_value *found = &from->values[value];
    uint64_t sum = 0;
    bool fits = found->kind == JSON_NUMBER && found->end - found->start <= 10;
    for (const char *at = found->start; fits && at < found->end; at++) {
        fits = *at >= '0' && *at <= '9';
        sum = 10 * sum + (uint64_t)(*at - '0');
    }
    *number = (uint32_t)sum;
    if (fits && sum >= least && sum <= most) return true;
    json_wrong(from, value, "not an integer, or out of range");
    return false;
}

static int digit(char text) {
    return text >= '0' && text <= '9' ? text - '0' : text >= 'a' && text <= 'f' ? text - 'a' + 10 : -1;
}

bool json_bytes(const json *from, size_t value, size_t most, uint8_t *bytes, size_t *count) {
    const json_value *found = &from->values[value];
    size_t length = (size_t)(found->end - found->start);
    bool good = found->kind == JSON_STRING && length % 2 == 0 && length / 2 <= most;
    *count = length / 2;
    for (size_t i = 0; good && i < *count; i++) {
        int high = digit(found->start[2 * i]), low = digit(found->start[2 * i + 1]);
        good = high >= 0 && low >= 0;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    if (!good) json_wrong(from, value, "not bytes in hexadecimal, or too many");
    return good;
}

bool json_list(const json *from, size_t value, size_t *count) {
    *count = 0;
    if (from->values[value].kind != JSON_LIST) {
        json_wrong(from, value, "not a list");
        return false;
    }
    for (size_t at = value + 1; at < from->values[value].next; at = from->values[at].next) ++*count;
    return true;
}
