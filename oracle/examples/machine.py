"""A machine of your own: the start of a port of MiniVM, behind the machine protocol.

It has two opcodes, LDI and BRK, and says `unsupported` to every case that needs another one. Add opcodes to `step`.
"""

import json
import sys

NAME, VERSION = "mine", "0.1.0"
PROFILES = ["reference"]


class Unsupported(Exception):
    """What is not implemented yet."""


class Vm:
    def __init__(self, case):
        self.code = bytes.fromhex(case["code"])
        self.pc, self.sp, self.psw = case.get("pc", 0), case.get("sp", 0x8000), case.get("psw", 0)
        self.regs = list(case.get("regs", [0] * 16))
        self.call_stack = list(case.get("call_stack", []))
        self.stack_limit = case.get("stack_limit", 0)
        self.mem = bytearray(0x10000)
        for address, data in case.get("mem", []):
            self.mem[address : address + len(data) // 2] = bytes.fromhex(data)

    def step(self):
        """Runs one instruction. What it stops with, or None if the next one follows. Your port goes here."""
        word = int.from_bytes(self.code[self.pc : self.pc + 4], "big")
        op, rd, immediate = word >> 24, word >> 20 & 15, word & 0xFFF
        if self.pc + 4 > len(self.code):
            raise Unsupported("a pc outside the code")
        if op == 0x01:  # LDI
            self.regs[rd] = (immediate ^ 0x800) - 0x800 & 0xFFFFFFFF
        elif op == 0x7F:  # BRK
            self.pc += 4
            return {"kind": "break", "code": word & 0xFF}
        else:
            raise Unsupported(f"opcode {op:#04x}")
        self.pc += 4
        return None


# ---- Everything below is the protocol: oracle/PROTOCOL.md and vectors/minivm/PROTOCOL.md. ----

WORD = 0xFFFFFFFF
LIMITS = {"pc": WORD, "sp": WORD, "psw": 15, "stack_limit": WORD, "reg_base": 0xFFC0, "max_steps": 1_000_000}


class Bad(Exception):
    """A request or a case that is none."""


def run(case):
    check(case)
    if case.get("reg_base", 0) or case.get("trace", False):
        raise Unsupported("reg_base and trace")
    vm, steps, stop = Vm(case), 0, None
    before = bytes(vm.mem)
    while stop is None and steps < case["max_steps"]:
        stop = vm.step()
        steps += 1
    return {
        "stop": stop or {"kind": "budget"},
        "steps": steps,
        "pc": vm.pc,
        "sp": vm.sp,
        "psw": vm.psw,
        "regs": vm.regs,
        "call_stack": vm.call_stack,
        "mem": changes(before, vm.mem),
    }


def changes(before, after):
    """Every longest run of bytes that differ, as `[address, hex]`."""
    runs, address = [], 0
    while before != after and address < len(after):
        start = address
        while address < len(after) and before[address] != after[address]:
            address += 1
        if address > start:
            runs.append([start, after[start:address].hex()])
        address += 1
    return runs


def check(case):
    keys(case, ["code", "max_steps"], ["pc", "regs", "sp", "psw", "stack_limit", "reg_base", "call_stack", "mem", "trace"])
    is_word = lambda value, most=WORD: type(value) is int and 0 <= value <= most
    is_hex = lambda value: isinstance(value, str) and len(value) % 2 == 0 and set(value) <= set("0123456789abcdef")
    for key, most in LIMITS.items():
        if key in case and not is_word(case[key], most):
            raise Bad(f"{key}: not an integer from 0 to {most}")
    for key in ("regs", "call_stack"):
        if key in case and not (isinstance(case[key], list) and all(map(is_word, case[key]))):
            raise Bad(f"{key}: not a list of words")
    if len(case.get("regs", [0] * 16)) != 16:
        raise Bad("regs: not 16 of them")
    if case["max_steps"] == 0 or not is_hex(case["code"]) or len(case["code"]) > 0x20000:
        raise Bad("code or max_steps is out of range")
    if type(case.get("trace", False)) is not bool:
        raise Bad("trace: not a boolean")
    for block in case.get("mem", []):
        address, data = block
        if not is_word(address) or not is_hex(data) or address + len(data) // 2 > 0x10000:
            raise Bad("mem: not [address, hex] within 64 KiB")


def keys(found, needed, others=()):
    if not isinstance(found, dict):
        raise Bad("not an object")
    for key in found:
        if key not in needed and key not in others:
            raise Bad(f"{key}: unknown key")
    for key in needed:
        if key not in found:
            raise Bad(f"{key}: missing")


def once(members):
    """An object in which no key stands twice."""
    names = [name for name, _ in members]
    for name in names:
        if names.count(name) > 1:
            return Repeated(name)
    return dict(members)


class Repeated:
    def __init__(self, key):
        self.key = key


def answer(line):
    try:
        request = json.loads(line.decode(), object_pairs_hook=once)
        if isinstance(request, Repeated):
            raise Bad(f"{request.key}: repeated key")
        if isinstance(request, dict) and request.get("op") == "hello":
            keys(request, ["op", "protocol"])
            if request["protocol"] != 2:
                raise Bad("protocol 2 is what is spoken here")
            return {"protocol": 2, "name": NAME, "version": VERSION, "subjects": {"minivm": PROFILES}}
        keys(request, ["op", "id", "subject", "profile", "case"])
        if request["op"] != "run" or not isinstance(request["id"], str):
            raise Bad("neither hello nor run with an id")
    except (Bad, ValueError, RecursionError) as bad:
        return {"error": str(bad)}
    id_, case = request["id"], request["case"]
    if request["subject"] != "minivm" or request["profile"] not in PROFILES:
        return {"id": id_, "error": f"{request['subject']} in {request['profile']} is not known here"}
    try:
        if isinstance(case, Repeated):
            raise Bad(f"{case.key}: repeated key")
        return {"id": id_, "outcome": run(case)}
    except Unsupported as what:
        return {"id": id_, "unsupported": str(what)}
    except (Bad, TypeError, ValueError) as bad:
        return {"id": id_, "error": str(bad)}


for line in sys.stdin.buffer:
    sys.stdout.write(json.dumps(answer(line)) + "\n")
    sys.stdout.flush()
