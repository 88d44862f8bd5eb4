//! The numbers that stand for something in C. What they mean is `minivm`'s; that they are the same is checked here.

use minivm::control::{Policy, TaskState};
use minivm::{Fault, SwitchSet};

use crate::rc::Rc;

/// Whom the machine follows where the reference and the design document disagree.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileNumber {
    /// Bit for bit what the reference does.
    Reference = 0,
    /// What the document says, and textbook arithmetic where it is silent.
    Strict = 1,
    /// Strict, with zero upper halves of binary16 results.
    Portable = 2,
}

/// The switches of a profile by its number.
pub(crate) fn profile(number: u32) -> Result<SwitchSet, Rc> {
    const REFERENCE: u32 = ProfileNumber::Reference as u32;
    const STRICT: u32 = ProfileNumber::Strict as u32;
    const PORTABLE: u32 = ProfileNumber::Portable as u32;
    match number {
        REFERENCE => Ok(SwitchSet::REFERENCE),
        STRICT => Ok(SwitchSet::STRICT),
        PORTABLE => Ok(SwitchSet::PORTABLE),
        _ => Err(Rc::VmEinval),
    }
}

/// Registers by their numbers in the document, section 4.3. R0 to R15 are 16 to 31.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterNumber {
    /// The byte address of the next instruction.
    Pc = 0,
    /// The stack pointer, an absolute byte address.
    Sp = 1,
    /// The flags: Z 1, C 2, N 4, V 8.
    Psw = 2,
    /// Where the general registers are in data memory; 0 = outside it.
    Wp = 3,
    /// R0, which carries results, exit status and error codes; the number of Rn is n more.
    R0 = 16,
    /// R15, which mirrors sp after each stack operation.
    R15 = 31,
}

/// Why a step or a run ended.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonNumber {
    /// All instructions asked for have retired.
    Ok = 0,
    /// `BRK`. It has retired; the next step goes on behind it.
    Break = 1,
    /// The instruction at pc cannot be carried out.
    Fault = 2,
    /// `SVC`. It has retired; the next step goes on behind it.
    Svc = 3,
    /// `RET` out of the outermost function. It does not retire.
    Returned = 4,
    /// Plain VM only: the `CALL` at pc finds no room in the array of return addresses. It does not retire.
    CallDepth = 5,
}

/// Why an instruction could not be carried out. A latched `fault_code` is the same number.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultNumber {
    /// There was no fault.
    None = 0,
    /// A data access crosses the end of memory, or (strict) lies above it.
    Memory = 1,
    /// `DIV` by 0.
    DivideByZero = 2,
    /// A push below address 0 or the stack limit, or from an sp beyond memory.
    StackOverflow = 3,
    /// A pop from an sp at or beyond the end of memory.
    StackUnderflow = 4,
    /// The opcode byte is not in the table.
    IllegalOpcode = 5,
    /// The instruction word at pc does not lie within code.
    PcOutOfRange = 6,
    /// The literal of `LDI32` does not lie within code.
    TruncatedLdi32 = 7,
    /// `F2I` of NaN or infinity (reference).
    InvalidConversion = 8,
    /// An access or a fetch off its natural boundary (strict).
    Misaligned = 9,
}

impl From<Fault> for FaultNumber {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Memory => FaultNumber::Memory,
            Fault::DivideByZero => FaultNumber::DivideByZero,
            Fault::StackOverflow => FaultNumber::StackOverflow,
            Fault::StackUnderflow => FaultNumber::StackUnderflow,
            Fault::IllegalOpcode => FaultNumber::IllegalOpcode,
            Fault::PcOutOfRange => FaultNumber::PcOutOfRange,
            Fault::TruncatedLdi32 => FaultNumber::TruncatedLdi32,
            Fault::InvalidConversion => FaultNumber::InvalidConversion,
            Fault::Misaligned => FaultNumber::Misaligned,
        }
    }
}

/// The states of a task. `BLOCKED` of the document is the executive's.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateNumber {
    /// Its image is arriving.
    Loading = 0,
    /// It can run.
    Ready = 1,
    /// It has returned or faulted, and will not run on by itself.
    Stopped = 2,
}

impl From<TaskState> for StateNumber {
    fn from(state: TaskState) -> Self {
        match state {
            TaskState::Loading => StateNumber::Loading,
            TaskState::Ready => StateNumber::Ready,
            TaskState::Stopped => StateNumber::Stopped,
        }
    }
}

/// What the executive may do: bits of `policy_flags`. None of them: everything that needs no flag.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyFlag {
    /// No writing to the memory of a task that is ready to run.
    DenyMemWriteReady = 1,
    /// No writing of registers at all.
    DenyRegSet = 2,
    /// Setting pc of a stopped task is allowed, and makes it ready again.
    AllowPcSetStopped = 4,
}

const _: () = assert!(PolicyFlag::DenyMemWriteReady as u32 == Policy::DENY_MEM_WRITE_READY.bits());
const _: () = assert!(PolicyFlag::DenyRegSet as u32 == Policy::DENY_REG_SET.bits());
const _: () = assert!(PolicyFlag::AllowPcSetStopped as u32 == Policy::ALLOW_PC_SET_STOPPED.bits());

#[cfg(test)]
mod tests {
    use minivm::control::RegisterId;

    use super::*;

    #[test]
    fn faults_have_the_numbers_of_fault_codes() {
        for (code, &fault) in (1..).zip(Fault::ALL) {
            assert_eq!(FaultNumber::from(fault) as u32, code, "{}", fault.name());
        }
    }

    #[test]
    fn registers_have_the_numbers_of_the_control_plane() {
        let [r0, r15] = [minivm::Reg::R0, minivm::Reg::R15].map(RegisterId::General);
        let ids = [
            (RegisterNumber::Pc, RegisterId::Pc),
            (RegisterNumber::Sp, RegisterId::Sp),
            (RegisterNumber::Psw, RegisterId::Psw),
            (RegisterNumber::Wp, RegisterId::Wp),
            (RegisterNumber::R0, r0),
            (RegisterNumber::R15, r15),
        ];
        assert!(ids.into_iter().all(|(number, id)| RegisterId::try_from(number as u32) == Ok(id)));
    }

    #[test]
    fn only_profiles_are_profiles() {
        assert_eq!(profile(2), Ok(SwitchSet::PORTABLE));
        assert_eq!(profile(3), Err(Rc::VmEinval));
    }
}
