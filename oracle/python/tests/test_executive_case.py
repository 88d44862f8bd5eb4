"""How cases are read: what is no case, what is left out, and what a machine leaves alone."""

import json
import unittest
from typing import Any

from executive_support import BOTH, call, load, step

from executive_model import PROFILES, CaseError, UnknownProfile, run, run_batch
from executive_model.case import CALLS, MOST_CALLS, Config, Quotas, parse


def complaint(case: object) -> str:
    [answer] = run_batch("strict", [case])
    return str(answer.get("error", answer))


class Reading(unittest.TestCase):
    def bad(self, key: str, case: object) -> None:
        self.assertTrue(complaint(case).startswith(key), (complaint(case), case))

    def test_defaults(self) -> None:
        self.assertEqual(parse({"calls": []}).config, Config())
        self.assertEqual(
            parse({"calls": [], "config": {}}).config, Config(Quotas(256, 64, 64, 0), True, (), None, (), 16)
        )
        self.assertEqual(parse({"calls": [{"call": "step", "n": 1}]}).calls[0].arguments, {"n": 1, "pid": None})
        self.assertEqual(
            parse({"calls": [{"call": "mailbox_recv", "handle": 1}]}).calls[0].arguments,
            {"handle": 1, "pid": 0, "max": 512},
        )

    def test_shape(self) -> None:
        self.bad("case", [])
        self.bad("calls", {})
        self.bad("colour", {"calls": [], "colour": 1})
        self.bad("calls", {"calls": {}})
        self.bad("calls[0]", {"calls": [1]})
        self.bad("calls[1].call", {"calls": [step(), {"call": "fly"}]})
        self.bad("calls[0].call", {"calls": [{"n": 1}]})
        self.bad("calls[0].n: missing", {"calls": [{"call": "step"}]})
        self.bad("calls[0].colour", {"calls": [call("pause", colour=1)]})
        self.bad("calls:", {"calls": [step(0)] * (MOST_CALLS + 1)})
        self.bad("calls:", {"calls": [step(100_000)] * 10 + [step(1)]})
        self.assertEqual(len(parse({"calls": [step(0)] * MOST_CALLS}).calls), MOST_CALLS)

    def test_ranges(self) -> None:
        for name, key, values in (
            ("step", "n", (-1, 100_001, True, "1", 1.0, None)),
            ("step", "pid", (0, 65_536, "1")),
            ("pause", "pid", (0,)),
            ("kill", "pid", (-1, 65_536, None)),
            ("sched", "priority", (256,)),
            ("sched", "quantum", (0,)),
            ("reg_get", "reg", (16,)),
            ("reg_set", "value", (1 << 32,)),
            ("peek", "length", (65_537,)),
            ("poke", "bytes", ("AB", "a", 1)),
            ("advance", "ms", (100_000_001,)),
            ("load", "image", ("00" * 131_073, "0g")),
            ("mailbox_open", "target", ("x" * 65, None, 1, "\ud800")),
            ("mailbox_send", "flags", (1 << 32,)),
            ("mailbox_tap", "enable", (1,)),
            ("mailbox_stdio", "stream", ("stdin",)),
            ("val_get", "pid", (-1,)),
            ("val_set", "f16", (65_536,)),
            ("val_list", "group", (256,)),
            ("cmd_call", "async", (0,)),
        ):
            for value in values:
                self.bad(f"calls[0].{key}", {"calls": [{**self.good(name), key: value}]})

    def good(self, name: str) -> dict[str, Any]:
        """A call with the keys that it must have."""
        texts = {"image": "", "bytes": "", "data": "", "target": "q", "stream": "in"}
        return {"call": name, **{key: texts.get(key, 1) for key, how in CALLS[name].items() if how.default is ...}}

    def test_every_call(self) -> None:
        for name in CALLS:
            for profile in BOTH:
                self.assertEqual(len(run(profile, {"calls": [self.good(name)]})["results"]), 1)  # type: ignore[arg-type]

    def test_config(self) -> None:
        bad: dict[str, tuple[object, ...]] = {
            "colour": (1,),
            "mailboxes": ([], {"descriptors": 0}, {"handles": 257}, {"capacity": 0}, {"tap_rate": 1001}, {"colour": 1}),
            "libm": (1,),
            "persisted": ([[0, 1]], [[1]], [[1, 1], [1, 2]], [[1, 65_536]], {}),
            "pin": ("", "x" * 32, "é", 1),
            "handlers": (
                [{}],
                [{"kind": "int"}],
                [{"kind": "fail", "value": 1}],
                [{"kind": "x"}],
                [{"kind": "none"}] * 9,
            ),
            "tasks": (0, 65),
            "policy": ("fair", None),
        }
        for key, values in bad.items():
            for value in values:
                self.bad(f"config.{key}", {"calls": [], "config": {key: value}})

    def test_profiles(self) -> None:
        self.assertEqual([*PROFILES], [*BOTH])
        with self.assertRaises(UnknownProfile):
            run("lenient", {"calls": []})
        with self.assertRaises(CaseError):
            run("strict", {})
        self.assertEqual([*run_batch("lenient", [{"calls": []}])[0]], ["unsupported"])


class LeftAlone(unittest.TestCase):
    """[machine-bounds, pid-digits]"""

    def unsupported(self, profile: str, *calls: dict[str, Any], **config: Any) -> bool:
        [answer] = run_batch(profile, [{"calls": [*calls], "config": config}])
        return "unsupported" in answer

    def test_policies(self) -> None:
        for policy in ("instruction", "cooperative", "preemptive"):
            self.assertEqual(self.unsupported("reference", policy=policy), policy != "instruction")
            self.assertFalse(self.unsupported("strict", policy=policy))

    def test_digits(self) -> None:
        self.assertTrue(self.unsupported("reference", call("mailbox_open", target="pid:\u0663")))
        self.assertFalse(self.unsupported("strict", call("mailbox_open", target="pid:\u0663")))

    def test_messages(self) -> None:
        boxes = [call("mailbox_bind", target=f"app:{number}", capacity=65_535) for number in range(17)]
        sends = [call("mailbox_send", target=f"app:{number}", data="00" * 65_527) for number in range(17)]
        for profile in BOTH:
            self.assertFalse(self.unsupported(profile, *boxes, *sends[:16]))
            self.assertTrue(self.unsupported(profile, *boxes, *sends))


class Outcomes(unittest.TestCase):
    def test_shape(self) -> None:
        for profile in BOTH:
            outcome = run(profile, {"calls": [load([0]), step(1), call("kill", pid=9)]})
            self.assertEqual([*outcome], ["results", "raised", "state"])
            self.assertEqual(json.loads(json.dumps(outcome)), outcome)
            for result in outcome["results"]:  # type: ignore[attr-defined]
                self.assertEqual([*result][1:], ["events", "io"])
