"""The fetch-execute loop: runs a case until it stops.

[which-stop] An empty program is an error before anything else. Then a case stops at HALT, at an error, once pc has come
to the number of instructions, or when `max_steps` are done; the end goes before the budget (decisions).
"""

import struct
from typing import NamedTuple

from . import stops
from .case import Case
from .instructions import BUILT, handler_of
from .isa import INSTRUCTION
from .machine import Machine
from .profile import Profile
from .stops import Failed, Stop

_FIELDS = struct.Struct("<BxH").unpack_from  # opcode and immediate; the flags between them are never looked at


class Run(NamedTuple):
    """How a case ended: the machine as it stands, why it stopped, and how many instructions were completed."""

    machine: Machine
    stop: Stop
    steps: int


def execute(profile: Profile, case: Case) -> Run:
    machine = Machine(profile, case)
    if machine.instructions == 0:
        return Run(machine, stops.error("program_not_loaded"), 0)
    for steps in range(case.max_steps):
        address = machine.pc
        if address >= machine.instructions:
            return Run(machine, stops.end(), steps)
        opcode, immediate = _FIELDS(case.code, address * INSTRUCTION)
        handler = BUILT.get(opcode) or handler_of(opcode, profile)
        if handler is None:
            return Run(machine, stops.error("invalid_opcode"), steps)
        machine.pc = address + 1
        machine.taken = []
        try:
            stop = handler(machine, immediate)
        except Failed as failure:
            machine.pc = address
            if profile.rollback:
                machine.restore()
            return Run(machine, stops.error(failure.error), steps)
        if stop is not None:
            return Run(machine, stop, steps + 1)
    at_end = machine.pc >= machine.instructions
    return Run(machine, stops.end() if at_end else stops.budget(), case.max_steps)
