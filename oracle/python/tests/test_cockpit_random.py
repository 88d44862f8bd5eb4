"""Rules that hold for any program of CockpitVM, on random ones with a fixed seed."""

import random
from typing import Any

from cockpit_support import BOTH, MAX, MIN, CockpitTest, Op, code, word

from cockpit_model import run
from cockpit_model.isa import STACK

OPCODES = [*Op, 0x0A, 0x1F, 0x66, 0xFF]
VALUES = (0, 1, 2, 3, 19, 20, 63, 64, 255, 256, 0xFFFF, 0x1_0000, MAX, MIN, -1)
STRINGS = ["%d %x", "%c%c%c", "100%", "%%d"]
STATE = ("stack", "globals", "arrays", "pins")


def some_case(rng: random.Random) -> dict[str, Any]:
    length = rng.randrange(1, 20)
    words = [
        word(rng.choice(OPCODES), rng.choice((rng.randrange(20), rng.choice(VALUES) & 0xFFFF))) for _ in range(length)
    ]
    return {
        "code": code(*words),
        "max_steps": rng.randrange(1, 40),
        "pc": rng.randrange(length),
        "stack": some_values(rng, rng.choice((0, 1, 2, 3, 10, STACK - 1, STACK))),
        "globals": [[n, rng.choice(VALUES)] for n in rng.sample(range(64), 3)],
        "arrays": [[n, some_values(rng, rng.choice((1, 5, 64)))] for n in rng.sample(range(16), 3)],
        "strings": STRINGS,
        "pins": [[n, 1] for n in rng.sample(range(20), 10)],
        "buttons": [[n, 1] for n in rng.sample(range(20), 10)],
    }


def some_values(rng: random.Random, count: int) -> list[int]:
    return [rng.choice((rng.randrange(20), rng.choice(VALUES))) for _ in range(count)]


def goes_on(case: dict[str, Any], outcome: dict[str, Any], steps: int) -> dict[str, Any]:
    """The case that begins where the outcome ended."""
    return {**case, "pc": outcome["pc"], "max_steps": steps, **{key: outcome[key] for key in STATE}}


class AnyProgram(CockpitTest):
    def test_runs_the_same_step_by_step(self) -> None:
        rng = random.Random(1)
        for profile in BOTH:
            for _ in range(500):
                case = some_case(rng)
                whole = run(profile, case)
                steps, calls = 0, []
                for _ in range(case["max_steps"]):
                    outcome: dict[str, Any] = run(profile, {**case, "max_steps": 1})
                    steps += outcome["steps"]
                    calls += outcome["calls"]
                    if outcome["stop"]["kind"] != "budget":
                        break
                    case = goes_on(case, outcome, 1)
                self.assertEqual({**outcome, "steps": steps, "calls": calls}, whole, (profile, case))

    def test_an_error_of_the_plan_changes_nothing(self) -> None:
        rng = random.Random(2)
        errors = 0
        for _ in range(2000):
            case = some_case(rng)
            outcome: dict[str, Any] = run("plan", case)
            if outcome["stop"]["kind"] == "error":
                errors += 1
                again = run("plan", goes_on(case, outcome, 1))
                self.assertEqual(again, {**outcome, "steps": 0, "calls": []})
                if outcome["steps"]:
                    before = run("plan", {**case, "max_steps": outcome["steps"]})
                    self.assertEqual(before, {**outcome, "stop": {"kind": "budget"}})
        self.assertGreater(errors, 1000)

    def test_an_error_of_head_takes_operands_at_most(self) -> None:
        rng = random.Random(3)
        for _ in range(2000):
            case = some_case(rng)
            outcome: dict[str, Any] = run("head", case)
            if outcome["stop"]["kind"] == "error" and outcome["steps"]:
                before: dict[str, Any] = run("head", {**case, "max_steps": outcome["steps"]})
                self.assertEqual(before["stop"], {"kind": "budget"})
                height = len(outcome["stack"])
                self.assertEqual({**before, "stop": outcome["stop"], "stack": before["stack"][:height]}, outcome)
                self.assertLessEqual(len(before["stack"]) - height, 9)

    def test_cells_stay_cells_and_the_stack_within_its_limit(self) -> None:
        rng = random.Random(4)
        for profile in BOTH:
            for _ in range(1000):
                outcome: dict[str, Any] = run(profile, some_case(rng))
                self.assertLessEqual(len(outcome["stack"]), STACK)
                for cell in outcome["stack"]:
                    self.assertIs(type(cell), int)
                    self.assertTrue(MIN <= cell <= MAX, cell)
