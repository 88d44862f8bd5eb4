"""The fetch-execute loop: runs a case until it stops.

[which-stop] An empty program is an error before anything else. Then a case stops at HALT, at an error, once pc has come
to the number of instructions, or when `max_steps` are done; the end goes before the budget (decisions).
"""

from typing import NamedTuple

from . import stops
from .case import Case
from .instructions import handler_of
from .isa import INSTRUCTION
from .machine import Machine
from .profile import Profile
from .stops import Failed, Stop


class Run(NamedTuple):
    """How a case ended: the machine as it stands, why it stopped, and how many instructions were completed."""

    machine: Machine
    stop: Stop
    steps: int


def execute(profile: Profile, case: Case) -> Run:
    machine = Machine(profile, case)
    if machine.instructions == 0:
        return Run(machine, stops.error("program_not_loaded"), 0)
    steps = 0
    while machine.pc < machine.instructions:
        if steps == case.max_steps:
            return Run(machine, stops.budget(), steps)
        address = machine.pc
        try:
            stop = step(machine)
        except Failed as failure:
            machine.pc = address
            if profile.rollback:
                machine.restore()
            return Run(machine, stops.error(failure.error), steps)
        steps += 1
        if stop is not None:
            return Run(machine, stop, steps)
    return Run(machine, stops.end(), steps)


def step(m: Machine) -> Stop | None:
    """One instruction: its opcode, flags that no one looks at, and its immediate."""
    at = m.pc * INSTRUCTION
    opcode, _, low, high = m.case.code[at : at + INSTRUCTION]
    handler = handler_of(opcode, m.profile)
    m.taken = []
    if handler is None:
        raise Failed("invalid_opcode")
    m.pc += 1
    return handler(m, low | high << 8)
