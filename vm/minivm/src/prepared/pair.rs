//! Which instructions become one.
//!
//! A pair is put in the place of its first instruction. The second stays where it is, so a jump to it finds it.
//!
//! Pairs are chosen by `cargo xtask pairs`, which counts what follows what straight on in half of the programs of
//! `vectors/minivm/programs`, and judged by the other half (`cargo xtask pairs scored`, `cargo xtask budget`). Here are most
//! that come to 4 thousandths of the steps or more, and of rows of three those above 5 that end in a jump. Left out are
//! pairs with `SVC`, which leaves the fast path, with `LDI32`, which has a second word already, with a conditional jump
//! first, which is taken too often, and with `DIV` or a conversion, which take long by themselves; and put in are those
//! that belong to one of these as its other half (`SBC JZ`, `ADD ADC`, `ADD LDB`, `AND JNZ`, and rows of three with the other jump).

use super::kind;
use crate::isa::Opcode;

/// How a pair knows its second instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// Its registers are in the place of the immediate.
    Within,
    /// It is a jump, whose target is in the place of the immediate.
    Target,
    /// The loop reads the word behind the pair. There the registers are, and the immediate, for whatever has one keeps it.
    Behind,
}

/// Two opcodes, the kind that both are together, and how it knows the second.
pub type Pair = (Opcode, Opcode, u32, Second);

/// The pairs.
pub const PAIRS: [Pair; 46] = {
    use Opcode::*;
    use Second::*;
    [
        (Sub, Jnz, kind::SUB_JNZ, Target),
        (Cmp, Jnz, kind::CMP_JNZ, Target),
        (Cmp, Jz, kind::CMP_JZ, Target),
        (Sbc, Jnz, kind::SBC_JNZ, Target),
        (Add, Jmp, kind::ADD_JMP, Target),
        (Add, Add, kind::ADD_ADD, Within),
        (Add, Sub, kind::ADD_SUB, Within),
        (Add, Cmp, kind::ADD_CMP, Within),
        (Add, Lsr, kind::ADD_LSR, Within),
        (Mov, Add, kind::MOV_ADD, Within),
        (Mov, Mov, kind::MOV_MOV, Within),
        (Mul, Sub, kind::MUL_SUB, Within),
        (And, Xor, kind::AND_XOR, Within),
        (Not, And, kind::NOT_AND, Within),
        (Lsr, Adc, kind::LSR_ADC, Within),
        (Lsr, Sub, kind::LSR_SUB, Within),
        (Sub, Sbc, kind::SUB_SBC, Within),
        (Sub, Add, kind::SUB_ADD, Within),
        (Cmp, Sbc, kind::CMP_SBC, Within),
        (Adc, Adc, kind::ADC_ADC, Within),
        (Adc, Sub, kind::ADC_SUB, Within),
        (Sbc, Sbc, kind::SBC_SBC, Within),
        (Xor, Sub, kind::XOR_SUB, Within),
        (Sbc, Jz, kind::SBC_JZ, Target),
        (Adc, Jz, kind::ADC_JZ, Target),
        (And, Jnz, kind::AND_JNZ, Target),
        (Add, Adc, kind::ADD_ADC, Within),
        (Add, And, kind::ADD_AND, Within),
        (Lsl, Or, kind::LSL_OR, Within),
        (Xor, Add, kind::XOR_ADD, Within),
        (Sub, Sub, kind::SUB_SUB, Within),
        (Sub, Cmp, kind::SUB_CMP, Within),
        (Mul, Add, kind::MUL_ADD, Within),
        (Add, Ld, kind::ADD_LD, Behind),
        (Add, Ldb, kind::ADD_LDB, Behind),
        (St, Add, kind::ST_ADD, Behind),
        (Ld, Mul, kind::LD_MUL, Behind),
        (Push, Push, kind::PUSH_PUSH, Behind),
        (Pop, Pop, kind::POP_POP, Behind),
        (Ld, Ld, kind::LD_LD, Behind),
        (Ldb, Cmp, kind::LDB_CMP, Behind),
        (Ldb, Add, kind::LDB_ADD, Behind),
        (Ldh, Add, kind::LDH_ADD, Behind),
        (Stb, Add, kind::STB_ADD, Behind),
        (Ldi, Ldi, kind::LDI_LDI, Behind),
        (Ldi, Cmp, kind::LDI_CMP, Behind),
    ]
};

/// Pairs of which the second is the first of another: both kinds, and that of all three together. The loop reads the
/// third in the word behind the second.
pub const TRIPLES: [(u32, u32, u32); 7] = [
    (kind::ADD_SUB, kind::SUB_JNZ, kind::ADD_SUB_JNZ),
    (kind::ADD_CMP, kind::CMP_JNZ, kind::ADD_CMP_JNZ),
    (kind::ADD_ADD, kind::ADD_SUB, kind::ADD_ADD_SUB),
    (kind::SUB_SBC, kind::SBC_JNZ, kind::SUB_SBC_JNZ),
    (kind::LDB_CMP, kind::CMP_JZ, kind::LDB_CMP_JZ),
    (kind::LDB_CMP, kind::CMP_JNZ, kind::LDB_CMP_JNZ),
    (kind::ADD_CMP, kind::CMP_JZ, kind::ADD_CMP_JZ),
];
