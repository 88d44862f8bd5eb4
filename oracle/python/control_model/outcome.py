"""An outcome: a result for each call, and the complete state after the last, in the protocol's JSON."""

from collections.abc import Sequence

from model_kit.answers import Outcome

from .loading import Loading
from .plane import Plane
from .task import Task


def report(results: Sequence[Outcome], plane: Plane) -> Outcome:
    """All keys are always there, but a task that loads has only its number and its state."""
    return {
        "results": [*results],
        "state": {
            "active": plane.active,
            "loading": plane.loading,
            "last": {"pc": plane.last.pc, "opcode": plane.last.opcode},
            "tasks": [{"task": number, **_state(task)} for number, task in plane.tasks.items()],
        },
    }


def _state(task: Loading | Task) -> Outcome:
    if isinstance(task, Loading):
        return {"state": "loading"}
    machine = task.machine
    return {
        "state": task.state,
        "fault_code": task.fault_code,
        "pc": machine.pc,
        "sp": machine.sp,
        "psw": machine.psw,
        "wp": machine.reg_base,
        "regs": machine.regs(),
        "mem": [[address, data.hex()] for address, data in task.memory()],
    }
