"""Reading a case of the control plane: defaults, limits, errors that begin with the key; the public functions."""

import unittest
from typing import Any

from control_support import call, image

from control_model import CaseError, UnknownProfile, run, run_batch
from control_model.calls import CALLS
from control_model.case import ARGUMENTS, Call, Case, parse
from control_model.configuration import Room

LEAST: dict[str, Any] = {"calls": []}
GOOD: list[dict[str, Any]] = [
    call("init", config={}),
    call("load", image=b""),
    call("load_begin"),
    call("load_write", task=0, bytes=b""),
    call("load_end", task=0),
    call("load_abort", task=0),
    call("unload", task=0),
    call("pids"),
    call("set_context", task=0),
    call("step"),
    call("clock", n=0),
    call("reg_get", reg=0),
    call("reg_set", reg=0, value=0),
    call("reg_get_for", task=0, reg=0),
    call("reg_set_for", task=0, reg=0, value=0),
    call("mem_read", address=0, length=0),
    call("mem_write", address=0, bytes=b""),
    call("last_pc"),
    call("last_opcode"),
    call("last_regs"),
]
EMPTY: dict[str, Any] = {
    "results": [],
    "state": {"active": None, "loading": None, "last": {"pc": 0, "opcode": 0}, "tasks": []},
}
U32 = 0xFFFF_FFFF
NOT_U32: list[object] = [-1, U32 + 1, 1.0, True, None, "1", [], {}]
NOT_HEX: list[object] = [None, 1, "0", "0G", "AB", "ab cd", "ab\n", b"00", []]


class Parse(unittest.TestCase):
    def expect_error(self, case: object, name: str) -> None:
        with self.subTest(case=str(case)[:60]), self.assertRaises(CaseError) as raised:
            parse(case)
        self.assertTrue(str(raised.exception).startswith(f"{name}: "), raised.exception)

    def test_defaults(self) -> None:
        self.assertEqual(parse(LEAST), Case(calls=(), room=Room(arenas=3, code=256, metadata=256)))
        self.assertEqual(parse({"config": {"arenas": 1}, **LEAST}).room, Room(1, 256, 256))

    def test_extremes(self) -> None:
        for room in (Room(1, 0, 0), Room(4, 0x1_0000, 0x1_0000)):
            self.assertEqual(parse({"config": room._asdict(), "calls": [call("pids")] * 80}).room, room)
        for number in (0, U32):
            self.assertEqual(
                parse({"calls": [call("reg_set_for", task=number, reg=number, value=number)]}).calls,
                (Call("reg_set_for", {"task": number, "reg": number, "value": number}),),
            )
            parse({"calls": [call("init", config={"stack_size_bytes": number, "colour": number})]})
        for number in (0, 1000):
            parse({"calls": [call("init", config={"autorun_quanta": number})]})
            parse({"calls": [call("mem_read", address=number, length=0x1_0000), call("clock", n=1000)]})

    def test_every_call(self) -> None:
        read = parse({"calls": GOOD}).calls
        self.assertEqual([each.name for each in read], list(ARGUMENTS))
        self.assertEqual(list(ARGUMENTS), list(CALLS))
        self.assertEqual(len(CALLS), 20)

    def test_bad_config(self) -> None:
        for key, value, name in (
            ("colour", 1, "config.colour"),
            ("arenas", 0, "config.arenas"),
            ("arenas", 5, "config.arenas"),
            ("arenas", True, "config.arenas"),
            ("code", -1, "config.code"),
            ("code", 0x1_0001, "config.code"),
            ("metadata", 0x1_0001, "config.metadata"),
            ("metadata", "1", "config.metadata"),
        ):
            self.expect_error({"config": {key: value}, **LEAST}, name)
        bad: list[object] = [None, [], 1]
        for config in bad:
            self.expect_error({"config": config, **LEAST}, "config")

    def test_bad_calls(self) -> None:
        self.expect_error({"calls": None}, "calls")
        self.expect_error({"calls": {}}, "calls")
        self.expect_error({"calls": [call("pids")] * 81}, "calls")
        bad: list[object] = [None, "pids", ["pids"], 1]
        for made in bad:
            self.expect_error({"calls": [call("pids"), made]}, "calls[1]")
        self.expect_error({"calls": [{}]}, "calls[0].call")
        bad_names: list[object] = [None, 1, [], "", "Init", "vm_init", "load_hxe"]
        for name in bad_names:
            self.expect_error({"calls": [{"call": name}]}, "calls[0].call")

    def test_unknown_and_missing_keys_of_every_call(self) -> None:
        for good in GOOD:
            self.expect_error({"calls": [{**good, "colour": 1}]}, "calls[0].colour")
            for missing in good.keys() - {"call"}:
                rest = {key: value for key, value in good.items() if key != missing}
                self.expect_error({"calls": [rest]}, f"calls[0].{missing}")

    def test_bad_arguments_of_every_call(self) -> None:
        wrong: dict[str, list[object]] = {
            "task": NOT_U32,
            "reg": NOT_U32,
            "value": NOT_U32,
            "address": NOT_U32,
            "n": [*NOT_U32, 1001],
            "length": [*NOT_U32, 0x1_0001],
            "image": NOT_HEX,
            "bytes": NOT_HEX,
            "config": [None, [], 1],
        }
        for good in GOOD:
            for key in good.keys() - {"call"}:
                for value in wrong[key]:
                    self.expect_error({"calls": [{**good, key: value}]}, f"calls[0].{key}")

    def test_fields_of_init_are_u32(self) -> None:
        for field in ("autorun_quanta", "limits.max_pids", "keep_last_regs", "colour"):
            for value in NOT_U32:
                self.expect_error({"calls": [call("init", config={field: value})]}, f"calls[0].config.{field}")

    def test_names_of_fields_are_text(self) -> None:
        self.expect_error({"calls": [call("init", config={"\ud800": 1})]}, "calls[0].config")

    def test_a_step_does_not_run_for_hours(self) -> None:
        self.expect_error({"calls": [call("init", config={"autorun_quanta": 1001})]}, "calls[0].config.autorun_quanta")

    def test_required_keys(self) -> None:
        self.expect_error({"config": {}}, "calls")
        self.expect_error({**LEAST, "colour": 1}, "colour")

    def test_not_an_object(self) -> None:
        bad: list[object] = [None, [], "calls", 1]
        for case in bad:
            self.expect_error(case, "case")


class PublicFunctions(unittest.TestCase):
    def test_run(self) -> None:
        self.assertEqual(run("document", LEAST), EMPTY)
        with self.assertRaises(CaseError):
            run("document", {})
        for profile in ("strict", "reference", ""):
            with self.assertRaises(UnknownProfile):
                run(profile, LEAST)

    def test_run_batch_answers_each_case_in_order(self) -> None:
        case = {"calls": [call("load", image=image())]}
        self.assertEqual(
            run_batch("document", [LEAST, {}, case, case]),
            [{"outcome": EMPTY}, {"error": "calls: missing"}, *[{"outcome": run("document", case)}] * 2],
        )

    def test_run_batch_with_an_unknown_profile(self) -> None:
        self.assertEqual([list(answer) for answer in run_batch("strict", [LEAST, {}])], [["unsupported"]] * 2)
