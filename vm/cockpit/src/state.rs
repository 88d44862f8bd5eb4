//! The state of a machine: everything that instructions read and write, but for the outside.

use crate::arrays::Arrays;
use crate::stack::Stack;

/// How many globals there are.
pub const GLOBALS: usize = 64;
/// How many pins there are.
pub const PINS: usize = 20;
/// The mode of a pin that may be written.
pub const OUTPUT: u8 = 1;

/// The complete state. Every field may be set to any value before a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Index of the next instruction. A program ends if it is not below the number of instructions.
    pub pc: u32,
    /// The data stack.
    pub stack: Stack,
    /// The globals.
    pub globals: [i32; GLOBALS],
    /// The arrays.
    pub arrays: Arrays,
    /// The mode of each pin as `PIN_MODE` set it, [`OUTPUT`] being the one that may be written.
    pub pins: [u8; PINS],
}

impl State {
    /// What a machine starts with: pc 0, everything else empty or 0.
    pub const fn new() -> Self {
        State { pc: 0, stack: Stack::new(), globals: [0; GLOBALS], arrays: Arrays::new(), pins: [0; PINS] }
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}
