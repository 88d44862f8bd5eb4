//! Prepared words: where an instruction has its parts once it is decoded.
//!
//! | bits | what |
//! |---|---|
//! | 31 to 20 | the immediate |
//! | 31 to 22 | of a jump, the position of its target, in words |
//! | 31 to 8 | of a call without a base register, the position of its target |
//! | 19 to 16, 15 to 12, 11 to 8 | rd, rs1, rs2 |
//! | 7 | whether C follows from a sum, of what leaves flags |
//! | 6 to 0 | the [kind](super::kind) |
//!
//! The immediate stands at the top, so that one shift extends its sign. A pair whose first instruction has no immediate
//! keeps the registers of its second there, or where that jumps to ([`Second`](super::pair::Second)).

use super::kind;
use crate::instruction::{Fields, Reg, Word};

/// A prepared word.
#[derive(Clone, Copy)]
pub struct Packed(pub u32);

impl Packed {
    /// The instruction `word`, to be executed as the kind of this [tag](kind::tag) says.
    pub fn new(tag: u8, word: Word) -> Self {
        let registers = word.0 >> 4 & 0x000F_FF00;
        Packed(u32::from(word.imm()) << 20 | registers | u32::from(tag))
    }

    /// A jump to the position `target`, at most 0x3FF: the immediate of a jump is an address of 12 bits.
    pub fn with_target(self, target: u32) -> Self {
        self.with_imm(target << 2)
    }

    /// A call of the function at the position `target`, below 2^24. It has no registers.
    pub fn of_call(kind: u32, target: u32) -> Self {
        Packed(target << 8 | kind)
    }

    /// A pair with the registers of `second`.
    pub fn with_registers_of(self, second: Word) -> Self {
        self.with_imm(second.0 >> 12)
    }

    fn with_imm(self, imm: u32) -> Self {
        Packed(imm << 20 | self.0 & 0x000F_FFFF)
    }

    /// The [tag](kind::tag).
    pub fn tag(self) -> u8 {
        self.0 as u8
    }

    /// The kind.
    #[inline(always)]
    pub fn kind(self) -> u32 {
        self.0 & kind::MASK
    }

    /// The position that a jump goes to.
    #[inline(always)]
    pub fn target(self) -> u32 {
        self.0 >> 22
    }

    /// The position that a call goes to.
    #[inline(always)]
    pub fn far_target(self) -> u32 {
        self.0 >> 8
    }
}

impl Fields for Packed {
    #[inline(always)]
    fn rd(self) -> Reg {
        Reg::of_low_bits(self.0 >> 16)
    }

    #[inline(always)]
    fn rs1(self) -> Reg {
        Reg::of_low_bits(self.0 >> 12)
    }

    #[inline(always)]
    fn rs2(self) -> Reg {
        Reg::of_low_bits(self.0 >> 8)
    }

    #[inline(always)]
    fn signed_imm(self) -> i32 {
        self.0 as i32 >> 20
    }

    #[inline(always)]
    fn source(self) -> u32 {
        self.0
    }
}

/// The second of a pair that has its registers in the place of the immediate.
#[derive(Clone, Copy)]
pub struct Within(pub Packed);

impl Fields for Within {
    #[inline(always)]
    fn rd(self) -> Reg {
        Reg::of_low_bits(self.0.0 >> 28)
    }

    #[inline(always)]
    fn rs1(self) -> Reg {
        Reg::of_low_bits(self.0.0 >> 24)
    }

    #[inline(always)]
    fn rs2(self) -> Reg {
        Reg::of_low_bits(self.0.0 >> 20)
    }

    /// There is none.
    #[inline(always)]
    fn signed_imm(self) -> i32 {
        0
    }

    #[inline(always)]
    fn source(self) -> u32 {
        self.0.0
    }
}

/// The second of a pair that stands in the word behind, whatever that is with what follows it.
#[derive(Clone, Copy)]
pub struct Behind {
    /// The pair.
    pub pair: Packed,
    /// The word behind it.
    pub second: Packed,
}

impl Fields for Behind {
    #[inline(always)]
    fn rd(self) -> Reg {
        self.second.rd()
    }

    #[inline(always)]
    fn rs1(self) -> Reg {
        self.second.rs1()
    }

    #[inline(always)]
    fn rs2(self) -> Reg {
        self.second.rs2()
    }

    #[inline(always)]
    fn signed_imm(self) -> i32 {
        self.second.signed_imm()
    }

    #[inline(always)]
    fn source(self) -> u32 {
        self.pair.0
    }
}
