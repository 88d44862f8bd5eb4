"""Workers: batches in, answers out, whatever a model does."""

import io
import json
import unittest
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
        [[good, bad]] = ask(["minivm", "strict", [ADD, {"code": ""}]])
        self.assertEqual(good["outcome"]["regs"][1], 5)
        self.assertIn("max_steps", bad["error"])

    def test_no_cases_load_the_model(self) -> None:
        self.assertEqual(ask(["minivm", "strict", []]), [[]])

    def test_a_model_that_does_not_load_is_told(self) -> None:
        [nothing, good] = ask(["nothing", "strict", []], ["minivm", "strict", []])
        self.assertIn("nothing_model", nothing["failed"])
        self.assertEqual(good, [])

    def test_a_folder_that_is_no_checkout_is_told(self) -> None:
        [reply] = ask(["minivm", "reference", []], checkout="/nonexistent")
        self.assertIn("no checkout", reply["failed"])

    def test_the_case_that_raises_is_found(self) -> None:
        def run_batch(_: str, cases: list[int]) -> list[dict[str, int]]:
            if 2 in cases:
                raise SystemExit("two")
            return [{"outcome": case} for case in cases]

        with mock.patch.object(worker, "_load", return_value=run_batch):
            [answers] = ask(["any", "any", [1, 2, 3]])
        self.assertEqual(answers, [{"outcome": 1}, {"raised": "SystemExit: two"}, {"outcome": 3}])


if __name__ == "__main__":
    unittest.main()
