/* Why a machine ended its steps, as replies of every subject say it. */
#ifndef REASON_H
#define REASON_H

#include "minivm.h"

/* An object with the kind of the reason and what belongs to it; `otherwise` is the kind if all steps were done. */
void out_reason(const vm_step_result *result, const char *otherwise);

#endif
