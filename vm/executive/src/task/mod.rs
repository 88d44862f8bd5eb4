//! Tasks: what the executive knows of each beside what the VM keeps.

mod end;
mod frame;
mod handler;
mod layout;
mod life;

pub use frame::{Frame, Return};
pub(crate) use layout::Banks;

use heapless::String;
use minivm::Fault;
use minivm::control::Pid;

use crate::pool::List;

/// The longest name of a task, in bytes.
pub const NAME_MAX: usize = 31;

/// Fills places that are not used.
const FIRST: Pid = match Pid::new(1) {
    Some(pid) => pid,
    None => panic!("1 is not 0"),
};

/// What a task does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum State {
    /// It is the active one (reference).
    Running,
    /// It can run.
    #[default]
    Ready,
    /// It waits for a message.
    Waiting,
    /// It waits for a time.
    Sleeping,
    /// The host, or `BRK`, has stopped it.
    Paused,
    /// It will not run on by itself (reference).
    Stopped,
    /// It has ended.
    Returned,
    /// It cannot run on (strict).
    Faulted,
}

impl State {
    /// The name in outcomes.
    pub const fn name(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Ready => "ready",
            State::Waiting => "waiting_mbx",
            State::Sleeping => "sleeping",
            State::Paused => "paused",
            State::Stopped => "stopped",
            State::Returned => "returned",
            State::Faulted => "faulted",
        }
    }
}

/// A time that a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sleep {
    /// In ms, as asked for.
    pub ms: u32,
    /// When it is over, in ms.
    pub deadline: u64,
    /// Its place among all that ever slept.
    pub(crate) order: u64,
}

/// What the reference keeps of a task that is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    /// Whether its machine runs.
    pub running: bool,
    /// The state text of its context.
    pub condition: State,
}

impl Default for Saved {
    /// That of a task that has just been loaded: its context says that it runs.
    fn default() -> Self {
        Saved { running: true, condition: State::Running }
    }
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// 1, 2, 3...; never used again.
    pub pid: u16,
    /// Its number in the VM.
    pub(crate) vm: Pid,
    /// Its name, which no other task has.
    pub name: String<NAME_MAX>,
    /// The name in its image.
    pub base: String<NAME_MAX>,
    pub(crate) state: State,
    /// Paused over its state (strict).
    pub(crate) held: bool,
    pub(crate) saved: Saved,
    /// Instructions retired.
    pub steps: u64,
    /// R0 at its end.
    pub exit_status: Option<u32>,
    /// Smaller is more urgent; policy `preemptive` alone looks at it.
    pub priority: u8,
    /// Turns in a row, from 1; policy `preemptive` alone looks at it.
    pub quantum: u16,
    /// The time that it waits for.
    pub sleep: Option<Sleep>,
    /// Why it cannot run on (strict).
    pub fault: Option<Fault>,
    /// Whether open files 0, 1 and 2 are its standard streams.
    pub stdio: bool,
    /// The handle of the first of them, to which open file 0 leads; the others follow.
    pub(crate) stdio_handle: u32,
    /// The command whose handler it runs, and where it goes on behind it (strict).
    pub handler: Option<Frame>,
    /// Its next open file (strict).
    pub next_fd: u32,
    /// Events that wait until it is active (reference).
    pub(crate) events: List,
    /// Registers as a poke left them in its saved memory, until that is saved anew (reference).
    pub(crate) window: Option<[u8; 64]>,
    /// The number of its bank of registers and of its stack (reference).
    pub(crate) bank: u16,
    pub(crate) stack: u16,
    /// Turns that had been executed when it last ran or became runnable.
    pub(crate) since: u64,
}

impl Default for Task {
    /// Fills places that are not used.
    fn default() -> Self {
        Task::new(0, FIRST)
    }
}

impl Task {
    pub(crate) fn new(pid: u16, vm: Pid) -> Self {
        Task {
            pid,
            vm,
            name: String::new(),
            base: String::new(),
            state: State::Ready,
            held: false,
            saved: Saved::default(),
            steps: 0,
            exit_status: None,
            priority: 10,
            quantum: 1,
            sleep: None,
            fault: None,
            stdio: false,
            stdio_handle: 1,
            handler: None,
            next_fd: crate::files::FIRST_FD,
            events: List::default(),
            window: None,
            bank: 0,
            stack: 0,
            since: 0,
        }
    }

    /// What it does, as it is shown.
    pub fn state(&self) -> State {
        let overlaid = matches!(self.state, State::Ready | State::Waiting | State::Sleeping);
        if self.held && overlaid { State::Paused } else { self.state }
    }

    /// Whether it can have a turn.
    pub fn is_runnable(&self) -> bool {
        matches!(self.state(), State::Running | State::Ready)
    }

    /// Whether it has ended for good.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, State::Returned | State::Faulted)
    }
}
