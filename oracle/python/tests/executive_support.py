"""What the tests of the executive share: a bench on which tasks make supervisor calls one by one."""

import struct
import unittest
from collections.abc import Iterable
from typing import Any

from hxe_support import Entry, build
from support import Op, word

from executive_model import run

BOTH = ("reference", "strict")
START = 1_000_000  # the first ms of virtual time
TEXTS = 0x2000  # where the bench puts texts into a task's memory
OPEN, BIND, SEND, RECV, PEEK, TAP, CLOSE = range(7)  # functions of module 5
RET = word(Op.RET)
BRK = word(Op.BRK, imm=7)
NOP = word(Op.MOV)
FAULT = word(Op.DIV, 1, 1, 14)  # R14 is 0
YIELD = word(Op.SVC, imm=0x600)


def svc(module: int, function: int) -> int:
    return word(Op.SVC, imm=module << 8 | function)


def image(words: Iterable[int], **fields: Any) -> str:
    """An image of version 1 with this code, or what the fields of `build` say."""
    code = b"".join(struct.pack(">I", each) for each in words)
    return build(code, **{"version": 1, **fields}).hex()


def section_image(words: Iterable[int], *sections: tuple[int, int, bytes], **fields: Any) -> str:
    """An image of version 2 with this code and these sections (kind, count, content)."""
    code = b"".join(struct.pack(">I", each) for each in words)
    offset = 96 + len(code) + 16 * len(sections)
    table, body = [], b""
    for kind, count, content in sections:
        table.append(Entry(kind, offset + len(body), len(content), count))
        body += content
    return build(code, table=table, body=body, **{"flags": 2, **fields}).hex()


def command_record(handler: int, *, flags: int = 0) -> bytes:
    """Command 1:1, without texts, in an image."""
    return struct.pack(">BBBBIHHHH", 1, 1, flags, 0, handler, 0, 0, 0, 0)


def load(words: Iterable[int], **fields: Any) -> dict[str, Any]:
    return {"call": "load", "image": image(words, **fields)}


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"call": name, **arguments}


def step(n: int = 1, pid: int | None = None) -> dict[str, Any]:
    return call("step", n=n, pid=pid)


def chain(address: int, *records: bytes) -> bytes:
    """Descriptor records one behind the other from `address` on; each but its next record: type and byte, then rest."""
    linked = b""
    for number, record in enumerate(records):
        following = address + len(linked) + len(record) + 2
        last = number == len(records) - 1
        linked += record[:2] + struct.pack("<H", 0xFFFF if last else following) + record[2:]
    return linked


class Ran:
    """A script that was run: what each step of the bench brought."""

    def __init__(self, outcome: dict[str, Any], marks: list[int]) -> None:
        self.raised = outcome["raised"]
        self.state = outcome["state"]
        self._results = outcome["results"]
        self._marks = marks

    def result(self, mark: int) -> Any:
        return self._results[self._marks[mark]]

    def ok(self, mark: int) -> Any:
        return self.result(mark)["ok"]

    def events(self, mark: int) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.result(mark)["events"]
        return events

    def types(self, mark: int) -> list[str]:
        return [event["type"] for event in self.events(mark)]

    def regs(self, mark: int) -> list[int]:
        """R0 to R4 after a supervisor call."""
        first = self._marks[mark] + 1
        return [result["ok"] for result in self._results[first : first + 5]]

    def memory(self, mark: int) -> str:
        return str(self.ok(mark))

    def task(self, pid: int) -> dict[str, Any]:
        return next(task for task in self.state["tasks"] if task["pid"] == pid)

    def box(self, name: str) -> dict[str, Any]:
        return next(box for box in self.state["mailboxes"] if box["name"] == name)


class Bench:
    """Gathers what tasks and the host do; each step has a number, by which its result is found."""

    def __init__(self, tasks: int = 1, **config: Any) -> None:
        self._config = config
        self._words: list[list[int]] = [[] for _ in range(tasks)]
        self._calls: list[dict[str, Any]] = []
        self._marks: list[int] = []
        self._text = TEXTS

    def svc(
        self, module: int, function: int, *arguments: int | str | bytes, pid: int = 1, r0: int | None = None
    ) -> int:
        """A supervisor call with these arguments from R1 on; texts, with a NUL, and bytes are put into memory."""
        registers = dict(enumerate(arguments, 1))
        if r0 is not None:
            registers[0] = r0
        for register, argument in registers.items():
            value = argument if isinstance(argument, int) else self._place(argument, pid)
            self._calls.append(call("reg_set", pid=pid, reg=register, value=value))
        return self.op(svc(module, function), pid)

    def _place(self, text: str | bytes, pid: int) -> int:
        data = text.encode() + b"\0" if isinstance(text, str) else text
        address, self._text = self._text, self._text + len(data)
        self._calls.append(call("poke", pid=pid, address=address, bytes=data.hex()))
        return address

    def op(self, instruction: int, pid: int = 1) -> int:
        """An instruction, and a look at R0 to R4 behind it."""
        self._words[pid - 1].append(instruction)
        self._calls.append(step(1, pid))
        self._marks.append(len(self._calls) - 1)
        self._calls += [call("reg_get", pid=pid, reg=register) for register in range(5)]
        return len(self._marks) - 1

    def call(self, name: str, **arguments: Any) -> int:
        self._calls.append(call(name, **arguments))
        self._marks.append(len(self._calls) - 1)
        return len(self._marks) - 1

    def run(self, profile: str, *, rest: int = RET, sections: tuple[tuple[int, int, bytes], ...] = ()) -> Ran:
        """Load the tasks and go; behind what was gathered the code goes on with this instruction. All have these
        sections of metadata (kind, count, content)."""
        loads = [call("load", image=section_image([*words, rest], *sections)) for words in self._words]
        marks = [mark + len(loads) for mark in self._marks]
        return Ran(run(profile, {"config": self._config, "calls": [*loads, *self._calls]}), marks)


class ExecutiveTest(unittest.TestCase):
    def script(self, profile: str, *calls: dict[str, Any], **config: Any) -> Ran:
        """The calls as they are; each has its own number."""
        return Ran(run(profile, {"config": config, "calls": [*calls]}), [*range(len(calls))])

    def states(self, ran: Ran) -> list[str]:
        return [task["state"] for task in ran.state["tasks"]]
