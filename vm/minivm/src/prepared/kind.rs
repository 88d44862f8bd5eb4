//! The kinds of prepared words: what the loop does with one.
//!
//! A kind that leaves flags names the opcode whose flags they are. Numbers are given so that one comparison tells those
//! whose C follows from a sum ([`IS_SUM`]), and one bit tells whether that sum is a difference ([`IS_DIFFERENCE`]).

use crate::isa::Opcode;

macro_rules! define_kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal $(, $flags:ident)?;)*) => {
        $($(#[$doc])* pub const $name: u32 = $number;)*

        /// By kind: the opcode whose flags it leaves, if it leaves any.
        pub static FLAGS_OF: [Option<Opcode>; MASK as usize + 1] = {
            let mut flags = [None; MASK as usize + 1];
            $($(flags[$number] = Some(Opcode::$flags);)?)*
            flags
        };

        #[cfg(test)]
        const ALL: &[u32] = &[$($number,)*];
    };
}

/// The bits of a word in which its kind is.
pub const MASK: u32 = 127;
/// Set in the words of kinds whose flags are those of sums and differences.
pub const SUM: u32 = 128;
/// These kinds.
pub const IS_SUM: core::ops::Range<u32> = 42..95;
/// Set in the kinds among these whose flags are those of differences.
pub const IS_DIFFERENCE: u32 = 64;

/// The low byte of the words of a kind: the kind, and whether it is a sum.
pub const fn tag(kind: u32) -> u8 {
    let is_sum = IS_SUM.start <= kind && kind < IS_SUM.end;
    (if is_sum { SUM | kind } else { kind }) as u8
}

define_kinds! {
    /// Not for the fast path.
    LEAVE = 0;
    LDI = 1;
    MOV = 2;
    LDI32 = 3;
    LD = 4;
    LDH = 5;
    LDB = 6;
    ST = 7;
    STH = 8;
    STB = 9;
    JMP = 10;
    JZ = 11;
    JNZ = 12;
    /// `CALL` of a function whose place is known.
    CALL_TO = 13;
    RET = 14;
    PUSH = 15;
    POP = 16;
    // Its lowest bit is set, and that of `FADD` is not.
    FSUB = 17;
    FADD = 18;
    FMUL = 19;
    FDIV = 20;
    I2F = 21;
    F2I = 22;
    // Arithmetic whose flags nobody sees: all four are written anew before anyone can.
    DEAD_ADD = 23;
    DEAD_SUB = 24;
    DEAD_MUL = 25;
    DEAD_AND = 26;
    DEAD_OR = 27;
    DEAD_XOR = 28;
    DEAD_LSL = 29;
    DEAD_LSR = 30;
    DEAD_ASR = 31;
    // Arithmetic with flags that follow from the result, or in another way of their own.
    DIV = 32, Div;
    AND = 33, And;
    OR = 34, Or;
    XOR = 35, Xor;
    NOT = 36, Not;
    MUL = 37, Mul;
    LSL = 38, Lsl;
    LSR = 39, Lsr;
    ASR = 40, Asr;
    /// `CALL` through a register.
    CALL_BY = 41;
    // Sums.
    ADD_ADC = 42, Adc;
    XOR_ADD = 43, Add;
    MUL_ADD = 44, Add;
    ST_ADD = 45, Add;
    ADC_JZ = 46, Adc;
    ADD_LD = 47, Add;
    ADD_LDB = 48, Add;
    ADD = 53, Add;
    ADC = 54, Adc;
    ADD_ADD = 55, Add;
    MOV_ADD = 56, Add;
    ADD_JMP = 57, Add;
    LDB_ADD = 58, Add;
    LDH_ADD = 59, Add;
    STB_ADD = 60, Add;
    LSR_ADC = 61, Adc;
    ADC_ADC = 62, Adc;
    SUB_ADD = 63, Add;
    // Differences.
    SUB = 64, Sub;
    SBC = 65, Sbc;
    CMP = 66, Cmp;
    SUB_JNZ = 67, Sub;
    CMP_JNZ = 68, Cmp;
    CMP_JZ = 69, Cmp;
    SBC_JNZ = 70, Sbc;
    ADD_SUB = 71, Sub;
    ADD_CMP = 72, Cmp;
    MUL_SUB = 73, Sub;
    LSR_SUB = 74, Sub;
    XOR_SUB = 75, Sub;
    ADC_SUB = 76, Sub;
    SUB_SBC = 77, Sbc;
    CMP_SBC = 78, Sbc;
    SBC_SBC = 79, Sbc;
    LDB_CMP = 80, Cmp;
    LDI_CMP = 81, Cmp;
    // Three in a row.
    ADD_SUB_JNZ = 82, Sub;
    ADD_CMP_JNZ = 83, Cmp;
    ADD_ADD_SUB = 84, Sub;
    SUB_SBC_JNZ = 85, Sbc;
    LDB_CMP_JZ = 86, Cmp;
    // Differences again.
    SBC_JZ = 87, Sbc;
    SUB_SUB = 88, Sub;
    SUB_CMP = 89, Cmp;
    LDB_CMP_JNZ = 90, Cmp;
    ADD_CMP_JZ = 91, Cmp;
    // Pairs that leave no flags, or flags of another kind.
    MOV_MOV = 95;
    LDI_LDI = 96;
    LD_LD = 97;
    PUSH_PUSH = 98;
    POP_POP = 99;
    AND_XOR = 100, Xor;
    NOT_AND = 101, And;
    ADD_LSR = 102, Lsr;
    ADD_AND = 103, And;
    LSL_OR = 104, Or;
    AND_JNZ = 105, And;
    LD_MUL = 106, Mul;
}

/// The numbers up to [`MASK`] that are no kinds, as a pattern. With them a match is complete, and needs no check.
macro_rules! no_kinds {
    () => {
        49 | 50
            | 51
            | 52
            | 92
            | 93
            | 94
            | 107
            | 108
            | 109
            | 110
            | 111
            | 112
            | 113
            | 114
            | 115
            | 116
            | 117
            | 118
            | 119
            | 120
            | 121
            | 122
            | 123
            | 124
            | 125
            | 126
            | 127
    };
}
pub(super) use no_kinds;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_a_kind_or_none() {
        assert!(ALL.is_sorted());
        for number in 0..=MASK {
            assert_ne!(ALL.contains(&number), matches!(number, no_kinds!()), "{number}");
        }
    }

    #[test]
    fn sums_and_differences_are_where_the_loop_takes_them_to_be() {
        for (kind, flags) in (0..).zip(FLAGS_OF) {
            let is_difference = matches!(flags, Some(Opcode::Sub | Opcode::Sbc | Opcode::Cmp));
            let is_sum = is_difference || matches!(flags, Some(Opcode::Add | Opcode::Adc));
            assert_eq!(IS_SUM.contains(&kind) && flags.is_some(), is_sum, "{kind}");
            assert!(!is_sum || is_difference == (kind & IS_DIFFERENCE != 0), "{kind}");
        }
        assert_eq!([FADD & 1, FSUB & 1], [0, 1]);
    }
}
