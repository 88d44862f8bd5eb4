//! The interpreter, compiled in this crate.
//!
//! It is generic, so its code is that of whoever uses it, compiled as that crate is. Here it is used by functions that are
//! not, and this crate is built for size: `cargo xtask budget` counts more instructions if it is built for speed.

use cockpit::{Program, Run, State, Vm};
use vectors_cockpit_wire::Board;

/// A profile in which the interpreter is compiled here.
pub trait Compiled: cockpit::Profile {
    /// [`Vm::run`], of a machine with these devices.
    fn run(program: Program<'_>, state: &mut State, board: &mut Board<'_>, max_steps: u32) -> Run;
}

macro_rules! compile {
    ($($profile:ident),*) => {$(
        impl Compiled for cockpit::$profile {
            #[inline(never)]
            fn run(program: Program<'_>, state: &mut State, board: &mut Board<'_>, max_steps: u32) -> Run {
                Vm::new(cockpit::$profile, program, state, board).run(max_steps)
            }
        }
    )*};
}

compile!(Head, Plan);
