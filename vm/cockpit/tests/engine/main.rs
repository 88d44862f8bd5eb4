//! The engine: each opcode, each error, in both profiles.

#![cfg(feature = "alloc")]

mod control;
mod devices;
mod errors;
mod machine;
mod memory;
mod printf;
mod properties;
mod values;
