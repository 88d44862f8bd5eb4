//! What can be known of code before any is made: which words are reached, where one jumps to, what is called by whom.

use std::collections::{BTreeMap, BTreeSet};

use minivm::instruction::Word;
use minivm::{Opcode, Reg};

use crate::compiler::Effort;

/// The most instructions that a function may have, with all that it calls, to be copied to where it is called.
const SMALL: usize = 64;
/// The most instructions that copies may come to.
const MOST_COPIED: usize = 4096;

/// Code as words.
pub(crate) struct Code(Vec<u32>);

impl Code {
    pub fn new(bytes: &[u8]) -> Self {
        Code(bytes.as_chunks().0.iter().map(|&bytes| u32::from_be_bytes(bytes)).collect())
    }

    /// How many words there are.
    pub fn len(&self) -> u32 {
        self.0.len() as u32
    }

    pub fn word(&self, at: u32) -> Option<Word> {
        self.0.get(at as usize).copied().map(Word)
    }

    /// The position of an address, if there is a word.
    pub fn position(&self, address: u32) -> Option<u32> {
        Some(address.rotate_right(2)).filter(|&at| at < self.len())
    }

    /// Where the `JMP`, `JZ` or `JNZ` goes, if that is in the code.
    pub fn jump_target(&self, jump: Word) -> Option<u32> {
        self.position(jump.imm().into())
    }

    /// What the `CALL` at a position calls, and what its base register has to hold for that. Where a base register gets
    /// its value right before, that is taken for its value.
    pub fn called(&self, at: u32) -> Option<Callee> {
        let call = self.word(at)?;
        let base = if call.rs1() == Reg::R0 { None } else { Some(self.set_before(at, call.rs1())?) };
        let from = base.map_or(at.wrapping_mul(4), |(_, value)| value);
        let target = from.wrapping_add_signed(call.signed_imm() * 4) & 0xFFFF;
        Some(Callee { at: self.position(target)?, base })
    }

    /// The value that the instruction right before a position sets a register to.
    fn set_before(&self, at: u32, reg: Reg) -> Option<(Reg, u32)> {
        let word = |back: u32| self.word(at.checked_sub(back)?);
        let is = |word: Option<Word>, op| word.is_some_and(|word| word.op() == Some(op) && word.rd() == reg);
        if is(word(2), Opcode::Ldi32) {
            return Some((reg, word(1)?.0));
        }
        let before = word(1).filter(|&word| is(Some(word), Opcode::Ldi))?;
        Some((reg, before.signed_imm() as u32))
    }
}

/// A function that is called.
#[derive(Clone, Copy)]
pub(crate) struct Callee {
    /// The position of its first instruction.
    pub at: u32,
    /// The register that says so, and the value by which it does.
    pub base: Option<(Reg, u32)>,
}

/// What is known of all code that is reached from some entries.
pub(crate) struct Scan {
    /// Where code begins that is reached otherwise than from the word before.
    pub leaders: BTreeSet<u32>,
    /// Where one may want to enter again: targets of jumps backwards, what stands behind a trap, functions that are not
    /// copied, and where these return to.
    pub entries: BTreeSet<u32>,
    /// Where functions that are not copied return to.
    pub returns: BTreeSet<u32>,
    /// Registers that are written.
    pub written: [bool; 16],
    /// Functions, and whether they are copied to where they are called.
    copied: BTreeMap<u32, bool>,
}

impl Scan {
    /// Follows the code from its entries. With the least effort nothing is copied.
    pub fn new(code: &Code, entries: &[u32], effort: Effort) -> Self {
        let mut scan = Scan {
            leaders: entries.iter().copied().collect(),
            entries: BTreeSet::new(),
            returns: BTreeSet::new(),
            written: [false; 16],
            copied: BTreeMap::new(),
        };
        let (mut reached, mut open) = (BTreeSet::new(), entries.to_vec());
        let mut calls = Vec::new();
        while let Some(at) = open.pop() {
            let Some(word) = code.word(at).filter(|_| reached.insert(at)) else { continue };
            let Some(op) = word.op() else { continue };
            scan.note_registers(op, word);
            let mut next = Some(at + 1);
            match op {
                Opcode::Ldi32 => next = Some(at + 2),
                Opcode::Jmp | Opcode::Jz | Opcode::Jnz => {
                    if let Some(target) = code.jump_target(word) {
                        scan.leaders.insert(target);
                        open.push(target);
                        if target <= at {
                            scan.entries.insert(target);
                        }
                    }
                    next = next.filter(|_| op != Opcode::Jmp);
                }
                Opcode::Call => {
                    if let Some(callee) = code.called(at) {
                        scan.leaders.extend([callee.at, at + 1]);
                        open.push(callee.at);
                        calls.push((at, callee.at));
                    } else {
                        scan.entries.insert(at + 1);
                    }
                }
                Opcode::Svc | Opcode::Brk => _ = scan.entries.insert(at + 1),
                Opcode::Ret => next = None,
                _ => {}
            }
            open.extend(next);
        }
        scan.note_calls(code, &calls, effort);
        scan.leaders.extend(&scan.entries);
        scan
    }

    /// Whether a function is copied to where it is called.
    pub fn is_copied(&self, callee: u32) -> bool {
        self.copied.get(&callee).copied().unwrap_or_default()
    }

    fn note_registers(&mut self, op: Opcode, word: Word) {
        use minivm::isa::Access;
        match op {
            Opcode::Cmp | Opcode::Jmp | Opcode::Jz | Opcode::Jnz | Opcode::Svc | Opcode::Brk => {}
            Opcode::St | Opcode::Sth | Opcode::Stb => {}
            Opcode::Call | Opcode::Ret | Opcode::Push => self.written[15] = true,
            _ => {
                self.written[word.rd().index()] = true;
                self.written[15] |= op.access() == Access::Pop;
            }
        }
    }

    fn note_calls(&mut self, code: &Code, calls: &[(u32, u32)], effort: Effort) {
        let mut sizes = BTreeMap::new();
        let copies = |size: &Option<usize>| size.filter(|&size| size <= SMALL);
        let all: usize =
            calls.iter().filter_map(|&(_, callee)| copies(&size(code, callee, &mut sizes))).sum();
        for &(at, callee) in calls {
            let is_copied = effort == Effort::Most && all <= MOST_COPIED && copies(&sizes[&callee]).is_some();
            self.copied.insert(callee, is_copied);
            if !is_copied {
                self.returns.insert(at + 1);
                self.entries.extend([callee, at + 1]);
            }
        }
        self.returns.retain(|&at| at < code.len());
        self.entries.retain(|&at| at < code.len());
    }
}

/// How many instructions a function has, with all that it calls; nothing if it calls itself, or more than are small.
fn size(code: &Code, function: u32, known: &mut BTreeMap<u32, Option<usize>>) -> Option<usize> {
    if let Some(&size) = known.get(&function) {
        return size;
    }
    // As long as it is looked at, it is one that calls itself if it is met again.
    known.insert(function, None);
    let sum = sum(code, function, known);
    known.insert(function, sum);
    sum
}

fn sum(code: &Code, function: u32, known: &mut BTreeMap<u32, Option<usize>>) -> Option<usize> {
    let (mut reached, mut open, mut called) = (BTreeSet::new(), vec![function], 0);
    while let Some(at) = open.pop() {
        let Some(word) = code.word(at).filter(|_| reached.insert(at)) else { continue };
        if reached.len() + called > SMALL {
            return None;
        }
        match word.op() {
            None | Some(Opcode::Ret | Opcode::Svc | Opcode::Brk) => {}
            Some(Opcode::Ldi32) => open.push(at + 2),
            Some(Opcode::Jmp) => open.extend(code.jump_target(word)),
            Some(Opcode::Jz | Opcode::Jnz) => open.extend(code.jump_target(word).into_iter().chain([at + 1])),
            Some(Opcode::Call) => {
                if let Some(callee) = code.called(at) {
                    called += size(code, callee.at, known)?;
                    open.push(at + 1);
                }
            }
            Some(_) => open.push(at + 1),
        }
    }
    Some(reached.len() + called)
}
