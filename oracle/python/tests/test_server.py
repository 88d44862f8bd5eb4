"""The machine protocol, line by line, and once through a real process."""

import io
import json
import subprocess
import sys
import unittest
from typing import Any

import cockpit_model
import control_model
import executive_model
import hxe_model
import minivm_model
from lockstep_model.server import MAX_LINE, serve

HELLO: dict[str, Any] = {"op": "hello", "protocol": 1}
CASE: dict[str, Any] = {"code": "01100005", "max_steps": 1}
RUN: dict[str, Any] = {"op": "run", "id": "c1", "subject": "minivm", "profile": "strict", "case": CASE}
HXE: dict[str, Any] = {**RUN, "subject": "hxe", "case": {"image": "48535845", "chunks": [2]}}
CONTROL: dict[str, Any] = {**RUN, "subject": "control", "profile": "document", "case": {"calls": [{"call": "pids"}]}}
COCKPIT: dict[str, Any] = {**RUN, "subject": "cockpit", "profile": "plan", "case": {"code": "01000500", "max_steps": 1}}
EXECUTIVE: dict[str, Any] = {**RUN, "subject": "executive", "case": {"calls": [{"call": "step", "n": 1}]}}
NOT_STRINGS: list[object] = [1, True, None, []]
NOT_TEXT = "\ud800"


def talk(data: bytes) -> list[dict[str, Any]]:
    replies = io.BytesIO()
    serve(io.BytesIO(data), replies)
    return [json.loads(line) for line in replies.getvalue().splitlines()]


def ask(request: object) -> dict[str, Any]:
    [reply] = talk(json.dumps(request).encode() + b"\n")
    return reply


class Messages(unittest.TestCase):
    def test_hello(self) -> None:
        reply = ask(HELLO)
        self.assertEqual(list(reply), ["protocol", "name", "version", "subjects", "profiles"])
        self.assertEqual((reply["protocol"], reply["name"]), (1, "python"))
        self.assertEqual(reply["subjects"], ["cockpit", "control", "executive", "hxe", "minivm"])
        self.assertEqual(reply["profiles"], ["head", "plan", "document", "reference", "strict", "portable"])

    def test_hello_in_version_2(self) -> None:
        reply = ask({**HELLO, "protocol": 2})
        self.assertEqual(list(reply), ["protocol", "name", "version", "subjects"])
        self.assertEqual(reply["protocol"], 2)
        self.assertEqual(list(reply["subjects"]), ["cockpit", "control", "executive", "hxe", "minivm"])
        self.assertEqual(reply["subjects"]["cockpit"], ["head", "plan"])
        self.assertEqual(reply["subjects"]["minivm"], ["reference", "strict", "portable"])

    def test_version_2_does_not_know_what_version_1_does_not_support(self) -> None:
        hello = {version: json.dumps({**HELLO, "protocol": version}).encode() for version in (1, 2)}
        for key, name in (("subject", "Minivm"), ("profile", "document")):
            request = json.dumps({**RUN, key: name, "case": 7}).encode()
            replies = talk(b"\n".join((request, hello[2], request, hello[1], request)))
            self.assertEqual(
                [list(replies[n]) for n in (0, 2, 4)],
                [["id", kind] for kind in ("unsupported", "error", "unsupported")],
            )
            self.assertIn(name, replies[2]["error"])

    def test_run(self) -> None:
        self.assertEqual(ask(RUN), {"id": "c1", "outcome": minivm_model.run("strict", CASE)})
        self.assertEqual(ask(HXE), {"id": "c1", "outcome": hxe_model.run("strict", HXE["case"])})
        self.assertEqual(ask(CONTROL), {"id": "c1", "outcome": control_model.run("document", CONTROL["case"])})
        self.assertEqual(ask(COCKPIT), {"id": "c1", "outcome": cockpit_model.run("plan", COCKPIT["case"])})
        self.assertEqual(ask(EXECUTIVE), {"id": "c1", "outcome": executive_model.run("strict", EXECUTIVE["case"])})

    def test_id_comes_back_as_it_came(self) -> None:
        for id_ in ("", "1", "é\n\u2028\U0001f600"):
            self.assertEqual(ask({**RUN, "id": id_})["id"], id_)

    def test_unsupported(self) -> None:
        for key, name in (("subject", "abacus"), ("profile", "lenient")):
            for request in (RUN, HXE, CONTROL, COCKPIT, EXECUTIVE):
                reply = ask({**request, key: name})
                self.assertEqual(list(reply), ["id", "unsupported"])
                self.assertIn(name, reply["unsupported"])
        for request, profile in ((RUN, "document"), (HXE, "document"), (CONTROL, "strict")):
            self.assertEqual(list(ask({**request, "profile": profile})), ["id", "unsupported"])

    def test_bad_case(self) -> None:
        for change, name in (
            ({"colour": 1}, "colour"),
            ({"pc": True}, "pc"),
            ({"max_steps": 1.5}, "max_steps"),
            ({"code": "AB"}, "code"),
            ({"code": "abc"}, "code"),
        ):
            reply = ask({**RUN, "case": {**CASE, **change}})
            self.assertEqual(list(reply), ["id", "error"])
            self.assertTrue(reply["error"].startswith(f"{name}: "), reply)
        self.assertEqual(list(ask({**RUN, "case": []})), ["id", "error"])
        self.assertEqual(ask({**RUN, "subject": "hxe"})["error"], "code: unknown key")
        self.assertEqual(ask({**HXE, "subject": "minivm"})["error"], "image: unknown key")


class BadRequests(unittest.TestCase):
    def expect_error(self, request: object, name: str) -> None:
        reply = ask(request)
        self.assertEqual(list(reply), ["error"])
        self.assertIn(name, reply["error"])

    def test_keys(self) -> None:
        self.expect_error({**HELLO, "colour": 1}, "colour")
        self.expect_error({**RUN, "colour": 1}, "colour")
        self.expect_error({"op": "hello"}, "protocol")
        for key in ("id", "subject", "profile", "case"):
            self.expect_error({k: v for k, v in RUN.items() if k != key}, key)

    def test_values(self) -> None:
        for version in (0, 3, True, 1.0, "1", None):
            self.expect_error({**HELLO, "protocol": version}, "protocol")
        for key in ("id", "subject", "profile"):
            for value in (*NOT_STRINGS, NOT_TEXT):
                self.expect_error({**RUN, key: value}, key)
        for op in ("stop", *NOT_STRINGS):
            self.expect_error({**HELLO, "op": op}, "op")
        for request in ("hello", *NOT_STRINGS):
            self.expect_error(request, "object")
        self.expect_error({}, "op")

    def test_lines(self) -> None:
        """Each is answered by an error, and the machine goes on."""
        for line in (
            b"",
            b"   ",
            b"{",
            b'{"op":"hello","proto',
            b"hello",
            b"\xff\xfe",
            b"[" * 100_000,
            b"1" * 10_000,
            json.dumps(HELLO).encode() * 2,
        ):
            first, second = talk(line + b"\n" + json.dumps(HELLO).encode() + b"\n")
            self.assertEqual(list(first), ["error"], line[:30])
            self.assertEqual(second["name"], "python")

    def test_repeated_key(self) -> None:
        [reply] = talk(b'{"op":"hello","protocol":1,"protocol":1}')
        self.assertEqual(reply, {"error": "protocol: repeated key"})
        run = json.dumps({**RUN, "case": 0}).encode()
        for case in (b'{"code":"","pc":0,"pc":4}', b'[[{"pc":0,"pc":0}]]'):
            [reply] = talk(run.replace(b": 0", b": " + case))
            self.assertEqual(reply, {"id": "c1", "error": "pc: repeated key"})

    def test_numbers(self) -> None:
        for number in (b"-0", b"1.0", b"1e0", b"1e999", b"1" * 5000):
            [reply] = talk(json.dumps(RUN).encode().replace(b'"max_steps": 1', b'"max_steps": ' + number))
            self.assertEqual(list(reply), ["id", "error"])
            [reply] = talk(json.dumps(HELLO).encode().replace(b"1", number))
            self.assertEqual(list(reply), ["error"])

    def test_a_line_that_is_too_long_is_skipped(self) -> None:
        hello = json.dumps(HELLO).encode()
        first, second = talk(b" " * (MAX_LINE + 5) + b"\n" + hello)
        self.assertEqual(first, {"error": f"a line of more than {MAX_LINE} bytes"})
        self.assertEqual(second["name"], "python")

    def test_last_line(self) -> None:
        whole = json.dumps(RUN).encode()
        self.assertEqual(talk(b""), [])
        self.assertEqual(talk(whole), [ask(RUN)])
        self.assertEqual([list(reply) for reply in talk(whole[:-1])], [["error"]])
        self.assertEqual(talk(whole + b"\r\n"), [ask(RUN)])


class Process(unittest.TestCase):
    def test_answers_at_once_and_ends_with_its_input(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-m", "lockstep_model"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None and process.stdout is not None
            for request in (HELLO, {}, RUN, HXE, CONTROL):
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline()), ask(request))
            process.stdin.close()
            self.assertEqual(process.stdout.read(), b"")
            self.assertEqual(process.wait(10), 0)
