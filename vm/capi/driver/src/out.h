/* Replies, collected until nobody waits for more. */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void out_bytes(const char *bytes, size_t count);
void out_text(const char *text);
void out_number(uint32_t number);
/* A number behind the text that leads to it. */
void out_field(const char *before, uint32_t number);
/* Bytes as a string in hexadecimal. */
void out_hex(const uint8_t *bytes, size_t count);
/* Runs of bytes as `[[address,hex],...]`: every maximal run in which `bytes` differs from `others`, of `count` bytes each. */
void out_runs(const uint8_t *bytes, const uint8_t *others, size_t count);
/* A comma, unless it is the first of several. */
void out_comma(bool *first);
/* How much was collected. */
size_t out_position(void);
/* Takes back what was collected since then. */
void out_take_back(size_t position);
/* Sends what was collected. False if it cannot be sent. */
bool out_flush(void);

#endif
