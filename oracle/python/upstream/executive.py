"""Subject `executive` on the reference: its controller, in this process and in virtual time.

Nothing of its behaviour is changed but this. What it would print to the devices is taken as bytes before the call that
prints it. An asynchronous command runs at once instead of in a thread of its own, and a stored value is stored at once.
A command with a name and no help is registered with an empty one, for which the reference would fail. Times are rounded
to the microsecond, so that a deadline is met exactly when it says. Memory that grows ends the script.

`executive_state` reads the controller's state; `executive_events` says what of its events belongs to the subject.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

from . import executive_calls
from .executive_events import normalised
from .executive_state import state

_MEMORY = 0x1_0000


def run(host: ModuleType, profile: str, case: dict[str, Any]) -> dict[str, Any]:
    """The outcome of one case."""
    if profile != "reference":
        return {"unsupported": f"the reference has no profile {profile!r}"}
    if case.get("config", {}).get("policy", "instruction") != "instruction":
        return {"unsupported": "the reference has one policy"}
    clock = _Clock()
    devices: list[dict[str, Any]] = []
    with _patched(host, clock, devices):
        controller = _controller(host, case.get("config", {}))
        return {"outcome": _script(controller, clock, devices, case["calls"])}


def _script(
    controller: Any, clock: "_Clock", devices: list[dict[str, Any]], calls: list[dict[str, Any]]
) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    for number, call in enumerate(calls):
        devices.clear()
        try:
            answer = _answer(controller, clock, call)
        except _Raised as raised:
            return {"results": results, "raised": {"call": number, "kind": raised.kind}, "state": None}
        events = answer.pop("events", [])
        results.append({**answer, "events": [normalised(event) for event in events], "io": list(devices)})
    return {"results": results, "raised": None, "state": state(controller, clock.milliseconds)}


def _answer(controller: Any, clock: "_Clock", call: dict[str, Any]) -> dict[str, Any]:
    if call["call"] == "advance":
        clock.milliseconds += call["ms"]
        return {"ok": None}
    if call["call"] != "step":
        return executive_calls.answer(controller, call)
    try:
        return executive_calls.step(controller, call)
    except _Raised:
        raise
    except Exception as error:
        raise _Raised(_kind(controller.vm, error)) from error


# --- what raises ------------------------------------------------------------------------------------------------------


class _Raised(BaseException):
    """Not an `Exception`: the reference's services catch those."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def _kind(vm: Any, error: Exception) -> str:
    """What raised, by the instruction that did and the exception."""
    word = int.from_bytes(vm.code[vm.pc : vm.pc + 4], "big")
    module = (word >> 8) & 0xF
    match word >> 24, module, error:
        case (0x55, _, ValueError() | OverflowError()):
            return "invalid_conversion"
        case (0x25, _, MemoryError()):
            return "ret_straddle"
        case (0x30, 0xE, OverflowError()):
            return "libm_overflow"
        case (0x30, 0xE, ValueError()):
            return "libm_domain"
        case (0x30, 5, ValueError()):
            return "bad_target"
        case (0x30, 4, KeyError()):
            return "stale_fd"
    raise error


# --- the reference, kept quiet ----------------------------------------------------------------------------------------


class _Time(float):
    """Seconds that stay multiples of a microsecond."""

    def __add__(self, other: float) -> "_Time":
        return _Time(round(float(self) + other, 6))

    def __sub__(self, other: float) -> "_Time":
        return _Time(round(float(self) - other, 6))

    def __mul__(self, other: float) -> "_Time":
        return _Time(round(float(self) * other, 6))


class _Clock:
    """Virtual time."""

    def __init__(self) -> None:
        self.milliseconds = 1_000_000

    def monotonic(self) -> _Time:
        return _Time(self.milliseconds / 1000)


@contextmanager
def _patched(host: ModuleType, clock: _Clock, devices: list[dict[str, Any]]) -> Iterator[None]:
    """The reference with virtual time, an ear at its devices and an eye on its memory, and without its environment."""
    time = SimpleNamespace(monotonic=clock.monotonic)
    mailbox = sys.modules[host.MailboxManager.__module__]
    changes = ((host, "time", time), (mailbox, "time", time), (host, "MiniVM", _listening(host.MiniVM, devices)))
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    environment = {name: os.environ.pop(name, None) for name in ("HSX_MAILBOX_PROFILE", "HSX_FRAM_PATH")}
    logging.getLogger("hsx.valcmd").disabled = True
    try:
        for module, name, value in changes:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
        os.environ.update({name: value for name, value in environment.items() if value is not None})


def _listening(machine: Any, devices: list[dict[str, Any]]) -> Any:
    class Machine(machine):  # type: ignore[misc]
        def handle_svc(self, module: int, function: int) -> None:
            output = _output(self, module, function)
            if output:
                devices.append(output)
            super().handle_svc(module, function)

        def step(self) -> None:
            super().step()
            if len(self.mem) > _MEMORY:
                raise _Raised("memory_growth")

    return Machine


def _output(vm: Any, module: int, function: int) -> dict[str, Any] | None:
    """What a device is told by this supervisor call."""
    regs = vm.regs
    match module, function:
        case (1, 0):
            return {"io": "exit", "pid": vm.pid, "code": regs[0]}
        case (1, 1):
            start = regs[1] & 0xFFFF
            return {"io": "uart", "pid": vm.pid, "data": bytes(vm.mem[start : start + (regs[2] & 0xFFFF)]).hex()}
        case (2, 0):
            start = regs[2] & 0xFFFF
            data = bytes(vm.mem[start : start + (regs[3] & 0xFF)]).hex()
            return {"io": "can", "pid": vm.pid, "id": regs[1] & 0x7FF, "data": data}
    return None


def _controller(host: ModuleType, config: dict[str, Any]) -> Any:
    class Controller(host.VMController):  # type: ignore[name-defined,misc]
        def _complete_mailbox_wait(self, pid: int, **how: Any) -> None:
            super()._complete_mailbox_wait(pid, **how)
            if len(self.task_states.get(pid, {}).get("mem", b"")) > _MEMORY:
                raise _Raised("memory_growth")

    quotas = config.get("mailboxes", {})
    controller = Controller(
        dev_libm=config.get("libm", True),
        mailbox_profile={
            "max_descriptors": quotas.get("descriptors", 256),
            "handle_limit_per_pid": quotas.get("handles", 64),
            "default_capacity": quotas.get("capacity", 64),
            "tap_rate_limit": quotas.get("tap_rate", 0),
        },
    )
    store = controller.persistence_store
    store._data.update(dict(config.get("persisted", [])))
    store.schedule_write = lambda key, raw, _debounce=0: store._commit(key, raw)
    _configure_commands(controller.valcmd, config)
    return controller


def _configure_commands(registry: Any, config: dict[str, Any]) -> None:
    registry.set_async_executor(lambda runner: runner())
    for number, handler in enumerate(config.get("handlers", []), 1):
        registry._command_handlers[number] = _handler(handler)
    pin = config.get("pin")
    if pin is not None:
        registry.set_token_validator(lambda _command, token, _pid: token == pin.encode())
    register = registry.command_register

    def register_with_help(*arguments: Any, descriptors: Any = None, **more: Any) -> Any:
        records = [
            {**record, "help": record.get("help") or ""} if record["type"] == "name" else record
            for record in descriptors
        ]
        return register(*arguments, descriptors=records, **more)

    registry.command_register = register_with_help


def _handler(handler: dict[str, Any]) -> Callable[[], int | None]:
    def run_handler() -> int | None:
        if handler["kind"] == "fail":
            raise RuntimeError("fail")
        return handler.get("value")

    return run_handler
