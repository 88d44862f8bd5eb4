"""The context of a task: what is exchanged if another task runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .._core import Registers

WORD = 0xFFFF_FFFF


@dataclass(slots=True, eq=False, kw_only=True)
class TaskContext:
    """A task's state outside memory. The VM obeys `reg_base` and `stack_limit` at each step, and writes the rest of it.

    >>> context = TaskContext(pc=8)
    >>> context.regs = [1, 2]
    >>> context.pc, hex(context.sp), context.state, context.regs[:3]
    (8, '0x8000', 'ready', [1, 2, 0])
    """

    pc: int = 0
    """Byte address of the next instruction, as of the last step that retired."""
    sp: int = 0x8000
    """Stack pointer, as of then; a byte address."""
    psw: int = 0
    """Flags, as of then."""
    reg_base: int = 0
    """Byte address of the registers in data memory; 0: they are outside it."""
    stack_base: int = 0
    """Byte address where its stack begins. The VM does not look at it."""
    stack_limit: int = 0
    """The lowest byte address that a push may write."""
    stack_size: int = 0x1000
    """In bytes. The VM does not look at it."""
    time_slice_steps: int = 1
    """For a scheduler."""
    accounted_steps: int = 0
    """Instructions that have retired."""
    state: str = "ready"
    """`ready`, `running`, `paused`, `sleeping`, `stopped`, `returned`, or what a scheduler says."""
    priority: int = 10
    """For a scheduler, 0 to 255."""
    pid: int | None = None
    """The number of the task. Events tell it if there is one."""
    wait_kind: str | None = None
    """For a scheduler."""
    wait_mailbox: int | None = None
    """For a scheduler."""
    wait_deadline: float | None = None
    """For a scheduler, in seconds of `time.monotonic`."""
    wait_handle: int | None = None
    """For a scheduler."""
    fd_table: dict[int, int] = field(default_factory=dict)
    """The handle of a mailbox for each file number that is one."""
    exit_status: int | None = None
    """R0 when the outermost function has returned."""
    registers: Registers = field(default_factory=Registers, repr=False)
    """R0 to R15 if `reg_base` is 0, and a copy of them if it is not."""

    @property
    def regs(self) -> Registers:
        """The same registers. They are set from any number of values: missing ones are 0, those after 16 are dropped.

        >>> context = TaskContext()
        >>> context.regs = range(3, 30)
        >>> context.regs[15]
        18
        """
        return self.registers

    @regs.setter
    def regs(self, values: Iterable[int]) -> None:
        self.registers[:] = sixteen(values)


def sixteen(values: Iterable[int]) -> list[int]:
    """Cuts or fills values to 16.

    >>> sixteen([7])[:2], len(sixteen([7]))
    ([7, 0], 16)
    """
    return (list(islice(values, 16)) + [0] * 16)[:16]


def check_window(context: TaskContext, memory: bytearray) -> None:
    """Raises RuntimeError if a context has its registers beyond the end of memory.

    >>> check_window(TaskContext(reg_base=0xFFF0), bytearray(65536))
    Traceback (most recent call last):
    RuntimeError: registers at 0xfff0 go beyond the end of memory
    """
    base = context.reg_base & 0xFFFF
    if base and base + 64 > len(memory):
        raise RuntimeError(f"registers at {base:#x} go beyond the end of memory")


_SHARED = (
    "pid", "state", "priority", "time_slice_steps", "accounted_steps", "reg_base", "stack_base", "stack_limit",
    "wait_kind", "wait_mailbox", "wait_deadline", "wait_handle", "exit_status",
)  # fmt: skip
_OLD_NAMES = {"time_slice_steps": "time_slice_cycles", "accounted_steps": "accounted_cycles"}


def summary(context: TaskContext) -> dict[str, Any]:
    """Gives the fields that a snapshot of registers has.

    >>> summary(TaskContext(pid=3))["pid"], "sp" in summary(TaskContext())
    (3, False)
    """
    fields = {name: getattr(context, name) for name in _SHARED}
    return fields | {old: fields[name] for name, old in _OLD_NAMES.items()}


def to_dict(context: TaskContext) -> dict[str, Any]:
    """Gives all fields, each as a value of its own that later steps leave alone.

    >>> to_dict(TaskContext(pc=4))["pc"]
    4
    """
    return summary(context) | {
        "regs": list(context.registers),
        "pc": context.pc,
        "sp": context.sp,
        "psw": context.psw,
        "stack_size": context.stack_size,
        "fd_table": dict(context.fd_table),
    }


def from_dict(fields: Mapping[str, Any]) -> TaskContext:
    """Makes a context. Missing fields have their defaults, but sp is 0 then; words keep their low 32 bits.

    >>> context = from_dict({"pc": -4, "regs": [1]})
    >>> hex(context.pc), context.sp, context.regs[0]
    ('0xfffffffc', 0, 1)
    """

    def word(name: str, default: int = 0) -> int:
        return int(fields.get(name, default)) & WORD

    def count(name: str, default: int) -> int:
        return int(fields.get(name, fields.get(_OLD_NAMES[name], default)))

    status = fields.get("exit_status")
    context = TaskContext(
        pc=word("pc"),
        sp=word("sp"),
        psw=word("psw") & 0xFF,
        reg_base=word("reg_base"),
        stack_base=word("stack_base"),
        stack_limit=word("stack_limit"),
        stack_size=word("stack_size", 0x1000),
        time_slice_steps=count("time_slice_steps", 1),
        accounted_steps=count("accounted_steps", 0),
        state=str(fields.get("state", "ready")),
        priority=word("priority", 10) & 0xFF,
        pid=fields.get("pid"),
        wait_kind=fields.get("wait_kind"),
        wait_mailbox=fields.get("wait_mailbox"),
        wait_deadline=fields.get("wait_deadline"),
        wait_handle=fields.get("wait_handle"),
        fd_table={int(number): int(handle) for number, handle in dict(fields.get("fd_table", {})).items()},
        exit_status=None if status is None else int(status) & WORD,
    )
    context.regs = fields.get("regs", ())
    return context
