"""What the tests of CockpitVM share: an assembler, a way to run one instruction, and each error in both profiles."""

import unittest
from collections.abc import Sequence
from typing import Any

from cockpit_model import run
from cockpit_model.isa import MAX, MIN, Op

BOTH = ("head", "plan")

# Each error by its names in the two profiles.
OVERFLOW = ("stack_overflow", "stack_overflow")
UNDERFLOW = ("stack_underflow", "stack_underflow")
JUMP = ("invalid_jump", "invalid_jump")
DIVISION = ("division_by_zero", "division_by_zero")
OPERAND = ("invalid_opcode", "invalid_operand")
PIN = ("invalid_opcode", "invalid_pin")
MEMORY = ("memory_bounds", "invalid_memory_access")
IO = ("hardware_fault", "io_operation_failed")

FULL = [7] * 1023  # a stack without room


def word(op: int, immediate: int = 0, flags: int = 0) -> bytes:
    return bytes([op, flags, immediate & 0xFF, immediate >> 8])


def code(*words: bytes) -> str:
    return b"".join(words).hex()


class CockpitTest(unittest.TestCase):
    """Runs one instruction, or a few, and compares outcomes."""

    def outcome(self, profile: str, words: Sequence[bytes], **case: Any) -> dict[str, Any]:
        return run(profile, {"code": code(*words), "max_steps": 100, **case})

    def expect(self, profile: str, words: Sequence[bytes], case: dict[str, Any], **wanted: Any) -> None:
        """The parts of the outcome that are named."""
        outcome = self.outcome(profile, words, **case)
        self.assertEqual({key: outcome[key] for key in wanted}, wanted, (profile, case))

    def gives(
        self,
        op: int,
        before: list[int],
        after: list[int],
        immediate: int = 0,
        profiles: Sequence[str] = BOTH,
        wanted: dict[str, Any] | None = None,
        **case: Any,
    ) -> None:
        """One instruction turns the stack `before` into `after`; the rest is as the case had it, or as wanted."""
        for profile in profiles:
            outcome = self.outcome(profile, [word(op, immediate)], stack=before, **case)
            self.assertEqual(
                outcome,
                {"stop": {"kind": "end"}, "steps": 1, "pc": 1, "stack": after, **unchanged(case), **(wanted or {})},
                (profile, Op(op).name, before),
            )

    def fails(
        self,
        op: int,
        before: list[int],
        errors: tuple[str, str],
        left: list[int],
        immediate: int = 0,
        profiles: Sequence[str] = BOTH,
        **case: Any,
    ) -> None:
        """One instruction ends in an error: head has `left` on the stack, the plan all; nothing else changes."""
        for profile, error, after in zip(BOTH, errors, (left, before), strict=True):
            if profile in profiles:
                outcome = self.outcome(profile, [word(op, immediate)], stack=before, **case)
                self.assertEqual(
                    outcome,
                    {
                        "stop": {"kind": "error", "error": error},
                        "steps": 0,
                        "pc": 0,
                        "stack": after,
                        **unchanged(case),
                    },
                    (profile, Op(op).name, before),
                )

    def underflows(self, op: int, operands: int, profiles: Sequence[str] = BOTH, **case: Any) -> None:
        """Too few operands: head pops those that are there."""
        for count in range(operands):
            self.fails(op, [1] * count, UNDERFLOW, [], profiles=profiles, **case)


def unchanged(case: dict[str, Any]) -> dict[str, Any]:
    """The part of the outcome that shows globals, arrays, pins and calls, if a case is left as it is."""
    return {
        "globals": case.get("globals", []),
        "arrays": case.get("arrays", []),
        "pins": case.get("pins", []),
        "calls": [],
    }


__all__ = [
    "BOTH",
    "DIVISION",
    "FULL",
    "IO",
    "JUMP",
    "MAX",
    "MEMORY",
    "MIN",
    "OPERAND",
    "OVERFLOW",
    "PIN",
    "UNDERFLOW",
    "CockpitTest",
    "Op",
    "code",
    "unchanged",
    "word",
]
