"""What the tests share: a word assembler, a way to run a few words, and the two profile names."""

import unittest
from collections.abc import Iterable
from typing import Any

from minivm_model import run
from minivm_model.isa import Op

BOTH = ("reference", "strict")
U32 = 0xFFFF_FFFF


def word(op: int, rd: int = 0, rs1: int = 0, rs2: int = 0, imm: int = 0) -> int:
    return op << 24 | rd << 20 | rs1 << 16 | rs2 << 12 | imm & 0xFFF


def code(words: Iterable[int]) -> str:
    return "".join(f"{each:08x}" for each in words)


def registers(**values: int) -> list[int]:
    """`registers(r1=5)`: R1 is 5, the others are 0."""
    return [values.get(f"r{n}", 0) for n in range(16)]


class MachineTest(unittest.TestCase):
    """Runs words and compares the parts of the outcome that a test names."""

    def outcome(self, profile: str, words: Iterable[int], **case: Any) -> dict[str, Any]:
        return run(profile, {"code": code(words), "max_steps": 1, **case})

    def expect(self, profile: str, words: Iterable[int], case: dict[str, Any], **wanted: Any) -> None:
        outcome = self.outcome(profile, words, **case)
        self.assertEqual({key: outcome[key] for key in wanted}, wanted, (profile, case))

    def expect_fault(
        self, profile: str, fault: str, words: list[int], case: dict[str, Any], r0: int | None = None
    ) -> None:
        """The first word faults, and nothing changes but R0, if `r0` says so."""
        before = registers(r0=0x1111, r1=0x2222, **{f"r{n}": n for n in range(2, 16)})
        case = {"regs": before, "psw": 15, **case}
        regs: list[int] = [*case["regs"]]
        if r0 is not None:
            regs[0] = r0
        self.expect(
            profile,
            words,
            case,
            stop={"kind": "fault", "fault": fault},
            steps=0,
            pc=case.get("pc", 0),
            sp=case.get("sp", 0x8000),
            psw=15,
            regs=regs,
            call_stack=case.get("call_stack", []),
            mem=[],
        )


__all__ = ["BOTH", "U32", "MachineTest", "Op", "code", "registers", "word"]
