//! The table of the VM server's commands.

use crate::host::NewRegisters;
use crate::lenient::{Flag, Float, Int, Many, Text};
use crate::parsing::commands;

commands! {
    /// A request to the VM server.
    Request:
    /// Replies that it is there.
    Ping "ping" {}
    /// Everything at a glance.
    Info "info" { pid: Option<Int> }
    /// Drops all tasks and starts a new executive; connections stay.
    Reset "reset" {}
    /// Marks that a debugger looks on.
    Attach "attach" {}
    /// Says that nobody looks any more.
    Detach "detach" {}
    /// Pauses all tasks, or one.
    Pause "pause" { pid: Option<Int> }
    /// Has all tasks go on, or one.
    Resume "resume" { pid: Option<Int> }
    /// Takes a task down.
    Kill "kill" { pid: Int }
    /// Makes a task of a file.
    Load "load" { path: Text, verbose: Option<Flag> }
    /// All tasks.
    Ps "ps" {}
    /// Lets turns pass.
    Step "step" { steps: Option<Int>, cycles: Option<Int>, pid: Option<Int> }
    /// Debugs a task.
    Dbg "dbg" {
        op: Text,
        pid: Int,
        cycles: Option<Int>,
        count: Option<Int>,
        action: Option<Text>,
        addr: Option<Int>,
    }
    /// Has the instructions of a task reported, or no longer.
    Trace "trace" { pid: Int, mode: Option<Flag> }
    /// The last instruction.
    VmTraceLast "vm_trace_last" { pid: Option<Int> }
    /// The registers of a task.
    ReadRegs "read_regs" { pid: Option<Int> }
    /// As `read_regs`.
    DumpRegs "dumpregs" { pid: Option<Int> }
    /// One register.
    VmRegGet "vm_reg_get" { reg: Int, pid: Option<Int> }
    /// Sets one register.
    VmRegSet "vm_reg_set" { reg: Int, value: Int, pid: Option<Int> }
    /// Sets registers.
    WriteRegs "write_regs" { registers: NewRegisters, pid: Option<Int> }
    /// Data memory of a task, or of the active one.
    ReadMem "read_mem" { addr: Int, length: Option<Int>, pid: Option<Int> }
    /// Writes to data memory of a task, or of the active one.
    WriteMem "write_mem" { addr: Int, data: String, pid: Option<Int> }
    /// Data memory of a task.
    Peek "peek" { pid: Int, addr: Int, length: Option<Int> }
    /// Writes to data memory of a task.
    Poke "poke" { pid: Int, addr: Int, data: String }
    /// Sets priority and quantum of a task.
    Sched "sched" { pid: Int, priority: Option<Int>, quantum: Option<Int> }
    /// All mailboxes.
    MailboxSnapshot "mailbox_snapshot" {}
    /// The modes of standard streams.
    MailboxStdioSummary "mailbox_stdio_summary" {
        pid: Option<Text>,
        stream: Option<Text>,
        default_only: Option<Flag>,
    }
    /// Opens a handle.
    MailboxOpen "mailbox_open" { pid: Option<Int>, target: Option<Text>, flags: Option<Int> }
    /// Closes a handle.
    MailboxClose "mailbox_close" { pid: Option<Int>, handle: Int }
    /// Makes a mailbox, or finds it.
    MailboxBind "mailbox_bind" {
        pid: Option<Int>,
        target: Option<Text>,
        capacity: Option<Int>,
        mode: Option<Int>,
    }
    /// Sets the mode of a standard stream.
    MailboxConfigStdio "mailbox_config_stdio" {
        stream: Option<Text>,
        mode: Option<Int>,
        update_existing: Option<Flag>,
    }
    /// Sends.
    MailboxSend "mailbox_send" {
        pid: Option<Int>,
        handle: Option<Int>,
        target: Option<String>,
        data: Option<String>,
        data_hex: Option<String>,
        flags: Option<Int>,
        channel: Option<Int>,
    }
    /// Receives, and never waits.
    MailboxRecv "mailbox_recv" { pid: Option<Int>, handle: Int, max_len: Option<Int>, timeout: Option<Int> }
    /// What can be seen of a mailbox through a handle.
    MailboxPeek "mailbox_peek" { pid: Option<Int>, handle: Int }
    /// Makes a handle a tap, or none.
    MailboxTap "mailbox_tap" { pid: Option<Int>, handle: Int, enable: Option<Flag> }
    /// Values.
    ValList "val_list" { pid: Option<Int>, group: Option<Int>, oid: Option<Int>, name: Option<Text> }
    /// A value.
    ValGet "val_get" { oid: Int, pid: Option<Int> }
    /// Sets a value.
    ValSet "val_set" { oid: Int, value: Float, pid: Option<Int> }
    /// How full the table of values is.
    ValStats "val_stats" {}
    /// Commands.
    CmdList "cmd_list" { pid: Option<Int>, group: Option<Int>, oid: Option<Int>, name: Option<Text> }
    /// Calls a command.
    CmdCall "cmd_call" { oid: Int, pid: Option<Int>, r#async: Option<Flag>, token: Option<Text> }
    /// How full the table of commands is.
    CmdStats "cmd_stats" {}
    /// Drops all tasks and starts a new executive; connections stay.
    Restart "restart" { targets: Option<Many<Text>> }
}
