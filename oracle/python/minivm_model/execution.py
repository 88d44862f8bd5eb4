"""The fetch-execute loop: runs a case until it stops.

[fetch] The word at pc must lie within code, else `pc_out_of_range`; then, in strict, pc must be a multiple of 4, else
`misaligned`. A jump to such a place retires; it is the fetch there that faults.

[fault-state] A fault is not counted and leaves pc on its instruction. In strict nothing else changes. In the
reference `memory`, `divide_by_zero`, `stack_overflow` and `stack_underflow` then write R0, through the register
window if there is one; every other fault changes nothing (facts 1.4). The reference's illegal opcode is no such
fault: it retires.
"""

from functools import lru_cache
from typing import NamedTuple

from .case import Case
from .instructions import HANDLERS, illegal
from .isa import decode
from .machine import Fetched, Machine
from .profile import Profile
from .stops import Fault, NotRetired, Stop, budget


class Run(NamedTuple):
    """How a case ended: the machine as it stands, why it stopped, and what it retired."""

    machine: Machine
    stop: Stop
    steps: int
    trace: list[list[int]] | None


def execute(profile: Profile, case: Case) -> Run:
    """Run to the first stop; the stop of the last instruction allowed goes before `budget` (protocol)."""
    machine = Machine(profile, case)
    trace: list[list[int]] | None = [] if case.trace else None
    for steps in range(case.max_steps):
        address = machine.pc
        try:
            handler, instruction = machine.fetched.get(address) or fetch(machine)
            machine.pc = address + 4
            stop = handler(machine, instruction)
        except NotRetired as end:
            machine.pc = address
            if end.r0 is not None and not profile.fault_code_in_r0:
                machine.set_reg(0, end.r0)
            return Run(machine, end.stop, steps, trace)
        if trace is not None:
            trace.append([address, instruction.word, machine.psw, machine.sp, *machine.regs()])
        if stop is not None:
            return Run(machine, stop, steps + 1, trace)
    return Run(machine, budget(), case.max_steps, trace)


def fetch(m: Machine) -> Fetched:
    """The instruction at pc, which the machine has at hand from now on."""
    address = m.pc
    word = m.code[address : address + 4]
    if len(word) < 4:
        raise Fault("pc_out_of_range")
    if address % 4 and m.profile.alignment:
        raise Fault("misaligned")
    fetched = m.fetched[address] = _decoded(word)
    return fetched


@lru_cache(maxsize=4096)
def _decoded(word: bytes) -> Fetched:
    instruction = decode(int.from_bytes(word, "big"))
    return HANDLERS.get(instruction.op, illegal), instruction
