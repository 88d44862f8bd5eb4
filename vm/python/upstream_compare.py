#!/usr/bin/env python3
"""Runs random programs on the reference's class and on ours, step by step, and compares all that can be seen of them.

    python upstream_compare.py CHECKOUT [--programs 2000] [--seed 1]

After each step it compares the whole snapshot (context, memory, registers, call stack, events), what is told of the
last instruction, and the exception if one is raised. Programs call services, with
handlers or with the reference's mailboxes, are debugged, and have their registers in memory now and then. The first
difference ends the run with exit status 1 and what replays it.
"""

import argparse
import contextlib
import importlib
import io
import random
import sys
from collections.abc import Sequence
from typing import Any

import lockstep_minivm

STEPS = 60
MEMORY = 0x1_0000
MAILBOX_CALLS = range(0x500, 0x508)
TARGETS = b"app:a\0svc:b\0shared:c\0pid:7\0plain\0\0"
OPCODES = bytes.fromhex("01020304060708091011121314151617202122232425303132333435404150515253545560 7fff")
SERVICES = (
    0x000,
    0x100,
    0x101,
    0x200,
    0x300,
    0x400,
    0x401,
    0x402,
    0x403,
    0x40A,
    0x40B,
    0x40C,
    0x40D,
    0x503,
    0x600,
    0x701,
)
SERVICES += (0x802, 0xE00, 0xE01, 0xE07)
CORNERS = (
    0,
    1,
    2,
    31,
    32,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    0xFFFC,
    0xFFFD,
    0xFFFF,
    0x1_0000,
    0x3C00,
    0x7C00,
    0x7E00,
)


def program(chance: random.Random, services: Sequence[int]) -> bytes:
    """A program of 40 words, whose jumps stay near it. The more services there are, the more often one is called."""
    words = []
    for _ in range(40):
        opcode = 0x30 if chance.random() < len(services) / 100 else chance.choice(OPCODES)
        word = opcode << 24 | chance.getrandbits(24)
        if opcode in (0x21, 0x22, 0x23, 0x24):
            word = (
                word & 0xFFFF_F000 | chance.randrange(0, 160, 4)
                if opcode != 0x24
                else 0x2400_0000 | chance.randrange(8)
            )
        if opcode == 0x30:
            word = 0x3000_0000 | chance.choice(services)
        words.append(word)
    return b"".join(word.to_bytes(4, "big") for word in words)


def prepare(vm: Any, seed: int, *, has_mailboxes: bool) -> None:
    """Brings a VM to a state that depends on the seed alone."""
    chance = random.Random(seed)
    if chance.random() < 0.2:
        vm.context.reg_base = chance.randrange(0x1000, 0xF000, 4)
    vm.regs[0:16] = [
        chance.choice(CORNERS) if chance.random() < 0.5 else chance.getrandbits(chance.choice([4, 16, 32]))
        for _ in range(16)
    ]
    vm.mem[0x100:0x180] = chance.randbytes(0x80)
    if chance.random() < 0.2:
        vm.sp = chance.choice([0, 4, 8, 0xFFFC, 0xFFFD, 0xFFFE, 0x1_0000, 0x1_0004])
    vm.context.stack_limit = chance.choice([0, 0, 0x7FF0])
    vm.context.pid = chance.choice([None, 7])
    vm.pid = vm.context.pid
    vm.flags = chance.randrange(16)
    if chance.random() < 0.3:
        vm.configure_debug(enabled=True, breakpoints={chance.randrange(0, 160, 4)})
        vm.prepare_debug_run(step_count=chance.choice([0, 5]), skip_break_at_pc=chance.choice([None, 0]))
    vm.set_value_handler(handler(vm, 7))
    vm.set_command_handler(handler(vm, 8))
    if not has_mailboxes:
        vm.set_mailbox_handler(handler(vm, 5))
        return
    vm.mem[0x100 : 0x100 + len(TARGETS)] = TARGETS
    vm.regs[1:6] = [
        0x100 + chance.choice([0, 6, 12, 21, 27]),
        *(chance.choice([0, 1, 2, 3, 8, 64, 300]) for _ in range(4)),
    ]
    vm.context.fd_table = {1: 1, 2: 2, 3: 9}


def handler(vm: Any, module: int) -> Any:
    """A handler that changes a little of everything."""

    def answer(function: int) -> None:
        vm.regs[0] = module << 8 | function
        vm.mem[0x20 + module] ^= 0xFF
        vm.flags ^= 1
        vm.emit_event({"type": "mine", "regs": vm.regs[:]})
        if vm.steps % 3 == 0:
            vm.running = False
        if vm.steps % 4 == 0:
            vm.pc = 4 * module

    return answer


def seen(vm: Any, raised: str | None) -> dict[str, Any]:
    """All that can be seen of a VM, but times."""
    state = vm.snapshot_state()
    state.pop("sleep_until")
    for event in state["pending_events"]:
        event.pop("deadline", None)
    names = ("debug_halted", "debug_last_stop", "running", "pc", "flags", "steps", "trace", "attached")
    return {
        **state,
        **{name: getattr(vm, name) for name in names},
        "raised": raised,
        "regs": list(vm.regs),
        "last": (vm.get_last_pc(), vm.get_last_opcode(), vm.get_last_regs(), vm.get_last_mem_access()),
        "registers": vm.snapshot_registers(),
    }


def step(vm: Any, seed: int) -> str | None:
    """Steps once, silently; wakes it first, and now and then snapshots and restores it. Gives what was raised."""
    if vm.sleep_until is not None:
        vm.sleep_until = 0.0
    if seed % 97 == 0:
        vm.restore_registers(vm.snapshot_registers())
    elif seed % 89 == 0:
        vm.restore_state(vm.snapshot_state())
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            vm.step()
    except Exception as error:  # Whatever it is, the other has to raise the same.
        return type(error).__name__
    return None


def compare(classes: list[type], seed: int) -> str | None:
    """Runs one program on both. Gives what differs first."""
    chance = random.Random(seed)
    has_mailboxes, trace, libm = (chance.random() < likely for likely in (0.4, 0.3, 0.5))
    code = program(chance, (*MAILBOX_CALLS, 0x402, 0x402, *MAILBOX_CALLS) if has_mailboxes else SERVICES)
    rodata = chance.randbytes(16)
    manager = importlib.import_module("python.mailbox").MailboxManager
    vms = [kind(code, rodata=rodata, trace=trace, dev_libm=libm, mailboxes=manager()) for kind in classes]
    for vm in vms:
        prepare(vm, seed, has_mailboxes=has_mailboxes)
    for number in range(STEPS):
        theirs, ours = (seen(vm, step(vm, seed * STEPS + number)) for vm in vms)
        for name, value in theirs.items():
            if ours[name] != value:
                place = f"step {number}, word {theirs['last'][1]:#010x}, {name}"
                return f"{place}:\n  reference {tell(value)}\n  ours      {tell(ours[name])}"
        # With memory that a service has made longer, the stack goes on above it: see the README.
        if theirs["raised"] or len(theirs["mem"]) != MEMORY:
            break
    return None


def tell(value: object) -> str:
    """A value, but not all of a memory."""
    return repr(value) if not isinstance(value, bytearray) else f"{len(value)} bytes, {sum(value)} in sum"


def main() -> int:
    """Compares program by program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", help="folder of a checkout of the reference")
    parser.add_argument("--programs", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the first program; each has its own")
    options = parser.parse_args()
    sys.path.insert(0, options.checkout)
    classes = [importlib.import_module("platforms.python.host_vm").MiniVM, lockstep_minivm.MiniVM]
    for seed in range(options.seed, options.seed + options.programs):
        different = compare(classes, seed)
        if different is not None:
            print(f"{different}\nreplay with --seed {seed} --programs 1")
            return 1
    print(f"{options.programs} programs of up to {STEPS} steps: no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
