//! Coverage points: the situations of an opcode that a thorough run has been in.
//!
//! Which points a row has follows from the opcode's entry in the table of [`isa`](crate::isa): its operand form, its
//! flag effect, its memory access and the faults it can raise. Whoever watches a machine run decides what was hit.

use crate::isa::{Access, FlagEffect, Opcode, Operands};
use crate::stop::Fault;

/// What coverage is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// Fetching an instruction, whatever it is.
    Fetch,
    /// An opcode byte that is not in the table.
    Illegal,
    /// An opcode.
    Op(Opcode),
}

impl Row {
    /// Every row.
    pub fn all() -> impl Iterator<Item = Row> {
        [Row::Fetch, Row::Illegal].into_iter().chain(Opcode::ALL.iter().copied().map(Row::Op))
    }

    /// The mnemonic, or the name in lower case where there is none.
    pub const fn name(self) -> &'static str {
        match self {
            Row::Fetch => "fetch",
            Row::Illegal => "illegal",
            Row::Op(op) => op.mnemonic(),
        }
    }

    /// The points this row has in profile `strict` (or else in profile `reference`).
    pub fn points(self, strict: bool) -> impl Iterator<Item = Point> {
        Point::ALL.iter().copied().filter(move |point| point.applies(self, strict))
    }
}

macro_rules! define_points {
    ($($(#[doc = $doc:literal])* $variant:ident, $group:ident, $name:literal;)*) => {
        /// A situation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Point {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Point {
            /// Every point.
            pub const ALL: &[Point] = &[$(Point::$variant,)*];

            /// The name: in `kebab-case`, that of a fault as everywhere.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Point::$variant => $name,)*
                }
            }

            /// The column of the coverage matrix it is shown in.
            pub const fn group(self) -> Group {
                match self {
                    $(Point::$variant => Group::$group,)*
                }
            }
        }
    };
}

/// What a point is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Results and control flow.
    Results,
    /// Flags set, cleared and kept.
    Flags,
    /// Registers used twice, and fields that are not used.
    Operands,
    /// Extremes of immediates.
    Immediates,
    /// Edges of data memory and of the stack.
    Memory,
    /// Faults.
    Faults,
}

impl Group {
    /// Every group, in the order of the matrix's columns.
    pub const ALL: &[Group] =
        &[Group::Results, Group::Flags, Group::Operands, Group::Immediates, Group::Memory, Group::Faults];

    /// The heading.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Results => "results",
            Group::Flags => "flags",
            Group::Operands => "operands",
            Group::Immediates => "immediates",
            Group::Memory => "memory",
            Group::Faults => "faults",
        }
    }
}

define_points! {
    /// Retired.
    Retired, Results, "retired";
    /// The branch was taken.
    Taken, Results, "taken";
    /// The branch was not taken.
    NotTaken, Results, "not-taken";
    /// `CALL` relative to pc.
    BaseIsPc, Results, "base-is-pc";
    /// `CALL` relative to a register.
    BaseIsRegister, Results, "base-is-register";
    /// `CALL`: the target was cut to 16 bits.
    TargetWraps, Results, "target-wraps";
    /// `RET` at depth 0.
    Returns, Results, "returns";
    /// `RET` to an address above 0xFFFF.
    FarReturn, Results, "far-return";
    /// A shift by 0.
    AmountZero, Results, "amount-0";
    /// A shift by 31.
    AmountMax, Results, "amount-31";
    /// A shift whose amount had bits above the lowest five.
    AmountMasked, Results, "amount-masked";
    /// The one quotient that does not fit.
    QuotientWraps, Results, "quotient-wraps";
    /// The dividend was negative.
    NegativeDividend, Results, "negative-dividend";
    /// The divisor was negative.
    NegativeDivisor, Results, "negative-divisor";
    /// The carry came in set.
    CarryIn, Results, "carry-in";
    /// The carry came in clear.
    NoCarryIn, Results, "no-carry-in";
    /// An operand was NaN.
    NanOperand, Results, "nan-operand";
    /// An operand was infinite.
    InfOperand, Results, "inf-operand";
    /// An operand was subnormal.
    SubnormalOperand, Results, "subnormal-operand";
    /// An operand was negative.
    NegativeOperand, Results, "negative-operand";
    /// The divisor was a zero.
    ZeroDivisor, Results, "zero-divisor";
    /// The fraction was cut off.
    Truncates, Results, "truncates";
    /// The result was NaN.
    NanResult, Results, "nan-result";
    /// The result was infinite.
    InfResult, Results, "inf-result";
    /// The result was a zero.
    ZeroResult, Results, "zero-result";
    /// The result was subnormal.
    SubnormalResult, Results, "subnormal-result";
    /// The exact result lay below the smallest normal number and nearer to it than to any other.
    RoundsUpToNormal, Results, "rounds-up-to-normal";
    /// Z went from 0 to 1.
    ZSet, Flags, "z-set";
    /// Z went from 1 to 0.
    ZCleared, Flags, "z-cleared";
    /// C went from 0 to 1.
    CSet, Flags, "c-set";
    /// C went from 1 to 0.
    CCleared, Flags, "c-cleared";
    /// C was set and a shift by 0 kept it.
    CKept, Flags, "c-kept";
    /// N went from 0 to 1.
    NSet, Flags, "n-set";
    /// N went from 1 to 0.
    NCleared, Flags, "n-cleared";
    /// V went from 0 to 1.
    VSet, Flags, "v-set";
    /// V went from 1 to 0.
    VCleared, Flags, "v-cleared";
    /// All four flags were set and stayed so.
    FlagsKept, Flags, "flags-kept";
    /// All registers differ.
    Distinct, Operands, "distinct";
    /// rd is rs1.
    RdIsRs1, Operands, "rd=rs1";
    /// rd is rs2.
    RdIsRs2, Operands, "rd=rs2";
    /// rs1 is rs2.
    Rs1IsRs2, Operands, "rs1=rs2";
    /// All three are one.
    AllSame, Operands, "rd=rs1=rs2";
    /// The register was R15, the mirror of sp.
    R15, Operands, "r15";
    /// Bits that the opcode ignores were set.
    UnusedBits, Operands, "unused-bits";
    /// The immediate was 0.
    ImmZero, Immediates, "imm-0";
    /// The immediate was -1.
    ImmMinusOne, Immediates, "imm-minus-1";
    /// The immediate was the smallest.
    ImmMin, Immediates, "imm-min";
    /// The immediate was the largest.
    ImmMax, Immediates, "imm-max";
    /// The first byte of memory was accessed.
    FirstByte, Memory, "first-byte";
    /// The last byte of memory was accessed.
    LastByte, Memory, "last-byte";
    /// The address was cut to 16 bits.
    AddressWraps, Memory, "address-wraps";
    /// The access was off its natural boundary.
    Unaligned, Memory, "unaligned";
    /// The access touched the registers' window in memory.
    InWindow, Memory, "in-window";
    /// The push reached the stack limit exactly.
    AtStackLimit, Memory, "at-stack-limit";
    /// The code ended exactly behind the instruction.
    EndOfCode, Memory, "end-of-code";
    /// pc was above 0xFFFF.
    FarPc, Memory, "far-pc";
    /// Fault `memory`.
    MemoryFault, Faults, "memory";
    /// Fault `divide_by_zero`.
    DivideByZero, Faults, "divide_by_zero";
    /// Fault `stack_overflow`.
    StackOverflow, Faults, "stack_overflow";
    /// Fault `stack_underflow`.
    StackUnderflow, Faults, "stack_underflow";
    /// Fault `illegal_opcode`.
    IllegalOpcode, Faults, "illegal_opcode";
    /// Fault `pc_out_of_range`.
    PcOutOfRange, Faults, "pc_out_of_range";
    /// Fault `truncated_ldi32`.
    TruncatedLdi32, Faults, "truncated_ldi32";
    /// Fault `invalid_conversion`.
    InvalidConversion, Faults, "invalid_conversion";
    /// Fault `misaligned`.
    Misaligned, Faults, "misaligned";
}

impl Point {
    /// The point of a fault.
    pub const fn of_fault(fault: Fault) -> Point {
        match fault {
            Fault::Memory => Point::MemoryFault,
            Fault::DivideByZero => Point::DivideByZero,
            Fault::StackOverflow => Point::StackOverflow,
            Fault::StackUnderflow => Point::StackUnderflow,
            Fault::IllegalOpcode => Point::IllegalOpcode,
            Fault::PcOutOfRange => Point::PcOutOfRange,
            Fault::TruncatedLdi32 => Point::TruncatedLdi32,
            Fault::InvalidConversion => Point::InvalidConversion,
            Fault::Misaligned => Point::Misaligned,
        }
    }

    fn fault(self) -> Option<Fault> {
        Fault::ALL.iter().copied().find(|&fault| Point::of_fault(fault) == self)
    }

    /// Whether the point can occur in `row`, in profile `strict` (or else in profile `reference`).
    pub fn applies(self, row: Row, strict: bool) -> bool {
        let op = match row {
            Row::Op(op) => op,
            Row::Illegal => return self.applies_to_illegal(strict),
            Row::Fetch => return self.applies_to_fetch(strict),
        };
        use Opcode::*;
        use Operands as Form;
        use Point as P;
        let (form, flags, access) = (op.operands(), op.flags(), op.access());
        let float = matches!(op, Fadd | Fsub | Fmul | Fdiv);
        match self {
            P::Retired => true,
            P::Taken | P::NotTaken => matches!(op, Jz | Jnz),
            P::BaseIsPc | P::BaseIsRegister | P::TargetWraps => op == Call,
            P::Returns | P::FarReturn => op == Ret,
            P::AmountZero | P::AmountMax | P::AmountMasked | P::CKept => flags == FlagEffect::Shift,
            P::QuotientWraps | P::NegativeDividend | P::NegativeDivisor => op == Div,
            P::CarryIn | P::NoCarryIn => matches!(op, Adc | Sbc),
            P::NanOperand | P::InfOperand => float || op == F2i && strict,
            P::SubnormalOperand => float || op == F2i,
            P::NegativeOperand => float || matches!(op, F2i | I2f),
            P::ZeroDivisor => op == Fdiv,
            P::Truncates => op == F2i,
            P::NanResult | P::SubnormalResult => float,
            P::InfResult | P::ZeroResult => float || op == I2f,
            P::RoundsUpToNormal => matches!(op, Fmul | Fdiv),
            P::ZSet | P::ZCleared | P::NSet | P::NCleared | P::CCleared | P::VCleared => {
                flags != FlagEffect::Keep
            }
            P::CSet => matches!(flags, FlagEffect::Nzcv | FlagEffect::Shift),
            P::VSet => flags == FlagEffect::Nzcv,
            P::FlagsKept => flags == FlagEffect::Keep,
            P::Distinct => {
                matches!(form, Form::RdRs1Rs2 | Form::RdRs1 | Form::Rs1Rs2 | Form::RdMem | Form::MemRs2)
            }
            P::RdIsRs1 => matches!(form, Form::RdRs1Rs2 | Form::RdRs1 | Form::RdMem),
            P::RdIsRs2 | P::AllSame => form == Form::RdRs1Rs2,
            P::Rs1IsRs2 => matches!(form, Form::RdRs1Rs2 | Form::Rs1Rs2 | Form::MemRs2),
            P::R15 => matches!(op, Push | Pop),
            P::UnusedBits => form.used_bits() != u32::MAX,
            P::ImmZero | P::ImmMax => matches!(
                form,
                Form::RdImm
                    | Form::RdImm32
                    | Form::RdMem
                    | Form::MemRs2
                    | Form::Target
                    | Form::Call
                    | Form::Svc
                    | Form::Code
            ),
            P::ImmMinusOne | P::ImmMin => {
                matches!(form, Form::RdImm | Form::RdMem | Form::MemRs2 | Form::Call)
            }
            P::FirstByte | P::LastByte | P::InWindow => access != Access::Nothing,
            P::AddressWraps => matches!(access, Access::Load(_) | Access::Store(_)) && !strict,
            P::Unaligned => {
                !matches!(access, Access::Nothing | Access::Load(1) | Access::Store(1)) && !strict
            }
            P::AtStackLimit => access == Access::Push,
            P::EndOfCode | P::FarPc => false,
            _ => self.fault().is_some_and(|fault| op.can_raise(fault, strict)),
        }
    }

    fn applies_to_illegal(self, strict: bool) -> bool {
        match self {
            Point::FlagsKept => !strict,
            Point::UnusedBits | Point::IllegalOpcode => true,
            _ => false,
        }
    }

    fn applies_to_fetch(self, strict: bool) -> bool {
        match self {
            Point::Unaligned => !strict,
            Point::Misaligned => strict,
            Point::Retired | Point::EndOfCode | Point::FarPc | Point::PcOutOfRange => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_faults_keep_theirs() {
        let names: BTreeSet<_> = Point::ALL.iter().map(|point| point.name()).collect();
        assert_eq!(names.len(), Point::ALL.len());
        for &fault in Fault::ALL {
            assert_eq!(Point::of_fault(fault).name(), fault.name());
        }
    }

    #[test]
    fn every_point_belongs_to_some_row() {
        for &point in Point::ALL {
            assert!(Row::all().any(|row| point.applies(row, false) || point.applies(row, true)), "{point:?}");
        }
    }
}
