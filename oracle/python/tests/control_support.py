"""What the tests of the control plane share: scripts, images of a few words, and what to expect of them."""

import unittest
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hxe_support import build
from support import Op, code, word

from control_model import run

Call = dict[str, Any]

NOBODY = 9  # a number that no task of these tests has
PC, SP, PSW, WP, R0 = 0, 1, 2, 3, 16
WINDOW = 0xFFC0
OK_REASON = {"kind": "ok"}

NOP = word(Op.MOV)
HALT = word(Op.BRK)
LOOP = word(Op.JMP)  # to address 0
ZEROS = [0] * 16


def call(name: str, **arguments: Any) -> Call:
    return {"call": name, **{key: each.hex() if isinstance(each, bytes) else each for key, each in arguments.items()}}


def image(words: Iterable[int] = (HALT,), **parts: Any) -> bytes:
    return build(bytes.fromhex(code(words)), **parts)


def init(**fields: int) -> Call:
    """`init` with the document's names; a dot in one is written as two underscores."""
    return call("init", config={name.replace("__", "."): number for name, number in fields.items()})


def loaded(words: Iterable[int] = (HALT,), **parts: Any) -> list[Call]:
    """Load these words as task 0 and make it active."""
    return [call("load", image=image(words, **parts)), call("set_context", task=0)]


def streamed(pieces: Iterable[bytes], task: int = 0) -> list[Call]:
    return [
        call("load_begin"),
        *(call("load_write", task=task, bytes=piece) for piece in pieces),
        call("load_end", task=task),
    ]


class ControlTest(unittest.TestCase):
    maxDiff = None

    def outcome(self, calls: Sequence[Call], **config: int) -> dict[str, Any]:
        return run("document", {"config": config, "calls": [*calls]})

    def state(self, calls: Sequence[Call], **config: int) -> dict[str, Any]:
        """The final state."""
        state: dict[str, Any] = self.outcome(calls, **config)["state"]
        return state

    def results(self, calls: Sequence[Call], **config: int) -> list[object]:
        """What each call returns, or its error."""
        results: list[object] = []
        for result in self.outcome(calls, **config)["results"]:
            self.assertEqual(len(result), 1, result)
            results += result.values()
        return results

    def last(self, calls: Sequence[Call], **config: int) -> object:
        """What the last call returns, or its error; the calls before it must succeed."""
        results = self.outcome(calls, **config)["results"]
        for result, made in zip(results[:-1], calls, strict=False):
            self.assertIn("ok", result, made)
        [value] = results[-1].values()
        return value

    def refused(self, error: str, before: Sequence[Call], refused: Call, **config: int) -> None:
        """The call is refused with `error` and changes nothing."""
        with self.subTest(error=error, call=refused):
            left = self.outcome(before, **config)
            found = self.outcome([*before, refused], **config)
            self.assertEqual(found, {**left, "results": [*left["results"], {"error": error}]})

    def expect(self, calls: Sequence[Call], wanted: Mapping[str, Any], number: int = 0) -> None:
        """The final state of a task, as far as `wanted` names it."""
        [task] = [task for task in self.state(calls)["tasks"] if task["task"] == number]
        self.assertEqual({key: task[key] for key in wanted}, wanted)
