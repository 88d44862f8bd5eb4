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

use super::facts::kind_of;
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

/// Two that become one, by their [tags](kind::tag).
struct Row {
    first: u8,
    second: u8,
    both: u8,
    known: Second,
}

/// The pairs, and behind them rows of three: a pair, the pair that its second is the first of, and the kind of all three. The
/// loop reads the third in the word behind the second.
static ROWS: [Row; 53] = {
    const fn row(first: u32, second: u32, both: u32, known: Second) -> Row {
        Row { first: kind::tag(first), second: kind::tag(second), both: kind::tag(both), known }
    }
    const fn pair(first: Opcode, second: Opcode, both: u32, known: Second) -> Row {
        row(kind_of(first), kind_of(second), both, known)
    }
    use Opcode::*;
    use Second::*;
    [
        pair(Sub, Jnz, kind::SUB_JNZ, Target),
        pair(Cmp, Jnz, kind::CMP_JNZ, Target),
        pair(Cmp, Jz, kind::CMP_JZ, Target),
        pair(Sbc, Jnz, kind::SBC_JNZ, Target),
        pair(Add, Jmp, kind::ADD_JMP, Target),
        pair(Add, Add, kind::ADD_ADD, Within),
        pair(Add, Sub, kind::ADD_SUB, Within),
        pair(Add, Cmp, kind::ADD_CMP, Within),
        pair(Add, Lsr, kind::ADD_LSR, Within),
        pair(Mov, Add, kind::MOV_ADD, Within),
        pair(Mov, Mov, kind::MOV_MOV, Within),
        pair(Mul, Sub, kind::MUL_SUB, Within),
        pair(And, Xor, kind::AND_XOR, Within),
        pair(Not, And, kind::NOT_AND, Within),
        pair(Lsr, Adc, kind::LSR_ADC, Within),
        pair(Lsr, Sub, kind::LSR_SUB, Within),
        pair(Sub, Sbc, kind::SUB_SBC, Within),
        pair(Sub, Add, kind::SUB_ADD, Within),
        pair(Cmp, Sbc, kind::CMP_SBC, Within),
        pair(Adc, Adc, kind::ADC_ADC, Within),
        pair(Adc, Sub, kind::ADC_SUB, Within),
        pair(Sbc, Sbc, kind::SBC_SBC, Within),
        pair(Xor, Sub, kind::XOR_SUB, Within),
        pair(Sbc, Jz, kind::SBC_JZ, Target),
        pair(Adc, Jz, kind::ADC_JZ, Target),
        pair(And, Jnz, kind::AND_JNZ, Target),
        pair(Add, Adc, kind::ADD_ADC, Within),
        pair(Add, And, kind::ADD_AND, Within),
        pair(Lsl, Or, kind::LSL_OR, Within),
        pair(Xor, Add, kind::XOR_ADD, Within),
        pair(Sub, Sub, kind::SUB_SUB, Within),
        pair(Sub, Cmp, kind::SUB_CMP, Within),
        pair(Mul, Add, kind::MUL_ADD, Within),
        pair(Add, Ld, kind::ADD_LD, Behind),
        pair(Add, Ldb, kind::ADD_LDB, Behind),
        pair(St, Add, kind::ST_ADD, Behind),
        pair(Ld, Mul, kind::LD_MUL, Behind),
        pair(Push, Push, kind::PUSH_PUSH, Behind),
        pair(Pop, Pop, kind::POP_POP, Behind),
        pair(Ld, Ld, kind::LD_LD, Behind),
        pair(Ldb, Cmp, kind::LDB_CMP, Behind),
        pair(Ldb, Add, kind::LDB_ADD, Behind),
        pair(Ldh, Add, kind::LDH_ADD, Behind),
        pair(Stb, Add, kind::STB_ADD, Behind),
        pair(Ldi, Ldi, kind::LDI_LDI, Behind),
        pair(Ldi, Cmp, kind::LDI_CMP, Behind),
        // Three in a row: how the second is known says the pair that begins it, and the third stands behind.
        row(kind::ADD_SUB, kind::SUB_JNZ, kind::ADD_SUB_JNZ, Behind),
        row(kind::ADD_CMP, kind::CMP_JNZ, kind::ADD_CMP_JNZ, Behind),
        row(kind::ADD_ADD, kind::ADD_SUB, kind::ADD_ADD_SUB, Behind),
        row(kind::SUB_SBC, kind::SBC_JNZ, kind::SUB_SBC_JNZ, Behind),
        row(kind::LDB_CMP, kind::CMP_JZ, kind::LDB_CMP_JZ, Behind),
        row(kind::LDB_CMP, kind::CMP_JNZ, kind::LDB_CMP_JNZ, Behind),
        row(kind::ADD_CMP, kind::CMP_JZ, kind::ADD_CMP_JZ, Behind),
    ]
};

/// The tag of two that become one, by their tags, and how it knows the second.
#[inline(never)]
pub fn of(first: u8, second: u8) -> Option<(u8, Second)> {
    let row = ROWS.iter().find(|row| (row.first, row.second) == (first, second))?;
    Some((row.both, row.known))
}
