//! The VM server's protocol: a request a line, a reply a line, and nothing of it is remembered but what a connection holds.

mod polled;
mod request;

use serde_json::Map;

use crate::host::{Connection, Filter, Host, Message, Named, Reading, Reply, Wanted, reply, whose};
use crate::lenient::{Flag, Int, Many, Text};
use crate::parsing::{object, request as parse};
use crate::refusal::Refusal;
use polled::{Polled, rename_deadlines};
pub use request::Request;

/// Bytes that are received if nothing is said.
const RECEIVED: i64 = 512;
/// The mode of standard streams if nothing is said: readable and writable.
const READ_WRITE: i64 = 3;

/// A connection to the VM server.
#[derive(Debug, Default)]
pub struct Client {
    polled: Polled,
}

impl Client {
    /// Answers a line.
    pub fn answer(&mut self, host: &mut Host<'_>, me: Connection, line: &[u8]) -> Reply {
        let (name, object) = object(line)?;
        let request = parse(&name, object)?;
        let mut reply = self.carry_out(host, me, request);
        host.settle();
        if let Ok(keys) = &mut reply
            && host.reading() == Reading::Strict
        {
            rename_deadlines(keys);
        }
        reply
    }

    fn carry_out(&mut self, host: &mut Host<'_>, me: Connection, request: Request) -> Reply {
        let or_host = |pid: Option<Int>| pid.unwrap_or_default();
        let text = |text: Option<Text>| text.map(|Text(text)| text);
        match request {
            Request::Ping {} => reply!("reply": "pong"),
            Request::Info { pid } => reply!("info": host.info(pid)),
            Request::Reset {} => {
                host.ask_for_reset();
                Ok(Map::new())
            }
            Request::Attach {} => {
                host.set_attached(true);
                reply!("info": host.info(None))
            }
            Request::Detach {} => {
                host.set_attached(false);
                reply!("info": host.info(None))
            }
            Request::Pause { pid } => host.pause(pid),
            Request::Resume { pid } => host.resume(pid),
            Request::Kill { pid } => host.kill(pid),
            Request::Load { path: Text(path), .. } => reply!("image": host.load(&path)?.image),
            Request::Ps {} => reply!("tasks": self.polled.path(host.tasks())),
            Request::Step { steps, cycles, pid } => {
                let turns = host.turns(steps.or(cycles).unwrap_or(Int(1)))?;
                // A step of a task that is not there is one in which nobody can run.
                let pinned = pid.map(|Int(pid)| u16::try_from(pid).unwrap_or(u16::MAX));
                reply!("result": host.step(turns, pinned)?.show())
            }
            Request::Dbg { op: Text(op), pid, cycles, count, action, addr } => {
                let bounds = if op.trim().eq_ignore_ascii_case("step") { count } else { cycles };
                debug(host, me, (&op.trim().to_lowercase(), pid), bounds, (text(action), addr))
            }
            Request::Trace { pid, mode } => reply!("trace": host.trace(pid, mode.map(|Flag(on)| on))?),
            Request::VmTraceLast { pid } => reply!("trace": host.last(pid)?),
            Request::ReadRegs { pid } | Request::DumpRegs { pid } => {
                reply!("registers": host.registers(pid)?)
            }
            Request::VmRegGet { reg, pid } => host.register(reg, pid),
            Request::VmRegSet { reg, value, pid } => host.set_register(reg, value, pid),
            Request::WriteRegs { registers, pid } => host.set_registers(&registers, pid),
            Request::ReadMem { addr, length, pid } => host.peek_hex(pid, addr, length.unwrap_or_default()),
            Request::Peek { pid, addr, length } => host.peek_hex(Some(pid), addr, length.unwrap_or_default()),
            Request::WriteMem { addr, data, pid } => host.poke(pid, addr, &data),
            Request::Poke { pid, addr, data } => host.poke(Some(pid), addr, &data),
            Request::Sched { pid, priority, quantum } => host.schedule(pid, priority, quantum),
            Request::MailboxSnapshot {} => host.mailboxes(),
            Request::MailboxStdioSummary { pid, stream, default_only } => {
                let (pid, default) = whose(text(pid).as_deref())?;
                let default = default || default_only.unwrap_or_default().0;
                host.stdio_summary(pid, text(stream).as_deref(), default)
            }
            Request::MailboxOpen { pid, target, .. } => {
                let (pid, target) = (or_host(pid), text(target).unwrap_or_default());
                let handle = host.open(Named { pid, target: &target }, me)?;
                let Int(pid) = pid;
                reply!("mbx_status": 0, "handle": handle, "target": target, "pid": pid)
            }
            Request::MailboxClose { pid, handle } => host.close(or_host(pid), handle),
            Request::MailboxBind { pid, target, capacity, mode } => {
                let named = Named { pid: or_host(pid), target: &text(target).unwrap_or_default() };
                host.bind(named, (capacity, mode.unwrap_or_default()), me)
            }
            Request::MailboxConfigStdio { stream, mode, update_existing } => {
                let stream = text(stream).unwrap_or_else(|| "out".to_owned());
                let update = update_existing.is_none_or(|Flag(update)| update);
                host.configure_stdio(&stream, mode.unwrap_or(Int(READ_WRITE)), update)
            }
            Request::MailboxSend { pid, handle, target, data, data_hex, flags, channel } => {
                let (flags, channel) = (flags.unwrap_or_default(), channel.unwrap_or_default());
                let message = Message { text: data, hex: data_hex, flags, channel };
                host.send(or_host(pid), (handle, target.as_deref()), &message, me)
            }
            Request::MailboxRecv { pid, handle, max_len, .. } => {
                host.receive(or_host(pid), handle, max_len.unwrap_or(Int(RECEIVED)))
            }
            Request::MailboxPeek { pid, handle } => host.look(or_host(pid), handle),
            Request::MailboxTap { pid, handle, enable } => {
                host.tap(or_host(pid), handle, enable.is_none_or(|Flag(on)| on))
            }
            Request::ValList { pid, group, oid, name } => {
                reply!("values": host.values(&Filter { pid, group, oid, name: text(name) }))
            }
            Request::ValGet { oid, pid } => reply!("value": host.value(oid, pid)?),
            Request::ValSet { oid, value, pid } => reply!("value": host.set_value(oid, value, pid)?),
            Request::ValStats {} => host.value_stats(),
            Request::CmdList { pid, group, oid, name } => {
                reply!("commands": host.commands(&Filter { pid, group, oid, name: text(name) }))
            }
            Request::CmdCall { oid, pid, r#async, token } => {
                let waits = !r#async.unwrap_or_default().0;
                reply!("command": host.call(&Wanted { oid, pid, token: text(token), waits })?)
            }
            Request::CmdStats {} => host.command_stats(),
            Request::Restart { targets } => {
                host.ask_for_reset();
                let targets = targets.map_or_else(|| vec![Text("vm".to_owned())], Many::into_list);
                let names = targets.iter().flat_map(|Text(names)| names.split_whitespace());
                reply!("restart": names.collect::<Vec<_>>())
            }
        }
    }
}

/// Debugs a task.
fn debug(
    host: &mut Host<'_>,
    me: Connection,
    (op, pid): (&str, Int),
    bounds: Option<Int>,
    (action, address): (Option<String>, Option<Int>),
) -> Reply {
    let Int(number) = pid;
    let stepped = |stepped: Result<crate::host::Stepped, Refusal>, op: &str| reply!("debug": {"op": op, "pid": number, "result": stepped?.show()});
    match op {
        "attach" | "detach" => {
            let mut reply =
                if op == "attach" { host.attach(pid, Some(me)) } else { host.detach(pid, Some(me)) }?;
            reply["debug"]["op"] = op.into();
            Ok(reply)
        }
        "regs" | "registers" => {
            reply!("debug": {"op": "regs", "pid": number, "registers": host.registers(Some(pid))?})
        }
        "cont" | "continue" => stepped(host.continues(pid, bounds), "cont"),
        "step" => stepped(host.steps(pid, bounds), "step"),
        "break" => stepped(host.breaks(pid), "break"),
        "bp" => breakpoint(host, me, pid, (action.unwrap_or_default().to_lowercase().as_str(), address)),
        _ => Err(Refusal::Unknown("dbg op", op.to_owned())),
    }
}

fn breakpoint(
    host: &mut Host<'_>,
    me: Connection,
    pid: Int,
    (action, address): (&str, Option<Int>),
) -> Reply {
    let address = || address.ok_or_else(|| Refusal::malformed("dbg", format!("bp {action} needs `addr`")));
    let (action, breakpoints) = match action {
        "" | "list" => ("list", host.pid(pid).map(|pid| host.debugger.breakpoints(pid))?),
        "add" => ("add", host.add_breakpoint(pid, address()?, Some(me))?),
        "remove" | "rm" | "del" | "delete" => ("remove", host.remove_breakpoints(pid, Some(address()?))?),
        _ => return Err(Refusal::Unknown("dbg bp action", action.to_owned())),
    };
    let Int(pid) = pid;
    reply!("debug": {"op": "bp", "action": action, "pid": pid, "breakpoints": breakpoints})
}
