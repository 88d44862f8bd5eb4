//! What preparing an instruction asks of its opcode, worked out from the instruction set when this crate is compiled.

use super::kind;
use crate::isa::{Access, Action, FlagEffect, Opcode};

/// The tag of words that are left to the plain interpreter.
pub const LEAVE: u8 = kind::tag(kind::LEAVE);

/// Where an instruction goes, as far as the fast path has to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Straight on.
    On,
    /// Straight on, over its literal.
    OverLiteral,
    /// To the address in its immediate.
    Jump,
    /// There, or straight on.
    Branch,
    /// Into a function.
    Call,
    /// Out of one.
    Return,
    /// It stops the run, or is none.
    Nowhere,
}

/// Who sees the flags that are there before an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It does, or whoever looks where it leaves the fast path.
    Here,
    /// Nobody: it writes all four anew.
    Never,
    /// Those that come after it.
    Behind,
}

/// Of an opcode.
#[derive(Clone, Copy)]
pub struct Facts {
    /// The [tag](kind::tag) of its words.
    pub tag: u8,
    /// Their tag if nobody sees the flags that it leaves.
    pub dead: u8,
    /// Where it goes.
    pub way: Way,
    /// Who sees the flags before it.
    pub flags: Seen,
}

impl Facts {
    const ILLEGAL: Facts = Facts { tag: LEAVE, dead: LEAVE, way: Way::Nowhere, flags: Seen::Here };

    /// Those of what the byte of an opcode asks for.
    pub fn of(action: Action) -> Facts {
        static FACTS: [Facts; Action::COUNT] = {
            let mut facts = [Facts::ILLEGAL; Action::COUNT];
            let mut number = 0;
            while number < Opcode::ALL.len() {
                facts[number] = Facts::of_opcode(Opcode::ALL[number]);
                number += 1;
            }
            facts
        };
        FACTS[action as usize]
    }

    const fn of_opcode(op: Opcode) -> Facts {
        let kind = kind_of(op);
        let dead = match op {
            Opcode::Add => kind::DEAD_ADD,
            Opcode::Sub => kind::DEAD_SUB,
            Opcode::Mul => kind::DEAD_MUL,
            Opcode::And => kind::DEAD_AND,
            Opcode::Or => kind::DEAD_OR,
            Opcode::Xor => kind::DEAD_XOR,
            Opcode::Lsl => kind::DEAD_LSL,
            Opcode::Lsr => kind::DEAD_LSR,
            Opcode::Asr => kind::DEAD_ASR,
            _ => kind,
        };
        Facts { tag: kind::tag(kind), dead: kind::tag(dead), way: way_of(op), flags: seen_before(op) }
    }
}

const fn way_of(op: Opcode) -> Way {
    match op {
        Opcode::Ldi32 => Way::OverLiteral,
        Opcode::Jmp => Way::Jump,
        Opcode::Jz | Opcode::Jnz => Way::Branch,
        Opcode::Call => Way::Call,
        Opcode::Ret => Way::Return,
        Opcode::Svc | Opcode::Brk => Way::Nowhere,
        _ => Way::On,
    }
}

const fn seen_before(op: Opcode) -> Seen {
    // Whatever may leave the fast path shows the flags: what may stop, and what charges the budget.
    let may_leave = !matches!(op.access(), Access::Nothing) || matches!(op, Opcode::Div | Opcode::F2i);
    let jumps = matches!(op, Opcode::Jmp | Opcode::Jz | Opcode::Jnz | Opcode::Svc | Opcode::Brk);
    match op.flags() {
        _ if may_leave || jumps => Seen::Here,
        FlagEffect::Nzcv if matches!(op, Opcode::Adc | Opcode::Sbc) => Seen::Here,
        FlagEffect::Nzcv | FlagEffect::NzClear => Seen::Never,
        // A shift by 0 keeps C, so it hands on what was there before to whoever sees its own.
        FlagEffect::Shift | FlagEffect::Keep => Seen::Behind,
    }
}

/// The kind of words of an opcode by itself; that of a `CALL` is for one through a register.
pub const fn kind_of(op: Opcode) -> u32 {
    match op {
        Opcode::Ldi => kind::LDI,
        Opcode::Mov => kind::MOV,
        Opcode::Ldi32 => kind::LDI32,
        Opcode::Ld => kind::LD,
        Opcode::Ldh => kind::LDH,
        Opcode::Ldb => kind::LDB,
        Opcode::St => kind::ST,
        Opcode::Sth => kind::STH,
        Opcode::Stb => kind::STB,
        Opcode::Add => kind::ADD,
        Opcode::Sub => kind::SUB,
        Opcode::Mul => kind::MUL,
        Opcode::Div => kind::DIV,
        Opcode::And => kind::AND,
        Opcode::Or => kind::OR,
        Opcode::Xor => kind::XOR,
        Opcode::Not => kind::NOT,
        Opcode::Lsl => kind::LSL,
        Opcode::Lsr => kind::LSR,
        Opcode::Asr => kind::ASR,
        Opcode::Adc => kind::ADC,
        Opcode::Sbc => kind::SBC,
        Opcode::Cmp => kind::CMP,
        Opcode::Jmp => kind::JMP,
        Opcode::Jz => kind::JZ,
        Opcode::Jnz => kind::JNZ,
        Opcode::Call => kind::CALL_BY,
        Opcode::Ret => kind::RET,
        Opcode::Push => kind::PUSH,
        Opcode::Pop => kind::POP,
        Opcode::Fadd => kind::FADD,
        Opcode::Fsub => kind::FSUB,
        Opcode::Fmul => kind::FMUL,
        Opcode::Fdiv => kind::FDIV,
        Opcode::I2f => kind::I2F,
        Opcode::F2i => kind::F2I,
        Opcode::Svc | Opcode::Brk => kind::LEAVE,
    }
}
