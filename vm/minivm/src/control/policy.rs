//! What the executive may do.

use bitflags::bitflags;

bitflags! {
    /// What the executive may do (document 6.1.4, `policy_flags`). Empty: everything that needs no flag.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Policy: u32 {
        /// No writing to the memory of a task that is ready to run.
        const DENY_MEM_WRITE_READY = 1;
        /// No writing of registers at all: production builds (document 4.8).
        const DENY_REG_SET = 2;
        /// Setting pc of a stopped task is allowed, and makes it ready again.
        const ALLOW_PC_SET_STOPPED = 4;
    }
}
