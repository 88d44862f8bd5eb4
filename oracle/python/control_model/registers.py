"""Registers by the numbers that the host knows them by (design 4.3)."""

from minivm_model.machine import Machine

from .configuration import ALLOW_PC_STOPPED, DENY_REG_SET, WINDOW, Configuration
from .refusal import Refused
from .task import Task

PC, SP, PSW, WP = range(4)
GENERAL = range(16, 32)  # R0 to R15


def check(reg: int) -> None:
    """[register-first] A number that names no register is refused before the task is looked for."""
    if reg not in (PC, SP, PSW, WP) and reg not in GENERAL:
        raise Refused("EINVAL")


def read(machine: Machine, reg: int) -> int:
    if reg == PC:
        return machine.pc
    if reg == SP:
        return machine.sp
    if reg == PSW:
        return machine.psw
    if reg == WP:
        return machine.reg_base
    return machine.r[reg - GENERAL.start]


def write(task: Task, configuration: Configuration, reg: int, value: int) -> None:
    """Set a register if policy and value allow it.

    [pc-revives] A new pc makes a stopped task ready, if the policy allows to set it. [sp-alone] R15 does not follow sp.
    [wp-fixed] Where the registers of a task are is the VM's own affair (design 4.8).
    """
    if configuration.allows(DENY_REG_SET):
        raise Refused("EPERM")
    machine = task.machine
    if reg == PC:
        if task.state == "stopped":
            if not configuration.allows(ALLOW_PC_STOPPED):
                raise Refused("EPERM")
            task.revive()
        machine.pc = value
    elif reg == SP:
        if not configuration.stack[0] <= value <= WINDOW:
            raise Refused("EINVAL")
        machine.sp = value
    elif reg == PSW:
        if value > 15:
            raise Refused("EINVAL")
        machine.psw = value
    elif reg == WP:
        raise Refused("EPERM")
    else:
        machine.set_reg(reg - GENERAL.start, value)
