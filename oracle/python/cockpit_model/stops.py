"""Why a case stops: the `stop` objects of the protocol, and the exception of an instruction that ends in an error."""

from typing import Literal

Stop = dict[str, str]

ErrorName = Literal[
    # The reference's own, by its codes 1, 2, 4, 5, 6, 7, 9 and 10 (facts 6).
    "stack_overflow",
    "stack_underflow",
    "invalid_jump",
    "invalid_opcode",
    "division_by_zero",
    "memory_bounds",
    "hardware_fault",
    "program_not_loaded",
    # Named by the plan only (facts 1.6).
    "invalid_operand",
    "invalid_pin",
    "io_operation_failed",
    "invalid_memory_access",
]


class Failed(Exception):
    """The instruction ends in an error: it is not counted and pc stays on it."""

    def __init__(self, error: ErrorName) -> None:
        super().__init__(error)
        self.error = error


def budget() -> Stop:
    return {"kind": "budget"}


def halt() -> Stop:
    return {"kind": "halt"}


def end() -> Stop:
    return {"kind": "end"}


def error(name: ErrorName) -> Stop:
    return {"kind": "error", "error": name}
