//! The HSX executive over TCP.
//!
//! Two protocols are served, both of JSON, one request and one reply a line: that of a *VM server* ([`vm`]), which an
//! executive of the reference or another tool drives, and that of an *executive* ([`exec`]), which debuggers and shells
//! speak: sessions, events, breakpoints, clock, stack, disassembly, watches, symbols. Behind both is one executive of
//! [`executive`], so tools of either kind see the same tasks.
//!
//! [`core`] takes connections, lines and the time, and gives lines: no socket, no clock, no thread. [`net`] puts sockets
//! around it.
#![forbid(unsafe_code)]

pub mod core;
pub mod exec;
pub mod host;
pub mod lenient;
pub mod limits;
pub mod lines;
#[cfg(feature = "net")]
pub mod net;
pub mod parsing;
pub mod refusal;
pub mod vm;
