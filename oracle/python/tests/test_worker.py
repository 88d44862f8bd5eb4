"""Workers: batches in, answers out, whatever a model does."""

import io
import json
import unittest
from collections.abc import Sequence
from typing import Any
from unittest import mock

from lockstep_model import worker

ADD = {"code": "01100005", "max_steps": 1}


def ask(*requests: object, checkout: str | None = None) -> list[Any]:
    lines = b"".join(json.dumps(request).encode() + b"\n" for request in requests)
    replies = io.BytesIO()
    worker.answer_all(checkout, io.BytesIO(lines), replies)
    return [json.loads(line) for line in replies.getvalue().splitlines()]


class Worker(unittest.TestCase):
    def test_answers_are_those_of_the_model(self) -> None:
        [[[good], [bad]]] = ask(["minivm", ["strict"], [ADD, {"code": ""}]])
        self.assertEqual(good["outcome"]["regs"][1], 5)
        self.assertIn("max_steps", bad["error"])

    def test_no_cases_load_the_model(self) -> None:
        self.assertEqual(ask(["minivm", ["strict"], []]), [[]])

    def test_an_answer_that_is_the_same_comes_once(self) -> None:
        misaligned = {"code": "02100001", "max_steps": 1}
        [[same, other]] = ask(["minivm", ["reference", "strict", "portable"], [ADD, misaligned]])
        self.assertEqual(same[1:], [0, 0])
        self.assertEqual([other[0]["outcome"]["steps"], other[1]["outcome"]["steps"], other[2]], [1, 0, 1])

    def test_a_model_that_does_not_load_is_told(self) -> None:
        [nothing, good] = ask(["nothing", ["strict"], []], ["minivm", ["strict"], []])
        self.assertIn("nothing_model", nothing["failed"])
        self.assertEqual(good, [])

    def test_a_folder_that_is_no_checkout_is_told(self) -> None:
        [reply] = ask(["minivm", ["reference"], []], checkout="/nonexistent")
        self.assertIn("no checkout", reply["failed"])

    def test_the_case_that_raises_is_found(self) -> None:
        def run_batch(profile: str, cases: Sequence[object]) -> list[worker.Answer]:
            if profile == "strict" and 2 in cases:
                raise SystemExit("two")
            return [{"outcome": case} for case in cases]

        def run_profiles(_: Sequence[str], cases: Sequence[object]) -> list[list[worker.Answer | int]]:
            if 2 in cases:
                raise SystemExit("two")
            return [[{"outcome": case}, 0] for case in cases]

        for model in (worker.Model(run_batch), worker.Model(run_batch, run_profiles)):
            with mock.patch.object(worker, "_load", return_value=model):
                [answers] = ask(["any", ["reference", "strict"], [1, 2, 3]])
            raised = {"raised": "SystemExit: two"}
            expected = [[{"outcome": 1}] * 2, [{"outcome": 2}, raised], [{"outcome": 3}] * 2]
            self.assertEqual(answers, expected)

    def test_a_failure_at_no_case_is_told(self) -> None:
        def run_batch(_: str, cases: Sequence[object]) -> list[worker.Answer]:
            if len(cases) > 1:
                raise SystemExit("too many")
            return [{"outcome": case} for case in cases]

        def run_profiles(profiles: Sequence[str], cases: Sequence[object]) -> list[list[worker.Answer | int]]:
            if len(profiles) > 1:
                raise ValueError("too many")
            return [[{"outcome": case}] for case in cases]

        for cases, run, why in (
            ([1, 2], None, "SystemExit: too many"),
            ([1], run_profiles, "ValueError: too many"),
        ):
            with mock.patch.object(worker, "_load", return_value=worker.Model(run_batch, run)):
                self.assertEqual(ask(["any", ["reference", "strict"], cases])[0], {"failed": why})


if __name__ == "__main__":
    unittest.main()
