"""A case: how the executive is configured and the calls made to it, read strictly from JSON (protocol)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from minivm_model.isa import U32
from model_kit.reading import (
    CaseError,
    Reader,
    boolean,
    each,
    integer,
    is_whole,
    members,
    octets,
    octets_up_to,
    sequence,
)

MOST_CALLS = 400
MOST_STEPS = 1_000_000  # of all calls together
MOST_HANDLERS = 8
POLICIES = ("instruction", "cooperative", "preemptive")


class Quotas(NamedTuple):
    """Of mailboxes: how many there may be, how many handles a PID may have open, the capacity in bytes of a box for
    which nobody asks for another one, and copies for a tap in a second (0: as many as there are)."""

    descriptors: int = 256
    handles: int = 64
    capacity: int = 64
    tap_rate: int = 0


class Handler(NamedTuple):
    """A command handler of the host."""

    kind: str
    value: int = 0


class Config(NamedTuple):
    """What the executive is built with."""

    mailboxes: Quotas = Quotas()
    libm: bool = True
    persisted: tuple[tuple[int, int], ...] = ()
    pin: str | None = None
    handlers: tuple[Handler, ...] = ()
    tasks: int = 16
    policy: str = "instruction"


class Call(NamedTuple):
    """A call by its name, with its arguments by the keys of the protocol."""

    name: str
    arguments: dict[str, Any]


class Case(NamedTuple):
    """The subject's case, checked, with its defaults."""

    calls: tuple[Call, ...]
    config: Config = Config()


def parse(case: object) -> Case:
    """Check every key and value of a case."""
    read = Case(**members(case, {"calls": _calls, "config": _config}, required=("calls",)))
    if sum(call.arguments["n"] for call in read.calls if call.name == "step") > MOST_STEPS:
        raise CaseError(f"calls: more than {MOST_STEPS} steps")
    return read


def _members(key: str, value: object, readers: Mapping[str, Reader], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """As `members`, for an object within the case."""
    if not isinstance(value, dict):
        raise CaseError(f"{key}: not an object")
    try:
        return members(value, readers, required)
    except CaseError as bad:
        raise CaseError(f"{key}.{bad}") from None


def _text(least: int, most: int) -> Reader:
    def read(key: str, value: object) -> str:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise CaseError(f"{key}: not a text of {least} to {most} characters")
        if not is_whole(value):
            raise CaseError(f"{key}: half of a surrogate pair")
        return value

    return read


def _or_null(reader: Reader) -> Reader:
    return lambda key, value: None if value is None else reader(key, value)


def _one_of(*names: str) -> Reader:
    def read(key: str, value: object) -> str:
        if isinstance(value, str) and value in names:
            return value
        raise CaseError(f"{key}: not one of {', '.join(names)}")

    return read


_u8, _u16, _u32 = integer(0, 0xFF), integer(0, 0xFFFF), integer(0, U32)
_target = _text(0, 64)

# --- the configuration ------------------------------------------------------------------------------------------------


def _config(key: str, value: object) -> Config:
    return Config(**_members(key, value, _CONFIG))


def _quotas(key: str, value: object) -> Quotas:
    return Quotas(**_members(key, value, _QUOTAS))


def _pair(key: str, value: object) -> tuple[int, int]:
    pair = sequence(key, value)
    if len(pair) != 2:
        raise CaseError(f"{key}: not a pair of key and f16")
    return integer(1, 0xFFFF)(key, pair[0]), _u16(key, pair[1])


def _persisted(key: str, value: object) -> tuple[tuple[int, int], ...]:
    pairs = each(_pair)(key, value)
    if len(dict(pairs)) < len(pairs):
        raise CaseError(f"{key}: a key twice")
    return pairs


def _pin(key: str, value: object) -> str:
    pin: str = _text(1, 31)(key, value)
    if not pin.isascii():
        raise CaseError(f"{key}: not ASCII")
    return pin


def _handler(key: str, value: object) -> Handler:
    handler = Handler(**_members(key, value, _HANDLER, ("kind",)))
    if (handler.kind == "int") != (isinstance(value, dict) and "value" in value):
        raise CaseError(f"{key}.value: belongs to kind int, and to no other")
    return handler


def _handlers(key: str, value: object) -> tuple[Handler, ...]:
    handlers = each(_handler)(key, value)
    if len(handlers) > MOST_HANDLERS:
        raise CaseError(f"{key}: more than {MOST_HANDLERS}")
    return handlers


_QUOTAS: dict[str, Reader] = {
    "descriptors": integer(1, 256),
    "handles": integer(1, 256),
    "capacity": integer(1, 0xFFFF),
    "tap_rate": integer(0, 1000),
}
_HANDLER: dict[str, Reader] = {
    "kind": _one_of("none", "int", "fail"),
    "value": integer(-(1 << 40), 1 << 40),
}
_CONFIG: dict[str, Reader] = {
    "mailboxes": _quotas,
    "libm": boolean,
    "persisted": _persisted,
    "pin": _or_null(_pin),
    "handlers": _handlers,
    "tasks": integer(1, 64),
    "policy": _one_of(*POLICIES),
}

# --- the calls --------------------------------------------------------------------------------------------------------


class Key(NamedTuple):
    """A key of a call: how it is read, and what stands for it if it is left out, if it may be."""

    reader: Reader
    default: object = ...


_some_pid = integer(1, 0xFFFF)
_pid = Key(_u16)
_host = Key(_u16, 0)
_whose = Key(_or_null(_u16), None)
_group = Key(_or_null(_u8), None)

CALLS: dict[str, dict[str, Key]] = {
    "load": {"image": Key(octets_up_to(131_072))},
    "step": {"n": Key(integer(0, 100_000)), "pid": Key(_or_null(_some_pid), None)},
    "advance": {"ms": Key(integer(0, 100_000_000))},
    "pause": {"pid": Key(_or_null(_some_pid), None)},
    "resume": {"pid": Key(_or_null(_some_pid), None)},
    "kill": {"pid": _pid},
    "sched": {"pid": _pid, "priority": Key(_or_null(_u8), None), "quantum": Key(_or_null(_some_pid), None)},
    "reg_get": {"pid": _pid, "reg": Key(integer(0, 15))},
    "reg_set": {"pid": _pid, "reg": Key(integer(0, 15)), "value": Key(_u32)},
    "peek": {"pid": _pid, "address": Key(_u16), "length": Key(integer(0, 0x1_0000))},
    "poke": {"pid": _pid, "address": Key(_u16), "bytes": Key(octets)},
    "mailbox_open": {"pid": _host, "target": Key(_target)},
    "mailbox_close": {"pid": _host, "handle": Key(_u16)},
    "mailbox_bind": {"pid": _host, "target": Key(_target), "capacity": Key(_u16, 0), "mode": Key(_u16, 0)},
    "mailbox_send": {
        "pid": _host,
        "handle": Key(_or_null(_u16), None),
        "target": Key(_or_null(_target), None),
        "data": Key(octets),
        "flags": Key(_u32, 0),
        "channel": Key(_u32, 0),
    },
    "mailbox_recv": {"pid": _host, "handle": Key(_u16), "max": Key(_u16, 512)},
    "mailbox_peek": {"pid": _host, "handle": Key(_u16)},
    "mailbox_tap": {"pid": _host, "handle": Key(_u16), "enable": Key(boolean, True)},
    "mailbox_stdio": {"stream": Key(_one_of("in", "out", "err")), "mode": Key(_u16), "update": Key(boolean, True)},
    "val_get": {"oid": Key(_u16), "pid": _whose},
    "val_set": {"oid": Key(_u16), "f16": Key(_u16), "pid": _whose},
    "val_list": {"pid": _whose, "group": _group},
    "cmd_list": {"pid": _whose, "group": _group},
    "cmd_call": {"oid": Key(_u16), "pid": _whose, "async": Key(boolean, False)},
}


_name: Reader = _one_of(*CALLS)
_READERS = {
    name: {"call": _name, **{argument: how.reader for argument, how in keys.items()}} for name, keys in CALLS.items()
}
_DEFAULTS = {name: {argument: how.default for argument, how in keys.items()} for name, keys in CALLS.items()}
_REQUIRED = {
    name: tuple(argument for argument, default in defaults.items() if default is ...)
    for name, defaults in _DEFAULTS.items()
}


def _calls(key: str, value: object) -> tuple[Call, ...]:
    calls = each(_call)(key, value)
    if len(calls) > MOST_CALLS:
        raise CaseError(f"{key}: more than {MOST_CALLS}")
    return calls


def _call(key: str, value: object) -> Call:
    if not isinstance(value, dict):
        raise CaseError(f"{key}: not an object")
    name = value.get("call")
    if not isinstance(name, str) or name not in CALLS:
        raise CaseError(f"{key}.call: not the name of a call")
    arguments = _DEFAULTS[name] | _members(key, value, _READERS[name], _REQUIRED[name])
    del arguments["call"]
    return Call(name, arguments)
