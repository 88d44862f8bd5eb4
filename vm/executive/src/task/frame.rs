//! Handlers of commands that run in their task (strict).

use crate::event::Invocation;
use crate::mailbox::HandleRef;

/// Who gets the result of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// The task itself, in R0 and R1.
    Call,
    /// A mailbox, through this handle.
    Message(HandleRef),
    /// Nobody: the host has had its answer.
    Nobody,
}

/// What a task goes on with behind a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The call.
    pub call: Invocation,
    /// Who gets the result.
    pub returns: Return,
    pub(super) regs: [u32; 16],
    pub(super) psw: u8,
    pub(super) depth: u32,
}
