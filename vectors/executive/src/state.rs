//! The state that calls leave. The keys are described in `PROTOCOL.md`.

use oracle::hex;
use serde::{Deserialize, Serialize};
use vectors_minivm::{Block, check_runs_without_zeros};

use crate::event::Event;

/// Declares data with the keys of the protocol.
macro_rules! data {
    ($($(#[$doc:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[allow(missing_docs, reason = "the keys are the protocol's, which describes them")]
            pub struct $name {
                $($(#[$meta])* pub $field: $type,)*
            }
        )*
    };
}

data! {
    /// Everything that an executive keeps.
    Final {
        now: u64,
        paused: bool,
        current: Option<u16>,
        next_pid: u32,
        /// In the order of loading.
        tasks: Vec<Task>,
        /// In the order in which the tasks blocked.
        waits: Vec<Wait>,
        /// Ascending by id.
        mailboxes: Vec<Mailbox>,
        /// Ascending by PID and number.
        handles: Vec<Handle>,
        /// The next number for each PID, ascending.
        next_handles: Vec<(u16, u32)>,
        stdio_modes: [u16; 3],
        /// In the order of registration.
        values: Vec<Registered>,
        /// In the order of registration.
        commands: Vec<Command>,
        strings: usize,
        descriptor_bytes: u32,
        /// Keys and bits, ascending.
        persisted: Vec<(u16, u16)>,
        /// Ascending by name.
        files: Vec<File>,
        /// Ascending.
        fds: Vec<OpenFile>,
        next_fd: NextFd,
        pending: Option<Pending>,
    }
    /// A task and what it holds.
    Task {
        pid: u16,
        name: String,
        base: String,
        state: String,
        pc: u32,
        sp: u32,
        psw: u8,
        regs: [u32; 16],
        depth: u32,
        steps: u64,
        exit_status: Option<u32>,
        priority: u8,
        quantum: u16,
        reg_base: u16,
        stack: [u32; 2],
        sleep: Option<Sleep>,
        running: bool,
        fault: Option<String>,
        stdio: bool,
        handler: Option<u16>,
        /// Every maximal run of bytes outside the registers that are not 0, by address.
        mem: Vec<MemoryRun>,
    }
    /// A time that a task waits for.
    Sleep { ms: u32, deadline: u64, }
    /// What a task waits for.
    Wait {
        pid: u16,
        descriptor: u32,
        handle: u32,
        ptr: u16,
        max: u16,
        timeout: u16,
        deadline: Option<u64>,
        info: u16,
    }
    /// A mailbox.
    Mailbox {
        id: u32,
        namespace: u8,
        name: String,
        owner: Option<String>,
        capacity: u64,
        mode: u16,
        bytes_used: u64,
        head_seq: u32,
        next_seq: u32,
        waiters: Vec<u16>,
        queue: Vec<Message>,
        taps: Vec<Tap>,
    }
    /// A message in a queue.
    Message { #[serde(with = "hex")] data: Vec<u8>, flags: u32, channel: u32, src: u16, seq: u32, }
    /// A handle with a queue of copies.
    Tap { pid: u16, handle: u32, bytes_used: u64, queue: Vec<Message>, }
    /// A handle.
    Handle {
        pid: u16,
        handle: u32,
        descriptor: u32,
        last_seq: i64,
        sender: bool,
        overrun: bool,
        tap: bool,
        tap_overrun: bool,
    }
    /// A value.
    Registered {
        oid: u16,
        flags: u8,
        auth: u8,
        owner: u16,
        f16: u16,
        desc_head: u32,
        group_name: String,
        name: String,
        unit: String,
        epsilon: u16,
        rate_ms: u16,
        min: u16,
        max: u16,
        key: u16,
        debounce: u16,
        changed: u64,
        subscribers: Vec<(u16, u32)>,
    }
    /// A command.
    Command {
        oid: u16,
        flags: u8,
        auth: u8,
        owner: u16,
        handler: u32,
        desc_head: u32,
        group_name: String,
        name: String,
        help: String,
    }
    /// Events that wait for the next step: those of the active machine, and those saved with tasks.
    Pending { active: Vec<Event>, tasks: Vec<(u16, Vec<Event>)>, }
}

/// Bytes at an address.
pub type MemoryRun = Block;

/// A file: its name and its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File(pub String, #[serde(with = "hex")] pub Vec<u8>);

/// An open file: number, name and position; before them the task, if each has its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OpenFile {
    /// One table for all.
    Shared(u32, String, u32),
    /// Each task has its own.
    Own(u16, u32, String, u32),
}

/// The number of the next open file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NextFd {
    /// One table for all.
    Shared(u32),
    /// By task.
    Own(Vec<(u16, u32)>),
}

impl Default for NextFd {
    fn default() -> Self {
        NextFd::Shared(3)
    }
}

/// The names of the states that a task can be in.
const STATES: [&str; 8] =
    ["running", "ready", "waiting_mbx", "sleeping", "paused", "stopped", "returned", "faulted"];

impl Final {
    /// Rules of the form that hold for every implementation.
    pub(crate) fn check(&self) -> Result<(), String> {
        for task in &self.tasks {
            task.check().map_err(|why| format!("state.tasks[{}].{why}", task.pid))?;
        }
        let ids: Vec<u32> = self.mailboxes.iter().map(|mailbox| mailbox.id).collect();
        let handles: Vec<(u16, u32)> = self.handles.iter().map(|it| (it.pid, it.handle)).collect();
        if !ids.is_sorted_by(|a, b| a < b) || !handles.is_sorted_by(|a, b| a < b) {
            return Err("state: mailboxes or handles are out of order".into());
        }
        for mailbox in &self.mailboxes {
            let used: usize = mailbox.queue.iter().map(|message| message.data.len() + 8).sum();
            if used as u64 != mailbox.bytes_used {
                return Err(format!(
                    "state.mailboxes[{}].bytes_used: {} for {used}",
                    mailbox.id, mailbox.bytes_used
                ));
            }
        }
        Ok(())
    }
}

impl Task {
    fn check(&self) -> Result<(), String> {
        if !STATES.contains(&self.state.as_str()) {
            return Err(format!("state: {:?}", self.state));
        }
        check_runs_without_zeros(&self.mem, 0x1_0000)?;
        let window = u64::from(self.reg_base)..u64::from(self.reg_base) + 64;
        let is_in_window = |Block(address, bytes): &&Block| {
            let start = u64::from(*address);
            start < window.end && start + bytes.len() as u64 > window.start
        };
        match self.mem.iter().find(is_in_window) {
            Some(Block(address, _)) => {
                Err(format!("mem: the run at {address:#x} is where the registers are"))
            }
            None => Ok(()),
        }
    }
}
