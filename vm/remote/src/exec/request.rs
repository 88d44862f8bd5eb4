//! The table of the executive's commands.

use serde_json::Value;

use crate::lenient::{Flag, Float, Int, Many, Text};
use crate::parsing::commands;

/// What a client says it can do.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Capabilities {
    /// Names of features.
    #[serde(default)]
    pub features: Vec<Text>,
    /// Events that it can be behind.
    pub max_events: Option<Int>,
}

/// Which events a client wants.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Filters {
    /// Of these tasks.
    pub pid: Option<Many<Int>>,
    /// Of these kinds.
    pub categories: Option<Many<Text>>,
    /// And those since this one.
    pub since_seq: Option<Int>,
}

commands! {
    /// A request to the executive.
    Request:
    /// Replies that it is there.
    Ping "ping" {}
    /// Everything at a glance.
    Info "info" { pid: Option<Int> }
    /// Marks that a debugger looks on.
    Attach "attach" {}
    /// Says that nobody looks any more.
    Detach "detach" {}
    /// Makes a task of a file.
    Load "load" { path: Text, symbols: Option<Text> }
    /// As `load`.
    Exec "exec" { path: Text, symbols: Option<Text> }
    /// All tasks.
    Ps "ps" {}
    /// Mailboxes of a task.
    List "list" { pid: Int }
    /// Lets turns pass.
    Step "step" { steps: Option<Int>, pid: Option<Int>, source_only: Option<Flag> }
    /// Has the tasks run by themselves, or no longer.
    Clock "clock" { op: Option<Text>, rate: Option<Float>, steps: Option<Int>, pid: Option<Int> }
    /// Breakpoints.
    Bp "bp" { op: Option<Text>, pid: Int, addr: Option<Int> }
    /// Sets a breakpoint.
    BpAdd "bp.add" { pid: Int, address: Int }
    /// Takes a breakpoint away.
    BpRemove "bp.remove" { pid: Int, address: Int }
    /// The breakpoints of a task.
    BpList "bp.list" { pid: Int }
    /// Pauses a task.
    Pause "pause" { pid: Int }
    /// Has a task go on.
    Resume "resume" { pid: Int }
    /// Takes a task down.
    Kill "kill" { pid: Int }
    /// Loads the program of a task anew.
    Reload "reload" { pid: Int }
    /// Data memory of a task.
    Peek "peek" { pid: Int, addr: Int, length: Option<Int> }
    /// Writes to data memory of a task.
    Poke "poke" { pid: Int, addr: Int, data: String }
    /// The registers of a task.
    DumpRegs "dumpregs" { pid: Option<Int> }
    /// One register.
    VmRegGet "vm_reg_get" { reg: Int, pid: Option<Int> }
    /// Sets one register.
    VmRegSet "vm_reg_set" { reg: Int, value: Int, pid: Option<Int> }
    /// The last instruction.
    VmTraceLast "vm_trace_last" { pid: Option<Int> }
    /// What the scheduler did; or sets priority and quantum of a task.
    Sched "sched" { pid: Option<Int>, priority: Option<Int>, quantum: Option<Int> }
    /// All mailboxes.
    MailboxSnapshot "mailbox_snapshot" {}
    /// The modes of standard streams.
    StdioFanout "stdio_fanout" { pid: Option<Text>, stream: Option<Text>, mode: Option<Text> }
    /// What tasks have written to their standard streams.
    Listen "listen" { pid: Option<Int>, limit: Option<Int>, max_len: Option<Int> }
    /// Writes to the standard input of a task.
    Send "send" { pid: Int, data: Option<String>, data_hex: Option<String>, channel: Option<Int> }
    /// Values.
    ValList "val.list" { pid: Option<Int>, group: Option<Int>, oid: Option<Int>, name: Option<Text> }
    /// A value.
    ValGet "val.get" { oid: Int, pid: Option<Int> }
    /// Sets a value.
    ValSet "val.set" { oid: Int, value: Float, pid: Option<Int> }
    /// How full the table of values is.
    ValStats "val.stats" {}
    /// Commands.
    CmdList "cmd.list" { pid: Option<Int>, group: Option<Int>, oid: Option<Int>, name: Option<Text> }
    /// Calls a command.
    CmdCall "cmd.call" { oid: Int, pid: Option<Int>, r#async: Option<Flag>, token: Option<Text> }
    /// How full the table of commands is.
    CmdStats "cmd.stats" {}
    /// The instructions of a task: reports them, keeps them, gives those that were kept.
    Trace "trace" {
        op: Option<Text>,
        pid: Option<Int>,
        mode: Option<Flag>,
        limit: Option<Int>,
        records: Option<Vec<Value>>,
        replace: Option<Flag>,
        buffer_size: Option<Int>,
        changed_regs: Option<Flag>,
    }
    /// Instructions as text.
    Disasm "disasm" { pid: Int, addr: Option<Int>, count: Option<Int>, mode: Option<Text> }
    /// The calls that a task is in.
    Stack "stack" { pid: Int, max: Option<Int> }
    /// The parts of a task's memory.
    Memory "memory" { pid: Int, op: Option<Text> }
    /// The symbols of a task, one after the other.
    Symbols "symbols" {
        pid: Int,
        r#type: Option<Text>,
        offset: Option<Int>,
        limit: Option<Int>,
    }
    /// A symbol of a task.
    Sym "sym" {
        op: Option<Text>,
        pid: Int,
        address: Option<Int>,
        name: Option<Text>,
        path: Option<Text>,
    }
    /// Memory of a task whose changes are reported.
    Watch "watch" {
        op: Option<Text>,
        pid: Int,
        expr: Option<Text>,
        r#type: Option<Text>,
        length: Option<Int>,
        id: Option<Int>,
    }
    /// What was done last.
    Dmesg "dmesg" { limit: Option<Int> }
    /// Drops all tasks and starts a new executive; connections and sessions stay.
    Restart "restart" { targets: Option<Many<Text>> }
    /// Ends the server.
    Shutdown "shutdown" {}
    /// Opens a session.
    SessionOpen "session.open" {
        client: Option<Text>,
        capabilities: Option<Capabilities>,
        pid_lock: Option<Many<Int>>,
        heartbeat_s: Option<Int>,
    }
    /// Says that the client is there.
    SessionKeepalive "session.keepalive" {}
    /// Closes the session.
    SessionClose "session.close" {}
    /// The session.
    SessionCurrent "session.current" {}
    /// All sessions.
    SessionList "session.list" {}
    /// Closes another session.
    SessionTerminate "session.terminate" { target: Text }
    /// From now on events come on this connection, too.
    EventsSubscribe "events.subscribe" { filters: Option<Value> }
    /// No more events.
    EventsUnsubscribe "events.unsubscribe" {}
    /// Events up to this one have been dealt with.
    EventsAck "events.ack" { seq: Int }
}
