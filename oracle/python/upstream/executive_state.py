"""The complete state of the reference's controller in the shapes of subject `executive`."""

import re
from typing import Any

from .executive_events import clamped, milliseconds, normalised

_RUN = re.compile(rb"[^\0]+")
_LONGEST_NAME = 31
_FILES_AT_START = {"/hello.txt": b"Hi from FS!\n"}


def state(controller: Any, now: int) -> dict[str, Any]:
    """All keys of the subject."""
    vm, manager, registry = controller.vm, controller.mailboxes, controller.valcmd
    files = vm.fs.files if vm else _FILES_AT_START
    fds = vm.fs.fds if vm else {}
    modes = manager.default_stdio_modes()
    return {
        "now": now,
        "paused": controller.paused,
        "current": controller.current_pid,
        "next_pid": controller.next_pid,
        "tasks": [_task(controller, pid) for pid in controller.tasks],
        "waits": [_wait(record) for record in controller.waiting_tasks.values()],
        "mailboxes": [_mailbox(manager._descriptors[id_]) for id_ in sorted(manager._descriptors)],
        "handles": [
            _handle(pid, number, table[number])
            for pid, table in sorted(manager._handles.items())
            for number in sorted(table)
        ],
        "next_handles": [list(item) for item in sorted(manager._next_handle.items())],
        "stdio_modes": [modes[stream] for stream in ("in", "out", "err")],
        "values": [_value(registry, entry) for entry in registry._values.values()],
        "commands": [_command(registry, entry) for entry in registry._commands.values()],
        "strings": registry._string_table.usage[0],
        "descriptor_bytes": registry._descriptors._next_offset,
        "persisted": [list(item) for item in sorted(controller.persistence_store._data.items())],
        "files": [[name, bytes(files[name]).hex()] for name in sorted(files)],
        "fds": [[fd, fds[fd]["path"], fds[fd]["pos"]] for fd in sorted(fds)],
        "next_fd": vm.fs.next_fd if vm else 3,
        "pending": _pending(controller),
    }


def _pending(controller: Any) -> dict[str, Any]:
    saved = [(pid, controller.task_states[pid].get("pending_events", [])) for pid in controller.tasks]
    active = controller.vm.pending_events if controller.vm else []
    return {
        "active": [normalised(event) for event in active],
        "tasks": [[pid, [normalised(event) for event in events]] for pid, events in saved if events],
    }


def _task(controller: Any, pid: int) -> dict[str, Any]:
    """The task as the machine has it if it is active, else as it was saved."""
    task = controller.tasks[pid]
    if controller.current_pid == pid and controller.vm:
        saved = controller.vm.snapshot_state()
    else:
        saved = controller.task_states[pid]
    context, base = saved["context"], task["reg_base"]
    asleep = saved["sleep_until"] is not None
    return {
        "pid": pid,
        "name": task["app_name"],
        "base": task["app_name_base"][:_LONGEST_NAME],
        "state": task["state"],
        "pc": context["pc"],
        "sp": context["sp"],
        "psw": context["psw"],
        "regs": list(context["regs"]),
        "depth": len(saved["call_stack"]),
        "steps": saved["steps"],
        "exit_status": context["exit_status"],
        "priority": task["priority"],
        "quantum": task["quantum"],
        "reg_base": base,
        "stack": [task["stack_base"], task["stack_base"] + task["stack_size"]],
        "sleep": {"ms": saved["sleep_pending_ms"], "deadline": milliseconds(saved["sleep_until"])} if asleep else None,
        "running": saved["running"],
        "fault": None,
        "stdio": bool(context["fd_table"]),
        "handler": None,
        "mem": _runs(saved["mem"], base),
    }


def _runs(memory: bytearray, window: int) -> list[list[Any]]:
    data = bytearray(memory)
    data[window : window + 64] = bytes(64)
    return [[run.start(), run.group().hex()] for run in _RUN.finditer(data)]


def _wait(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "pid": record["pid"],
        "descriptor": record["descriptor_id"],
        "handle": record["handle"],
        "ptr": record["buffer_ptr"],
        "max": record["max_len"],
        "timeout": record["timeout"],
        "deadline": milliseconds(record["deadline"]),
        "info": record["info_ptr"],
    }


def _mailbox(box: Any) -> dict[str, Any]:
    return {
        "id": box.descriptor_id,
        "namespace": box.namespace,
        "name": box.name,
        "owner": None if box.owner_pid is None else str(clamped(box.owner_pid)),
        "capacity": clamped(box.capacity),
        "mode": box.mode_mask,
        "bytes_used": box.bytes_used,
        "head_seq": box.head_seq,
        "next_seq": box.next_seq,
        "waiters": list(box.waiters),
        "queue": _messages(box.queue),
        "taps": [
            {
                "pid": pid,
                "handle": handle,
                "bytes_used": box.tap_buffers[pid, handle].bytes_used,
                "queue": _messages(box.tap_buffers[pid, handle].queue),
            }
            for pid, handle in box.taps
        ],
    }


def _messages(queue: Any) -> list[dict[str, Any]]:
    return [
        {
            "data": message.payload.hex(),
            "flags": message.flags,
            "channel": message.channel,
            "src": message.src_pid,
            "seq": message.seq_no,
        }
        for message in queue
    ]


def _handle(pid: int, number: int, handle: Any) -> dict[str, Any]:
    return {
        "pid": pid,
        "handle": number,
        "descriptor": handle.descriptor_id,
        "last_seq": handle.last_seq,
        "sender": handle.is_sender,
        "overrun": handle.pending_overrun,
        "tap": handle.is_tap,
        "tap_overrun": handle.pending_tap_overrun,
    }


def _value(registry: Any, entry: Any) -> dict[str, Any]:
    texts = registry.describe_value(entry.oid)
    return {
        "oid": entry.oid,
        "flags": entry.flags,
        "auth": entry.auth_level,
        "owner": entry.owner_pid,
        "f16": entry.last_f16_raw,
        "desc_head": entry.desc_head,
        "group_name": texts.get("group_name", ""),
        "name": texts.get("name", ""),
        "unit": texts.get("unit", ""),
        "epsilon": texts.get("epsilon_f16", 0),
        "rate_ms": entry.rate_ms,
        "min": texts.get("min_f16", 0),
        "max": texts.get("max_f16", 0),
        "key": entry.persist_key,
        "debounce": entry.persist_debounce_ms,
        "changed": milliseconds(entry.last_change_time),
        "subscribers": [list(subscriber[:2]) for subscriber in entry.subscribers],
    }


def _command(registry: Any, entry: Any) -> dict[str, Any]:
    texts = registry.describe_command(entry.oid)
    return {
        "oid": entry.oid,
        "flags": entry.flags,
        "auth": entry.auth_level,
        "owner": entry.owner_pid,
        "handler": entry.handler_ref,
        "desc_head": entry.desc_head,
        "group_name": texts.get("group_name", ""),
        "name": texts.get("name", ""),
        "help": texts.get("help", ""),
    }
