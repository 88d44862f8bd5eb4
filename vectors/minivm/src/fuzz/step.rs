//! Any state, any code: the VM keeps the laws of its own table, run at once or step by step.

use minivm::isa::{Access, FlagEffect};
use minivm::{Instruction, Opcode};
use oracle::fuzz::{Bench, Complaint, FuzzedCase, Judge, Rng, Target, Use};
use oracle::project::Project;
use oracle::{Answer, Cases, Profile};

use super::{programs, tape};
use crate::{Case, MiniVm, NativeVm, Outcome, TraceRow, profile};

struct Step {
    vm: NativeVm,
    judge: Judge<MiniVm>,
}

/// The target.
pub fn create(bench: &Bench) -> Box<dyn Target> {
    Box::new(Step { vm: NativeVm::default(), judge: Judge::new(bench, 512) })
}

impl Target for Step {
    fn useful_means(&self) -> &'static str {
        "an instruction of the table retires"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let (profile, mut case) = decode(input);
        let at_once = self.execute(profile, &case)?;
        let topic = MiniVm::topics(&Case { max_steps: 1, ..case.clone() })[0];
        MiniVm::check_outcome(&case, &at_once).map_err(|rule| Complaint::new(topic, "rule", rule))?;
        case.trace = true;
        let mut by_steps = self.execute(profile, &case)?;
        let trace = by_steps.trace.take().unwrap_or_default();
        Complaint::unless(at_once == by_steps, topic, "run and step", || {
            format!("at once {at_once:?}, step by step {by_steps:?}")
        })?;
        check_trace(&case, &trace)?;
        case.trace = false;
        if self.judge.is_due() {
            self.judge.compare(profile, &case)?;
        }
        Ok(Use::from(trace.iter().any(|row| Instruction::decode(row[1]).is_some())))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        programs::mutate(input, rng, basic);
    }

    fn seeds(&self, project: &Project) -> Result<Vec<Vec<u8>>, String> {
        Ok(programs::seeds(&programs::cases(project)?))
    }

    fn simpler(&self, input: &[u8]) -> Vec<Vec<u8>> {
        programs::simpler(input)
    }

    fn cases(&self, input: &[u8]) -> Vec<FuzzedCase> {
        let (profile, case) = decode(input);
        vec![FuzzedCase::of::<MiniVm>(profile, &case)]
    }

    fn describe(&self, input: &[u8]) -> String {
        programs::describe(input)
    }
}

/// Loops show in few rounds what they show.
const STEPS: u32 = 64;

fn decode(input: &[u8]) -> (Profile, Case) {
    let (profile, case) = tape::decode(input);
    (profile, Case { max_steps: case.max_steps.min(STEPS), ..case })
}

impl Step {
    fn execute(&mut self, profile: Profile, case: &Case) -> Result<Outcome, Complaint> {
        match profile::with!(profile, |it| self.vm.execute(it, case)) {
            Answer::Outcome(outcome) => Ok(outcome),
            other => Err(Complaint::new("answer", "missing", format!("{other:?}"))),
        }
    }
}

/// What the table says of each instruction holds for every step: what it may change, and its flags.
fn check_trace(case: &Case, trace: &[TraceRow]) -> Result<(), Complaint> {
    let mut before = State { psw: case.psw.into(), sp: case.sp, regs: case.regs };
    for row in trace {
        let [_, word, psw, sp, regs @ ..] = *row;
        let after = State { psw, sp, regs };
        if let Some(i) = Instruction::decode(word) {
            // Registers in memory change with memory.
            if case.reg_base == 0 {
                check_registers(i, &before, &after)?;
            }
            check_flags(i, &before, &after)?;
        }
        before = after;
    }
    Ok(())
}

struct State {
    psw: u32,
    sp: u32,
    regs: [u32; 16],
}

fn check_registers(i: Instruction, before: &State, after: &State) -> Result<(), Complaint> {
    let moves_stack = matches!(i.op.access(), Access::Push | Access::Pop);
    Complaint::unless(moves_stack || before.sp == after.sp, i.op.mnemonic(), "sp", || {
        format!("sp becomes {:#x}", after.sp)
    })?;
    for index in 0..16 {
        let may = index == i.rd.index() && writes_rd(i.op) || moves_stack && index == 15;
        Complaint::unless(
            may || before.regs[index] == after.regs[index],
            i.op.mnemonic(),
            "register",
            || format!("R{index} becomes {:#x}", after.regs[index]),
        )?;
    }
    Ok(())
}

fn writes_rd(op: Opcode) -> bool {
    let used = op.operands().used_bits();
    // Of those that have the field, none only reads it.
    used & 0x00F0_0000 != 0
}

fn check_flags(i: Instruction, before: &State, after: &State) -> Result<(), Complaint> {
    let result = match i.op {
        // Its result is not kept.
        Opcode::Cmp => before.regs[i.rs1.index()].wrapping_sub(before.regs[i.rs2.index()]),
        _ => after.regs[i.rd.index()],
    };
    let (zero, negative) = (u32::from(result == 0), (result >> 31) << 2);
    // Flags that the effect fixes, and their values.
    let (mask, value) = match i.op.flags() {
        FlagEffect::Keep => (15, before.psw),
        FlagEffect::Nzcv => (5, zero | negative),
        FlagEffect::NzClear => (15, zero | negative),
        FlagEffect::Shift => (13, zero | negative),
    };
    Complaint::unless(after.psw & mask == value & mask, i.op.mnemonic(), "psw", || {
        format!("flags {:#x} with result {result:#x}, {:#x} before", after.psw, before.psw)
    })
}

#[cfg(test)]
mod tests {
    use oracle::fuzz::ModelUse;

    use super::*;
    use crate::STRICT;

    /// The check would be blind if stops were never seen.
    #[test]
    fn a_stop_is_useful_too() {
        let mut target = create(&Bench { model: ModelUse::Never, project: None });
        let case = Case::of_words(&[0x3000_0101]);
        let input = tape::encode(STRICT, &case).expect("it is small");
        assert_eq!(target.run(&input), Ok(Use::Useful));
        assert_eq!(target.cases(&input), [FuzzedCase::of::<MiniVm>(STRICT, &case)]);
    }
}
