"""Reading a case of the loader: defaults, limits, errors that begin with the key; the public functions around it."""

import unittest
from typing import Any

from hxe_support import build

from hxe_model import CaseError, UnknownProfile, run, run_batch
from hxe_model.case import Case, parse

LEAST: dict[str, Any] = {"image": ""}


class Parse(unittest.TestCase):
    def test_defaults(self) -> None:
        self.assertEqual(parse(LEAST), Case(image=b"", chunks=()))

    def test_extremes(self) -> None:
        case = parse({"image": "00" * 1_000_000, "chunks": [0, 1_000_000]})
        self.assertEqual((len(case.image), case.chunks), (1_000_000, (0, 1_000_000)))

    def test_bad_values_name_the_key(self) -> None:
        for key, value, name in (
            ("colour", 1, "colour"),
            ("image", None, "image"),
            ("image", "0", "image"),
            ("image", "0G", "image"),
            ("image", "AB", "image"),
            ("image", "ab cd", "image"),
            ("image", b"00", "image"),
            ("image", "00" * 1_000_001, "image"),
            ("chunks", None, "chunks"),
            ("chunks", 5, "chunks"),
            ("chunks", "5", "chunks"),
            ("chunks", [1, -1], "chunks[1]"),
            ("chunks", [1_000_001], "chunks[0]"),
            ("chunks", [True], "chunks[0]"),
            ("chunks", [1.0], "chunks[0]"),
            ("chunks", [[]], "chunks[0]"),
        ):
            with self.subTest(key=key, value=str(value)[:20]), self.assertRaises(CaseError) as raised:
                parse({**LEAST, key: value})
            self.assertTrue(str(raised.exception).startswith(f"{name}: "), raised.exception)

    def test_required_keys(self) -> None:
        with self.assertRaisesRegex(CaseError, "^image: missing$"):
            parse({"chunks": []})

    def test_not_an_object(self) -> None:
        bad: list[object] = [None, [], "image", 1]
        for case in bad:
            with self.assertRaises(CaseError):
                parse(case)


class PublicFunctions(unittest.TestCase):
    def test_run(self) -> None:
        self.assertEqual(run("strict", LEAST), {"result": "rejected", "error": "too_small", "offset": 0})
        with self.assertRaises(CaseError):
            run("strict", {})
        with self.assertRaises(UnknownProfile):
            run("lenient", LEAST)

    def test_run_batch_answers_each_case_in_order(self) -> None:
        good = {"image": build().hex(), "chunks": [50]}
        answers = run_batch("reference", [good, {"chunks": []}, LEAST])
        self.assertEqual(
            answers,
            [{"outcome": run("reference", good)}, {"error": "image: missing"}, {"outcome": run("reference", LEAST)}],
        )
        self.assertEqual(run_batch("reference", []), [])

    def test_run_batch_with_an_unknown_profile(self) -> None:
        self.assertEqual([list(answer) for answer in run_batch("lenient", [LEAST, {}])], [["unsupported"]] * 2)
