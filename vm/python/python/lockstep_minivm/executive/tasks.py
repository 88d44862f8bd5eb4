"""What the executive says of tasks."""

from dataclasses import dataclass
from typing import NamedTuple


class Loaded(NamedTuple):
    """A task that was made.

    >>> Loaded(pid=1, name="blink").name
    'blink'
    """

    pid: int
    """Its number: 1, 2, 3 and so on; never used again."""
    name: str
    """Its name, which no other task has."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    >>> Task(1, "blink", "ready", steps=9, exit_status=None, priority=10, quantum=1, wakes_at=None, fault=None).state
    'ready'
    """

    pid: int
    """Its number."""
    name: str
    """Its name."""
    state: str
    """`ready`, `waiting_mbx`, `sleeping`, `paused`, `returned` or `faulted`; in profile `reference` also `running` (the
    active one) and `stopped`, and never `faulted`."""
    steps: int
    """Instructions retired."""
    exit_status: int | None
    """R0 at its end, 32 bits; None before."""
    priority: int
    """Smaller is more urgent, 0 to 255; only policy `preemptive` looks at it."""
    quantum: int
    """Turns in a row, 1 to 65535; only policy `preemptive` looks at it."""
    wakes_at: int | None
    """When its sleep is over, in ms of the clock; None if it does not sleep."""
    fault: str | None
    """The name of the fault that has parked it (profile `strict`)."""


@dataclass(frozen=True, slots=True)
class StepReply:
    """What a step came to.

    >>> StepReply(1, running=True, pc=4, steps=1, sleep_pending=False, paused=False, current=1, next=1).executed
    1
    """

    executed: int
    """Turns."""
    running: bool
    """Whether the task that had the last turn goes on; without a turn, the active one."""
    pc: int | None
    """Its pc, a byte address; None without tasks."""
    steps: int
    """Its instructions so far."""
    sleep_pending: bool
    """Whether the task that is active now sleeps."""
    paused: bool
    """Whether all tasks are paused."""
    current: int | None
    """The PID of the task that had the last turn; without a turn, of the active one."""
    next: int | None
    """The PID of the task that is active now."""


@dataclass(frozen=True, slots=True)
class TaskRegisters:
    """The registers of a task, and where they lie.

    >>> TaskRegisters(4, 0xFFC0, 0, (0,) * 16, depth=0, reg_base=0xFFC0, stack=range(0xEFC0, 0xFFC0)).pc
    4
    """

    pc: int
    """Byte address of the next instruction."""
    sp: int
    """Stack pointer, an absolute byte address."""
    flags: int
    """Z is 1, C is 2, N is 4, V is 8."""
    regs: tuple[int, ...]
    """R0 to R15, 32 bits unsigned."""
    depth: int
    """How many calls it is in."""
    reg_base: int
    """Where R0 to R15 lie in its data memory, a byte address."""
    stack: range
    """Byte addresses of its stack."""
