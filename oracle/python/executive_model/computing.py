"""Instructions that concern nobody but the task that executes them."""

from minivm_model.execution import fetch
from minivm_model.instructions import HANDLERS
from minivm_model.isa import Op
from minivm_model.machine import Machine
from minivm_model.stops import NotRetired

_CONCERN_OTHERS = {Op.SVC, Op.BRK, Op.RET}  # RET may be the end of the task, or of a command handler
_COMPUTE = {op for op in HANDLERS if op not in _CONCERN_OTHERS}


def compute(machine: Machine, most: int) -> int:
    """Execute up to `most` of them, and stop before any other one, and before one that does not retire. How many there
    were."""
    for executed in range(most):
        address = machine.pc
        try:
            handler, instruction = machine.fetched.get(address) or fetch(machine)
            if instruction.op not in _COMPUTE:
                return executed
            machine.pc = address + 4
            handler(machine, instruction)
        except NotRetired:
            machine.pc = address
            return executed
    return most
