"""Reading a case of CockpitVM: defaults, limits, errors that begin with the key; the public functions around it."""

import unittest
from typing import Any

from cockpit_support import code, word

from cockpit_model import CaseError, UnknownProfile, run, run_batch
from cockpit_model.case import Case, parse
from cockpit_model.isa import MAX, MIN, Op

LEAST: dict[str, Any] = {"code": "", "max_steps": 1}


class Parse(unittest.TestCase):
    def test_defaults(self) -> None:
        self.assertEqual(
            parse(LEAST),
            Case(
                code=b"",
                max_steps=1,
                pc=0,
                stack=(),
                globals={},
                arrays={},
                strings=(),
                pins={},
                digital={},
                analog={},
                buttons={},
                millis=1000,
                micros=1_000_000,
            ),
        )

    def test_extremes(self) -> None:
        case = {
            "code": "00" * 0x1_0000,
            "max_steps": 1_000_000,
            "pc": 0x4000,
            "stack": [MIN, MAX] * 511 + [0],
            "globals": [[n, MIN] for n in range(64)],
            "arrays": [[n, [MAX] * 64] for n in range(15)] + [[15, [0]]],
            "strings": ["\x01" * 127, ""] + ["\x7f"] * 30,
            "pins": [[n, 255] for n in range(20)],
            "digital": [[19, 1], [0, 0]],
            "analog": [[19, 0xFFFF], [0, 0]],
            "buttons": [[255, 1], [0, 0]],
            "millis": 0xFFFF_FFFF,
            "micros": 0,
        }
        parsed = parse(case)
        self.assertEqual((len(parsed.stack), len(parsed.globals), len(parsed.arrays)), (1023, 64, 16))
        self.assertEqual((parsed.arrays[15], parsed.digital), ((0,), {19: 1, 0: 0}))
        self.assertEqual((parsed.millis, parsed.micros), (0xFFFF_FFFF, 0))

    def test_bad_values_name_the_key(self) -> None:
        for key, value, name in (
            ("colour", 1, "colour"),
            ("code", None, "code"),
            ("code", "0", "code"),
            ("code", "0000000G", "code"),
            ("code", "000000AB", "code"),
            ("code", "000000", "code"),
            ("code", "0000000000", "code"),
            ("code", "00" * 0x1_0004, "code"),
            ("max_steps", 0, "max_steps"),
            ("max_steps", 1_000_001, "max_steps"),
            ("max_steps", True, "max_steps"),
            ("max_steps", 1.0, "max_steps"),
            ("pc", -1, "pc"),
            ("pc", 1, "pc"),
            ("pc", False, "pc"),
            ("stack", None, "stack"),
            ("stack", [0] * 1024, "stack"),
            ("stack", [0, MAX + 1], "stack[1]"),
            ("stack", [MIN - 1], "stack[0]"),
            ("stack", [True], "stack[0]"),
            ("stack", [1.0], "stack[0]"),
            ("globals", {}, "globals"),
            ("globals", [[64, 0]], "globals[0]"),
            ("globals", [[-1, 0]], "globals[0]"),
            ("globals", [[False, 0]], "globals[0]"),
            ("globals", [[0, MAX + 1]], "globals[0]"),
            ("globals", [[0]], "globals[0]"),
            ("globals", [[0, 0, 0]], "globals[0]"),
            ("globals", [[1, 0], 1], "globals[1]"),
            ("globals", [[1, 0], [1, 0]], "globals[1]"),
            ("arrays", [[16, [0]]], "arrays[0]"),
            ("arrays", [[0, []]], "arrays[0]"),
            ("arrays", [[0, [0] * 65]], "arrays[0]"),
            ("arrays", [[0, [0, MIN - 1]]], "arrays[0][1]"),
            ("arrays", [[0, 5]], "arrays[0]"),
            ("arrays", [[0, [0]], [0, [0]]], "arrays[1]"),
            ("strings", "text", "strings"),
            ("strings", [""] * 33, "strings"),
            ("strings", ["", "a" * 128], "strings[1]"),
            ("strings", ["\0"], "strings[0]"),
            ("strings", ["\x80"], "strings[0]"),
            ("strings", ["é"], "strings[0]"),
            ("strings", [1], "strings[0]"),
            ("pins", [[20, 0]], "pins[0]"),
            ("pins", [[0, 256]], "pins[0]"),
            ("pins", [[0, -1]], "pins[0]"),
            ("pins", [[0, 1], [0, 1]], "pins[1]"),
            ("digital", [[20, 0]], "digital[0]"),
            ("digital", [[0, 2]], "digital[0]"),
            ("digital", [[0, True]], "digital[0]"),
            ("digital", [[0, 1], [0, 1]], "digital[1]"),
            ("analog", [[20, 0]], "analog[0]"),
            ("analog", [[0, 0x1_0000]], "analog[0]"),
            ("analog", [[0, 1], [0, 1]], "analog[1]"),
            ("buttons", [[256, 0]], "buttons[0]"),
            ("buttons", [[0, 2]], "buttons[0]"),
            ("buttons", [[0, 1], [0, 1]], "buttons[1]"),
            ("millis", -1, "millis"),
            ("millis", 0x1_0000_0000, "millis"),
            ("micros", True, "micros"),
            ("micros", 0x1_0000_0000, "micros"),
        ):
            with self.subTest(key=key, value=str(value)[:20]), self.assertRaises(CaseError) as raised:
                parse({**LEAST, key: value})
            self.assertTrue(str(raised.exception).startswith(f"{name}: "), raised.exception)

    def test_pc_may_stand_at_the_end_and_not_behind_it(self) -> None:
        for pc in (0, 1, 2):
            self.assertEqual(parse({"code": "00" * 8, "max_steps": 1, "pc": pc}).pc, pc)
        with self.assertRaisesRegex(CaseError, "^pc: beyond the 2 instructions$"):
            parse({"code": "00" * 8, "max_steps": 1, "pc": 3})

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
        self.assertEqual(run("head", LEAST)["stop"], {"kind": "error", "error": "program_not_loaded"})
        with self.assertRaises(CaseError):
            run("head", {})
        with self.assertRaises(UnknownProfile):
            run("strict", LEAST)

    def test_run_batch_answers_each_case_in_order(self) -> None:
        answers = run_batch("plan", [LEAST, {"code": ""}, LEAST])
        self.assertEqual(answers[0], {"outcome": run("plan", LEAST)})
        self.assertEqual(answers[1], {"error": "max_steps: missing"})
        self.assertEqual(answers[2], answers[0])
        self.assertEqual(run_batch("head", []), [])

    def test_run_batch_with_an_unknown_profile(self) -> None:
        self.assertEqual([list(answer) for answer in run_batch("reference", [LEAST, {}])], [["unsupported"]] * 2)

    def test_cases_do_not_share_state(self) -> None:
        program = code(word(Op.STORE_GLOBAL), word(Op.STORE_ARRAY), word(Op.PIN_MODE), word(Op.CREATE_ARRAY, 1))
        case = {"code": program, "max_steps": 9, "stack": [3, 3, 1, 9, 0, 5], "arrays": [[0, [4]]]}
        first, second = run_batch("head", [case, case])
        self.assertEqual(first, second)
        self.assertEqual((case["arrays"], case["stack"]), ([[0, [4]]], [3, 3, 1, 9, 0, 5]))
        least = {"code": program, "max_steps": 1}
        outcome = run("head", least)
        self.assertEqual((outcome["globals"], outcome["arrays"], outcome["pins"]), ([], [], []))
