//! Decoding ahead: from code bytes to prepared words, in one pass from the end of the code to its start.

use super::facts::{Facts, LEAVE, Seen, Way};
use super::kind;
use super::pair::{self, Second};
use super::word::Packed;
use crate::instruction::{Reg, Word};

/// What a pass from behind knows of the way from an instruction on.
#[derive(Clone, Copy)]
struct Ahead {
    /// Someone may see the flags before all of them are written anew.
    flags_are_seen: bool,
    /// The most instructions that are executed straight on, until one charges the budget or leaves; it included.
    straight: u32,
    /// There is an instruction. There is none behind the end.
    is_there: bool,
}

/// Where the fast path is left.
const LEFT: Ahead = Ahead { flags_are_seen: true, straight: 1, is_there: true };
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
    // Nothing makes a pair with what leaves.
    let (mut second, mut second_tag) = (Word(0), LEAVE);
    for at in (0..code.len()).rev() {
        let word = Word(u32::from_be_bytes(code[at]));
        let facts = Facts::of(word.action());
        // The literal of LDI32 is stepped over, and an instruction for whoever jumps to it.
        let next = ahead[usize::from(facts.way == Way::OverLiteral)];
        let (packed, here) = if is_for_the_fast_path(facts.way, word, (at, code.len()), next) {
            let packed = match pair::of(facts.tag, second_tag) {
                Some((tag, known)) => {
                    let tag = pair::of(tag, Packed(words[at + 1]).tag()).map_or(tag, |(tag, _)| tag);
                    with_second(Packed::new(tag, word), known, second)
                }
                None => alone(facts, word, at, next),
            };
            (packed, before(facts, next))
        } else {
            (Packed(kind::LEAVE), LEFT)
        };
        words[at] = packed.0;
        (second, second_tag) = (word, if packed.tag() == LEAVE { LEAVE } else { facts.tag });
        ahead = [here, ahead[0]];
        longest = longest.max(here.straight);
    }
    (code.len() as u32, longest)
}

/// Whether the loop can execute the instruction at all. A jump has to stay on the fast path. Whatever goes straight on into
/// the end is left to the plain interpreter, which knows then what came last.
#[inline(always)]
fn is_for_the_fast_path(way: Way, word: Word, (at, len): (usize, usize), next: Ahead) -> bool {
    let stays = word.imm().is_multiple_of(4) && usize::from(word.imm() / 4) < len;
    match way {
        Way::Nowhere => false,
        Way::Jump => stays,
        Way::Branch => stays && next.is_there,
        Way::Call => word.rs1() != Reg::R0 || called(word, at) < len as u32,
        Way::Return => true,
        Way::On | Way::OverLiteral => next.is_there,
    }
}

/// What holds before an instruction, from what holds after it.
#[inline(always)]
fn before(facts: Facts, next: Ahead) -> Ahead {
    let charges = matches!(facts.way, Way::Jump | Way::Call | Way::Return);
    let flags_are_seen = match facts.flags {
        Seen::Here => true,
        Seen::Never => false,
        Seen::Behind => next.flags_are_seen,
    };
    Ahead { flags_are_seen, straight: if charges { 1 } else { next.straight + 1 }, is_there: true }
}

/// The word of a pair with what the loop has to know of its second.
#[inline(always)]
fn with_second(pair: Packed, known: Second, second: Word) -> Packed {
    match known {
        Second::Within => pair.with_registers_of(second),
        Second::Target => pair.with_target(target(second)),
        Second::Behind => pair,
    }
}

/// The word of an instruction by itself.
#[inline(always)]
fn alone(facts: Facts, word: Word, at: usize, next: Ahead) -> Packed {
    let packed = Packed::new(if next.flags_are_seen { facts.tag } else { facts.dead }, word);
    match facts.way {
        Way::Jump | Way::Branch => packed.with_target(target(word)),
        Way::Call if word.rs1() == Reg::R0 => Packed::of_call(kind::CALL_TO, called(word, at)),
        _ => packed,
    }
}

/// The position that a jump goes to.
#[inline(always)]
fn target(jump: Word) -> u32 {
    u32::from(jump.imm()) / 4
}

/// The position of the function that the `CALL` at a position calls, if it has no base register.
#[inline(always)]
fn called(call: Word, at: usize) -> u32 {
    (at as u32).wrapping_add_signed(call.signed_imm()) & (0xFFFF / 4)
}
