//! What each command does.

use serde_json::{Map, Value};

use super::channels::{self, Channels};
use super::request::{Filters, Request};
use super::stepping::breakpoints;
use super::symbols::Symbols;
use super::{Caller, LOG, Server, views};
use crate::host::{Filter, Host, Loaded, Message, Reading, Reply, Wanted, reply};
use crate::lenient::{Flag, Int, Many, Text};
use crate::refusal::Refusal;

/// Bytes that are read if nothing is said.
const PEEKED: i64 = 16;
/// Decisions of the scheduler that are shown.
const DECISIONS: usize = 32;

impl Server {
    pub(super) fn carry_out(&mut self, host: &mut Host<'_>, by: Caller<'_>, request: Request) -> Reply {
        let text = |text: Option<Text>| text.map(|Text(text)| text);
        match request {
            Request::Ping {} => reply!("reply": "pong"),
            Request::Info { pid } => {
                let mut info = host.info(pid);
                info["auto"] = self.clock.runs().into();
                info["clock"] = self.clock.show();
                reply!("info": info)
            }
            Request::Attach {} => {
                host.set_attached(true);
                reply!("info": host.info(None))
            }
            Request::Detach {} => {
                host.set_attached(false);
                reply!("info": host.info(None))
            }
            Request::Load { path: Text(path), symbols } | Request::Exec { path: Text(path), symbols } => {
                let Loaded { pid, mut image } = host.load(&path)?;
                self.name(host, pid, &path, text(symbols), &mut image);
                self.note(host, "info", &format!("loaded {path}"));
                reply!("image": image)
            }
            Request::Ps {} => reply!("tasks": self.annotated(host, host.tasks())),
            Request::Step { steps, pid, source_only } => {
                let turns = host.turns(steps.unwrap_or(Int(1)))?;
                if source_only.unwrap_or_default().0 && self.knows_lines(host, pid) {
                    return self.step_line(host, by, turns.max(1), pid);
                }
                self.step(host, by, turns, pid)
            }
            Request::Clock { op, rate, steps, pid } => {
                match text(op).unwrap_or_default().to_lowercase().as_str() {
                    "" | "status" => {}
                    "start" | "run" => self.clock.start(host.it.now()),
                    "stop" | "halt" => self.clock.stop(),
                    "rate" => {
                        let rate = rate.ok_or_else(|| Refusal::malformed("clock", "rate needs `rate`"))?;
                        self.clock.set_rate(rate);
                    }
                    "step" => {
                        let turns = host.turns(steps.unwrap_or(Int(1)))?;
                        if turns == 0 {
                            return Err(Refusal::malformed("clock", "step needs more than 0 `steps`"));
                        }
                        return self.step(host, by, turns, pid);
                    }
                    other => return Err(Refusal::Unknown("clock op", other.to_owned())),
                }
                reply!("clock": self.clock.show())
            }
            Request::Bp { op, pid, addr } => {
                let op = text(op).unwrap_or_default().to_lowercase();
                let address = || addr.ok_or_else(|| Refusal::malformed("bp", format!("{op} needs `addr`")));
                match op.as_str() {
                    "" | "list" => breakpoints(host, pid),
                    "set" => self.set_breakpoint(host, by, pid, address()?),
                    "clear" => self.clear_breakpoints(host, by, pid, Some(address()?)),
                    "clear_all" | "clearall" => self.clear_breakpoints(host, by, pid, None),
                    other => Err(Refusal::Unknown("bp op", other.to_owned())),
                }
            }
            Request::BpAdd { pid, address } => self.set_breakpoint(host, by, pid, address),
            Request::BpRemove { pid, address } => self.clear_breakpoints(host, by, pid, Some(address)),
            Request::BpList { pid } => breakpoints(host, pid),
            Request::Pause { pid } => {
                self.changing(by, pid)?;
                host.pause(Some(pid))
            }
            Request::Resume { pid } => {
                self.changing(by, pid)?;
                host.resume(Some(pid))
            }
            Request::Kill { pid } => {
                self.changing(by, pid)?;
                let mut task = host.kill(pid)?;
                let task = task["task"].take();
                self.note(host, "info", &format!("killed {}", task["pid"]));
                reply!("task": {"pid": task["pid"], "state": task["state"]})
            }
            Request::Reload { pid } => self.reload(host, by, pid),
            Request::Peek { pid, addr, length } => {
                host.peek_hex(Some(pid), addr, length.unwrap_or(Int(PEEKED)))
            }
            Request::Poke { pid, addr, data } => {
                self.changing(by, pid)?;
                host.poke(Some(pid), addr, &data)
            }
            Request::DumpRegs { pid } => reply!("registers": host.registers(pid)?),
            Request::VmRegGet { reg, pid } => host.register(reg, pid),
            Request::VmRegSet { reg, value, pid } => {
                let known = Int(host.pid_or_current(pid)?.into());
                self.changing(by, known)?;
                host.set_register(reg, value, pid)
            }
            Request::VmTraceLast { pid } => reply!("trace": host.last(pid)?),
            Request::Sched { pid: None, .. } => reply!("scheduler": host.scheduler(DECISIONS)),
            Request::Sched { pid: Some(pid), priority, quantum } => {
                self.changing(by, pid)?;
                host.schedule(pid, priority, quantum)
            }
            Request::MailboxSnapshot {} => host.mailboxes(),
            Request::StdioFanout { pid, stream, mode } => {
                if let (Some(Text(pid)), Some(_)) = (&pid, &mode) {
                    // What is no number names no task in particular.
                    let pid = serde_json::from_value(pid.trim().into()).ok();
                    self.changing_some(by, pid)?;
                }
                channels::fanout(host, (text(pid), text(stream), text(mode)), by.me)
            }
            Request::List { pid } => reply!("channels": Channels::list(host, host.pid(pid)?)),
            Request::Listen { pid, limit, max_len } => {
                self.tasks.channels.listen(host, (pid, limit, max_len), by.me)
            }
            Request::Send { pid, data, data_hex, channel } => {
                self.changing(by, pid)?;
                let channel = channel.unwrap_or_default();
                let message = Message { text: data, hex: data_hex, flags: Int(0), channel };
                channels::send(host, pid, &message, by.me)
            }
            _ => self.carry_out_more(host, by, request),
        }
    }

    fn carry_out_more(&mut self, host: &mut Host<'_>, by: Caller<'_>, request: Request) -> Reply {
        let text = |text: Option<Text>| text.map(|Text(text)| text);
        match request {
            Request::ValList { pid, group, oid, name } => {
                self.changing_some(by, pid)?;
                reply!("values": host.values(&Filter { pid, group, oid, name: text(name) }))
            }
            Request::ValGet { oid, pid } => {
                self.changing_some(by, pid)?;
                reply!("value": host.value(oid, pid)?)
            }
            Request::ValSet { oid, value, pid } => {
                self.changing_some(by, pid)?;
                reply!("value": host.set_value(oid, value, pid)?)
            }
            Request::ValStats {} => host.value_stats(),
            Request::CmdList { pid, group, oid, name } => {
                self.changing_some(by, pid)?;
                reply!("commands": host.commands(&Filter { pid, group, oid, name: text(name) }))
            }
            Request::CmdCall { oid, pid, r#async, token } => {
                self.changing_some(by, pid)?;
                let waits = !r#async.unwrap_or_default().0;
                reply!("command": host.call(&Wanted { oid, pid, token: text(token), waits })?)
            }
            Request::CmdStats {} => host.command_stats(),
            Request::Trace { op, pid, mode, limit, records, replace, buffer_size, changed_regs } => {
                let op = text(op).unwrap_or_default().to_lowercase();
                if op == "config" {
                    return self.configure_trace(buffer_size, changed_regs);
                }
                let pid = pid.ok_or_else(|| Refusal::malformed("trace", "it needs `pid`"))?;
                match op.as_str() {
                    "" => {
                        self.changing(by, pid)?;
                        let mut trace = host.trace(pid, mode.map(|Flag(on)| on))?;
                        trace["buffer_size"] = self.tasks.traces.capacity.into();
                        reply!("trace": trace)
                    }
                    "records" | "export" => reply!("trace": self.tasks.traces.show(host.pid(pid)?, limit)),
                    "import" => {
                        self.changing(by, pid)?;
                        let (known, replace) = (host.pid(pid)?, replace.is_none_or(|Flag(it)| it));
                        self.tasks.traces.import(known, records.unwrap_or_default(), replace)?;
                        reply!("trace": self.tasks.traces.show(known, limit))
                    }
                    other => Err(Refusal::Unknown("trace op", other.to_owned())),
                }
            }
            Request::Disasm { pid, addr, count, mode } => {
                let pid = host.pid(pid)?;
                let mode = text(mode).unwrap_or_else(|| "on-demand".to_owned());
                if !["on-demand", "cached"].contains(&mode.as_str()) {
                    return Err(Refusal::Unknown("disasm mode", mode));
                }
                let symbols = self.tasks.symbols.get(&pid);
                reply!("disasm": views::disassembly(host, pid, (addr, count), (&mode, symbols))?)
            }
            Request::Stack { pid, max } => {
                let pid = host.pid(pid)?;
                reply!("stack": views::stack(host, pid, max, self.tasks.symbols.get(&pid))?)
            }
            Request::Memory { pid, op } => match text(op).unwrap_or_default().as_str() {
                "" | "regions" => reply!("memory": views::regions(host, host.pid(pid)?)?),
                other => Err(Refusal::Unknown("memory op", other.to_owned())),
            },
            Request::Symbols { pid, r#type, offset, limit } => {
                let pid = host.pid(pid)?;
                let kind = text(r#type).unwrap_or_else(|| "all".to_owned());
                let number = |Int(number): Int| usize::try_from(number).unwrap_or(0);
                let (offset, limit) = (offset.map_or(0, number), limit.map(number));
                let nothing = Symbols::default();
                let mut shown = self.tasks.symbols.get(&pid).unwrap_or(&nothing).list(&kind, offset, limit);
                shown["pid"] = pid.into();
                reply!("symbols": shown)
            }
            Request::Sym { op, pid, address, name, path } => {
                let op = text(op).unwrap_or_default().to_lowercase();
                self.symbol(host, by, (&op, pid), (address, text(name), text(path)))
            }
            Request::Watch { op, pid, expr, r#type, length, id } => {
                match text(op).unwrap_or_default().to_lowercase().as_str() {
                    "" | "list" => reply!("watch": self.tasks.watches.list(pid)),
                    "add" => {
                        self.changing(by, pid)?;
                        let known = host.pid(pid)?;
                        let expression =
                            text(expr).ok_or_else(|| Refusal::malformed("watch", "add needs `expr`"))?;
                        let symbols = self.tasks.symbols.get(&known);
                        let what = (expression.as_str(), r#type.as_ref().map(|it| it.0.as_str()), length);
                        reply!("watch": self.tasks.watches.add(host, known, what, symbols)?)
                    }
                    "remove" => {
                        self.changing(by, pid)?;
                        let id = id.ok_or_else(|| Refusal::malformed("watch", "remove needs `id`"))?;
                        reply!("watch": self.tasks.watches.remove(host.pid(pid)?, id)?)
                    }
                    other => Err(Refusal::Unknown("watch op", other.to_owned())),
                }
            }
            Request::Dmesg { limit } => {
                let limit = limit.map_or(LOG.1, |Int(limit)| limit).clamp(0, LOG.0 as i64) as usize;
                let spare = self.log.len().saturating_sub(limit);
                reply!("logs": self.log.iter().skip(spare).collect::<Vec<_>>())
            }
            Request::Restart { targets } => {
                let names = targets.map(Many::into_list).unwrap_or_default();
                let mut names: Vec<String> =
                    names.into_iter().map(|Text(name)| name.to_lowercase()).collect();
                if names.is_empty() {
                    names.push("exec".to_owned());
                }
                self.ending_all(host, by)?;
                host.ask_for_reset();
                let restart: Map<String, Value> =
                    names.into_iter().map(|name| (name, "requested".into())).collect();
                reply!("restart": restart)
            }
            Request::Shutdown {} => {
                self.ending_all(host, by)?;
                self.is_to_end = true;
                Ok(Map::new())
            }
            _ => self.carry_out_session(host, by, request),
        }
    }

    fn carry_out_session(&mut self, host: &mut Host<'_>, by: Caller<'_>, request: Request) -> Reply {
        let now = host.wall;
        if let Request::SessionOpen { client, capabilities, pid_lock, heartbeat_s } = request {
            let limit = host.limits.sessions;
            let opened = self.sessions.open(
                client,
                capabilities.unwrap_or_default(),
                (pid_lock, heartbeat_s),
                (now, limit),
            )?;
            self.note(host, "info", "session opened");
            return reply!("session": opened);
        }
        if let Request::SessionList {} = request {
            return reply!("sessions": self.sessions.list(now));
        }
        let session = by.session.ok_or(Refusal::SessionRequired)?;
        match request {
            Request::SessionClose {} => {
                self.hub.unsubscribe(session);
                self.sessions.close(session);
                Ok(Map::new())
            }
            Request::SessionCurrent {} => reply!("session": self.sessions.current(session)),
            Request::SessionTerminate { target: Text(target) } => {
                if !self.sessions.close(&target) {
                    return Err(Refusal::Unknown("session", target));
                }
                self.hub.unsubscribe(&target);
                reply!("closed": {"id": target, "reason": "terminated"})
            }
            Request::EventsSubscribe { filters } => {
                // What is no object asks for nothing in particular.
                let filters = match filters.filter(Value::is_object) {
                    Some(filters) => serde_json::from_value(filters)
                        .map_err(|why| Refusal::malformed("events.subscribe", why))?,
                    None => Filters::default(),
                };
                let max = self.sessions.touch(session, now)?.max_events;
                reply!("events": self.hub.subscribe((session, by.me), filters, (max, now))?)
            }
            Request::EventsUnsubscribe {} => reply!("unsubscribed": self.hub.unsubscribe(session)),
            Request::EventsAck { seq } => match self.hub.acknowledge(session, seq) {
                // The reference says of every session that it is not open.
                Err(Refusal::NotSubscribed) if host.reading() == Reading::Reference => {
                    Err(Refusal::SessionRequired)
                }
                events => reply!("events": events?),
            },
            // The sign of life, which every request is.
            Request::SessionKeepalive {} => Ok(Map::new()),
            other => Err(Refusal::UnknownCommand(format!("{other:?}"))),
        }
    }
}
