//! Images as cases: the program of an image from its entry point on, each case up to the next SVC.

use minivm::Reg;
use minivm::control::Shim;
use minivm::hxe::RODATA_BASE;
use minivm::memory::SIZE;
use oracle::Answer;
use oracle::machine::run_one;
use oracle::subject::Images;
use vectors_hxe as hxe;

use crate::case::{Block, Case};
use crate::cases::MiniVm;
use crate::native::NativeVm;
use crate::outcome::Stop;
use crate::profile::REFERENCE;

/// How many instructions of a program are run.
const INSTRUCTIONS: u32 = 1_000_000;
/// How many SVCs are answered.
const CALLS: usize = 1_000;

impl Images<MiniVm> for MiniVm {
    fn cases(&self, file: &[u8]) -> Result<Vec<Case>, String> {
        cases(file)
    }
}

/// The cases of an image.
///
/// The program gets registers and a stack as the reference gives them to a bare VM. Its SVCs are answered as in
/// development mode, on the strength of what the native machine has done so far: so each machine runs each case from
/// the same state, and a difference in one does not hide what follows.
///
/// # Errors
/// It is no image that the reference would load; why, and at which byte.
fn cases(image: &[u8]) -> Result<Vec<Case>, String> {
    let image = match hxe::NativeLoader::default().load(minivm::Reference, &hxe::Case::whole(image.to_vec()))
    {
        hxe::Outcome::Accepted(image) => image,
        hxe::Outcome::Rejected { error, offset } => {
            return Err(format!("no image: {} at byte {offset}", error.name()));
        }
    };
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
    let mut machine = NativeVm::default();
    let mut left = INSTRUCTIONS;
    while let (Some(case), true) = (cases.last(), cases.len() <= CALLS) {
        let Answer::Outcome(outcome) = run_one::<MiniVm>(&mut machine, REFERENCE, case) else { break };
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
    Ok(cases)
}
