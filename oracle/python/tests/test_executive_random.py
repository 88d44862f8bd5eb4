"""Laws of the executive, on random scripts with a fixed seed: tasks that make supervisor calls at random, and a host
that does as it likes."""

import json
import random
import struct
import unittest
from collections import Counter
from functools import cache
from typing import Any
from unittest import mock

from executive_support import BOTH, call, chain, command_record, section_image, svc
from support import Op, word

from executive_model import run

TARGETS = ("app:q", "app:q", "shared:f", "q", "pid:1", "svc:stdio.out@1", "", "x@y")
TEXTS, HEAD = 0x4000, 0x4100
SCRIPTS = 300


def rodata() -> bytes:
    texts = b"".join(target.encode().ljust(16, b"\0") for target in TARGETS)
    records = (
        struct.pack("<BBH", 1, 0, TEXTS),
        struct.pack("<BB4sHH", 3, 0, b"V", 0, 5),
        struct.pack("<BBHH", 5, 0, 1, 0),
    )
    return texts.ljust(HEAD - TEXTS, b"\0") + chain(HEAD, *records).ljust(28, b"\0")


def program(rng: random.Random) -> list[int]:
    """Random supervisor calls with arguments that often make sense, over and over; sometimes something else."""
    words: list[int] = []

    def set_register(number: int, value: int) -> None:
        words.extend((word(Op.LDI32, number), value))

    for target in (TEXTS, TEXTS + 32):  # so that handles 4 and 5 are boxes that all tasks have open
        set_register(1, target)
        words.append(svc(5, 0))
    again = 4 * len(words)
    for _ in range(rng.randrange(3, 12)):
        text = TEXTS + 16 * rng.randrange(len(TARGETS))
        handle, place, oid = (
            rng.choice((4, 4, 5, 5, 6, 2)),
            rng.choice((0x3000, 0x4000, 0xFFF0, 0xFFC0)),
            rng.choice((0x101, 0x102)),
        )
        module, function, *arguments = rng.choice(
            (
                (5, 0, text, 0),
                (5, 0, TEXTS, 0),
                (5, 1, text, rng.choice((0, 16, 64)), rng.choice((0, 3, 0x0B, 0x2B))),
                (5, 2, handle, place, rng.choice((0, 5, 30)), 1, 2),
                (5, 3, handle, place, rng.choice((0, 64)), rng.choice((0, 3, 0xFFFF)), rng.choice((0, 0x3800))),
                (5, 5, handle, rng.randrange(2)),
                (5, 6, handle),
                (7, 0, oid >> 8, oid & 0xFF, 2, rng.choice((0, HEAD))),
                (7, 3, oid, rng.choice((0x3C00, 0x4000))),
                (7, 5, oid, text),
                (8, 0, oid >> 8, oid & 0xFF, 2, 0),
                (8, 2, 0x101, 0),
                (8, 3, oid, 0, text),
                (4, 0, text),
                (4, 2, rng.randrange(5), place, 9),
                (6, 0),
                (1, 1, place, 4),
            )
        )
        for number, argument in enumerate(arguments, 1):
            set_register(number, argument)
        if module == 6:
            set_register(0, rng.choice((0, 4)))
        words.append(svc(module, function))
    if rng.random() < 0.4:
        words.append(rng.choice((word(Op.RET), word(Op.BRK), word(Op.DIV, 1, 1, 14), svc(1, 0))))
    return [*words, word(Op.JMP, imm=again), word(Op.LDI, 0, imm=3), word(Op.RET)]


def host_call(rng: random.Random) -> dict[str, Any]:
    pid, handle, target = rng.randrange(4), rng.randrange(1, 6), rng.choice(TARGETS)
    some = max(pid, 1)
    return rng.choice(
        (
            call("step", n=rng.choice((1, 10, 100)), pid=rng.choice((None, None, some))),
            *[call("step", n=rng.choice((10, 100, 200)))] * 4,
            call("advance", ms=rng.choice((1, 5, 1000))),
            call(rng.choice(("pause", "resume")), pid=rng.choice((None, some))),
            call("resume", pid=some),
            call("kill", pid=rng.choice((pid, 9))),
            call("sched", pid=pid, priority=rng.randrange(20), quantum=rng.randrange(1, 4)),
            call("reg_set", pid=pid, reg=rng.randrange(5), value=rng.randrange(1 << 32)),
            call("poke", pid=pid, address=rng.choice((0x1004, 0xFFC4, 0x3000)), bytes=rng.randbytes(5).hex()),
            call("mailbox_open", pid=rng.choice((0, pid)), target=target),
            call("mailbox_close", pid=rng.choice((0, pid)), handle=handle),
            call("mailbox_send", target=target, data=rng.randbytes(rng.randrange(9)).hex()),
            call("mailbox_recv", pid=rng.choice((0, pid)), handle=handle),
            call("mailbox_tap", pid=rng.choice((0, pid)), handle=handle, enable=rng.random() < 0.7),
            call("val_set", oid=0x101, f16=rng.randrange(1 << 16)),
            call("cmd_call", oid=0x101),
        )
    )


def script(rng: random.Random) -> dict[str, Any]:
    loads = []
    for _ in range(rng.randrange(1, 4)):
        words = program(rng)
        sections = [(2, 1, command_record(4 * (len(words) - 2)))] if rng.random() < 0.5 else []
        loads.append(call("load", image=section_image(words, *sections, rodata=rodata())))
    policy = rng.choice(("instruction", "cooperative", "preemptive"))
    return {"calls": [*loads, *(host_call(rng) for _ in range(rng.randrange(20)))], "config": {"policy": policy}}


@cache
def outcomes(profile: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Scripts and what became of them."""
    rng = random.Random(7)
    ran = []
    for _ in range(SCRIPTS):
        case = script(rng)
        if profile == "reference":
            del case["config"]
        ran.append((case, run(profile, case)))
    return ran


def states(profile: str) -> list[dict[str, Any]]:
    return [outcome["state"] for _, outcome in outcomes(profile) if outcome["state"]]


class Laws(unittest.TestCase):
    def test_outcomes_are_legal(self) -> None:
        for profile in BOTH:
            for case, outcome in outcomes(profile):
                self.assertEqual(json.loads(json.dumps(outcome)), outcome)
                raised = outcome["raised"]
                self.assertEqual(len(outcome["results"]), raised["call"] if raised else len(case["calls"]))
                self.assertEqual(outcome["state"] is None, raised is not None)

    def test_strict_never_raises(self) -> None:
        self.assertEqual(len(states("strict")), SCRIPTS)

    def test_the_same_again(self) -> None:
        for profile in BOTH:
            for case, outcome in outcomes(profile)[:40]:
                self.assertEqual(run(profile, case), outcome)

    def test_in_one_go_is_one_by_one(self) -> None:
        """What turns come to that are taken in one go is what each of them alone comes to ([in-one-go])."""
        for profile in BOTH:
            expected = outcomes(profile)
            with mock.patch("executive_model.scheduler.compute", return_value=0):
                for case, outcome in expected:
                    self.assertEqual(run(profile, case), outcome)

    def test_a_beginning_is_a_beginning(self) -> None:
        """The results of a script do not depend on what comes after them."""
        for profile in BOTH:
            for case, outcome in outcomes(profile)[:80]:
                half = len(outcome["results"]) // 2
                shorter = run(profile, {**case, "calls": case["calls"][:half]})
                self.assertEqual(shorter["results"], outcome["results"][:half])

    def test_messages_fit(self) -> None:
        for profile in BOTH:
            for state in states(profile):
                for box in state["mailboxes"]:
                    for queue in (box, *box["taps"]):
                        used = sum(len(message["data"]) // 2 + 8 for message in queue["queue"])
                        self.assertEqual(queue["bytes_used"], used)
                    self.assertLessEqual(box["bytes_used"], box["capacity"])
                    numbers = [message["seq"] for message in box["queue"]]
                    self.assertEqual(numbers, sorted(numbers))
                    self.assertEqual(box["head_seq"], numbers[0] if numbers else box["next_seq"])

    def test_nothing_dangles_in_strict(self) -> None:
        """Handles lead to boxes, waits and subscriptions to handles, and all that tasks own is of tasks that live."""
        for state in states("strict"):
            living = {task["pid"] for task in state["tasks"] if task["state"] != "returned"}
            boxes = {box["id"] for box in state["mailboxes"]}
            handles = {(handle["pid"], handle["handle"]): handle["descriptor"] for handle in state["handles"]}
            self.assertLessEqual(set(handles.values()), boxes)
            for wait in state["waits"]:
                self.assertEqual(handles[wait["pid"], wait["handle"]], wait["descriptor"])
                self.assertIn(wait["pid"], living)
            for box in state["mailboxes"]:
                self.assertLessEqual(set(box["waiters"]), {wait["pid"] for wait in state["waits"]})
            self.assertLessEqual({entry["owner"] for entry in state["values"] + state["commands"]}, living)

    def test_states_of_strict(self) -> None:
        for state in states("strict"):
            for task in state["tasks"]:
                asleep, waits = task["sleep"] is not None, any(wait["pid"] == task["pid"] for wait in state["waits"])
                beneath = {"sleeping"} if asleep else {"waiting_mbx"} if waits else {"ready", "returned", "faulted"}
                self.assertIn(task["state"], {*beneath, "paused"})
                self.assertEqual(task["running"], task["state"] == "ready")
                self.assertEqual(task["exit_status"] is not None, task["state"] == "returned")
                self.assertEqual(task["fault"] is not None, task["state"] == "faulted")

    def test_only_steps_have_events_in_the_reference(self) -> None:
        for case, outcome in outcomes("reference"):
            for made, result in zip(case["calls"], outcome["results"], strict=False):
                if made["call"] != "step":
                    self.assertEqual(result["events"], [])

    def test_the_scripts_are_worth_it(self) -> None:
        """They meet nearly every event and state: a generator that no longer does proves nothing."""
        for profile, least in (("reference", 16), ("strict", 17)):
            events = Counter(
                event["type"]
                for _, outcome in outcomes(profile)
                for result in outcome["results"]
                for event in result["events"]
            )
            self.assertGreaterEqual(len(events), least, events)
            kinds = Counter(task["state"] for state in states(profile) for task in state["tasks"])
            self.assertGreaterEqual(len(kinds), 6, kinds)
