"""Random scripts: what holds in every outcome, whatever the calls were."""

import json
from random import Random
from typing import Any, get_args

from control_support import NOBODY, WINDOW, ControlTest, call, image, streamed
from support import Op, word

from control_model.refusal import Error

SCRIPTS = 400
ERRORS = set(get_args(Error))


def program(random: Random) -> bytes:
    """Words that mostly do something, within a few bytes of code and data."""
    words = [
        word(
            random.choice([*Op]), random.randrange(16), random.randrange(16), random.randrange(16), random.randrange(32)
        )
        for _ in range(random.randrange(1, 12))
    ]
    return image(words, rodata=random.randbytes(random.choice((0, 4))), bss_size=random.choice((0, 9)))


def script(random: Random) -> list[dict[str, Any]]:
    """Up to 40 calls, of which most succeed."""
    return [one_call(random) for _ in range(random.randrange(40))]


def one_call(random: Random) -> dict[str, Any]:
    task = random.choice((0, 0, 1, 2, 3, NOBODY))
    reg = random.choice((0, 1, 2, 3, 4, *range(16, 32)))
    value = random.choice((0, 4, 16, WINDOW, WINDOW - 8, 2**32 - 1))
    address = random.choice((0, 0x4000, WINDOW - 1, WINDOW, 0xFFFF, 0x1_0000, 2**32 - 1))
    data = random.randbytes(random.randrange(4))
    fields = {"policy_flags": random.randrange(8), "keep_last_regs": random.randrange(2)}
    return random.choice(
        (
            *[call("load", image=program(random))] * 3,
            call("load_begin"),
            call("load_write", task=task, bytes=program(random)),
            call("load_end", task=task),
            call("load_abort", task=task),
            call("unload", task=task),
            *[call("set_context", task=task)] * 3,
            *[call("step")] * 3,
            *[call("clock", n=random.randrange(40))] * 3,
            call("reg_set", reg=reg, value=value),
            call("reg_get", reg=reg),
            call("reg_set_for", task=task, reg=reg, value=value),
            call("reg_get_for", task=task, reg=reg),
            call("mem_write", address=address, bytes=data),
            call("mem_read", address=address, length=len(data)),
            call("last_regs"),
            call("pids"),
            *[call("init", config=fields)] * random.choice((0, 0, 1)),
        )
    )


class Outcomes(ControlTest):
    def test_invariants(self) -> None:
        seen: set[str] = set()
        for seed in range(SCRIPTS):
            with self.subTest(seed=seed):
                calls = script(Random(seed))
                outcome = self.outcome(calls)
                self.assertEqual(json.loads(json.dumps(outcome)), outcome)
                self.assertEqual(len(outcome["results"]), len(calls))
                errors = {result["error"] for result in outcome["results"] if "error" in result}
                self.assertLessEqual(errors, ERRORS)
                seen |= errors
                self.check_tasks(outcome["state"])
                self.check_memory(calls, outcome["state"])
        self.assertEqual(seen, ERRORS)

    def check_tasks(self, state: dict[str, Any]) -> None:
        states = {task["task"]: task["state"] for task in state["tasks"]}
        self.assertEqual([*states], sorted(states))
        self.assertLessEqual(len(states), 3)
        self.assertEqual(
            [number for number in states if states[number] == "loading"],
            [state["loading"]][: "loading" in states.values()],
        )
        if state["active"] is not None:
            self.assertIn(states[state["active"]], ("ready", "stopped"))
        for task in state["tasks"]:
            if task["state"] == "ready":
                self.assertEqual(task["fault_code"], 0)

    def check_memory(self, calls: list[dict[str, Any]], state: dict[str, Any]) -> None:
        """The runs of a task, between zeros, are what `mem_read` reads of it; in front of its window."""
        for task in state["tasks"]:
            if task["state"] == "loading":
                continue
            read = [call("set_context", task=task["task"]), call("mem_read", address=0, length=0x1_0000)]
            memory = bytearray(0x1_0000)
            memory[WINDOW:] = b"".join(reg.to_bytes(4, "little") for reg in task["regs"])
            end = -1
            for address, run in task["mem"]:
                data = bytes.fromhex(run)
                self.assertGreater(address, end)
                self.assertNotIn(0, data)
                end = address + len(data)
                self.assertLessEqual(end, WINDOW)
                memory[address:end] = data
            self.assertEqual(self.results([*calls, *read])[-1], memory.hex())

    def test_calls_that_are_refused_change_nothing(self) -> None:
        """All but those that the image of a loading task is to blame for, as they take it down."""
        for seed in range(SCRIPTS):
            with self.subTest(seed=seed):
                calls = script(Random(seed))
                outcome = self.outcome(calls)
                pairs = [*zip(calls, outcome["results"], strict=True)]
                kept = [
                    (made, result)
                    for made, result in pairs
                    if "ok" in result or (made["call"] in ("load_write", "load_end"))
                ]
                wanted = {**outcome, "results": [result for _, result in kept]}
                self.assertEqual(self.outcome([made for made, _ in kept]), wanted)

    def test_pieces_do_not_matter(self) -> None:
        for seed in range(SCRIPTS):
            with self.subTest(seed=seed):
                random = Random(seed)
                data = bytearray(program(random))
                if random.randrange(2):
                    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
                cuts = sorted(random.randrange(len(data)) for _ in range(random.randrange(20)))
                pieces = [bytes(data[a:b]) for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
                whole, cut = self.outcome([call("load", image=bytes(data))]), self.outcome(streamed(pieces))
                self.assertEqual(cut["state"], whole["state"])
                errors = [result["error"] for result in cut["results"] if "error" in result]
                self.assertEqual(errors[:1], [*whole["results"][0].values()] if not whole["state"]["tasks"] else [])
