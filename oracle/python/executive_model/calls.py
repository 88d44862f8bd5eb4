"""What the host may call: each call, what it does, and what it returns if it succeeds."""

from collections.abc import Callable
from typing import Any

from minivm_model.memory import SIZE

from .command import Asked
from .executive import Executive
from .failures import BadTarget, MailboxError, Refused
from .loading import load_image
from .registry import Failed

Call = Callable[..., object]


def answer(executive: Executive, name: str, arguments: dict[str, Any]) -> dict[str, object]:
    """`{"ok": ...}` or `{"error": name}`."""
    try:
        return {"ok": _CALLS[name](executive, **arguments)}
    except Refused as refused:
        return {"error": refused.error}
    except MailboxError as error:
        return {"error": error.error}


# --- tasks ------------------------------------------------------------------------------------------------------------


def _load(x: Executive, image: bytes) -> object:
    task = load_image(x, image)
    return {"pid": task.pid, "name": task.name}


def _step(x: Executive, n: int, pid: int | None) -> object:
    return x.scheduler.step(n, pid)


def _advance(x: Executive, ms: int) -> None:
    x.clock.now += ms


def _pause(x: Executive, pid: int | None) -> None:
    if pid is None:
        x.tasks.pause_all()
    else:
        x.tasks.pause(pid)


def _resume(x: Executive, pid: int | None) -> None:
    if pid is None:
        x.tasks.resume_all()
    else:
        x.tasks.resume(pid)


def _kill(x: Executive, pid: int) -> None:
    x.kill(pid)


def _sched(x: Executive, pid: int, priority: int | None, quantum: int | None) -> None:
    task = x.tasks.task(pid)
    if priority is not None:
        task.priority = priority
    if quantum is not None:
        task.quantum = quantum


def _reg_get(x: Executive, pid: int, reg: int) -> int:
    return x.tasks.task(pid).registers()[reg]


def _reg_set(x: Executive, pid: int, reg: int, value: int) -> None:
    x.tasks.set_register(x.tasks.task(pid), reg, value)


def _peek(x: Executive, pid: int, address: int, length: int) -> str:
    return x.tasks.task(pid).memory.read(address, length).hex()


def _poke(x: Executive, pid: int, address: int, bytes: bytes) -> None:
    x.tasks.poke(x.tasks.task(pid), address, bytes[: SIZE - address])


# --- mailboxes --------------------------------------------------------------------------------------------------------


def _mailbox_open(x: Executive, pid: int, target: str) -> object:
    return {"handle": x.mailboxes.open(pid, target)}


def _mailbox_close(x: Executive, pid: int, handle: int) -> None:
    x.waits.close(pid, handle)


def _mailbox_bind(x: Executive, pid: int, target: str, capacity: int, mode: int) -> object:
    box = x.mailboxes.bind(pid, target, capacity, mode)
    return {"descriptor": box.id, "capacity": box.capacity, "mode": box.mode}


def _mailbox_send(
    x: Executive, *, pid: int, handle: int | None, target: str | None, data: bytes, flags: int, channel: int
) -> object:
    """[send-or-open] A target is opened if there is no handle; and once more if the message is not taken by what was
    tried first, be that the same target. The first complaint counts if there is no target, else the last."""
    if not handle and not target:
        raise BadTarget
    opened: list[int] = []
    number = handle or 0
    try:
        if not handle:
            opened.append(number := x.mailboxes.open(pid, target or ""))
        try:
            sent = x.mailboxes.send(pid, number, data, flags, channel)
        except MailboxError:
            if not target:
                raise
            opened.append(number := x.mailboxes.open(pid, target))
            sent = x.mailboxes.send(pid, number, data, flags, channel)
    finally:
        for number in opened:
            x.waits.close(pid, number)
    if sent.taken:
        x.waits.serve(sent.box)
    return {"status": 0 if sent.taken else 1, "length": len(data) if sent.taken else 0, "descriptor": sent.box.id}


def _mailbox_recv(x: Executive, pid: int, handle: int, max: int) -> object:
    message = x.mailboxes.receive(pid, handle)
    if message is None:
        return {"status": 3}
    return {
        "status": 0,
        "flags": message.flags,
        "channel": message.channel,
        "src": message.src,
        "data": message.data[:max].hex(),
    }


def _mailbox_peek(x: Executive, pid: int, handle: int) -> object:
    opened = x.mailboxes.handle(pid, handle)
    box, following = opened.box, opened.box.next_for(opened)
    return {
        "depth": len(box.queue.messages),
        "bytes_used": box.queue.bytes_used,
        "capacity": box.capacity,
        "next_len": len(following.data) if following else 0,
        "head_seq": box.head_seq,
        "next_seq": following.seq if following else box.next_seq,
        "mode": box.mode,
    }


def _mailbox_tap(x: Executive, pid: int, handle: int, enable: bool) -> None:
    x.mailboxes.tap(pid, handle, enable)


def _mailbox_stdio(x: Executive, stream: str, mode: int, update: bool) -> object:
    return {"updated": x.mailboxes.set_stdio_mode(stream, mode, update)}


# --- values and commands ----------------------------------------------------------------------------------------------


def _val_get(x: Executive, oid: int, pid: int | None) -> object:
    try:
        return {"status": 0, "f16": x.values.get(oid, pid)}
    except Failed as failed:
        return {"status": int(failed.status)}


def _val_set(x: Executive, oid: int, f16: int, pid: int | None) -> object:
    try:
        return {"status": 0, "f16": x.values.set(oid, f16, pid).f16}
    except Failed as failed:
        return {"status": int(failed.status)}


def _val_list(x: Executive, pid: int | None, group: int | None) -> object:
    return sorted(x.values.oids(pid, group))


def _cmd_list(x: Executive, pid: int | None, group: int | None) -> object:
    return sorted(x.commands.oids(pid, group))


def _cmd_call(x: Executive, oid: int, pid: int | None, **how: bool) -> object:
    """The host has no token. It is not told how a command ends that goes on, nor how an asynchronous one did."""
    asynchronous = how["async"]  # which is a word of Python
    try:
        done = x.commands.run(x.commands.checked(oid, pid, None, asynchronous=asynchronous), Asked("host"))
    except Failed as failed:
        return {"status": int(failed.status), "result": None}
    if done is None or asynchronous:
        return {"status": 0, "result": None}
    return {"status": int(done.status), "result": done.result}


_CALLS: dict[str, Call] = {
    "load": _load,
    "step": _step,
    "advance": _advance,
    "pause": _pause,
    "resume": _resume,
    "kill": _kill,
    "sched": _sched,
    "reg_get": _reg_get,
    "reg_set": _reg_set,
    "peek": _peek,
    "poke": _poke,
    "mailbox_open": _mailbox_open,
    "mailbox_close": _mailbox_close,
    "mailbox_bind": _mailbox_bind,
    "mailbox_send": _mailbox_send,
    "mailbox_recv": _mailbox_recv,
    "mailbox_peek": _mailbox_peek,
    "mailbox_tap": _mailbox_tap,
    "mailbox_stdio": _mailbox_stdio,
    "val_get": _val_get,
    "val_set": _val_set,
    "val_list": _val_list,
    "cmd_list": _cmd_list,
    "cmd_call": _cmd_call,
}
