"""What calls of the control plane give."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..vm import Break, Fault, Returned, Stop, Svc

TaskState: TypeAlias = Literal["loading", "ready", "stopped"]
"""A task whose image is arriving; one that can run; one that has returned or faulted."""


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """What can be known of a task without activating it.

    >>> TaskInfo(pid=1, state="ready", fault_code=0, stack=range(0xEFC0, 0xFFC0), heap=range(0)).stack.stop == 0xFFC0
    True
    """

    pid: int
    """Its number, 1 to 65535."""
    state: TaskState
    """What it can do."""
    fault_code: int
    """0, or the code of the fault that has stopped it, 16 bits."""
    stack: range
    """Byte addresses of its stack; sp starts at the end."""
    heap: range
    """Byte addresses of its heap; empty if it has none."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended.

    >>> StepResult(pc=4, stop=Svc(1, 2), retired=1, cycles=1).reason
    'svc'
    """

    pc: int
    """Byte address of the next instruction."""
    stop: Stop | None
    """What ended it; None if all instructions asked for have retired."""
    retired: int
    """Instructions retired."""
    cycles: int
    """An estimate of the cycles it took: one for each instruction, as the design document names no costs."""

    @property
    def reason(self) -> Literal["ok", "svc", "break", "returned", "fault"]:
        """The reason by its name in the design document, and `returned`, for which that has none.

        >>> StepResult(pc=0, stop=None, retired=9, cycles=9).reason
        'ok'
        """
        match self.stop:
            case None:
                return "ok"
            case Svc():
                return "svc"
            case Break():
                return "break"
            case Returned():
                return "returned"
            case Fault():
                return "fault"

    @property
    def svc_id(self) -> int | None:
        """The 12-bit immediate of the `SVC` that ended it, module above function; None if it was none.

        >>> StepResult(pc=4, stop=Svc(1, 2), retired=1, cycles=1).svc_id
        258
        """
        return self.stop.module << 8 | self.stop.function if isinstance(self.stop, Svc) else None


@dataclass(frozen=True, slots=True)
class Exit:
    """The program has left, by `SVC MOD=1 FN=0` or by returning.

    >>> Exit(status=5)
    Exit(status=5)
    """

    status: int
    """R0, 32 bits unsigned."""


Ending: TypeAlias = Exit | Break | Fault
"""How a run without an executive ends."""
