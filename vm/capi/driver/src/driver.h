/* The machine protocol (oracle/PROTOCOL.md) in front of the C library. */
#ifndef DRIVER_H
#define DRIVER_H

#include "json.h"

/* Answers requests on standard input until it ends. Returns the exit status: 0, or 1 if a stream failed. */
int minivm_driver_serve(void);

/* Runs a case, and writes what stands in the reply behind `id`. If the case is bad, says by json_wrong what is wrong with it;
 * what was written is taken back then. */
void minivm_run_case(const json *document, uint32_t profile, size_t value);
void control_run_case(const json *document, uint32_t profile, size_t value);

#endif
