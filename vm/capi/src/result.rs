//! How a step or a run ended, as C sees it.

use minivm::control;
use minivm::vm::Run;
use minivm::{Fault, Stop};

use crate::numbers::{FaultNumber, ReasonNumber};

/// How a step or a run ended. What belongs to another reason is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepResult {
    /// The byte address of the next instruction.
    pub pc: u32,
    /// Why it ended.
    pub reason: ReasonNumber,
    /// Of an SVC: the 12-bit immediate, its module (4 bits) above its function (8 bits).
    pub svc_id: u32,
    /// Of a break: the low 8 bits of the immediate.
    pub break_code: u32,
    /// Of a fault: which.
    pub fault: FaultNumber,
    /// Of a return: R0.
    pub status: u32,
    /// Instructions retired.
    pub retired: u32,
    /// An estimate of the cycles it took: one for each instruction retired, as the document names no costs.
    pub cycles_est: u32,
}

impl StepResult {
    fn of(pc: u32, retired: u32, reason: ReasonNumber) -> Self {
        let fault = FaultNumber::None;
        StepResult { pc, reason, svc_id: 0, break_code: 0, fault, status: 0, retired, cycles_est: retired }
    }

    /// How a run of the plain VM ended that is at `pc` now.
    pub(crate) fn of_run(pc: u32, run: Run) -> Self {
        let of = |reason| StepResult::of(pc, run.steps, reason);
        match run.stop {
            None => of(ReasonNumber::Ok),
            Some(Stop::Svc { module, function }) => {
                StepResult { svc_id: u32::from(module) << 8 | u32::from(function), ..of(ReasonNumber::Svc) }
            }
            Some(Stop::Break { code }) => StepResult { break_code: code.into(), ..of(ReasonNumber::Break) },
            Some(Stop::Returned { status }) => StepResult { status, ..of(ReasonNumber::Returned) },
            Some(Stop::Fault(fault)) => StepResult { fault: fault.into(), ..of(ReasonNumber::Fault) },
            Some(Stop::CallDepth) => of(ReasonNumber::CallDepth),
            // The memory of a plain VM is an array, of which nothing has to be fetched.
            Some(Stop::Paging { .. }) => {
                StepResult { fault: Fault::Memory.into(), ..of(ReasonNumber::Fault) }
            }
        }
    }
}

impl From<control::StepResult> for StepResult {
    fn from(result: control::StepResult) -> Self {
        let stop = match result.reason {
            control::Reason::Ok => None,
            control::Reason::Break { code } => Some(Stop::Break { code }),
            control::Reason::Fault(fault) => Some(Stop::Fault(fault)),
            control::Reason::Svc { module, function } => Some(Stop::Svc { module, function }),
            control::Reason::Returned { status } => Some(Stop::Returned { status }),
        };
        StepResult::of_run(result.pc, Run { steps: result.retired, stop })
    }
}
