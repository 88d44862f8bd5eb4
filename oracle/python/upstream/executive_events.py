"""The reference's events in the shapes of subject `executive`: what is not listed here is not part of it."""

from typing import Any

_MESSAGE = ("pid", "descriptor", "handle", "length", "flags", "channel", "src_pid")
_COMMAND = ("pid", "oid", "owner_pid", "flags", "auth_level")
_REGISTERED = ("pid", "oid", "flags", "auth_level", "desc_head")
_KEYS: dict[str, tuple[str, ...]] = {
    "sleep_request": ("ms", "deadline"),
    "sleep_complete": (),
    "vm_error": ("pid", "error", "pc", "code_len"),
    "debug_stop": ("pid", "reason", "pc", "next_pc", "opcode", "code", "steps", "error", "code_len"),
    "mailbox_send": _MESSAGE,
    "mailbox_recv": _MESSAGE,
    "mailbox_wait": ("pid", "descriptor", "handle", "timeout", "deadline"),
    "mailbox_wake": (*_MESSAGE, "status"),
    "mailbox_timeout": (*_MESSAGE, "status"),
    "mailbox_error": ("pid", "fn", "status"),
    "mailbox_exhausted": ("reason", "namespace", "name", "owner", "max_descriptors", "pid", "handle_limit", "handles"),
    "mailbox_backpressure": (
        "descriptor",
        "policy",
        "capacity",
        "bytes_used",
        "requested",
        "tap_pid",
        "tap_handle",
        "limit",
    ),
    "mailbox_overrun": (
        "pid",
        "descriptor",
        "dropped_seq",
        "dropped_length",
        "dropped_flags",
        "channel",
        "reason",
        "queue_depth",
    ),
    "value_registered": _REGISTERED,
    "value_changed": ("pid", "caller_pid", "oid", "old_f16", "new_f16", "flags", "auth_level"),
    "cmd_registered": _REGISTERED,
    "cmd_invoked": _COMMAND,
    "cmd_completed": (*_COMMAND, "status", "result"),
}


def normalised(event: dict[str, Any]) -> dict[str, Any]:
    """The event with the subject's keys; times in ms, and an owner, which may be any number, as text."""
    kept = {key: _shown(event[key]) for key in ("type", *_KEYS[event["type"]]) if key in event}
    if "deadline" in kept:
        kept["deadline"] = milliseconds(kept["deadline"])
    if kept.get("owner") is not None:
        kept["owner"] = str(kept["owner"])
    return kept


def _shown(value: Any) -> Any:
    return clamped(value) if isinstance(value, int) else value


def clamped(number: int) -> int:
    """What an image declares may be any integer; one beyond 64 bits with a sign is shown as the nearest that is not."""
    return min(max(number, -(2**63)), 2**63 - 1)


def milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
