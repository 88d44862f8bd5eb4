"""A loaded task: a MiniVM of its own, and what the executive knows about it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from minivm_model.case import Case
from minivm_model.machine import Machine
from minivm_model.memory import SIZE

from .command import Asked, Command
from .journal import Event
from .memory import Span, TaskMemory
from .profile import Profile

INFO_SIZE = 20


class Program(NamedTuple):
    """What a task starts from."""

    code: bytes
    rodata: bytes
    entry: int


class Layout(NamedTuple):
    """Where a task's registers and stack are."""

    reg_base: int
    stack: Span

    @property
    def window(self) -> Span:
        return Span(self.reg_base, self.reg_base + 64)


class Sleep(NamedTuple):
    """How long a task asked to sleep, until when, and which of all sleeps it is."""

    ms: int
    deadline: int
    number: int


@dataclass(slots=True)
class Hidden:
    """What the reference keeps of a task that is not active, beside what is shown (spec 4.3)."""

    running: bool = True
    condition: str = "running"
    events: list[Event] = field(default_factory=list)
    # [registers-apart] The registers of a task that is not active, once something else was written over their window.
    registers: list[int] | None = None


@dataclass(slots=True)
class Running:
    """A command handler that runs in its task (E27): when it ends, and what is done then."""

    command: Command
    depth: int  # of calls, to which its RET comes back
    registers: list[int]
    psw: int
    asked: Asked


class Task:
    """A task. In strict `state` is what lies beneath a pause."""

    def __init__(self, profile: Profile, pid: int, program: Program, layout: Layout, *, name: str, base: str) -> None:
        self.pid = pid
        self.name = name
        self.base = base  # of the name, without the number that tells instances apart
        self.stack = layout.stack
        case = Case(
            code=program.code,
            max_steps=1,  # of a case of its own, which this is not
            pc=program.entry,
            sp=layout.stack.high,
            stack_limit=layout.stack.low,
            reg_base=layout.reg_base,
        )
        self.memory = TaskMemory(program.rodata, (layout.window, layout.stack), clips=profile.clip)
        self.machine = Machine(profile.instructions, case, self.memory)
        self._apart = not profile.own_states
        self.state = "running"
        self.steps = 0
        self.exit_status: int | None = None
        self.priority = 10
        self.quantum = 1
        self.sleep: Sleep | None = None
        self.stdio: tuple[int, ...] = ()  # the handles that fds 0 to 2 lead to
        self.saved = Hidden()  # reference
        self.paused = False  # strict
        self.fault: str | None = None  # strict
        self.handler: Running | None = None  # strict
        self.since = 0  # strict: the turn in which it last ran or became runnable

    def registers(self) -> list[int]:
        return self.machine.regs() if self.saved.registers is None else self.saved.registers.copy()

    def set_registers(self, values: list[int]) -> None:
        for number, value in enumerate(values):
            self.machine.set_reg(number, value)

    def write_aside(self, address: int, data: bytes) -> None:
        """Write to the memory of a task that is not active; in the reference its registers do not change."""
        if self._apart and self.saved.registers is None:
            self.saved.registers = self.machine.regs()
        self.memory.write(address, data)

    def settle(self) -> None:
        """Write the registers over whatever stands in their window."""
        if self.saved.registers is not None:
            self.set_registers(self.saved.registers)
            self.saved.registers = None

    def complete(self, ptr: int, data: bytes, words: tuple[int, ...], info: int) -> None:
        """The end of a wait: the message, R0 to R4, and the info block. Data in the window are lost."""
        registers = self.registers()
        self.memory.write(ptr, data)
        registers[:5] = [word & 0xFFFF for word in words]
        self.set_registers(registers)
        if self._apart:
            self.saved.registers = registers
        self.write_info(info, words)

    def write_info(self, info: int, words: tuple[int, ...]) -> None:
        """The block of RECV that says what was received, if there is a place for it."""
        if info and info + INFO_SIZE <= SIZE:
            self.memory.write(info, b"".join(word.to_bytes(4, "little") for word in words))
