"""Runs a task for some instructions, and remembers the last of them (design 4.5, 7.1).

[last-tried] An instruction that faults, and the last RET, count as the last one. A fetch that faults does not: there is
no instruction.
"""

from dataclasses import dataclass

from minivm_model.execution import fetch
from minivm_model.machine import WINDOW as REGISTERS
from minivm_model.stops import NotRetired, Stop

from .configuration import WINDOW, WINDOW_SIZE
from .task import Task


@dataclass(slots=True)
class Last:
    """The last instruction tried, of whichever task; zeros before the first."""

    pc: int = 0
    opcode: int = 0
    window: bytes = bytes(WINDOW_SIZE)  # the registers before it, if they are kept

    def regs(self) -> list[int]:
        return [*REGISTERS.unpack(self.window)]


def clock(task: Task, limit: int, last: Last, *, keep_regs: bool) -> dict[str, object]:
    """Run until `limit` instructions have retired, or to the first stop; the result as the protocol has it.

    SVC and BRK retire and leave the task ready behind them. A fault and the last RET do not retire, leave pc on their
    instruction, and stop the task.
    """
    machine = task.machine
    for retired in range(limit):
        address = machine.pc
        try:
            handler, instruction = machine.fetched.get(address) or fetch(machine)
            last.pc, last.opcode = address, instruction.word
            if keep_regs:
                last.window = machine.memory.read(WINDOW, WINDOW_SIZE)
            machine.pc = address + 4
            stop = handler(machine, instruction)
        except NotRetired as end:
            machine.pc = address
            fault = end.stop.get("fault")
            task.stop(None if fault is None else str(fault))
            return _result(address, end.stop, retired)
        if stop is not None:
            return _result(machine.pc, stop, retired + 1)
    return _result(machine.pc, {"kind": "ok"}, limit)


def _result(pc: int, reason: Stop, retired: int) -> dict[str, object]:
    """[cycles] An instruction is one cycle."""
    return {"pc": pc, "reason": reason, "retired": retired, "cycles": retired}
