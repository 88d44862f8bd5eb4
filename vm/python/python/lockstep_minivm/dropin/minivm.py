"""The class `MiniVM`, with the surface of the reference's."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from operator import index
from typing import Any, Final, TextIO

from .. import _core
from ..vm import RODATA_BASE
from . import context as contexts
from .debugger import Debugger
from .services import Handler, Mailboxes, Services, half_to_float
from .task import Task

Event = dict[str, Any]
"""Something that has happened: what its key `type` says, with what belongs to it."""

# Opcodes of which it is told why they can not be carried out, even if nothing is traced.
CALL, RET, LDI32 = 0x24, 0x25, 0x60


class MiniVM(Task):
    """A VM that programs written for the reference's class of this name can use instead.

    Whatever it tells, it prints, and writes to `trace_file` too. Handlers are called inside `step`; they may change
    everything.

    >>> vm = MiniVM(bytes.fromhex("01100028 01200002 10012000 25000000"))
    >>> while vm.running:
    ...     vm.step()
    >>> vm.context.state, vm.context.exit_status, vm.steps
    ('returned', 42, 3)
    """

    FLAG_Z: Final = 1
    FLAG_C: Final = 2
    FLAG_N: Final = 4
    FLAG_V: Final = 8

    def __init__(
        self,
        code: bytes,
        *,
        entry: int = 0,
        rodata: bytes = b"",
        trace: bool = False,
        svc_trace: bool = False,
        dev_libm: bool = False,
        trace_file: TextIO | None = None,
        mailboxes: Mailboxes | None = None,
        mailbox_handler: Handler | None = None,
    ) -> None:
        """Makes a VM at `entry`, a byte address, with rodata at 0x4000 of memory, cut at its end.

        `trace` prints each instruction and tells it as an event; `svc_trace` prints each call of a service. `mailboxes`
        answers module 5 unless there is a handler.

        >>> MiniVM(b"", rodata=b"text").read_mem(0x4000, 4)
        b'text'
        """
        super().__init__(code, entry)
        self._debugger = Debugger()
        self._services = Services(self, mailboxes, libm=dev_libm)
        self._services.handlers[5] = mailbox_handler
        self._trace_file = trace_file
        self.trace = trace
        """Whether each instruction is printed and told as an event."""
        self.svc_trace = svc_trace
        """Whether each call of a service is printed."""
        self.attached = False
        """For whoever drives the VM."""
        self.pid: int | None = None
        """The number of its task."""
        self.sleep_until: float | None = None
        """When it wakes, in seconds of `time.monotonic`; None: it does not sleep."""
        self.sleep_pending_ms: int | None = None
        """For how many milliseconds it was asked to sleep."""
        self.debug_halted = False
        """Whether it was halted for a debugger."""
        self.debug_last_stop: Event | None = None
        """The event that told so last."""
        self.pending_events: list[Event] = []
        """What has happened since `consume_events`, the oldest first."""
        self.write_mem(RODATA_BASE, rodata)

    # Snapshots.

    def snapshot_state(self) -> dict[str, Any]:
        """Gives the whole state: context, code, mem, running, sleep, steps, events, calls. Later steps leave it alone.

        >>> sorted(MiniVM(b"").snapshot_state())[:4]
        ['call_stack', 'code', 'context', 'cycles']
        """
        self._save_context()
        return {
            "context": contexts.to_dict(self._context),
            "code": self._machine.code,
            "mem": bytearray(self.mem),
            "running": self.running,
            "sleep_until": self.sleep_until,
            "sleep_pending_ms": self.sleep_pending_ms,
            "steps": self.steps,
            "cycles": self.steps,
            "pending_events": list(self.pending_events),
            "call_stack": self.call_stack,
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Takes over a snapshot of the state. What it does not have of code, mem, steps and context stays as it is.

        If it raises because something in the snapshot makes no sense, nothing has been taken over.

        >>> vm = MiniVM(bytes.fromhex("01000007"))
        >>> before = vm.snapshot_state()
        >>> vm.step()
        >>> vm.restore_state(before)
        >>> vm.pc, vm.regs[0], vm.steps
        (0, 0, 0)
        """
        code = _core.octets(state["code"]) if "code" in state else None
        memory = self.mem if state.get("mem") is None else bytearray(_core.octets(state["mem"]))
        steps = int(state.get("steps", state.get("cycles", self.steps)))
        events = list(state.get("pending_events", ()))
        calls = _return_addresses(state.get("call_stack", ()))
        context = contexts.from_dict(state["context"]) if state.get("context") else None
        if context is not None:
            contexts.check_window(context, memory)
        sleep_until, sleep_pending_ms = state.get("sleep_until"), state.get("sleep_pending_ms")
        running = bool(state.get("running", True))
        # All of it makes sense.
        if code is not None:
            self._machine.code = code
        self._machine.memory = memory
        self._machine.calls = calls
        self.steps, self.pending_events = steps, events
        self.sleep_until, self.sleep_pending_ms = sleep_until, sleep_pending_ms
        if context is not None:
            self._take_over(context)
        self.running = running
        self.debug_halted = False
        self._debugger.rest()

    def _take_over(self, context: contexts.TaskContext) -> None:
        self._adopt(context)
        self.pc, self.sp, self.flags, self.pid = context.pc, context.sp, context.psw, context.pid
        if self.running:
            context.state = "running"
        if context.reg_base:
            self.regs[:] = list(context.registers)

    # Events, and what is printed.

    def emit_event(self, event: Event) -> None:
        """Adds an event to those that are pending.

        >>> vm = MiniVM(b"")
        >>> vm.emit_event({"type": "mine"})
        >>> vm.pending_events
        [{'type': 'mine'}]
        """
        self.pending_events.append(event)

    def consume_events(self) -> list[Event]:
        """Gives the pending events, the oldest first, and forgets them.

        >>> vm = MiniVM(b"")
        >>> vm.step()
        [VM] pc 0x0000 is not in code of 0 bytes
        >>> [event["type"] for event in vm.consume_events()], vm.consume_events()
        (['vm_error', 'debug_stop'], [])
        """
        events = self.pending_events
        self.pending_events = []
        return events

    def log(self, text: str) -> None:
        """Prints a line, and writes it to the trace file if there is one.

        >>> MiniVM(b"").log("a line")
        a line
        """
        if self._trace_file is not None:
            self._trace_file.write(text + "\n")
            self._trace_file.flush()
        print(text)

    # Handlers.

    def set_mailbox_handler(self, handler: Handler | None) -> None:
        """Sets who answers the calls of module 5; None: the mailboxes that the VM was made with.

        >>> vm = MiniVM(bytes.fromhex("30000503"))
        >>> vm.set_mailbox_handler(print)
        >>> vm.step()
        3
        """
        self._services.handlers[5] = handler

    def set_value_handler(self, handler: Handler | None) -> None:
        """Sets who answers the calls of module 7; None: nobody, and R0 becomes 1.

        >>> vm = MiniVM(bytes.fromhex("30000702"))
        >>> vm.set_value_handler(print)
        >>> vm.step()
        2
        """
        self._services.handlers[7] = handler

    def set_command_handler(self, handler: Handler | None) -> None:
        """Sets who answers the calls of module 8; None: nobody, and R0 becomes 1.

        >>> vm = MiniVM(bytes.fromhex("30000801"))
        >>> vm.set_command_handler(print)
        >>> vm.step()
        1
        """
        self._services.handlers[8] = handler

    # Debugging.

    def configure_debug(self, *, enabled: bool, breakpoints: Iterable[int] | None = None) -> None:
        """Turns debugging on, with new breakpoints (byte addresses) unless they are None; or off, forgetting all of it.

        >>> vm = MiniVM(bytes.fromhex("01000007"))
        >>> vm.configure_debug(enabled=True, breakpoints={0})
        >>> vm.step()
        >>> vm.debug_last_stop["reason"], vm.debug_halted, vm.running, vm.steps
        ('breakpoint', True, False, 0)
        """
        if not enabled:
            self._debugger = Debugger()
            self.debug_halted = False
            self.debug_last_stop = None
            return
        self._debugger.enabled = True
        if breakpoints is not None:
            self._debugger.watch(breakpoints)

    def set_debug_breakpoints(self, breakpoints: Iterable[int]) -> None:
        """Sets the breakpoints, byte addresses of which the low 16 bits count.

        >>> vm = MiniVM(bytes.fromhex("01000007"))
        >>> vm.configure_debug(enabled=True)
        >>> vm.set_debug_breakpoints({0})
        >>> vm.step()
        >>> vm.debug_halted
        True
        """
        self._debugger.watch(breakpoints)

    def prepare_debug_run(self, *, step_count: int = 0, skip_break_at_pc: int | None = None) -> None:
        """Lets it run again, if debugging is on: for a number of steps unless that is 0, past one breakpoint.

        >>> vm = MiniVM(bytes.fromhex("01000007"))
        >>> vm.configure_debug(enabled=True, breakpoints={0})
        >>> vm.prepare_debug_run(step_count=1, skip_break_at_pc=0)
        >>> vm.step()
        >>> vm.debug_last_stop["reason"], vm.steps
        ('step', 1)
        """
        if not self._debugger.enabled:
            return
        self._debugger.passed = None if skip_break_at_pc is None else skip_break_at_pc & 0xFFFF
        self._debugger.steps_left = max(int(step_count), 0)
        self.debug_halted = False
        self.running = True

    def request_debug_break(self) -> None:
        """Halts it before the next instruction, if debugging is on.

        >>> vm = MiniVM(bytes.fromhex("01000007"))
        >>> vm.configure_debug(enabled=True)
        >>> vm.request_debug_break()
        >>> vm.step()
        >>> vm.debug_last_stop["reason"]
        'async_break'
        """
        if self._debugger.enabled:
            self._debugger.break_requested = True

    def _halt(self, reason: str, pc: int, **more: Any) -> None:
        context = self._context
        event: Event = {
            "type": "debug_stop",
            "reason": reason,
            "pc": pc,
            "next_pc": self.pc,
            "steps": self.steps,
            "cycles": self.steps,
            **more,
        }
        if context.pid is not None:
            event["pid"] = context.pid
        self.debug_last_stop = event
        self.debug_halted = True
        self._debugger.rest()
        self.emit_event(event)
        self.running = False
        self._save_context()
        context.state = "paused"

    # Sleep.

    def fall_asleep(self, milliseconds: int) -> None:
        """Stops it for a time; a step after that wakes it.

        >>> vm = MiniVM(b"")
        >>> vm.fall_asleep(5)
        >>> vm.context.state, vm.sleep_pending_ms, vm.running
        ('sleeping', 5, False)
        """
        self.sleep_pending_ms = milliseconds
        self.sleep_until = time.monotonic() + milliseconds / 1000
        self.emit_event({"type": "sleep_request", "ms": milliseconds, "deadline": self.sleep_until})
        self._pause("sleeping")

    def wake(self, state: str) -> None:
        """Ends its sleep, if it sleeps, and lets it run.

        >>> vm = MiniVM(b"")
        >>> vm.fall_asleep(5)
        >>> vm.wake("ready")
        >>> vm.running, vm.sleep_until
        (True, None)
        """
        self.sleep_until = None
        self.sleep_pending_ms = None
        self._context.state = state
        self.running = True

    def _pause(self, state: str | None = None) -> None:
        self.running = False
        if state is not None:
            self._context.state = state
        self._save_context()

    # Execution.

    def step(self) -> None:
        """Executes one instruction, or halts instead for a debugger, or sleeps on.

        What stops the program is told by `running`, `context.state`, R0 and events. Raises what handlers raise;
        ValueError or OverflowError for F2I of NaN or infinity; MemoryError for RET from the last 3 bytes of memory.

        >>> vm = MiniVM(bytes.fromhex("13012000"))
        >>> vm.step()
        >>> hex(vm.regs[0]), vm.running, vm.pc
        ('0xffffff05', False, 0)
        """
        if self._debugger.enabled:
            reason = self._debugger.before(self.pc)
            if reason is not None:
                return self._halt(reason, self.pc)
        if self.sleep_until is not None:
            if time.monotonic() < self.sleep_until:
                return self._pause("sleeping")
            self.wake("ready")
            self.emit_event({"type": "sleep_complete"})
        is_traced = self.trace or self._trace_file is not None
        if is_traced:
            self._tell_instruction()
        machine, context = self._machine, self._context
        stop = machine.step(context.reg_base & 0xFFFF, context.stack_limit or 0)
        if stop is not None and not self._retires(*stop):
            return None
        self.steps += 1
        context = self._context
        context.accounted_steps += 1
        context.pc, context.sp, context.psw = machine.place
        if not self.running:
            context.state = "stopped"
        if stop is not None and stop[0] == "break":
            pc, opcode = machine.last
            return self._halt("brk", pc, opcode=opcode, code=stop[1])
        if self._debugger.counts_last():
            return self._halt("step", self.pc)
        machine.settle()
        self._has_stepped = True
        if is_traced:
            self._emit_step()
        return None

    def _retires(self, kind: str, number: int) -> bool:
        """Does what a stop asks for. Says whether the instruction has retired."""
        if kind == "svc":
            self._call(number >> 8, number & 0xFF)
        elif kind == "returned":
            self._context.exit_status = number
            self._pause("returned")
            return False
        elif kind == "fault":
            return self._fault(_core.FAULTS[number])
        return True

    def _call(self, module: int, function: int) -> None:
        """Calls a service. pc is still on the `SVC` while it is answered."""
        machine = self._machine
        machine.pc = machine.last[0]
        if self.svc_trace:
            self.log(f"[SVC] module {module}, function {function}, R0 to R3 = {self.regs[:4]}")
        self._services.call(module, function)
        self.pc = machine.pc + 4

    def _fault(self, name: str) -> bool:
        pc, word = self._machine.last
        opcode = word >> 24
        if name == "pc_out_of_range":
            self._run_off()
        elif name == "illegal_opcode":
            self.log(f"[VM] opcode 0x{opcode:02X} at 0x{pc:04X} is illegal")
            self.running = False
            return True
        elif name == "invalid_conversion":
            # Raises as Python does if it converts such a number.
            math.trunc(half_to_float(self.regs[word >> 16 & 15]))
        elif name == "memory" and opcode == RET:
            raise MemoryError(f"RET from {self.sp:#x}, beyond the end of memory")
        else:
            if self.trace or self._trace_file is not None or opcode in (CALL, RET, LDI32):
                self.log(f"[VM] {name} at 0x{pc:04X}")
            self._pause()
        return False

    def _run_off(self) -> None:
        pc, size = self.pc, self._machine.code_size
        facts = {"error": "pc_out_of_range", "code_len": size}
        self.emit_event({"type": "vm_error", "pid": self._context.pid, "pc": pc, **facts})
        self.log(f"[VM] pc 0x{pc:04X} is not in code of {size} bytes")
        self._halt("vm_error", pc, **facts)

    # Tracing.

    def _tell_instruction(self) -> None:
        word, literal = self._machine.ahead
        if word is None:
            return
        words = word.to_bytes(4, "big") + (b"" if literal is None else literal.to_bytes(4, "big"))
        text = _core.disassemble(words)[0][1]
        self.log(f"[TRACE] 0x{self.pc & 0xFFFF:04X}: 0x{word:08X} {text}")

    def _emit_step(self) -> None:
        pc, opcode = self._machine.last
        event: Event = {
            "type": "trace_step",
            "pc": pc,
            "next_pc": self.pc,
            "opcode": opcode,
            "flags": self.flags,
            "regs": self.get_last_regs(),
            "steps": self.steps,
        }
        if self._context.pid is not None:
            event["pid"] = self._context.pid
        access = self.get_last_mem_access()
        if access is not None:
            event["mem_access"] = access
        self.emit_event(event)


def _return_addresses(calls: Iterable[int]) -> list[int]:
    addresses = [index(address) for address in calls]
    for address in addresses:
        if not 0 <= address <= contexts.WORD:
            raise OverflowError(f"a return address has 32 bits, which {address} has not")
    return addresses
