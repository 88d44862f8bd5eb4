/* What a firmware has of the board, and the board of a firmware. */
#include <stddef.h>
#include <stdint.h>

/* Writes text to the debugger (semihosting). */
void board_write(const uint8_t *text, size_t length);

/* The firmware: returns 1 if it came to its end. */
int run(void);
