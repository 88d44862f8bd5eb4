/* A JSON text as an array of values. A container is followed by what it contains; the key of a member comes before
 * its value. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { JSON_KEY, JSON_STRING, JSON_OBJECT, JSON_LIST, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL } json_kind;

typedef struct {
    json_kind kind;
    /* Its text; of a string without the quotes, with escapes as they came. */
    const char *start, *end;
    /* The value behind it and all that it contains. */
    size_t next;
} json_value;

typedef struct {
    json_value *values;
    size_t count;
} json;

/* The value that is not there. */
#define JSON_NONE ((size_t)-1)

/* Reads a text, which a zero follows. The document is good until the next one is read. NULL if it is no JSON; then
 * json_error tells why. */
const json *json_read(const char *text, size_t length);

/* Says what is wrong, with the key of the value if it has one. What was said first stays. */
void json_wrong(const json *document, size_t value, const char *what);
/* What was said to be wrong, as it stands in a string of JSON; NULL if nothing was. */
const char *json_error(void);
/* Forgets it. */
void json_forget_error(void);

/* Whether it is a string or a key that says this. */
bool json_says(const json *document, size_t value, const char *text);
/* The members of an object by these keys, JSON_NONE for those that are not there. An unknown or repeated key, or no object,
 * is wrong. */
bool json_members(const json *document, size_t value, const char *const *keys, size_t count, size_t *members);
/* Whether an object has each key once, and each is a text of whole characters. Anything else is wrong. */
bool json_unique(const json *document, size_t value);
/* An integer from `least` to `most`. Anything else is wrong. */
bool json_integer(const json *document, size_t value, uint32_t least, uint32_t most, uint32_t *number);
/* Bytes in hexadecimal, at most `most`, for which there is room at `bytes`. Anything else is wrong. */
bool json_bytes(const json *document, size_t value, size_t most, uint8_t *bytes, size_t *count);
/* How many values a list contains. Anything else is wrong. */
bool json_list(const json *document, size_t value, size_t *count);

#endif
