"""An outcome: the result of each call and the executive's complete state, in the protocol's JSON."""

from collections.abc import Iterable

from .command import Command
from .executive import Executive
from .mailbox import Handle, Mailbox, Message
from .mailboxes import STDIO, owner_text
from .task import Task
from .values import Value
from .waits import Wait


def state(x: Executive) -> dict[str, object]:
    """All keys are always there."""
    # Of each PID by their numbers, which only grow.
    handles = [handle for _, table in sorted(x.mailboxes.handles.items()) for handle in table.values()]
    return {
        "now": x.clock.now,
        "paused": x.tasks.paused,
        "current": x.tasks.current.pid if x.tasks.current else None,
        "next_pid": x.next_pid,
        "tasks": [_task(x, task) for task in x.tasks.by_pid.values()],
        "waits": [_wait(wait) for wait in x.waits.records.values()],
        "mailboxes": [_mailbox(box) for box in x.mailboxes.by_id.values()],
        "handles": [_handle(handle) for handle in handles],
        "next_handles": _living(x, x.mailboxes.next_handles),
        "stdio_modes": [x.mailboxes.stdio_modes[stream] for stream in STDIO],
        "values": [_value(value) for value in x.values.entries.values()],
        "commands": [_command(command) for command in x.commands.entries.values()],
        "strings": x.pool.strings,
        "descriptor_bytes": x.pool.descriptor_bytes,
        "persisted": [[key, x.persisted[key]] for key in sorted(x.persisted)],
        **_files(x),
        "pending": _pending(x),
    }


def _living(x: Executive, numbers: dict[int, int]) -> list[list[int]]:
    """[living] In strict only what belongs to tasks that there are, and to the host."""
    strict = x.profile.cleanup
    return [[pid, numbers[pid]] for pid in sorted(numbers) if not strict or x.tasks.lives(pid)]


def _task(x: Executive, task: Task) -> dict[str, object]:
    machine = task.machine
    return {
        "pid": task.pid,
        "name": task.name,
        "base": task.base,
        "state": x.tasks.shown(task),
        "pc": machine.pc,
        "sp": machine.sp,
        "psw": machine.psw,
        "regs": task.registers(),
        "depth": len(machine.call_stack),
        "steps": task.steps,
        "exit_status": task.exit_status,
        "priority": task.priority,
        "quantum": task.quantum,
        "reg_base": machine.reg_base,
        "stack": list(task.stack),
        "sleep": {"ms": task.sleep.ms, "deadline": task.sleep.deadline} if task.sleep else None,
        "running": x.tasks.running(task),
        "fault": task.fault,
        "stdio": bool(task.stdio),
        "handler": task.handler.command.oid if task.handler else None,
        "mem": [[address, data.hex()] for address, data in task.memory.runs(machine.reg_base)],
    }


def _wait(wait: Wait) -> dict[str, object]:
    return {
        "pid": wait.pid,
        "descriptor": wait.box.id,
        "handle": wait.asked.handle,
        "ptr": wait.asked.ptr,
        "max": wait.asked.most,
        "timeout": wait.asked.timeout,
        "deadline": wait.deadline,
        "info": wait.asked.info,
    }


def _mailbox(box: Mailbox) -> dict[str, object]:
    return {
        "id": box.id,
        "namespace": box.name.namespace,
        "name": box.name.name,
        "owner": owner_text(box.name.owner),
        "capacity": box.capacity,
        "mode": box.mode,
        "bytes_used": box.queue.bytes_used,
        "head_seq": box.head_seq,
        "next_seq": box.next_seq,
        "waiters": list(box.waiters),
        "queue": _messages(box.queue.messages),
        "taps": [
            {
                "pid": handle.pid,
                "handle": handle.number,
                "bytes_used": handle.tap.bytes_used,
                "queue": _messages(handle.tap.messages),
            }
            for handle in box.taps
            if handle.tap
        ],
    }


def _messages(messages: Iterable[Message]) -> list[dict[str, object]]:
    return [
        {
            "data": message.data.hex(),
            "flags": message.flags,
            "channel": message.channel,
            "src": message.src,
            "seq": message.seq,
        }
        for message in messages
    ]


def _handle(handle: Handle) -> dict[str, object]:
    return {
        "pid": handle.pid,
        "handle": handle.number,
        "descriptor": handle.box.id,
        "last_seq": handle.last_seq,
        "sender": handle.sender,
        "overrun": handle.overrun,
        "tap": handle.tap is not None,
        "tap_overrun": handle.tap_overrun,
    }


def _value(value: Value) -> dict[str, object]:
    return {
        "oid": value.oid,
        "flags": value.flags,
        "auth": value.auth,
        "owner": value.owner,
        "f16": value.f16,
        "desc_head": value.desc_head,
        "group_name": value.group_name,
        "name": value.name,
        "unit": value.unit.unit,
        "epsilon": value.unit.epsilon,
        "rate_ms": value.unit.rate_ms,
        "min": value.range.min,
        "max": value.range.max,
        "key": value.persist.key,
        "debounce": value.persist.debounce,
        "changed": value.changed,
        "subscribers": [list(subscriber) for subscriber in value.subscribers],
    }


def _command(command: Command) -> dict[str, object]:
    return {
        "oid": command.oid,
        "flags": command.flags,
        "auth": command.auth,
        "owner": command.owner,
        "handler": command.handler,
        "desc_head": command.desc_head,
        "group_name": command.group_name,
        "name": command.name,
        "help": command.help,
    }


def _files(x: Executive) -> dict[str, object]:
    """Descriptors and their next number with the PID, if each task has its own (E39)."""
    files = x.files
    own = x.profile.task_fds
    fds = [
        [*([pid] if own else []), fd, table[fd].name, table[fd].position]
        for pid, table in sorted(files.fds.items())
        for fd in sorted(table)
    ]
    return {
        "files": [[name, bytes(files.files[name]).hex()] for name in sorted(files.files)],
        "fds": fds,
        "next_fd": [[pid, files.next_fd(pid)] for pid in sorted(x.tasks.by_pid)] if own else files.next_fd(0),
    }


def _pending(x: Executive) -> dict[str, object] | None:
    if x.profile.direct_events:
        return None
    tasks = [[task.pid, task.saved.events] for task in x.tasks.by_pid.values() if task.saved.events]
    return {"active": x.journal.pending or [], "tasks": tasks}
