//! What targets whose inputs are cases of the instruction set share: mutation, seeds, listing.

use oracle::fuzz::mutation::{edgy, nudged};
use oracle::fuzz::seeds;
use oracle::project::Project;
use oracle::random::{Rng, one_in, pick, rng};
use oracle::{Cases, Profile};

use super::tape;
use super::words::{instruction, other_field};
use crate::{Block, Case, MiniVm, random, simpler};

/// The most code of a seed, and of what mutation makes, in bytes.
const CODE: usize = 800;

/// Changes the case that `input` stands for.
pub fn mutate(input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
    if one_in(rng, 10) {
        return basic(input);
    }
    let (mut profile, mut case) = tape::decode(input);
    if one_in(rng, 100) {
        // A fresh one: mutation alone would stay near its seeds.
        case = if rng.bool() { random::single_instruction(rng) } else { random::program(rng) };
    }
    for _ in 0..rng.u8(1..4) {
        match rng.u8(..8) {
            0 => change_state(rng, &mut profile, &mut case),
            1 | 2 => {
                let register = rng.usize(..16);
                case.regs[register] = nudged(rng, case.regs[register]);
            }
            _ => change_code(rng, &mut case.code),
        }
    }
    case.code.truncate(CODE);
    if let Some(bytes) = tape::encode(profile, &case) {
        *input = bytes;
    }
}

fn change_state(rng: &mut Rng, profile: &mut Profile, case: &mut Case) {
    match rng.u8(..10) {
        0 => *profile = pick(rng, MiniVm::PROFILES),
        1 => case.psw = rng.u8(..16),
        2 => case.sp = nudged(rng, case.sp),
        3 => case.stack_limit = edgy(rng),
        4 => case.reg_base = pick(rng, &[0, 0x100, 0x101, 0x7FD0, 0xFFC0]),
        5 => case.pc = rng.u32(..=case.code.len() as u32) & if one_in(rng, 8) { !0 } else { !3 },
        6 => case.max_steps = rng.u32(1..tape::STEPS),
        7 => case.call_stack = (0..rng.usize(..3)).map(|_| edgy(rng)).collect(),
        8 => case.mem = vec![Block(edgy(rng) & 0xFFF0, (0..rng.u8(1..9)).collect())],
        _ => {
            if let Some(Block(_, bytes)) = case.mem.last_mut() {
                bytes.fill_with(|| rng.u8(..));
            }
        }
    }
}

fn change_code(rng: &mut Rng, code: &mut Vec<u8>) {
    let words = code.len() / 4;
    let at = 4 * rng.usize(..=words);
    let word = |code: &[u8]| u32::from_be_bytes(std::array::from_fn(|index| code[at + index]));
    match rng.u8(..6) {
        0 if at < 4 * words => {
            code.drain(at..at + 4);
        }
        1..=3 if at < 4 * words => {
            let changed = other_field(rng, word(code));
            code[at..at + 4].copy_from_slice(&changed.to_be_bytes());
        }
        4 => {
            let literal = edgy(rng);
            code.splice(at..at, literal.to_be_bytes());
        }
        _ => {
            let word = instruction(rng);
            code.splice(at..at, word.to_be_bytes());
        }
    }
}

/// Programs, always the same.
pub fn random_programs() -> impl Iterator<Item = Vec<u8>> {
    const NUMBER: u64 = 150;
    let programs = (0..NUMBER).map(|index| random::program(&mut rng(NUMBER, index)));
    programs.zip(MiniVm::PROFILES.iter().cycle()).filter_map(|(case, &profile)| tape::encode(profile, &case))
}

/// The cases of the vectors.
///
/// # Errors
/// What cannot be read, with its place.
pub fn cases(project: &Project) -> Result<Vec<Case>, String> {
    let suite = seeds::suite::<MiniVm>(project)?;
    Ok(suite.vectors.into_iter().map(|vector| vector.case).collect())
}

/// Cases as inputs, in every profile, as far as they are small.
pub fn seeds(cases: &[Case]) -> Vec<Vec<u8>> {
    let small = cases.iter().filter(|case| case.code.len() <= CODE);
    let in_profiles = |case| MiniVm::PROFILES.iter().filter_map(move |&profile| tape::encode(profile, case));
    small.flat_map(in_profiles).collect()
}

/// The case for people.
pub fn describe(input: &[u8]) -> String {
    let (profile, case) = tape::decode(input);
    format!("profile {profile}, {}", MiniVm::listing(&case))
}

/// Simpler inputs: those of simpler cases.
pub fn simpler(input: &[u8]) -> Vec<Vec<u8>> {
    let (profile, case) = tape::decode(input);
    simpler::candidates(&case).iter().filter_map(|case| tape::encode(profile, case)).collect()
}
