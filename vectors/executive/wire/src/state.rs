//! The state that calls leave, item by item.

use executive::mailbox::{Mail, Mailbox, Message};
use executive::{Profile, Switch};
use minivm::memory::DataMemory;

use crate::outcome::{Head, Item, Task};
use crate::rooms::{Session, Tell, tell_bytes};

/// Bytes of data memory that are told together, without zeros before and behind.
const STRETCH: usize = 64;

/// Tells everything that an executive keeps, and gives what it keeps once.
pub(crate) fn tell<P: Profile>(it: &Session<'_, P>, profile: P, tell: Tell<'_>) -> Head {
    let strict = |switch| profile.strict(switch);
    let lives = |pid: u16| pid == 0 || it.tasks().iter().any(|task| task.pid == pid);
    for task in it.tasks() {
        tell_task(it, task, tell);
    }
    it.waits().iter().for_each(|wait| tell(&Item::Wait(*wait)));
    it.mail().boxes().iter().for_each(|mailbox| tell_mailbox(it.mail(), mailbox, tell));
    for handle in it.mail().handles() {
        let executive::mailbox::Handle { pid, number, descriptor, last_seq, sender, overrun, tap, .. } =
            *handle;
        let tap_overrun = handle.tap_overrun;
        tell(&Item::Handle { pid, handle: number, descriptor, last_seq, sender, overrun, tap, tap_overrun });
    }
    for counter in it.mail().counters().iter().filter(|it| !strict(Switch::Cleanup) || lives(it.pid)) {
        tell(&Item::Counter(*counter));
    }
    tell_registry(it, tell);
    for &(key, bits) in it.non_volatile().entries() {
        tell(&Item::Persisted(key, bits));
    }
    for (name, content) in it.file_system().each() {
        tell_text(tell, name);
        content.for_each(|piece| tell(&Item::Bytes(piece)));
        tell(&Item::File);
    }
    for (file, name) in it.open_files() {
        tell_text(tell, name);
        tell(&Item::OpenFile(file.pid, file.fd, file.position));
    }
    if !strict(Switch::DirectEvents) {
        it.pending().for_each(|event| tell(&Item::Event(*event)));
        tell(&Item::Pending(None));
        for task in it.tasks() {
            it.pending_of(task).for_each(|event| tell(&Item::Event(*event)));
            tell(&Item::Pending(Some(task.pid)));
        }
    }
    Head {
        now: it.now(),
        paused: it.is_paused(),
        current: it.current(),
        next_pid: it.next_pid(),
        stdio_modes: it.stdio_modes(),
        strings: it.registry().strings.used() as u32,
        descriptor_bytes: it.registry().descriptor_bytes,
        next_fd: it.next_fd(),
    }
}

fn tell_text<'b>(tell: Tell<'_>, pieces: impl Iterator<Item = &'b [u8]>) {
    pieces.for_each(|piece| tell_bytes(tell, piece));
    tell(&Item::Text);
}

fn tell_task<P: Profile>(it: &Session<'_, P>, task: &executive::task::Task, tell: Tell<'_>) {
    let pid = task.pid;
    let (Some(registers), Some(memory)) = (it.registers(pid), it.memory(pid)) else { return };
    for (address, bytes) in memory.written() {
        for (stretch, start) in bytes.chunks(STRETCH).zip((address..).step_by(STRETCH)) {
            let Some(first) = stretch.iter().position(|&byte| byte != 0) else { continue };
            let behind = stretch.iter().rposition(|&byte| byte != 0).map_or(first, |last| last + 1);
            tell(&Item::Bytes(&stretch[first..behind]));
            tell(&Item::Memory((start + first) as u32));
        }
    }
    tell(&Item::Task(Task {
        pid,
        name: &task.name,
        base: &task.base,
        state: task.state(),
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
        stack: (registers.stack.start, registers.stack.end),
        sleep: task.sleep.map(|sleep| (sleep.ms, sleep.deadline)),
        running: it.is_running(pid),
        fault: task.fault,
        stdio: task.stdio,
        handler: task.handler.map(|frame| frame.call.oid),
        next_fd: task.next_fd,
    }));
}

fn tell_mailbox(mail: &Mail<'_>, mailbox: &Mailbox, tell: Tell<'_>) {
    let message = |message: &Message| {
        mail.payload(message).for_each(|piece| tell(&Item::Bytes(piece)));
        let Message { flags, channel, src, seq, .. } = *message;
        tell(&Item::Message { flags, channel, src, seq });
    };
    for tap in mail.taps(mailbox) {
        mail.copies(tap).for_each(message);
        tell(&Item::Tap { pid: tap.pid, handle: tap.number, bytes_used: tap.tap_used });
    }
    mail.queued(mailbox).for_each(message);
    mail.waiters(mailbox).for_each(|pid| tell(&Item::Number(pid.into())));
    tell(&Item::Mailbox {
        id: mailbox.id,
        namespace: mailbox.namespace,
        name: mailbox.name.as_str(),
        owner: mailbox.owner,
        capacity: mailbox.capacity,
        mode: mailbox.mode,
        bytes_used: mailbox.used,
        head_seq: mail.head_seq(mailbox),
        next_seq: mailbox.next_seq,
    });
}

fn tell_registry<P: Profile>(it: &Session<'_, P>, tell: Tell<'_>) {
    let registry = it.registry();
    let text = |text: &str| tell_text(tell, [text.as_bytes()].into_iter());
    for value in registry.values.iter() {
        let (entry, texts) = (&value.entry, registry.texts(&value.entry));
        [texts.group_name, texts.name, texts.unit()].into_iter().for_each(text);
        for subscriber in registry.subscribers(value) {
            tell(&Item::Number(subscriber.pid.into()));
            tell(&Item::Number(subscriber.number));
        }
        tell(&Item::Value {
            oid: entry.oid,
            flags: entry.flags,
            auth: entry.auth,
            owner: entry.owner,
            f16: value.bits,
            desc_head: entry.desc_head,
            epsilon: texts.epsilon,
            rate_ms: texts.rate_ms,
            min: texts.min,
            max: texts.max,
            key: texts.key,
            debounce: texts.debounce,
            changed: value.changed,
        });
    }
    for command in registry.commands.iter() {
        let (entry, texts) = (&command.entry, registry.texts(&command.entry));
        [texts.group_name, texts.name, texts.help].into_iter().for_each(text);
        tell(&Item::Command {
            oid: entry.oid,
            flags: entry.flags,
            auth: entry.auth,
            owner: entry.owner,
            handler: command.handler,
            desc_head: entry.desc_head,
        });
    }
}
