#include "reason.h"

#include "out.h"

void out_reason(const vm_step_result *result, const char *otherwise) {
    out_text("{\"kind\":\"");
    switch (result->reason) {
    case VM_REASON_SVC:
        out_field("svc\",\"module\":", result->svc_id >> 8);
        out_field(",\"function\":", result->svc_id & 0xFF);
        break;
    case VM_REASON_BREAK: out_field("break\",\"code\":", result->break_code); break;
    case VM_REASON_RETURNED: out_field("returned\",\"status\":", result->status); break;
    case VM_REASON_FAULT:
        out_text("fault\",\"fault\":\"");
        out_text(vm_fault_name(result->fault));
        out_text("\"");
        break;
    default:
        out_text(otherwise);
        out_text("\"");
    }
    out_text("}");
}
