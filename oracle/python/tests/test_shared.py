"""Several profiles at once: the answers are those of each profile alone."""

import random
import unittest
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import test_cockpit_random
import test_executive_random
import test_hxe_random
from support import Op, code, word

import cockpit_model
import executive_model
import hxe_model
import minivm_model
from model_kit.answers import Answer, Outcome
from model_kit.shared import Shared, in_profiles

CASES = 400

RunBatch = Callable[[str, Sequence[object]], list[Answer]]
RunProfiles = Callable[[Sequence[str], Sequence[object]], list[Shared]]

# Where profiles part: addresses around the end of memory, odd ones, and f16 values of all kinds.
REGISTERS = (0, 1, 2, 3, 0x7C00, 0x7E00, 0xFC00, 0x8000, 0xFFFC, 0xFFFE, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0xFFFF_FFFF)


def program(rng: random.Random) -> dict[str, Any]:
    opcodes = [*Op, 0, 0xEE]
    words = [word(rng.choice(opcodes)) | rng.getrandbits(24) for _ in range(16)]
    return {
        "code": code(words),
        "max_steps": rng.choice((1, 20)),
        "pc": rng.choice((0, 0, 0, 4, 2)),
        "regs": [rng.choice((rng.choice(REGISTERS), rng.getrandbits(32))) for _ in range(16)],
        "psw": rng.randrange(16),
        "sp": rng.choice((0x8000, 0x8001, 0, 0xFFFE, 0x1_0000)),
        "call_stack": [4] * rng.randrange(2),
    }


class Place(NamedTuple):
    """A profile with one switch."""

    it: int


class Shares(unittest.TestCase):
    def check(
        self, run_batch: RunBatch, run_profiles: RunProfiles, profiles: Sequence[str], cases: list[Any], least: int
    ) -> None:
        """At least so many answers must be shared, and so many not, in percent."""
        for order in (profiles, profiles[::-1]):
            shared = run_profiles(order, cases)
            for position, profile in enumerate(order):
                told = [entry[position] for entry in shared]
                full = [entry[it] if isinstance(it, int) else it for entry, it in zip(shared, told, strict=True)]
                self.assertEqual(full, run_batch(profile, cases))
            second = [isinstance(entry[1], int) for entry in shared]
            self.assertGreaterEqual(100 * sum(second), least * len(cases))
            self.assertGreaterEqual(100 * (len(cases) - sum(second)), 5 * len(cases))

    def test_minivm(self) -> None:
        rng = random.Random(1)
        cases = [*(program(rng) for _ in range(5 * CASES)), {"code": ""}, 7]
        self.check(minivm_model.run_batch, minivm_model.run_profiles, [*minivm_model.PROFILES], cases, 5)

    def test_hxe(self) -> None:
        cases = [{"image": image.hex()} for image in test_hxe_random.images()]
        self.check(hxe_model.run_batch, hxe_model.run_profiles, [*hxe_model.PROFILES], cases, 5)

    def test_cockpit(self) -> None:
        rng = random.Random(2)
        cases = [test_cockpit_random.some_case(rng) for _ in range(CASES)]
        self.check(cockpit_model.run_batch, cockpit_model.run_profiles, [*cockpit_model.PROFILES], cases, 5)

    def test_executive(self) -> None:
        """It shares the reading of cases, and answers to bad ones only."""
        rng = random.Random(3)
        cases = [test_executive_random.script(rng) for _ in range(CASES // 20)]
        self.check(executive_model.run_batch, executive_model.run_profiles, [*executive_model.PROFILES], cases, 0)

    def test_what_is_equal_but_not_the_same_is_not_shared(self) -> None:
        said: list[object] = [1, True, 1.0, 1]

        def execute(place: Place, _: object) -> Outcome:
            return {"what": said[place.it]}

        shared = in_profiles(execute, lambda case: case, [Place(it) for it in range(4)], {})
        self.assertEqual(repr(shared), repr([*({"outcome": {"what": it}} for it in said[:3]), 0]))

    def test_unknown_profile(self) -> None:
        with self.assertRaises(minivm_model.UnknownProfile):
            minivm_model.run_profiles(["reference", "lenient"], [])


if __name__ == "__main__":
    unittest.main()
