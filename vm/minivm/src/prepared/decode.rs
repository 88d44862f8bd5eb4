//! Decoding ahead: from code bytes to prepared words, in one pass from the end of the code to its start.

use super::kind;
use super::pair::{PAIRS, Second, TRIPLES};
use super::word::Packed;
use crate::instruction::{Reg, Word};
use crate::isa::{Access, FlagEffect, Opcode};

/// What a pass from behind knows of the way from an instruction on.
#[derive(Clone, Copy)]
struct Ahead {
    /// Someone may see the flags before all of them are written anew.
    flags_are_read: bool,
    /// The most instructions that are executed straight on, until one charges the budget or leaves; it included.
    straight: u32,
    /// There is an instruction. There is none behind the end.
    is_there: bool,
}

/// Where the fast path is left.
const LEFT: Ahead = Ahead { flags_are_read: true, straight: 1, is_there: true };
/// The end of the prepared code.
const END: Ahead = Ahead { is_there: false, ..LEFT };

/// Decodes `code` into `words`, as much of it as there is room for. Gives the number of words, and the most instructions
/// that are executed before the budget is charged.
#[inline(never)]
pub fn decode<const N: usize>(code: &[u8], words: &mut [u32; N]) -> (u32, u32) {
    let code = code.as_chunks().0;
    let code = &code[..code.len().min(N - 1)];
    words[code.len()] = kind::LEAVE;
    let (mut ahead, mut longest) = ([END; 2], LEFT.straight);
    for at in (0..code.len()).rev() {
        let word = Word(u32::from_be_bytes(code[at]));
        let behind = code.get(at + 1).map(|&bytes| Word(u32::from_be_bytes(bytes)));
        // The literal of LDI32 is stepped over, and an instruction for whoever jumps to it.
        let next = ahead[usize::from(word.op() == Some(Opcode::Ldi32))];
        let op = word.op().filter(|&op| is_for_the_fast_path(op, word, (at, code.len()), next));
        words[at] = match op {
            Some(op) => {
                let pair = behind.and_then(|second| fuse(op, word, second, Packed(words[at + 1])));
                pair.unwrap_or_else(|| alone(op, word, at, next.flags_are_read)).0
            }
            None => kind::LEAVE,
        };
        let here = op.map_or(LEFT, |op| before(op, next));
        ahead = [here, ahead[0]];
        longest = longest.max(here.straight);
    }
    (code.len() as u32, longest)
}

/// Whether the loop can execute the instruction at all. A jump has to stay on the fast path. Whatever goes straight on into
/// the end is left to the plain interpreter, which knows then what came last.
fn is_for_the_fast_path(op: Opcode, word: Word, (at, len): (usize, usize), next: Ahead) -> bool {
    let stays = word.imm().is_multiple_of(4) && usize::from(word.imm() / 4) < len;
    match op {
        Opcode::Svc | Opcode::Brk => false,
        Opcode::Jmp => stays,
        Opcode::Jz | Opcode::Jnz => stays && next.is_there,
        Opcode::Call => word.rs1() != Reg::R0 || called(word, at) < len as u32,
        Opcode::Ret => true,
        _ => next.is_there,
    }
}

/// What holds before an instruction, from what holds after it.
fn before(op: Opcode, next: Ahead) -> Ahead {
    let straight = match op {
        Opcode::Jmp | Opcode::Call | Opcode::Ret => 1,
        _ => next.straight + 1,
    };
    // Whatever may leave the fast path shows the flags: what may stop, and what charges the budget.
    let may_leave = op.access() != Access::Nothing
        || matches!(op, Opcode::Div | Opcode::F2i | Opcode::Jmp | Opcode::Jz | Opcode::Jnz);
    let flags_are_read = match op.flags() {
        _ if may_leave => true,
        FlagEffect::Nzcv => matches!(op, Opcode::Adc | Opcode::Sbc),
        FlagEffect::NzClear => false,
        // A shift by 0 keeps C, so it hands on what was there before to whoever sees its own.
        FlagEffect::Shift | FlagEffect::Keep => next.flags_are_read,
    };
    Ahead { flags_are_read, straight, is_there: true }
}

/// The word of an instruction and the one behind it, if they become one.
fn fuse(op: Opcode, first: Word, second: Word, prepared: Packed) -> Option<Packed> {
    let second_op = second.op()?;
    if prepared.kind() == kind::LEAVE {
        return None;
    }
    let &(.., pair, known) = PAIRS.iter().find(|&&(one, two, ..)| (one, two) == (op, second_op))?;
    let triple = TRIPLES.iter().find(|&&(one, rest, _)| (one, rest) == (pair, prepared.kind()));
    let word = Packed::new(triple.map_or(pair, |&(.., triple)| triple), first);
    Some(match known {
        Second::Within => word.with_registers_of(second),
        Second::Target => word.with_target(target(second)),
        Second::Behind => word,
    })
}

/// The word of an instruction by itself.
fn alone(op: Opcode, word: Word, at: usize, flags_are_read: bool) -> Packed {
    let kind = match op {
        Opcode::Add if !flags_are_read => kind::DEAD_ADD,
        Opcode::Sub if !flags_are_read => kind::DEAD_SUB,
        Opcode::Mul if !flags_are_read => kind::DEAD_MUL,
        Opcode::And if !flags_are_read => kind::DEAD_AND,
        Opcode::Or if !flags_are_read => kind::DEAD_OR,
        Opcode::Xor if !flags_are_read => kind::DEAD_XOR,
        Opcode::Lsl if !flags_are_read => kind::DEAD_LSL,
        Opcode::Lsr if !flags_are_read => kind::DEAD_LSR,
        Opcode::Asr if !flags_are_read => kind::DEAD_ASR,
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
        Opcode::Call if word.rs1() == Reg::R0 => return Packed::of_call(kind::CALL_TO, called(word, at)),
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
    };
    let packed = Packed::new(kind, word);
    if matches!(op, Opcode::Jmp | Opcode::Jz | Opcode::Jnz) {
        return packed.with_target(target(word));
    }
    packed
}

/// The position that a jump goes to.
fn target(jump: Word) -> u32 {
    u32::from(jump.imm()) / 4
}

/// The position of the function that the `CALL` at a position calls, if it has no base register.
fn called(call: Word, at: usize) -> u32 {
    (at as u32).wrapping_add_signed(call.signed_imm()) & (0xFFFF / 4)
}
