//! An outcome: how a case stopped, and the complete state after.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

use minivm::Fault;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::case::{Block, Case};

/// How a case stopped and the complete state after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What stopped it.
    pub stop: Stop,
    /// Instructions retired.
    pub steps: u32,
    /// Not masked.
    pub pc: u32,
    /// Stack pointer.
    pub sp: u32,
    /// Flags.
    pub psw: u8,
    /// R0 to R15.
    pub regs: [u32; 16],
    /// Return addresses, oldest first.
    pub call_stack: Vec<u32>,
    /// Every maximal run of bytes that differs from the initial memory, by address.
    pub mem: Vec<Block>,
    /// A row per retired instruction, if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Vec<TraceRow>>,
}

/// `[pc, word, psw, sp, r0 … r15]`: the address of a retired instruction, its first word, the state after it.
pub type TraceRow = [u32; 20];

/// What stopped a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Stop {
    /// `max_steps` have retired.
    Budget {},
    /// A supervisor call.
    Svc {
        /// 0 to 15.
        module: u8,
        /// 0 to 255.
        function: u8,
    },
    /// A `BRK`.
    Break {
        /// 0 to 255.
        code: u8,
    },
    /// `RET` at call depth 0.
    Returned {
        /// R0.
        status: u32,
    },
    /// A fault.
    Fault {
        /// Which.
        #[serde(serialize_with = "fault_name", deserialize_with = "fault_from_name")]
        fault: Fault,
    },
}

fn fault_name<S: Serializer>(fault: &Fault, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(fault.name())
}

fn fault_from_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fault, D::Error> {
    let name = String::deserialize(deserializer)?;
    Fault::from_name(&name).ok_or_else(|| D::Error::custom(format!("unknown fault `{name}`")))
}

impl Display for Stop {
    /// As vectors write it, e.g. `svc 1 2` or `fault memory`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Budget {} => f.write_str("budget"),
            Stop::Svc { module, function } => write!(f, "svc {module} {function}"),
            Stop::Break { code } => write!(f, "break {code}"),
            Stop::Returned { status } => write!(f, "returned {status:#x}"),
            Stop::Fault { fault } => write!(f, "fault {}", fault.name()),
        }
    }
}

impl Stop {
    /// What stopped the VM. Nothing where the host ran out of room or could not move a page, which is no outcome of the
    /// machine.
    pub fn of(stop: minivm::Stop) -> Option<Stop> {
        Some(match stop {
            minivm::Stop::Svc { module, function } => Stop::Svc { module, function },
            minivm::Stop::Break { code } => Stop::Break { code },
            minivm::Stop::Returned { status } => Stop::Returned { status },
            minivm::Stop::Fault(fault) => Stop::Fault { fault },
            minivm::Stop::CallDepth | minivm::Stop::Paging { .. } => return None,
        })
    }
}

impl Outcome {
    /// Rules that hold for every implementation, in every profile.
    pub(crate) fn check(&self, case: &Case) -> Result<(), String> {
        let whole_budget = self.steps == case.max_steps;
        match self.stop {
            _ if self.steps > case.max_steps => {
                return Err(format!("steps: {} of {}", self.steps, case.max_steps));
            }
            Stop::Budget {} if !whole_budget => {
                return Err(format!("stop: budget after {} steps", self.steps));
            }
            Stop::Svc { module, .. } if module > 15 => return Err(format!("stop: SVC module {module}")),
            Stop::Svc { .. } | Stop::Break { .. } if self.steps == 0 => {
                return Err("steps: SVC and BRK count as a step".into());
            }
            Stop::Returned { status } if status != self.regs[0] => {
                return Err(format!("stop: status {status:#x}, but r0 is {:#x}", self.regs[0]));
            }
            _ => {}
        }
        if self.psw > 15 {
            return Err(format!("psw: {:#x}", self.psw));
        }
        check_runs(&self.mem, 0x1_0000)?;
        match &self.trace {
            Some(rows) if !case.trace => Err(format!("trace: {} rows that nobody asked for", rows.len())),
            None if case.trace => Err("trace: missing".into()),
            Some(rows) if rows.len() != self.steps as usize => {
                Err(format!("trace: {} rows for {} steps", rows.len(), self.steps))
            }
            _ => Ok(()),
        }
    }
}

/// Checks that runs are as [`changed_runs`] gives them: ascending, none of them empty, no two that could be one, and none
/// beyond `end`.
///
/// # Errors
/// The first that is not, by its address, and why.
fn check_runs(runs: &[Block], end: u64) -> Result<(), String> {
    let mut free = 0;
    for Block(address, bytes) in runs {
        let start = u64::from(*address);
        let behind = start + bytes.len() as u64;
        let why = if bytes.is_empty() {
            Some("is empty")
        } else if start < free {
            Some("is out of order, or could be one with that before it")
        } else if behind > end {
            Some("is too long")
        } else {
            None
        };
        if let Some(why) = why {
            return Err(format!("mem: the run at {address:#x} {why}"));
        }
        free = behind + 1;
    }
    Ok(())
}

/// Checks that runs of what is not zero are ascending, none of them empty, no two that could be one, and none beyond `end`.
///
/// # Errors
/// The first that is not, or that has zeros, by its address, and why.
pub fn check_runs_without_zeros(runs: &[Block], end: u64) -> Result<(), String> {
    check_runs(runs, end)?;
    match runs.iter().find(|Block(_, bytes)| bytes.contains(&0)) {
        Some(Block(address, _)) => Err(format!("mem: the run at {address:#x} has zeros")),
        None => Ok(()),
    }
}

/// Every maximal run of bytes in which `after` differs from `before`, looking only at `pages` (ascending).
pub fn changed_runs(before: &[u8], after: &[u8], pages: impl Iterator<Item = Range<usize>>) -> Vec<Block> {
    /// Most of a page is as it was; large pieces are compared much faster than small ones, and those than bytes.
    const LARGE: usize = 1024;
    const SMALL: usize = 32;
    let cut = |range: Range<usize>, size: usize| {
        range.clone().step_by(size).map(move |start| start..range.end.min(start + size))
    };
    let differs = |range: &Range<usize>| before[range.clone()] != after[range.clone()];
    let large = pages.flat_map(|page| cut(page, LARGE)).filter(differs);
    let small = large.flat_map(|piece| cut(piece, SMALL)).filter(differs);
    let changed: Vec<usize> = small.flatten().filter(|&at| before[at] != after[at]).collect();
    let run = |run: &[usize]| Block(run[0] as u32, after[run[0]..run[0] + run.len()].to_vec());
    changed.chunk_by(|a, b| a + 1 == *b).map(run).collect()
}
