//! The executive's own protocol: what debuggers and shells speak. Beside what the VM server can do there are sessions, which
//! may have tasks to themselves; events, which come on the connection that has asked for them; a clock that has the tasks
//! run; and views: breakpoints, stack, disassembly, symbols, watches, traces.

mod channels;
mod clock;
mod hub;
mod request;
mod session;
mod states;
mod symbols;
mod traces;
mod views;
mod watch;

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::host::{Connection, Filter, Host, Message, Reply, Stepped, reply};
use crate::lenient::{Flag, Int, Many, Text};
use crate::parsing::{object, request as parse};
use crate::refusal::Refusal;
use channels::Channels;
use clock::Clock;
use hub::Hub;
pub use hub::Sent;
pub use request::{Capabilities, Filters, Request};
use session::Sessions;
use states::States;
use symbols::Symbols;
use traces::Traces;
use watch::Watches;

/// Lines of the log that are kept, and that are shown if nothing is said.
const LOG: (usize, i64) = (512, 64);
/// Bytes that are read if nothing is said.
const PEEKED: i64 = 16;
/// Decisions of the scheduler that are shown.
const DECISIONS: usize = 32;

/// The executive, as all its clients share it.
#[derive(Debug, Default)]
pub struct Server {
    sessions: Sessions,
    hub: Hub,
    clock: Clock,
    tasks: OfTasks,
    log: VecDeque<Value>,
    logged: u64,
    is_to_end: bool,
}

/// What goes with the tasks.
#[derive(Debug, Default)]
struct OfTasks {
    states: States,
    symbols: BTreeMap<u16, Symbols>,
    watches: Watches,
    traces: Traces,
    channels: Channels,
}

/// Who asks.
#[derive(Clone, Copy)]
struct Caller<'s> {
    me: Connection,
    session: Option<&'s str>,
}

impl Server {
    /// Answers a line.
    pub fn answer(&mut self, host: &mut Host<'_>, me: Connection, line: &[u8]) -> Reply {
        self.expire(host);
        let (name, object) = object(line)?;
        let session = object.get("session").and_then(Value::as_str).map(str::to_owned);
        if let Some(id) = &session {
            self.sessions.touch(id, host.wall)?;
        }
        let request = parse(&name, object)?;
        let reply = self.carry_out(host, Caller { me, session: session.as_deref() }, request);
        host.settle();
        reply
    }

    /// Whether a client has shut the server down.
    pub fn is_to_end(&self) -> bool {
        self.is_to_end
    }

    /// There is a new executive: what was known of its tasks is gone, sessions and subscriptions are not.
    pub fn reset(&mut self) {
        self.tasks = OfTasks::default();
        self.clock = Clock::default();
    }

    /// A connection is gone.
    pub fn forget(&mut self, connection: Connection) {
        self.hub.forget(connection);
    }

    /// Whether there are sessions, which may expire.
    pub fn has_sessions(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// When there is something to do, in ms.
    pub fn due(&self) -> Option<u64> {
        self.clock.due()
    }

    /// Does what the clock has to do.
    pub fn tick(&mut self, host: &mut Host<'_>) {
        let now = host.it.now();
        match self.clock.tick(host, now) {
            Ok(Some(_)) => drop(self.observe(host, None, "auto")),
            Ok(None) => {}
            Err(why) => self.note(host, "error", &why.to_string()),
        }
    }

    /// After an input: what has happened are events; whether some of them wait to be sent.
    pub fn follow(&mut self, host: &mut Host<'_>, send: &mut impl FnMut(Connection, &str) -> Sent) -> bool {
        self.observe(host, None, "manual");
        self.expire(host);
        self.clock.hurry(host.it.now());
        self.hub.deliver(host.wall, send)
    }

    /// Publishes what has happened. Gives the events of watches and breakpoints, which a step replies.
    fn observe(&mut self, host: &mut Host<'_>, last: Option<Value>, source: &str) -> Vec<Value> {
        let told = host.take_news();
        let executed = host.take_turns();
        let mut replied = Vec::new();
        for mut event in told.clone() {
            let stop = event["type"] == "debug_stop" && event["reason"] == "breakpoint";
            let (pid, pc) = (event["pid"].clone(), event["pc"].clone());
            if event["type"] == "trace_step" {
                self.tasks.traces.keep(&mut event, host.wall);
            }
            self.publish(host, event);
            if stop {
                let data = json!({"pc": pc, "phase": "post", "reason": "breakpoint"});
                replied.push(self.publish(host, json!({"type": "debug_break", "pid": pid, "data": data})));
            }
        }
        if let Some(mut event) = last {
            event["type"] = "trace_step".into();
            self.tasks.traces.keep(&mut event, host.wall);
            self.publish(host, event);
        }
        let changes = self.tasks.states.changes(host, &told, executed, source);
        let has_changed = !changes.is_empty();
        changes.into_iter().for_each(|event| drop(self.publish(host, event)));
        for event in self.tasks.watches.changes(host) {
            replied.push(self.publish(host, event));
        }
        if has_changed {
            let lives = |pid: u16| host.it.tasks().iter().any(|task| task.pid == pid);
            self.tasks.symbols.retain(|&pid, _| lives(pid));
            self.tasks.traces.retain(lives);
            self.tasks.channels.retain(host);
        }
        replied
    }

    fn publish(&mut self, host: &Host<'_>, event: Value) -> Value {
        self.hub.publish(event, host.wall, host.limits.events)
    }

    fn expire(&mut self, host: &Host<'_>) {
        for id in self.sessions.expire(host.wall) {
            self.hub.unsubscribe(&id);
            self.note(host, "info", "session expired");
        }
    }

    fn note(&mut self, host: &Host<'_>, level: &str, message: &str) {
        self.logged += 1;
        self.log.push_back(json!({"seq": self.logged, "ts": host.wall, "level": level, "message": message}));
        if self.log.len() > LOG.0 {
            self.log.pop_front();
        }
    }

    fn carry_out(&mut self, host: &mut Host<'_>, by: Caller<'_>, request: Request) -> Reply {
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
                let mut reply = host.load(&path)?;
                let pid = reply["image"]["pid"].as_u64().and_then(|pid| u16::try_from(pid).ok()).unwrap_or(0);
                self.name(host, pid, &path, text(symbols), &mut reply["image"]);
                self.note(host, "info", &format!("loaded {path}"));
                Ok(reply)
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
            Request::Reload { pid } => {
                self.changing(by, pid)?;
                let named = self.tasks.symbols.get(&host.pid(pid)?).map(|symbols| symbols.path.clone());
                let mut reload = host.reload(pid)?;
                let new = reload["new_pid"].as_u64().and_then(|pid| u16::try_from(pid).ok()).unwrap_or(0);
                let path = reload["program"].as_str().unwrap_or_default().to_owned();
                self.name(host, new, &path, named, &mut reload["image"]);
                let tasks = host.tasks();
                let task = tasks["tasks"].as_array().into_iter().flatten().find(|task| task["pid"] == new);
                reload.insert("task".to_owned(), task.cloned().unwrap_or_default());
                reply!("reload": reload)
            }
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
            Request::CmdCall { oid, pid, r#async } => {
                self.changing_some(by, pid)?;
                reply!("command": host.call(oid, pid, !r#async.unwrap_or_default().0)?)
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
                host.ask_for_reset();
                let restart: Map<String, Value> =
                    names.into_iter().map(|name| (name, "requested".into())).collect();
                reply!("restart": restart)
            }
            Request::Shutdown {} => {
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
            Request::EventsAck { seq } => reply!("events": self.hub.acknowledge(session, seq)?),
            // All that is left is the sign of life, which every request is.
            _ => Ok(Map::new()),
        }
    }

    /// Whether the caller may change a task.
    fn changing(&self, by: Caller<'_>, pid: Int) -> Result<(), Refusal> {
        self.sessions.may_change(by.session, pid)
    }

    fn changing_some(&self, by: Caller<'_>, pid: Option<Int>) -> Result<(), Refusal> {
        pid.map_or(Ok(()), |pid| self.sessions.may_change(by.session, pid))
    }

    fn step(&mut self, host: &mut Host<'_>, by: Caller<'_>, turns: u32, pid: Option<Int>) -> Reply {
        self.changing_some(by, pid)?;
        let pinned = pid.map(|pid| host.pid(pid)).transpose()?;
        let stepped = host.step(turns, pinned)?;
        self.stepped(host, stepped)
    }

    fn stepped(&mut self, host: &mut Host<'_>, stepped: Stepped) -> Reply {
        self.clock.count_manual(stepped.executed);
        let traced = stepped.events.iter().any(|event| event["type"] == "trace_step");
        let last = stepped.last.as_ref().filter(|_| stepped.executed > 0 && !traced);
        let mut result = stepped.show();
        let more = self.observe(host, last.map(|last| last.show()), "manual");
        if let Some(Value::Array(events)) = result.get_mut("events") {
            events.extend(more);
        }
        reply!("result": result, "clock": self.clock.show())
    }

    fn knows_lines(&self, host: &Host<'_>, pid: Option<Int>) -> bool {
        host.pid_or_current(pid).is_ok_and(|pid| self.tasks.symbols.contains_key(&pid))
    }

    /// Steps until a task is at an instruction that has a line of its source.
    fn step_line(&mut self, host: &mut Host<'_>, by: Caller<'_>, lines: u32, pid: Option<Int>) -> Reply {
        self.changing_some(by, pid)?;
        let pinned = Some(host.pid_or_current(pid)?);
        let mut whole = host.step(0, pinned)?;
        let (mut left, most) = (lines, host.limits.steps);
        while left > 0 && whole.executed < most {
            let mut stepped = host.step(1, pinned)?;
            stepped.executed += whole.executed;
            let ended = stepped.executed == whole.executed || !stepped.running || stepped.stop.is_some();
            stepped.events = [std::mem::take(&mut whole.events), stepped.events].concat();
            whole = stepped;
            let pc = pinned.map_or(0, |pid| host.pc(pid));
            let symbols = pinned.and_then(|pid| self.tasks.symbols.get(&pid));
            left -= u32::from(symbols.is_none_or(|symbols| symbols.line(pc.into()).is_some()));
            if ended {
                break;
            }
        }
        self.stepped(host, whole)
    }

    fn set_breakpoint(&mut self, host: &mut Host<'_>, by: Caller<'_>, pid: Int, address: Int) -> Reply {
        self.changing(by, pid)?;
        host.add_breakpoint(pid, address, None)?;
        breakpoints(host, pid)
    }

    fn clear_breakpoints(
        &mut self,
        host: &mut Host<'_>,
        by: Caller<'_>,
        pid: Int,
        address: Option<Int>,
    ) -> Reply {
        self.changing(by, pid)?;
        host.remove_breakpoints(pid, address)?;
        breakpoints(host, pid)
    }

    /// Tasks with what debuggers and shells want to know of them beside.
    fn annotated(&self, host: &Host<'_>, mut tasks: Value) -> Value {
        for task in tasks["tasks"].as_array_mut().into_iter().flatten() {
            let pid = task["pid"].as_u64().and_then(|pid| u16::try_from(pid).ok()).unwrap_or(0);
            let set = host.debugger.breakpoints(pid);
            if !set.is_empty() {
                task["breakpoints"] = json!(set);
            }
            if let Some(wait) = host.it.waits().iter().find(|wait| wait.pid == pid) {
                task["wait_mailbox"] = wait.descriptor.into();
                task["wait_handle"] = wait.handle.into();
                task["wait_timeout"] = wait.timeout.into();
            }
            if let Some(symbols) = self.tasks.symbols.get(&pid) {
                task["symbols"] = json!({"path": symbols.path, "count": symbols.count()});
            }
        }
        tasks
    }

    fn configure_trace(&mut self, size: Option<Int>, changed_regs: Option<Flag>) -> Reply {
        let mut trace = Map::new();
        if let Some(size) = size {
            self.tasks.traces.resize(size);
            trace.insert("buffer_size".to_owned(), self.tasks.traces.capacity.into());
        }
        if let Some(Flag(on)) = changed_regs {
            self.tasks.traces.changed_regs = on;
            trace.insert("changed_regs".to_owned(), on.into());
        }
        reply!("trace": trace)
    }

    /// Reads the symbols of a program that was loaded: of a file, or of that beside its image.
    fn name(&mut self, host: &Host<'_>, pid: u16, path: &str, given: Option<String>, image: &mut Value) {
        let beside = || Path::new(path).with_extension("sym").to_string_lossy().into_owned();
        let path = given.unwrap_or_else(beside);
        let read = host.folder.read(&path, host.limits.file).and_then(|bytes| Symbols::read(&path, &bytes));
        match read {
            Ok(symbols) => {
                image["symbols"] =
                    json!({"pid": pid, "loaded": true, "path": path, "count": symbols.count()});
                self.tasks.symbols.insert(pid, symbols);
            }
            Err(_) => {
                image["symbols"] = json!({"pid": pid, "loaded": false, "path": path});
                image["warnings"] = json!([format!("symbols_missing:{path}")]);
            }
        }
    }

    fn symbol(
        &mut self,
        host: &mut Host<'_>,
        by: Caller<'_>,
        (op, pid): (&str, Int),
        (address, name, path): (Option<Int>, Option<String>, Option<String>),
    ) -> Reply {
        let known = host.pid(pid)?;
        let needs = |what: &str| Refusal::malformed("sym", format!("{op} needs `{what}`"));
        let place = || {
            let Int(address) = address.ok_or_else(|| needs("address"))?;
            u64::try_from(address).map_err(|_| Refusal::OutOfRange("address", 0, 0xFFFF))
        };
        if op == "load" {
            self.changing(by, pid)?;
            let path = path.ok_or_else(|| needs("path"))?;
            let bytes = host.folder.read(&path, host.limits.file)?;
            self.tasks.symbols.insert(known, Symbols::read(&path, &bytes)?);
        }
        let symbols = self.tasks.symbols.get(&known);
        match op {
            "" | "info" | "load" => {
                let mut shown = json!({"pid": known, "loaded": symbols.is_some()});
                if let Some(symbols) = symbols {
                    shown["path"] = symbols.path.as_str().into();
                    shown["count"] = symbols.count().into();
                }
                reply!("symbols": shown)
            }
            "addr" => {
                let address = place()?;
                reply!("symbol": symbols.and_then(|it| it.at(address)), "pid": known, "address": address)
            }
            "name" => {
                let name = name.ok_or_else(|| needs("name"))?;
                reply!("symbol": symbols.and_then(|it| it.named(&name)), "pid": known, "name": name)
            }
            "line" => {
                let address = place()?;
                reply!("line": symbols.and_then(|it| it.line(address)), "pid": known, "address": address)
            }
            other => Err(Refusal::Unknown("sym op", other.to_owned())),
        }
    }
}

fn breakpoints(host: &Host<'_>, pid: Int) -> Reply {
    let pid = host.pid(pid)?;
    reply!("pid": pid, "breakpoints": host.debugger.breakpoints(pid))
}
