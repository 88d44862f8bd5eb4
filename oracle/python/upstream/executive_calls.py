"""The calls of subject `executive` on the reference's controller, and its complaints by the subject's names."""

import re
import struct
from collections.abc import Callable
from typing import Any

from .executive_events import clamped

_COMPLAINTS = {
    r"EBADMSG": "EBADMSG",
    r"unknown pid": "ESRCH",
    r"app_exists": "EEXIST",
    r"insufficient VM memory": "ENOSPC",
    r"Failed to register .*status=0x0005": "EEXIST",
    r"Failed to register .*status=0x0003": "ENOSPC",
    r"invalid literal for int|Exceeds the limit": "EINVAL",
    r"empty mailbox target|mailbox_send requires": "EINVAL",
    r"invalid handle": "EBADF",
    r"message too large": "EMSGSIZE",
    r"descriptor pool exhausted": "ENODESC",
    r"handle quota exceeded": "ENOHANDLE",
}


# What the subject calls the members of a reply to a step.
_STEP = {
    **{name: name for name in ("executed", "running", "pc", "steps", "sleep_pending", "paused")},
    "current": "current_pid",
    "next": "next_pid",
}


class _Refused(Exception):
    """The controller answers with a complaint."""


def answer(controller: Any, call: dict[str, Any]) -> dict[str, Any]:
    """`{"ok": ...}` or `{"error": name}` of any call but `step` and `advance`."""
    arguments = {key: value for key, value in call.items() if key != "call"}
    try:
        return {"ok": _CALLS[call["call"]](controller, **arguments)}
    except Exception as complaint:
        for pattern, name in _COMPLAINTS.items():
            if re.match(pattern, str(complaint)):
                return {"error": name}
        raise


def step(controller: Any, call: dict[str, Any]) -> dict[str, Any]:
    """The reply to a step, with its events beside it."""
    reply = controller.step(call["n"], pid=call.get("pid"))
    return {"ok": {name: reply.get(key) for name, key in _STEP.items()}, "events": reply["events"]}


def _checked(reply: dict[str, Any]) -> dict[str, Any]:
    if reply["status"] != "ok":
        raise _Refused(reply["error"])
    return reply


def _load(controller: Any, image: str) -> Any:
    pid = controller.load_stream_begin()["pid"]
    controller.load_stream_write(pid, bytes.fromhex(image))
    try:
        reply = _checked(controller.load_stream_end(pid))
    except Exception as complaint:
        # A session is there until its image is read; what else goes wrong with that is the image's fault, too.
        if pid in controller.streaming_sessions:
            raise _Refused("EBADMSG") from complaint
        raise
    return {"pid": pid, "name": reply["app_name"]}


def _command(name: str) -> Callable[..., None]:
    def call(controller: Any, pid: int | None = None) -> None:
        _checked(controller.handle_command({"cmd": name, "pid": pid}))

    return call


def _kill(controller: Any, pid: int) -> None:
    controller.kill_task(pid)


def _sched(controller: Any, pid: int, priority: int | None = None, quantum: int | None = None) -> None:
    controller.set_task_attrs(pid, priority=priority, quantum=quantum)


def _reg_get(controller: Any, pid: int, reg: int) -> Any:
    return controller.reg_get(reg, pid)["value"]


def _reg_set(controller: Any, pid: int, reg: int, value: int) -> None:
    controller.reg_set(reg, value, pid)


def _peek(controller: Any, pid: int, address: int, length: int) -> str:
    return bytes(controller.request_peek(pid, address, length)).hex()


def _poke(controller: Any, pid: int, address: int, bytes: str) -> None:
    controller.request_poke(pid, address, bytearray.fromhex(bytes))


def _mailbox_open(controller: Any, target: str, pid: int = 0) -> Any:
    return {"handle": _checked(controller.mailbox_open(pid, target))["handle"]}


def _mailbox_close(controller: Any, handle: int, pid: int = 0) -> None:
    _checked(controller.mailbox_close(pid, handle))


def _mailbox_bind(controller: Any, target: str, pid: int = 0, capacity: int = 0, mode: int = 0) -> Any:
    reply = _checked(controller.mailbox_bind(pid, target, capacity=capacity, mode=mode))
    return {"descriptor": reply["descriptor"], "capacity": clamped(reply["capacity"]), "mode": reply["mode"]}


def _mailbox_send(
    controller: Any,
    *,
    data: str,
    pid: int = 0,
    handle: int | None = None,
    target: str | None = None,
    flags: int = 0,
    channel: int = 0,
) -> Any:
    reply = _checked(controller.mailbox_send(pid, handle, data_hex=data, flags=flags, channel=channel, target=target))
    return {"status": reply["mbx_status"], "length": reply["length"], "descriptor": reply["descriptor"]}


def _mailbox_recv(controller: Any, handle: int, pid: int = 0, max: int = 512) -> Any:
    reply = _checked(controller.mailbox_recv(pid, handle, max_len=max))
    if reply["mbx_status"] != 0:
        return {"status": reply["mbx_status"]}
    names = {"status": "mbx_status", "flags": "flags", "channel": "channel", "src": "src_pid", "data": "data_hex"}
    return {name: reply[key] for name, key in names.items()}


def _mailbox_peek(controller: Any, handle: int, pid: int = 0) -> Any:
    info = _checked(controller.mailbox_peek(pid, handle))["info"]
    info["mode"] = info.pop("mode_mask")
    info["capacity"] = clamped(info["capacity"])
    return info


def _mailbox_tap(controller: Any, handle: int, pid: int = 0, enable: bool = True) -> None:
    _checked(controller.mailbox_tap(pid, handle, enable))


def _mailbox_stdio(controller: Any, stream: str, mode: int, update: bool = True) -> Any:
    reply = _checked(controller.mailbox_config_stdio(stream, mode, update_existing=update))
    return {"updated": reply["updated_descriptors"]}


def _value(reply: dict[str, Any]) -> dict[str, Any]:
    return {key: reply[key] for key in ("status", "f16") if key in reply}


def _val_get(controller: Any, oid: int, pid: int | None = None) -> Any:
    return _value(controller.val_get(oid, pid=pid))


def _val_set(controller: Any, oid: int, f16: int, pid: int | None = None) -> Any:
    [number] = struct.unpack("<e", f16.to_bytes(2, "little"))
    return _value(controller.val_set(oid, number, pid=pid))


def _val_list(controller: Any, pid: int | None = None, group: int | None = None) -> Any:
    return [entry["oid"] for entry in controller.val_snapshot(pid=pid, group=group)]


def _cmd_list(controller: Any, pid: int | None = None, group: int | None = None) -> Any:
    return [entry["oid"] for entry in controller.cmd_snapshot(pid=pid, group=group)]


def _cmd_call(controller: Any, oid: int, pid: int | None = None, **how: bool) -> Any:
    reply = controller.cmd_call(oid, pid=pid, async_call=how.get("async", False))
    return {"status": reply["status"], "result": reply["result"]}


_CALLS: dict[str, Callable[..., Any]] = {
    "load": _load,
    "pause": _command("pause"),
    "resume": _command("resume"),
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
