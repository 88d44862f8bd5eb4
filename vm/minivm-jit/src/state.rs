//! What machine code shares with us: a machine's state as long as the code runs.

use std::marker::PhantomData;

use minivm::memory::{PAGES, SIZE};

/// The state of a machine, in the form in which machine code reads it when it is entered and writes it when it leaves.
#[repr(C)]
pub(crate) struct State<'a> {
    pub regs: [u32; 16],
    pub sp: u32,
    pub stack_limit: u32,
    /// What the last arithmetic came to: Z is set if it is 0, N if it is negative.
    pub result: u32,
    /// C, 0 or 1.
    pub carry: u8,
    /// V, 0 or 1.
    pub overflow: u8,
    /// What of the budget is beyond the reserve.
    pub fuel: i32,
    /// The address of the instruction that is next.
    pub pc: u32,
    /// Where to enter: a position in the list of entries.
    pub entry: u32,
    pub lent: Lent<'a>,
}

/// What machine code reaches beside the state. Whoever has one has lent it everything that its pointers point to.
#[repr(C)]
pub(crate) struct Lent<'a> {
    /// Data memory.
    memory: &'a mut [u8; SIZE],
    /// The marks of its pages.
    marks: &'a mut [bool; PAGES],
    /// Where the next return address goes.
    next_call: *mut u32,
    first_call: *mut u32,
    /// Where there is no room for another one.
    end_of_calls: *mut u32,
    calls: PhantomData<&'a mut [u32]>,
}

impl<'a> Lent<'a> {
    /// Memory, and room for return addresses.
    pub fn new((memory, marks): (&'a mut [u8; SIZE], &'a mut [bool; PAGES]), calls: &'a mut [u32]) -> Self {
        let room = calls.as_mut_ptr_range();
        let (next_call, first_call, end_of_calls) = (room.start, room.start, room.end);
        Lent { memory, marks, next_call, first_call, end_of_calls, calls: PhantomData }
    }

    /// How many return addresses there are.
    pub fn calls(&self) -> usize {
        (self.next_call.addr() - self.first_call.addr()) / size_of::<u32>()
    }
}

/// Where in [`State`] its fields are.
pub(crate) mod at {
    use std::mem::offset_of;

    use super::{Lent, State};

    pub fn reg(number: usize) -> i32 {
        (offset_of!(State<'_>, regs) + 4 * number) as i32
    }

    pub const SP: i32 = offset_of!(State<'_>, sp) as i32;
    pub const STACK_LIMIT: i32 = offset_of!(State<'_>, stack_limit) as i32;
    pub const RESULT: i32 = offset_of!(State<'_>, result) as i32;
    pub const CARRY: i32 = offset_of!(State<'_>, carry) as i32;
    pub const OVERFLOW: i32 = offset_of!(State<'_>, overflow) as i32;
    pub const FUEL: i32 = offset_of!(State<'_>, fuel) as i32;
    pub const PC: i32 = offset_of!(State<'_>, pc) as i32;
    pub const ENTRY: i32 = offset_of!(State<'_>, entry) as i32;
    const LENT: usize = offset_of!(State<'_>, lent);
    pub const MEMORY: i32 = (LENT + offset_of!(Lent<'_>, memory)) as i32;
    pub const MARKS: i32 = (LENT + offset_of!(Lent<'_>, marks)) as i32;
    pub const NEXT_CALL: i32 = (LENT + offset_of!(Lent<'_>, next_call)) as i32;
    pub const FIRST_CALL: i32 = (LENT + offset_of!(Lent<'_>, first_call)) as i32;
    pub const END_OF_CALLS: i32 = (LENT + offset_of!(Lent<'_>, end_of_calls)) as i32;
}
