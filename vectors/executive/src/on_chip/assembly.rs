//! An outcome put together from the items that the chip has sent.

use std::mem::take;

use executive::{Profile, Switch};
use oracle::hex;
use vectors_executive_wire as wire;
use vectors_minivm::changed_runs;
use wire::{Given, Head, Item};

use crate::event::{Event, command_value, event};
use crate::outcome::{CallResult, Io, Value};
use crate::snapshot::{self, around_window};
use crate::state::{
    Command, File, Final, Handle, Mailbox, Message, NextFd, OpenFile, Pending, Registered, Sleep, Tap, Task,
};

/// Bytes of data memory.
const MEMORY: usize = minivm::memory::SIZE;

/// What has arrived so far, in order: calls first, then the state.
pub struct Assembly {
    /// Whether events name the task that sleeps, and none waits.
    direct_events: bool,
    /// Whether each task has open files of its own.
    own_files: bool,
    pub results: Vec<CallResult>,
    state: Final,
    next_fds: Vec<(u16, u32)>,
    pending: Pending,
    // What the items to come take.
    bytes: Vec<u8>,
    texts: Vec<String>,
    numbers: Vec<u32>,
    events: Vec<Event>,
    io: Vec<Io>,
    memory: Box<[u8; MEMORY]>,
    messages: Vec<Message>,
    taps: Vec<Tap>,
}

impl Assembly {
    /// Nothing of an outcome in this profile.
    pub fn new(profile: impl Profile) -> Self {
        Assembly {
            direct_events: profile.strict(Switch::DirectEvents),
            own_files: profile.strict(Switch::TaskFds),
            results: Vec::new(),
            state: Final::default(),
            next_fds: Vec::new(),
            pending: Pending::default(),
            bytes: Vec::new(),
            texts: Vec::new(),
            numbers: Vec::new(),
            events: Vec::new(),
            io: Vec::new(),
            memory: Box::new([0; MEMORY]),
            messages: Vec::new(),
            taps: Vec::new(),
        }
    }

    /// Takes the next item.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn add(&mut self, item: Item<'_>) -> Result<(), String> {
        match item {
            Item::Bytes(bytes) => self.bytes.extend(bytes),
            Item::Text => self.texts.push(String::from_utf8_lossy(&take(&mut self.bytes)).into_owned()),
            Item::Number(number) => self.numbers.push(number),
            Item::Event(told) => self.events.push(event(&told, self.direct_events)),
            Item::Uart(pid) => self.io.push(Io::Uart { pid, data: take(&mut self.bytes) }),
            Item::Can(pid, id) => self.io.push(Io::Can { pid, id, data: take(&mut self.bytes) }),
            Item::Exit(pid, code) => self.io.push(Io::Exit { pid, code }),
            Item::Gives(given) => {
                let ok = Some(self.value(given));
                self.end_call(CallResult { ok, ..CallResult::default() });
            }
            Item::Refused(error) => {
                self.end_call(CallResult { error: Some(error.name().into()), ..CallResult::default() });
            }
            _ => return self.add_state(item),
        }
        Ok(())
    }

    fn end_call(&mut self, result: CallResult) {
        let (events, io) = (take(&mut self.events), take(&mut self.io));
        self.results.push(CallResult { events, io, ..result });
    }

    fn value(&mut self, given: Given<'_>) -> Value {
        match given {
            Given::Nothing => Value::Nothing,
            Given::Number(number) => Value::Number(number),
            Given::Bytes => Value::Bytes(hex::encode(&take(&mut self.bytes))),
            Given::Oids => {
                let mut oids: Vec<u16> = take(&mut self.numbers).into_iter().map(|oid| oid as u16).collect();
                oids.sort_unstable();
                Value::Oids(oids)
            }
            Given::Loaded(pid, name) => Value::Loaded { pid, name: name.into() },
            Given::Step(reply) => Value::Step(reply.into()),
            Given::Opened(handle) => Value::Opened { handle },
            Given::Bound(bound) => {
                Value::Bound { descriptor: bound.descriptor, capacity: bound.capacity, mode: bound.mode }
            }
            Given::Sent(taken, length, descriptor) => {
                Value::Sent { status: u32::from(!taken), length, descriptor }
            }
            Given::Received(flags, channel, src) => {
                Value::Received { status: 0, flags, channel, src, data: hex::encode(&take(&mut self.bytes)) }
            }
            Given::NoMessage => Value::Status { status: 3 },
            Given::Peek(peek) => Value::Peek(peek.into()),
            Given::Updated => Value::Updated { updated: take(&mut self.numbers) },
            Given::Command(status, result) => Value::Command { status, result: command_value(result) },
            Given::Value(f16) => Value::Value { status: 0, f16 },
            Given::Status(status) => Value::Status { status: status.into() },
        }
    }

    fn add_state(&mut self, item: Item<'_>) -> Result<(), String> {
        let out_of_place = || format!("sends an item out of place: {item:?}");
        match item {
            Item::Memory(address) => {
                let bytes = take(&mut self.bytes);
                let end = (address as usize).checked_add(bytes.len()).ok_or_else(out_of_place)?;
                let place = self.memory.get_mut(address as usize..end).ok_or_else(out_of_place)?;
                place.copy_from_slice(&bytes);
            }
            Item::Task(task) => self.add_task(task),
            Item::Wait(wait) => self.state.waits.push(snapshot::wait(&wait)),
            Item::Message { flags, channel, src, seq } => {
                self.messages.push(Message { data: take(&mut self.bytes), flags, channel, src, seq });
            }
            Item::Tap { pid, handle, bytes_used } => {
                self.taps.push(Tap { pid, handle, bytes_used, queue: take(&mut self.messages) });
            }
            Item::Mailbox { id, namespace, name, owner, capacity, mode, bytes_used, head_seq, next_seq } => {
                self.state.mailboxes.push(Mailbox {
                    id,
                    namespace,
                    name: name.into(),
                    owner: owner.map(|owner| owner.to_string()),
                    capacity,
                    mode,
                    bytes_used,
                    head_seq,
                    next_seq,
                    waiters: take(&mut self.numbers).into_iter().map(|pid| pid as u16).collect(),
                    queue: take(&mut self.messages),
                    taps: take(&mut self.taps),
                });
            }
            Item::Handle { pid, handle, descriptor, last_seq, sender, overrun, tap, tap_overrun } => {
                let it = Handle { pid, handle, descriptor, last_seq, sender, overrun, tap, tap_overrun };
                self.state.handles.push(it);
            }
            Item::Counter(counter) => self.state.next_handles.push((counter.pid, counter.next)),
            Item::Persisted(key, bits) => self.state.persisted.push((key, bits)),
            Item::File => {
                let [name] = self.texts().ok_or_else(out_of_place)?;
                self.state.files.push(File(name, take(&mut self.bytes)));
            }
            Item::OpenFile(pid, fd, position) => {
                let [name] = self.texts().ok_or_else(out_of_place)?;
                self.state.fds.push(match self.own_files {
                    false => OpenFile::Shared(fd, name, position),
                    true => OpenFile::Own(pid, fd, name, position),
                });
            }
            Item::Pending(None) => self.pending.active = take(&mut self.events),
            Item::Pending(Some(pid)) => {
                let events = take(&mut self.events);
                if !events.is_empty() {
                    self.pending.tasks.push((pid, events));
                }
            }
            _ => return self.add_registered(item).ok_or_else(out_of_place),
        }
        Ok(())
    }

    fn add_task(&mut self, task: wire::Task<'_>) {
        let memory = std::mem::replace(&mut self.memory, Box::new([0; MEMORY]));
        let around = around_window(task.reg_base);
        self.next_fds.push((task.pid, task.next_fd));
        self.state.tasks.push(Task {
            pid: task.pid,
            name: task.name.into(),
            base: task.base.into(),
            state: task.state.name().into(),
            pc: task.pc,
            sp: task.sp,
            psw: task.psw,
            regs: task.regs,
            depth: task.depth,
            steps: task.steps,
            exit_status: task.exit_status,
            priority: task.priority,
            quantum: task.quantum,
            reg_base: task.reg_base,
            stack: task.stack.into(),
            sleep: task.sleep.map(|(ms, deadline)| Sleep { ms, deadline }),
            running: task.running,
            fault: task.fault.map(|fault| fault.name().into()),
            stdio: task.stdio,
            handler: task.handler,
            mem: changed_runs(&[0; MEMORY], &*memory, around),
        });
    }

    /// A value or a command; nothing if it is none, or has not all of its texts.
    fn add_registered(&mut self, item: Item<'_>) -> Option<()> {
        match item {
            Item::Value {
                oid,
                flags,
                auth,
                owner,
                f16,
                desc_head,
                epsilon,
                rate_ms,
                min,
                max,
                key,
                debounce,
                changed,
            } => {
                let [group_name, name, unit] = self.texts()?;
                let numbers = take(&mut self.numbers);
                let subscribers = numbers.as_chunks().0.iter().map(|&[pid, handle]| (pid as u16, handle));
                self.state.values.push(Registered {
                    oid,
                    flags,
                    auth,
                    owner,
                    f16,
                    desc_head,
                    group_name,
                    name,
                    unit,
                    epsilon,
                    rate_ms,
                    min,
                    max,
                    key,
                    debounce,
                    changed,
                    subscribers: subscribers.collect(),
                });
            }
            Item::Command { oid, flags, auth, owner, handler, desc_head } => {
                let [group_name, name, help] = self.texts()?;
                let it = Command { oid, flags, auth, owner, handler, desc_head, group_name, name, help };
                self.state.commands.push(it);
            }
            _ => return None,
        }
        Some(())
    }

    fn texts<const N: usize>(&mut self) -> Option<[String; N]> {
        take(&mut self.texts).try_into().ok()
    }

    /// The results and the state.
    ///
    /// # Errors
    /// Something was sent that belongs to nothing.
    pub fn finish(self, head: Head) -> Result<(Vec<CallResult>, Final), String> {
        let is_left = !self.bytes.is_empty()
            || !self.texts.is_empty()
            || !self.numbers.is_empty()
            || !self.events.is_empty()
            || !self.io.is_empty()
            || !self.messages.is_empty()
            || !self.taps.is_empty();
        if is_left {
            return Err("sends something that belongs to nothing".into());
        }
        let state = Final {
            now: head.now,
            paused: head.paused,
            current: head.current,
            next_pid: head.next_pid,
            stdio_modes: head.stdio_modes,
            strings: head.strings as usize,
            descriptor_bytes: head.descriptor_bytes,
            next_fd: if self.own_files { NextFd::Own(self.next_fds) } else { NextFd::Shared(head.next_fd) },
            pending: (!self.direct_events).then_some(self.pending),
            ..self.state
        };
        Ok((self.results, state))
    }
}
