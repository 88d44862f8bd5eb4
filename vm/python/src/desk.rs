//! The executive as the package drives it, with the rooms that it works in.

use std::path::PathBuf;

use executive::desk::{DeskExecutive, DeskRooms, LONGEST_MESSAGE, Start};
use executive::hal::{FileSystem, FolderFiles};
use executive::host::{CommandCall, HostMessage, HostReceived};
use executive::registry::{Command, Status, Texts, Value};
use executive::task::Task;
use executive::{Config, Error, Profile, StepReply, SwitchSet};
use minivm::control::RegisterId;
use minivm::memory::SIZE;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use self_cell::{MutBorrow, self_cell};

use crate::config::{ConfigParts, TASKS, config, policy, profile};
use crate::image::read;
use crate::octets::Octets;
use crate::refusal::{of_executive, of_plane, of_registry, refusal};
use crate::shared::Shared;
use crate::told::{IoParts, event, number, told};

/// How many turns pass before signals are looked for, and others have a chance: a few milliseconds.
const SLICE: u32 = 100_000;
/// How many turns are over before another thread could have begun.
const FEW: u32 = 1000;

/// What an executive works in.
struct Ground {
    rooms: MutBorrow<Box<DeskRooms<TASKS>>>,
    pin: Option<String>,
}

type Files<'m> = Box<dyn FileSystem + Send + Sync + 'm>;
type Tasks<'m> = DeskExecutive<'m, SwitchSet, TASKS, Files<'m>>;

self_cell!(
    /// An executive beside what it works in.
    struct Owned {
        owner: Ground,
        #[not_covariant]
        dependent: Tasks,
    }
);

/// A task: PID, name, state, steps, status at its end, priority, quantum, when it wakes, why it is parked.
type TaskParts = (u16, String, &'static str, u64, Option<u32>, u8, u16, Option<u64>, Option<&'static str>);
/// A step: turns, whether the task goes on, its pc, its steps, whether the active task sleeps, whether all are paused, the
/// task, the next one.
type StepParts = (u32, bool, Option<u32>, u64, bool, bool, Option<u16>, Option<u16>);
/// Registers: pc, sp, flags, R0 to R15, depth of calls, where R0 to R15 are, the addresses of the stack.
type RegisterParts = (u32, u32, u8, [u32; 16], u32, u16, (u32, u32));
/// A mailbox: descriptor, namespace, name, owner, capacity, mode, bytes in use.
type MailboxParts = (u32, &'static str, String, Option<i128>, u64, u16, u64);
/// A message: payload, flags, channel, the PID that sent it.
type MessageParts = (Vec<u8>, u32, u32, u16);
/// A value: OID, owner, bits, flags, auth level, name, group, unit.
type ValueParts = (u16, u16, u16, u8, u8, String, String, String);
/// A command: OID, owner, flags, auth level, name, group, help.
type CommandParts = (u16, u16, u8, u8, String, String, String);

/// An executive. No borrow of it outlives a call, and no code of Python is called within one.
#[pyclass(module = "lockstep_minivm._core", frozen)]
pub struct Executive {
    owned: Shared<Owned>,
    profile: SwitchSet,
}

#[pymethods]
impl Executive {
    #[new]
    fn new(
        names: (String, String),
        parts: ConfigParts,
        pin: Option<String>,
        stored: Vec<(u16, u16)>,
        folder: Option<(PathBuf, u64)>,
    ) -> PyResult<Self> {
        let (profile, policy) = (profile(&names.0)?, policy(&names.1)?);
        let config = config(parts)?;
        let folder = folder.map(|(path, limit)| FolderFiles::new(&path, limit)).transpose()?;
        let ground = Ground { rooms: MutBorrow::new(Box::default()), pin };
        let owned = Owned::new(ground, |ground| {
            let config = Config { pin: ground.pin.as_deref(), ..config };
            let start = Start { policy, stored, ..Start::default() };
            ground.rooms.borrow_mut().executive_with(profile, config, start, |ram| match folder {
                Some(folder) => Box::new(folder),
                None => Box::new(ram) as Files<'_>,
            })
        });
        Ok(Executive { owned: Shared::new(owned), profile })
    }

    #[getter]
    fn now(slf: &Bound<'_, Self>) -> u64 {
        with_ref(slf, |it| it.now())
    }

    fn set_time(slf: &Bound<'_, Self>, now: u64) {
        with_mut(slf, |it| it.set_time(now));
    }

    fn load(slf: &Bound<'_, Self>, image: Octets, name: &str) -> PyResult<(u16, String)> {
        let Octets(image) = image;
        let loaded = with_mut(slf, |it| it.load_named(&image, name));
        let profile = slf.get().profile;
        loaded.map(|loaded| (loaded.pid, loaded.name.as_str().to_owned())).map_err(|error| {
            // The executive says that it is invalid; why is told here.
            match (error, read(&image, profile.machine())) {
                (Error::BadImage, Err(why)) => refusal(error.name(), why.to_string()),
                _ => of_executive(error),
            }
        })
    }

    fn step(slf: &Bound<'_, Self>, turns: u32, pid: Option<u16>) -> PyResult<StepParts> {
        let reply = step(slf, turns, pid)?;
        let StepReply { executed, running, pc, steps, sleep_pending, paused, current, next } = reply;
        Ok((executed, running, pc, steps, sleep_pending, paused, current, next))
    }

    fn next_turn(slf: &Bound<'_, Self>, pid: Option<u16>) -> Option<u16> {
        with_ref(slf, |it| it.next_turn(pid))
    }

    fn tasks(slf: &Bound<'_, Self>) -> Vec<TaskParts> {
        with_ref(slf, |it| it.tasks().iter().map(task_parts).collect())
    }

    #[getter]
    fn current(slf: &Bound<'_, Self>) -> Option<u16> {
        with_ref(slf, |it| it.current())
    }

    #[getter]
    fn is_paused(slf: &Bound<'_, Self>) -> bool {
        with_ref(slf, |it| it.is_paused())
    }

    fn pause(slf: &Bound<'_, Self>, pid: Option<u16>) -> PyResult<()> {
        with(slf, |it| it.pause(pid))
    }

    fn resume(slf: &Bound<'_, Self>, pid: Option<u16>) -> PyResult<()> {
        with(slf, |it| it.resume(pid))
    }

    fn kill(slf: &Bound<'_, Self>, pid: u16) -> PyResult<()> {
        with(slf, |it| it.kill(pid))
    }

    fn schedule(slf: &Bound<'_, Self>, pid: u16, priority: Option<u8>, quantum: Option<u16>) -> PyResult<()> {
        with(slf, |it| it.schedule(pid, priority, quantum))
    }

    fn registers(slf: &Bound<'_, Self>, pid: u16) -> PyResult<RegisterParts> {
        let registers = with_ref(slf, |it| it.registers(pid));
        let registers = registers.ok_or_else(|| of_executive(Error::NoTask))?;
        let executive::host::Registers { pc, sp, psw, regs, depth, reg_base, stack } = registers;
        Ok((pc, sp, psw, regs, depth, reg_base, (stack.start, stack.end)))
    }

    /// Sets a register by its number in the control plane.
    fn set_register(slf: &Bound<'_, Self>, pid: u16, register: u32, value: u32) -> PyResult<()> {
        match RegisterId::try_from(register).map_err(of_plane)? {
            RegisterId::General(reg) => with(slf, |it| it.set_register(pid, reg.index() as u8, value)),
            special => with(slf, |it| it.set_special(pid, special, value)),
        }
    }

    fn peek<'py>(
        slf: &Bound<'_, Self>,
        py: Python<'py>,
        pid: u16,
        address: u16,
        length: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let mut bytes = vec![0; length.min(SIZE)];
        let count = with_ref(slf, |it| it.peek(pid, address, &mut bytes)).map_err(of_executive)?;
        Ok(PyBytes::new(py, &bytes[..count]))
    }

    fn poke(slf: &Bound<'_, Self>, pid: u16, address: u16, data: Octets) -> PyResult<()> {
        with(slf, |it| it.poke(pid, address, &data.0[..data.0.len().min(SIZE)]))
    }

    fn mailboxes(slf: &Bound<'_, Self>) -> Vec<MailboxParts> {
        let parts = |it: &executive::mailbox::Mailbox| {
            let namespace = ["pid", "svc", "app", "shared"][usize::from(it.namespace)];
            (it.id, namespace, it.name.as_str().to_owned(), it.owner, it.capacity, it.mode, it.used)
        };
        with_ref(slf, |it| it.mail().boxes().iter().map(parts).collect())
    }

    fn mailbox_open(slf: &Bound<'_, Self>, pid: u16, target: &str) -> PyResult<u32> {
        with(slf, |it| it.mailbox_open(pid, target))
    }

    fn mailbox_close(slf: &Bound<'_, Self>, pid: u16, handle: u32) -> PyResult<()> {
        with(slf, |it| it.mailbox_close(pid, handle))
    }

    fn mailbox_discard(slf: &Bound<'_, Self>, descriptor: u32) -> bool {
        with_mut(slf, |it| it.mailbox_discard(descriptor))
    }

    fn mailbox_bind(
        slf: &Bound<'_, Self>,
        pid: u16,
        target: &str,
        capacity: u16,
        mode: u16,
    ) -> PyResult<(u32, u64, u16)> {
        let bound = with(slf, |it| it.mailbox_bind(pid, target, capacity, mode))?;
        Ok((bound.descriptor, bound.capacity, bound.mode))
    }

    fn mailbox_send(
        slf: &Bound<'_, Self>,
        pid: u16,
        way: (Option<u32>, Option<String>),
        data: Octets,
        flags: u32,
        channel: u32,
    ) -> PyResult<(bool, u32)> {
        let message = HostMessage { data: &data.0, flags, channel };
        let sent = with(slf, |it| it.mailbox_send(pid, way.0, way.1.as_deref(), message))?;
        Ok((sent.taken, sent.descriptor))
    }

    fn mailbox_receive(slf: &Bound<'_, Self>, pid: u16, handle: u32) -> PyResult<Option<MessageParts>> {
        with(slf, |it| {
            // What a tap gets cannot be seen before.
            let mut buffer = vec![0; LONGEST_MESSAGE];
            let received = it.mailbox_receive(pid, handle, &mut buffer)?;
            Ok(received.map(|HostReceived { flags, channel, src, length }| {
                buffer.truncate(length);
                (buffer, flags, channel, src)
            }))
        })
    }

    fn mailbox_peek(
        slf: &Bound<'_, Self>,
        pid: u16,
        handle: u32,
    ) -> PyResult<(u32, u64, u64, u32, u32, u32, u16)> {
        let peek = with_ref(slf, |it| it.mailbox_peek(pid, handle)).map_err(of_executive)?;
        let executive::mailbox::Peek { depth, used, capacity, next_length, head_seq, next_seq, mode } = peek;
        Ok((depth, used, capacity, next_length, head_seq, next_seq, mode))
    }

    fn mailbox_tap(slf: &Bound<'_, Self>, pid: u16, handle: u32, enable: bool) -> PyResult<()> {
        with(slf, |it| it.mailbox_tap(pid, handle, enable))
    }

    /// The ids of the mailboxes whose mode has changed.
    fn mailbox_stdio(slf: &Bound<'_, Self>, stream: usize, mode: u16, update: bool) -> PyResult<Vec<u32>> {
        let mut updated = Vec::new();
        with(slf, |it| it.mailbox_stdio(stream, mode, update, |id| updated.push(id)))?;
        Ok(updated)
    }

    fn values(slf: &Bound<'_, Self>) -> Vec<ValueParts> {
        let parts = |value: &Value, texts: Texts<'_>| {
            let Value { entry, bits, .. } = value;
            let [name, group, unit] = [texts.name, texts.group_name, texts.unit()].map(str::to_owned);
            (entry.oid, entry.owner, *bits, entry.flags, entry.auth, name, group, unit)
        };
        with_ref(slf, |it| {
            let registry = it.registry();
            registry.values.iter().map(|value| parts(value, registry.texts(&value.entry))).collect()
        })
    }

    fn value(slf: &Bound<'_, Self>, oid: u16, pid: Option<u16>) -> PyResult<u16> {
        with_ref(slf, |it| it.value(oid, pid)).map_err(of_registry)
    }

    fn set_value(slf: &Bound<'_, Self>, oid: u16, bits: u16, pid: Option<u16>) -> PyResult<u16> {
        with_mut(slf, |it| it.set_value_as(oid, bits, pid)).map_err(of_registry)
    }

    fn commands(slf: &Bound<'_, Self>) -> Vec<CommandParts> {
        let parts = |command: &Command, texts: Texts<'_>| {
            let entry = &command.entry;
            let [name, group, help] = [texts.name, texts.group_name, texts.help].map(str::to_owned);
            (entry.oid, entry.owner, entry.flags, entry.auth, name, group, help)
        };
        with_ref(slf, |it| {
            let registry = it.registry();
            registry.commands.iter().map(|command| parts(command, registry.texts(&command.entry))).collect()
        })
    }

    fn call_command(
        slf: &Bound<'_, Self>,
        oid: u16,
        pid: Option<u16>,
        token: Option<&str>,
        waits: bool,
    ) -> PyResult<Option<i64>> {
        let call = CommandCall { oid, pid, token, waits };
        let (status, result) = with_mut(slf, |it| it.call_command_as(call));
        if status == Status::Ok { Ok(number(result)) } else { Err(of_registry(status)) }
    }

    /// The events since the last time: the type and the fields of each.
    fn take_events<'py>(
        slf: &Bound<'_, Self>,
        py: Python<'py>,
    ) -> PyResult<Vec<(&'static str, Bound<'py, PyDict>)>> {
        let events = with_mut(slf, |it| std::mem::take(&mut it.devices_mut().events));
        events.iter().map(|happened| event(py, happened)).collect()
    }

    /// What devices were told since the last time.
    fn take_output<'py>(slf: &Bound<'_, Self>, py: Python<'py>) -> PyResult<Vec<IoParts<'py>>> {
        let io = with_mut(slf, |it| std::mem::take(&mut it.devices_mut().io));
        Ok(io.iter().map(|io| told(py, io)).collect())
    }

    #[getter]
    fn stored(slf: &Bound<'_, Self>) -> Vec<(u16, u16)> {
        with_ref(slf, |it| it.non_volatile().entries().to_vec())
    }

    #[getter]
    fn raised(slf: &Bound<'_, Self>) -> Option<&'static str> {
        with_ref(slf, |it| it.raised().map(executive::Raise::name))
    }

    #[getter]
    fn shortage(slf: &Bound<'_, Self>) -> Option<&'static str> {
        with_ref(slf, |it| it.shortage().map(executive::Shortage::name))
    }
}

/// Lets up to so many turns pass, in slices between which others have a chance. It comes to the same as all at once: the
/// clock stands still, so nothing more is due, and what ends a slice early would have ended the whole.
fn step(slf: &Bound<'_, Executive>, turns: u32, pid: Option<u16>) -> PyResult<StepReply> {
    if turns <= FEW {
        return Ok(with_mut(slf, |it| it.step(turns, pid)));
    }
    let mut count = turns.min(SLICE);
    let mut whole = slice(slf, |it| it.step(count, pid));
    let mut last = whole.executed;
    while last == count && whole.executed < turns && !whole.paused {
        slf.py().check_signals()?;
        count = (turns - whole.executed).min(SLICE);
        let more = slice(slf, |it| it.step(count, pid));
        last = more.executed;
        // A slice without a turn tells of the active task, the whole of the one that had the last turn.
        if last > 0 {
            whole = StepReply { executed: whole.executed + last, ..more };
        }
    }
    Ok(whole)
}

/// Looks at it, with nothing of Python between.
fn with_ref<R>(slf: &Bound<'_, Executive>, call: impl FnOnce(&Tasks<'_>) -> R) -> R {
    slf.get().owned.with(slf.py(), |owned| owned.with_dependent(|_, it| call(it)))
}

/// Changes it, with nothing of Python between.
fn with_mut<R>(slf: &Bound<'_, Executive>, call: impl FnOnce(&mut Tasks<'_>) -> R) -> R {
    slf.get().owned.with(slf.py(), |owned| owned.with_dependent_mut(|_, it| call(it)))
}

/// Has it run for a slice, while others have the interpreter.
fn slice<R: Send>(slf: &Bound<'_, Executive>, run: impl FnOnce(&mut Tasks<'_>) -> R + Send) -> R {
    slf.get().owned.slice(slf.py(), |owned| owned.with_dependent_mut(|_, it| run(it)))
}

/// The same with a call that may be refused.
fn with<R>(slf: &Bound<'_, Executive>, call: impl FnOnce(&mut Tasks<'_>) -> Result<R, Error>) -> PyResult<R> {
    with_mut(slf, call).map_err(of_executive)
}

fn task_parts(task: &Task) -> TaskParts {
    let wakes = task.sleep.map(|sleep| sleep.deadline);
    let fault = task.fault.map(minivm::Fault::name);
    let name = task.name.as_str().to_owned();
    let state = task.state().name();
    (task.pid, name, state, task.steps, task.exit_status, task.priority, task.quantum, wakes, fault)
}
