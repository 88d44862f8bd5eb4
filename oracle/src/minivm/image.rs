//! Images as cases: the program of an image from its entry point on, each case up to the next SVC.

use minivm::Reg;
use minivm::control::Shim;
use minivm::hxe::RODATA_BASE;
use minivm::memory::SIZE;
use vectors::Profile;
use vectors::hxe;
use vectors::minivm::{Block, Case, Stop};

use crate::hxe::machine::Rust as Loader;
use crate::machine::{Answer, run_one};
use crate::machines::rust::Rust;

/// How many instructions of a program are run.
const INSTRUCTIONS: u32 = 1_000_000;
/// How many SVCs are answered.
const CALLS: usize = 1_000;

/// The cases of an image; none where it is no valid one.
///
/// The program gets registers and a stack as the reference gives them to a bare VM. Its SVCs are answered as in
/// development mode, on the strength of what the native machine has done so far: so each machine runs each case from
/// the same state, and a difference in one does not hide what follows.
pub fn cases(image: &[u8]) -> Vec<Case> {
    let loaded = Loader::default().load(minivm::Reference, &hxe::Case::whole(image.to_vec()));
    let hxe::Outcome::Accepted(image) = loaded else { return Vec::new() };
    let visible = image.rodata.len().min(SIZE - RODATA_BASE as usize);
    let rodata = Block(RODATA_BASE, image.rodata[..visible].to_vec());
    let start = Case {
        code: image.code,
        pc: image.header.entry,
        max_steps: INSTRUCTIONS,
        mem: if visible == 0 { Vec::new() } else { vec![rodata] },
        ..Case::default()
    };
    let mut cases = vec![start];
    let mut machine = Rust::default();
    let mut left = INSTRUCTIONS;
    while let (Some(case), true) = (cases.last(), cases.len() <= CALLS) {
        let Answer::Outcome(outcome) = run_one(&mut machine, Profile::Reference, case) else { break };
        left = left.saturating_sub(outcome.steps);
        let Stop::Svc { module, function } = outcome.stop else { break };
        let Some(answer) = Shim::of(module, function).answer(outcome.regs[2]) else { break };
        if left == 0 {
            break;
        }
        let mut next = Case { max_steps: left, ..case.continued(&outcome) };
        next.regs[Reg::R0.index()] = answer;
        cases.push(next);
    }
    cases
}
