"""Registers of a task as the arguments of a service."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from minivm_model.isa import U32

from .registry import Failed, Status
from .task import Task

Service = TypeVar("Service")


def word(task: Task, register: int) -> int:
    """The low 16 bits."""
    return task.machine.r[register] & 0xFFFF


def byte(task: Task, register: int) -> int:
    """The low 8 bits."""
    return task.machine.r[register] & 0xFF


def block(task: Task, pointer: int) -> bytes:
    """The bytes of a pointer in this register and a length in the next, cut at the end of memory."""
    return task.memory.read(word(task, pointer), word(task, pointer + 1))


def text(task: Task, register: int) -> str:
    """The text that this register points to."""
    return task.memory.text(word(task, register))


def target(task: Task, register: int) -> bytes:
    """The target that this register points to, with bytes that may be no text."""
    return task.memory.raw_text(word(task, register))


def oid(task: Task) -> int:
    """A value or command by its group, in R1, and its id within it, in R2."""
    return byte(task, 1) << 8 | byte(task, 2)


def answer(task: Task, *results: int) -> None:
    """R0 and what follows; the low 32 bits of each."""
    registers = task.machine.r
    for register, result in enumerate(results):
        registers[register] = result & U32


def serve(task: Task, service: Service, functions: Sequence[Callable[[Service, Task], None]], function: int) -> None:
    """Runs one function of a service. What it refuses, and a number beyond its functions, is a status in R0."""
    try:
        if function >= len(functions):
            raise Failed(Status.EINVAL)
        functions[function](service, task)
    except Failed as failed:
        answer(task, failed.status)
