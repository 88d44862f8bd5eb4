"""Reading a case: defaults, limits, and errors that begin with the key; the public functions around it."""

import unittest
from typing import Any

from minivm_model import CaseError, UnknownProfile, run, run_batch
from minivm_model.case import Case, parse

LEAST: dict[str, Any] = {"code": "", "max_steps": 1}


class Parse(unittest.TestCase):
    def test_defaults(self) -> None:
        self.assertEqual(
            parse(LEAST),
            Case(
                code=b"",
                max_steps=1,
                pc=0,
                regs=(0,) * 16,
                sp=0x8000,
                psw=0,
                stack_limit=0,
                reg_base=0,
                call_stack=(),
                mem=(),
                trace=False,
            ),
        )

    def test_extremes(self) -> None:
        case = {
            "code": "00" * 0x1_0000,
            "max_steps": 1_000_000,
            "pc": 0xFFFF_FFFF,
            "regs": [0xFFFF_FFFF] * 16,
            "sp": 0xFFFF_FFFF,
            "psw": 15,
            "stack_limit": 0xFFFF_FFFF,
            "reg_base": 0xFFC0,
            "call_stack": [0, 0xFFFF_FFFF],
            "mem": [[0, "00" * 0x1_0000], [0xFFFF, "ff"], [0x1_0000, ""]],
            "trace": True,
        }
        self.assertEqual(parse(case).call_stack, (0, 0xFFFF_FFFF))

    def test_bad_values_name_the_key(self) -> None:
        for key, value, name in (
            ("colour", 1, "colour"),
            ("code", None, "code"),
            ("code", "0", "code"),
            ("code", "0G", "code"),
            ("code", "AB", "code"),
            ("code", "ab cd", "code"),
            ("code", "ab\n", "code"),
            ("code", b"00", "code"),
            ("code", "00" * 0x1_0001, "code"),
            ("max_steps", 0, "max_steps"),
            ("max_steps", 1_000_001, "max_steps"),
            ("max_steps", True, "max_steps"),
            ("max_steps", 1.0, "max_steps"),
            ("max_steps", "1", "max_steps"),
            ("pc", -1, "pc"),
            ("pc", 0x1_0000_0000, "pc"),
            ("pc", None, "pc"),
            ("sp", False, "sp"),
            ("psw", 16, "psw"),
            ("stack_limit", [], "stack_limit"),
            ("reg_base", 0xFFC1, "reg_base"),
            ("regs", [0] * 15, "regs"),
            ("regs", [0] * 17, "regs"),
            ("regs", {}, "regs"),
            ("regs", [0] * 15 + [True], "regs[15]"),
            ("call_stack", 4, "call_stack"),
            ("call_stack", [0, -1], "call_stack[1]"),
            ("mem", [[0, "00"], 5], "mem[1]"),
            ("mem", [[0]], "mem[0]"),
            ("mem", [[0, "00", 1]], "mem[0]"),
            ("mem", [[True, "00"]], "mem[0]"),
            ("mem", [[0, "0"]], "mem[0]"),
            ("mem", [[0xFFFF, "0000"]], "mem[0]"),
            ("mem", [[0x1_0001, ""]], "mem[0]"),
            ("trace", 1, "trace"),
            ("trace", None, "trace"),
        ):
            with self.subTest(key=key, value=str(value)[:20]), self.assertRaises(CaseError) as raised:
                parse({**LEAST, key: value})
            self.assertTrue(str(raised.exception).startswith(f"{name}: "), raised.exception)

    def test_required_keys(self) -> None:
        for key in LEAST:
            with self.assertRaisesRegex(CaseError, f"^{key}: missing$"):
                parse({other: value for other, value in LEAST.items() if other != key})

    def test_not_an_object(self) -> None:
        bad: list[object] = [None, [], "code", 1]
        for case in bad:
            with self.assertRaises(CaseError):
                parse(case)


class PublicFunctions(unittest.TestCase):
    def test_run(self) -> None:
        self.assertEqual(run("strict", LEAST)["stop"], {"kind": "fault", "fault": "pc_out_of_range"})
        with self.assertRaises(CaseError):
            run("strict", {})
        with self.assertRaises(UnknownProfile):
            run("lenient", LEAST)

    def test_run_batch_answers_each_case_in_order(self) -> None:
        answers = run_batch("reference", [LEAST, {"code": ""}, LEAST])
        self.assertEqual(answers[0], {"outcome": run("reference", LEAST)})
        self.assertEqual(answers[1], {"error": "max_steps: missing"})
        self.assertEqual(answers[2], answers[0])
        self.assertEqual(run_batch("reference", []), [])

    def test_run_batch_with_an_unknown_profile(self) -> None:
        answers = run_batch("lenient", [LEAST, {}])
        self.assertEqual([list(answer) for answer in answers], [["unsupported"]] * 2)

    def test_cases_do_not_share_state(self) -> None:
        case = {"code": "03000000" + "40000000", "max_steps": 2, "regs": [1] * 16, "call_stack": [1]}
        first, second = run_batch("reference", [case, case])
        self.assertEqual(first, second)
        self.assertEqual(case["call_stack"], [1])
