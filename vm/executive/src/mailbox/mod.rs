//! Mailboxes: queues of messages that tasks and the host reach by name.
//!
//! A [`Target`] names a mailbox. Binding makes one; opening it gives a PID a handle, and messages are sent and received
//! through handles. A mailbox holds a number of bytes, each message counting 8 more than its payload. Without fan-out a
//! message goes to one receiver; with it, to every handle that reads. A tap is a handle with a queue of copies.

mod binding;
mod descriptor;
mod failure;
mod handle;
mod mail;
mod message;
mod number;
mod opening;
mod queue;
mod target;

pub(crate) use descriptor::READ_WRITE;
pub use descriptor::{FANOUT, FANOUT_BLOCK, Mailbox};
pub use failure::Failure;
pub use handle::Handle;
pub use mail::{Mail, MailRooms};
pub use message::{Message, OVERHEAD, Peek, Received, Sent};
pub use number::{Counter, HandleRef};
pub use target::{BadTarget, Target};
