"""Randomised checks with a fixed seed: flags against sign-bit formulas, and rules that hold for any program."""

import random
import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from support import BOTH, U32, MachineTest, Op, registers, word

from minivm_model import run
from minivm_model.isa import C, N, V, Z

SIGN = 0x8000_0000
CORNERS = (0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, SIGN - 1, SIGN, SIGN + 1, U32 - 1, U32)


def psw(value: int, carry: bool, overflow: bool) -> int:
    return Z * (value == 0) | N * bool(value & SIGN) | C * carry | V * overflow


def operands(rng: random.Random, count: int) -> Iterator[tuple[int, int, int]]:
    """Pairs with a corner in them and a random psw."""
    for a in CORNERS:
        for b in CORNERS:
            yield from ((a, b, before) for before in (0, C))
    for _ in range(count):
        yield rng.choice((rng.getrandbits(32), rng.choice(CORNERS))), rng.getrandbits(32), rng.randrange(16)


class Flags(MachineTest):
    def check(
        self, op: Op, a: int, b: int, before: int, value: int, after: int, profiles: tuple[str, ...] = BOTH
    ) -> None:
        case = {"regs": registers(r1=a, r2=b), "psw": before}
        for profile in profiles:
            self.expect(profile, [word(op, 3, 1, 2)], case, regs=registers(r1=a, r2=b, r3=value), psw=after)

    def test_add_and_adc(self) -> None:
        for a, b, before in operands(random.Random(1), 1000):
            for op, carry in ((Op.ADD, 0), (Op.ADC, before & C and 1)):
                value = (a + b + carry) % 2**32
                carry_out = bool(((a & b) | ((a | b) & ~value)) & SIGN)
                overflow = bool((a ^ value) & (b ^ value) & SIGN)
                quirk = op == Op.ADC and carry == 1 and b == SIGN - 1
                self.check(op, a, b, before, value, psw(value, carry_out, overflow), ("strict",))
                self.check(op, a, b, before, value, psw(value, carry_out, overflow != quirk), ("reference",))

    def test_sub_and_sbc(self) -> None:
        for a, b, before in operands(random.Random(2), 1000):
            for op, borrow in ((Op.SUB, 0), (Op.SBC, 0 if before & C else 1)):
                value = (a - b - borrow) % 2**32
                borrow_out = bool(((~a & b) | ((~a | b) & value)) & SIGN)
                overflow = bool((a ^ b) & (a ^ value) & SIGN)
                quirk = op == Op.SBC and borrow == 1 and b == SIGN - 1
                self.check(op, a, b, before, value, psw(value, not borrow_out, overflow), ("strict",))
                self.check(op, a, b, before, value, psw(value, not borrow_out, overflow != quirk), ("reference",))

    def test_mul(self) -> None:
        for a, b, before in operands(random.Random(3), 1000):
            high, value = divmod(a * b, 2**32)
            signed_high = (high - (b if a & SIGN else 0) - (a if b & SIGN else 0)) % 2**32
            overflow = signed_high != (U32 if value & SIGN else 0)
            self.check(Op.MUL, a, b, before, value, psw(value, high != 0, high != 0), ("reference",))
            self.check(Op.MUL, a, b, before, value, psw(value, high != 0, overflow), ("strict",))

    def test_div(self) -> None:
        for a, b, before in operands(random.Random(4), 1000):
            x, y = struct.unpack("<ii", struct.pack("<II", a, b))
            if y:
                quotient = x // y
                value = (quotient + (quotient < 0 and quotient * y != x)) % 2**32
                self.check(Op.DIV, a, b, before, value, psw(value, False, False))

    def test_shifts_one_bit_at_a_time(self) -> None:
        for a, b, before in operands(random.Random(5), 1000):
            for op in (Op.LSL, Op.LSR, Op.ASR):
                value, carry = a, bool(before & C)
                for _ in range(b % 32):
                    if op == Op.LSL:
                        value, carry = value * 2 % 2**32, bool(value & SIGN)
                    else:
                        filler = value & SIGN if op == Op.ASR else 0
                        value, carry = value // 2 | filler, bool(value & 1)
                self.check(op, a, b, before, value, psw(value, carry, False))


class AnyProgram(MachineTest):
    """Rules of the outcome that hold whatever the program does."""

    def programs(self, count: int) -> Iterator[dict[str, Any]]:
        rng = random.Random(6)
        for _ in range(count):
            words = [word(rng.choice(list(Op)), imm=0) | rng.getrandbits(24) for _ in range(64)]
            yield {
                "code": "".join(f"{each:08x}" for each in words),
                "max_steps": 50,
                "regs": [rng.choice((rng.getrandbits(32), 4 * rng.randrange(0x4000))) for _ in range(16)],
                "psw": rng.randrange(16),
                "reg_base": rng.choice((0, 0, 0x1000, 0x7FE0, 0xFFC0, 0x7FF1)),
                "call_stack": [rng.randrange(256)] * rng.randrange(3),
                "mem": [[rng.randrange(0xFF00), rng.randbytes(200).hex()]],
                "trace": True,
            }

    def test_the_same_case_has_the_same_outcome_and_a_legal_one(self) -> None:
        for case in self.programs(500):
            for profile in BOTH:
                outcome: dict[str, Any] = run(profile, case)
                self.assertEqual(outcome, run(profile, case))
                self.assertEqual(len(outcome["trace"]), outcome["steps"])
                self.assertLessEqual(outcome["psw"], 15)
                self.assertTrue(all(0 <= value <= U32 for value in [*outcome["regs"], outcome["pc"], outcome["sp"]]))
                ends = [(address, address + len(data) // 2) for address, data in outcome["mem"]]
                self.assertTrue(all(end < start for (_, end), (start, _) in pairwise(ends)))

    def test_two_halves_make_the_whole(self) -> None:
        """Stopping after n steps and starting again from that outcome ends like one run."""
        for case in self.programs(300):
            for profile in BOTH:
                whole: dict[str, Any] = run(profile, case)
                if whole["steps"] < 2:
                    continue
                first: dict[str, Any] = run(profile, {**case, "max_steps": whole["steps"] // 2})
                rest = {
                    **case,
                    **{key: first[key] for key in ("pc", "sp", "psw", "regs", "call_stack")},
                    "mem": case["mem"] + self.window(case) + first["mem"],
                    "max_steps": 50 - first["steps"],
                }
                second: dict[str, Any] = run(profile, rest)
                self.assertEqual(first["trace"] + second["trace"], whole["trace"])
                for key in ("stop", "pc", "sp", "psw", "regs", "call_stack"):
                    self.assertEqual(second[key], whole[key])

    def window(self, case: dict[str, Any]) -> list[list[Any]]:
        """The initial registers as a block, which the first half's changed memory then goes over."""
        return [[case["reg_base"], struct.pack("<16I", *case["regs"]).hex()]] if case["reg_base"] else []
