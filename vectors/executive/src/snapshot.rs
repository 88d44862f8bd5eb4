//! Everything that an executive keeps, as outcomes have it.

use executive::desk::DeskExecutive;
use executive::mailbox::Mail;
use executive::{Profile, Switch};
use vectors_minivm::changed_runs;

use crate::event::event;
use crate::state::{
    Command, File, Final, Handle, Mailbox, Message, NextFd, OpenFile, Pending, Registered, Sleep, Tap, Task,
    Wait,
};

/// The most tasks that there can be.
pub(crate) const TASKS: usize = 64;
/// Bytes of data memory, and of the registers in it.
const MEMORY: usize = minivm::memory::SIZE;
const WINDOW: usize = 64;

static ZEROS: [u8; MEMORY] = [0; MEMORY];

type Executive<'m, P> = DeskExecutive<'m, P, TASKS>;

/// The state of an executive in `profile`.
pub(crate) fn take<P: Profile>(it: &Executive<'_, P>, profile: P) -> Final {
    let strict = |switch| profile.strict(switch);
    let lives = |pid: u16| pid == 0 || it.tasks().iter().any(|task| task.pid == pid);
    let counters = it.mail().counters().iter().filter(|it| !strict(Switch::Cleanup) || lives(it.pid));
    Final {
        now: it.now(),
        paused: it.is_paused(),
        current: it.current(),
        next_pid: it.next_pid(),
        tasks: it.tasks().iter().map(|task| self::task(it, task)).collect(),
        waits: it.waits().iter().map(wait).collect(),
        mailboxes: it.mail().boxes().iter().map(|mailbox| self::mailbox(it.mail(), mailbox)).collect(),
        handles: it.mail().handles().iter().map(handle).collect(),
        next_handles: counters.map(|counter| (counter.pid, counter.next)).collect(),
        stdio_modes: it.stdio_modes(),
        values: it.registry().values.iter().map(|value| self::value(it, value)).collect(),
        commands: it.registry().commands.iter().map(|command| self::command(it, command)).collect(),
        strings: it.registry().strings.used(),
        descriptor_bytes: it.registry().descriptor_bytes,
        persisted: it.non_volatile().entries().to_vec(),
        files: it.file_system().each().map(|(name, bytes)| File(text(name), joined(bytes))).collect(),
        fds: it
            .open_files()
            .map(|(file, name)| match strict(Switch::TaskFds) {
                false => OpenFile::Shared(file.fd, text(name), file.position),
                true => OpenFile::Own(file.pid, file.fd, text(name), file.position),
            })
            .collect(),
        next_fd: match strict(Switch::TaskFds) {
            false => NextFd::Shared(it.next_fd()),
            true => NextFd::Own(it.tasks().iter().map(|task| (task.pid, task.next_fd)).collect()),
        },
        pending: (!strict(Switch::DirectEvents)).then(|| pending(it)),
    }
}

/// Data memory without the registers in it.
pub(crate) fn around_window(reg_base: u16) -> impl Iterator<Item = std::ops::Range<usize>> {
    let base = usize::from(reg_base);
    [0..base, (base + WINDOW).min(MEMORY)..MEMORY].into_iter()
}

fn joined<'b>(pieces: impl Iterator<Item = &'b [u8]>) -> Vec<u8> {
    pieces.flatten().copied().collect()
}

/// Names are texts of the guest, from which everything that is no UTF-8 has been dropped.
fn text<'b>(pieces: impl Iterator<Item = &'b [u8]>) -> String {
    String::from_utf8_lossy(&joined(pieces)).into_owned()
}

fn task<P: Profile>(it: &Executive<'_, P>, task: &executive::task::Task) -> Task {
    let pid = task.pid;
    let memory = it.memory(pid).map_or(&[][..], |memory| memory.bytes());
    let (Some(registers), MEMORY) = (it.registers(pid), memory.len()) else { return Task::default() };
    Task {
        pid,
        name: task.name.as_str().into(),
        base: task.base.as_str().into(),
        state: task.state().name().into(),
        pc: registers.pc,
        sp: registers.sp,
        psw: registers.psw,
        regs: registers.regs,
        depth: registers.depth,
        steps: task.steps,
        exit_status: task.exit_status,
        priority: task.priority,
        quantum: task.quantum,
        reg_base: registers.reg_base,
        stack: [registers.stack.start, registers.stack.end],
        sleep: task.sleep.map(|sleep| Sleep { ms: sleep.ms, deadline: sleep.deadline }),
        running: it.is_running(pid),
        fault: task.fault.map(|fault| fault.name().into()),
        stdio: task.stdio,
        handler: task.handler.map(|frame| frame.call.oid),
        mem: changed_runs(&ZEROS, memory, around_window(registers.reg_base)),
    }
}

/// A wait as outcomes have it.
pub(crate) fn wait(wait: &executive::wait::Wait) -> Wait {
    let executive::wait::Wait { pid, descriptor, handle, ptr, max, timeout, deadline, info } = *wait;
    Wait { pid, descriptor, handle, ptr, max, timeout, deadline, info }
}

fn mailbox(mail: &Mail<'_>, mailbox: &executive::mailbox::Mailbox) -> Mailbox {
    let message = |message: &executive::mailbox::Message| Message {
        data: joined(mail.payload(message)),
        flags: message.flags,
        channel: message.channel,
        src: message.src,
        seq: message.seq,
    };
    let tap = |tap: &executive::mailbox::Handle| Tap {
        pid: tap.pid,
        handle: tap.number,
        bytes_used: tap.tap_used,
        queue: mail.copies(tap).map(message).collect(),
    };
    Mailbox {
        id: mailbox.id,
        namespace: mailbox.namespace,
        name: mailbox.name.as_str().into(),
        owner: mailbox.owner.map(|owner| owner.to_string()),
        capacity: mailbox.capacity,
        mode: mailbox.mode,
        bytes_used: mailbox.used,
        head_seq: mail.head_seq(mailbox),
        next_seq: mailbox.next_seq,
        waiters: mail.waiters(mailbox).collect(),
        queue: mail.queued(mailbox).map(message).collect(),
        taps: mail.taps(mailbox).map(tap).collect(),
    }
}

fn handle(handle: &executive::mailbox::Handle) -> Handle {
    Handle {
        pid: handle.pid,
        handle: handle.number,
        descriptor: handle.descriptor,
        last_seq: handle.last_seq,
        sender: handle.sender,
        overrun: handle.overrun,
        tap: handle.tap,
        tap_overrun: handle.tap_overrun,
    }
}

fn value<P: Profile>(it: &Executive<'_, P>, value: &executive::registry::Value) -> Registered {
    let (entry, texts) = (&value.entry, it.registry().texts(&value.entry));
    Registered {
        oid: entry.oid,
        flags: entry.flags,
        auth: entry.auth,
        owner: entry.owner,
        f16: value.bits,
        desc_head: entry.desc_head,
        group_name: texts.group_name.into(),
        name: texts.name.into(),
        unit: texts.unit().into(),
        epsilon: texts.epsilon,
        rate_ms: texts.rate_ms,
        min: texts.min,
        max: texts.max,
        key: texts.key,
        debounce: texts.debounce,
        changed: value.changed,
        subscribers: it.registry().subscribers(value).map(|it| (it.pid, it.number)).collect(),
    }
}

fn command<P: Profile>(it: &Executive<'_, P>, command: &executive::registry::Command) -> Command {
    let (entry, texts) = (&command.entry, it.registry().texts(&command.entry));
    Command {
        oid: entry.oid,
        flags: entry.flags,
        auth: entry.auth,
        owner: entry.owner,
        handler: command.handler,
        desc_head: entry.desc_head,
        group_name: texts.group_name.into(),
        name: texts.name.into(),
        help: texts.help.into(),
    }
}

fn pending<P: Profile>(it: &Executive<'_, P>) -> Pending {
    let of = |told: &executive::Event| event(told, false);
    let tasks = it.tasks().iter().map(|task| (task.pid, it.pending_of(task).map(of).collect::<Vec<_>>()));
    Pending {
        active: it.pending().map(of).collect(),
        tasks: tasks.filter(|(_, events)| !events.is_empty()).collect(),
    }
}
