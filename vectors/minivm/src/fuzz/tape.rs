//! A case of the instruction set as bytes, and back.
//!
//! Any bytes are a case, and every case that fuzzing is about has bytes: small programs from any state. The form is
//! made for mutation: what a case leaves at its default takes no room, everything that varies lies on byte boundaries,
//! code comes last.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | bit 0: low bit of the profile; 1: reg_base is there; 2, 3: number of return addresses; 4, 5: of memory blocks; 6: sp; 7: stack_limit |
//! | 1 | bits 0 to 3: flags; 4: high bit of the profile, which is its position among the subject's |
//! | 1 | steps less one |
//! | 2 | pc |
//! | 2 | bit n: Rn is there |
//! | | reg_base (2), return addresses, sp, stack_limit, registers (4 each), blocks (address 2, length 1, bytes), code |
//!
//! Numbers are big-endian. What is missing at the end is 0.

use oracle::{Cases, Profile};

use crate::{Block, Case, MiniVm};

/// The most steps, return addresses and blocks that bytes can ask for.
pub const STEPS: u32 = 256;
const MANY: usize = 3;
const WINDOW_END: u16 = 0xFFC0;

/// The case that bytes stand for.
pub fn decode(bytes: &[u8]) -> (Profile, Case) {
    let mut tape = Tape(bytes);
    let kinds = tape.byte();
    let flags = tape.byte();
    let psw = flags & 15;
    let max_steps = u32::from(tape.byte()) + 1;
    let pc = tape.half().into();
    let registers = tape.half();
    let flag = |bit: u8| kinds & 1 << bit != 0;
    let number = |bit: u8| usize::from(kinds >> bit & 3);
    let plain = Case::default();
    let reg_base = if flag(1) { tape.half().min(WINDOW_END) } else { 0 };
    let call_stack = (0..number(2)).map(|_| tape.word()).collect();
    let sp = if flag(6) { tape.word() } else { plain.sp };
    let stack_limit = if flag(7) { tape.word() } else { plain.stack_limit };
    let regs = std::array::from_fn(|index| if registers & 1 << index != 0 { tape.word() } else { 0 });
    let mem = (0..number(4)).map(|_| tape.block()).collect();
    let code = tape.0.to_vec();
    let case =
        Case { code, max_steps, pc, regs, sp, psw, stack_limit, reg_base, call_stack, mem, trace: false };
    let position = usize::from(kinds & 1 | flags >> 3 & 2);
    (MiniVm::PROFILES[position.min(MiniVm::PROFILES.len() - 1)], case)
}

/// The bytes of a case. Steps beyond [`STEPS`] are left out, as are blocks and return addresses beyond three and bytes
/// of a block beyond 255; `None` if pc does not fit.
pub fn encode(profile: Profile, case: &Case) -> Option<Vec<u8>> {
    let plain = Case::default();
    let pc = u16::try_from(case.pc).ok()?;
    let calls = &case.call_stack[..case.call_stack.len().min(MANY)];
    let blocks = &case.mem[..case.mem.len().min(MANY)];
    let has = |bit: u8, there: bool| u8::from(there) << bit;
    let position = MiniVm::PROFILES.iter().position(|known| *known == profile)? as u8;
    let kinds = position & 1
        | has(1, case.reg_base != 0)
        | (calls.len() as u8) << 2
        | (blocks.len() as u8) << 4
        | has(6, case.sp != plain.sp)
        | has(7, case.stack_limit != plain.stack_limit);
    let mut bytes =
        vec![kinds, case.psw & 15 | (position & 2) << 3, (case.max_steps.clamp(1, STEPS) - 1) as u8];
    bytes.extend(pc.to_be_bytes());
    let registers =
        (0..16).filter(|&index| case.regs[index] != 0).fold(0u16, |mask, index| mask | 1 << index);
    bytes.extend(registers.to_be_bytes());
    if case.reg_base != 0 {
        bytes.extend(case.reg_base.to_be_bytes());
    }
    let words = calls
        .iter()
        .chain(Some(&case.sp).filter(|&&sp| sp != plain.sp))
        .chain(Some(&case.stack_limit).filter(|&&limit| limit != plain.stack_limit))
        .chain(case.regs.iter().filter(|&&value| value != 0));
    bytes.extend(words.flat_map(|word| word.to_be_bytes()));
    for Block(address, block) in blocks {
        let block = &block[..block.len().min(255)];
        bytes.extend(u16::try_from(*address).ok()?.to_be_bytes());
        bytes.push(block.len() as u8);
        bytes.extend(block);
    }
    bytes.extend(&case.code);
    Some(bytes)
}

struct Tape<'t>(&'t [u8]);

impl Tape<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        byte
    }

    fn half(&mut self) -> u16 {
        u16::from(self.byte()) << 8 | u16::from(self.byte())
    }

    fn word(&mut self) -> u32 {
        u32::from(self.half()) << 16 | u32::from(self.half())
    }

    fn block(&mut self) -> Block {
        let address = u32::from(self.half());
        let length = usize::from(self.byte()).min(0x1_0000 - address as usize).min(self.0.len());
        let (block, rest) = self.0.split_at(length);
        self.0 = rest;
        Block(address, block.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use oracle::random::rng;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_case_that_keeps_its_limits(bytes: Vec<u8>) {
            let (profile, case) = decode(&bytes);
            prop_assert_eq!(MiniVm::check_case(&case), Ok(()));
            let again = encode(profile, &case).expect("it came from bytes");
            prop_assert_eq!(decode(&again), (profile, case));
        }
    }

    #[test]
    fn random_cases_survive_as_bytes() {
        for index in 0..500 {
            let case = crate::random::single_instruction(&mut rng(3, index));
            let mut kept = case.clone();
            kept.mem.truncate(MANY);
            let profile = MiniVm::PROFILES[index as usize % MiniVm::PROFILES.len()];
            let bytes = encode(profile, &case).expect("random cases start near 0");
            assert_eq!(decode(&bytes), (profile, kept));
        }
    }
}
