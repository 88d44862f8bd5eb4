"""What a VM on its own answers to supervisor calls."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from .. import _core
from .files import Files

if TYPE_CHECKING:
    from .minivm import MiniVM

Handler = Callable[[int], None]
"""Answers the calls of a module. It is given the function, 0 to 255, and has the VM for everything else."""

NO_SERVICE = 0xFFFF_FF01
NO_ENTRY = 1
MAILBOX_OK, WOULD_BLOCK, NO_DATA, INTERNAL_ERROR = 0, 1, 3, 0xFF
HALF_NAN, LARGEST_SUBNORMAL, SMALLEST_NORMAL = 0x7E00, 0x03FF, 2.0**-14


class Mailboxes(Protocol):
    """What the calls of module 5, and files that are mailboxes, need of a manager of mailboxes.

    A manager refuses by raising an exception of a class of its own; a built-in exception passes through `step`.
    """

    def open(self, *, pid: int, target: str, flags: int) -> int: ...
    def bind_target(self, *, pid: int, target: str, capacity: int | None, mode_mask: int) -> Any: ...
    def send(
        self, *, pid: int, handle: int, payload: bytes, flags: int, channel: int = ...
    ) -> tuple[bool, int | None]: ...
    def recv(self, *, pid: int, handle: int) -> Any: ...
    def peek(self, *, pid: int, handle: int) -> dict[str, int]: ...
    def tap(self, *, pid: int, handle: int, enable: bool) -> None: ...
    def close(self, *, pid: int, handle: int) -> None: ...


def half_to_float(bits: int) -> float:
    """Gives the value of a binary16.

    >>> half_to_float(0x3E00)
    1.5
    """
    value: float = struct.unpack("<e", struct.pack("<H", bits & 0xFFFF))[0]
    return value


def float_to_half(value: float) -> int:
    """Rounds to binary16 as the VM does in profile `reference`: values below 2**-14 stay below it, NaN is 0x7E00.

    >>> hex(float_to_half(1.5)), hex(float_to_half(-1e9)), hex(float_to_half(2.0**-14 - 2.0**-30))
    ('0x3e00', '0xfc00', '0x3ff')
    """
    if math.isnan(value):
        return HALF_NAN
    try:
        bits: int = struct.unpack("<H", struct.pack("<e", value))[0]
    except OverflowError:
        return 0x7C00 if value > 0 else 0xFC00
    if abs(value) < SMALLEST_NORMAL and bits & 0x7FFF > LARGEST_SUBNORMAL:
        return bits - 1
    return bits


class Services:
    """The services of one VM, by module. Each call reads its arguments from registers and leaves its answer in R0.

    | module | functions |
    |---|---|
    | 0 | 0: steps |
    | 1 | 0: exit; 1: write to the console |
    | 2 | 0: send on CAN |
    | 4 | files: 0 open, 1 read, 2 write, 3 close, 10 list, 11 delete, 12 rename, 13 make a directory |
    | 5 | mailboxes, by a handler or a manager |
    | 6 | 0: sleep |
    | 7, 8 | values and commands, by handlers |
    | 14 | sine, cosine and exponential of a binary16, if the VM was made with `dev_libm` |

    >>> from lockstep_minivm import MiniVM
    >>> vm = MiniVM(bytes.fromhex("30000301"))
    >>> vm.step()
    [SVC] module 3, function 1: there is no such service
    >>> hex(vm.regs[0])
    '0xffffff01'
    """

    __slots__ = ("_files", "_libm", "_vm", "handlers", "mailboxes")

    def __init__(self, vm: MiniVM, mailboxes: Mailboxes | None, *, libm: bool) -> None:
        self._vm = vm
        self._files = Files()
        self._libm = libm
        self.mailboxes = mailboxes
        """Answers module 5 if there is no handler for it."""
        self.handlers: dict[int, Handler | None] = {}
        """By module: who answers instead. Only 5, 7 and 8 are asked for."""

    def call(self, module: int, function: int) -> None:
        """Answers a call.

        >>> from lockstep_minivm import MiniVM
        >>> vm = MiniVM(b"")
        >>> vm.regs[1:3] = [0x4000, 2]
        >>> vm.write_mem(0x4000, b"hi")
        >>> Services(vm, None, libm=False).call(1, 1)
        [UART.tx] hi
        """
        vm = self._vm
        regs = vm.regs
        match module, function:
            case 0, 0:
                regs[0] = vm.steps
            case 1, 0:
                vm.log(f"[EXIT {regs[0]}]")
                vm.running = False
            case 1, 1:
                length = regs[2] & 0xFFFF
                vm.log(f"[UART.tx] {self._bytes(1, length).decode(errors='ignore')}")
                regs[0] = length
            case 2, 0:
                vm.log(f"[CAN.tx] id=0x{regs[1] & 0x7FF:03X} data={self._bytes(2, regs[3] & 0xFF).hex()}")
                regs[0] = 0
            case 4, _:
                regs[0] = self._file_call(function)
            case 5 | 7 | 8, _:
                handler = self.handlers.get(module)
                if handler is not None:
                    handler(function)
                elif module == 5:
                    regs[0] = self._mailbox_call(function)
                else:
                    vm.log(f"[SVC] module {module}, function {function}: there is no handler")
                    regs[0] = NO_ENTRY
            case 6, 0:
                self._sleep(regs[0])
                regs[0] = 0
            case 14, _ if self._libm:
                regs[0] = self._libm_call(function)
            case _:
                vm.log(f"[SVC] module {module}, function {function}: there is no such service")
                regs[0] = NO_SERVICE

    def _bytes(self, register: int, length: int) -> bytes:
        """The bytes that a register points to, as far as memory goes."""
        start = self._vm.regs[register] & 0xFFFF
        return bytes(self._vm.mem[start : start + length])

    def _give(self, register: int, data: bytes) -> int:
        # What goes beyond the end of memory makes it longer, as in the reference.
        start = self._vm.regs[register] & 0xFFFF
        self._vm.mem[start : start + len(data)] = data
        return len(data)

    def _text(self, register: int) -> str:
        return self._vm._read_c_string(self._vm.regs[register])

    def _sleep(self, milliseconds: int) -> None:
        if milliseconds:
            self._vm.fall_asleep(milliseconds)
        else:
            self._vm.wake("ready")

    def _libm_call(self, function: int) -> int:
        functions = {0: math.sin, 1: math.cos, 2: math.exp}
        if function not in functions:
            self._vm.log(f"[SVC] module 14, function {function}: there is no such function")
            return 0
        result = functions[function](half_to_float(self._vm.regs[1]))
        return self._vm.regs[0] & 0xFFFF_0000 | float_to_half(result)

    def _file_call(self, function: int) -> int:
        regs, files = self._vm.regs, self._files
        number, length = regs[1] & 0xFFFF, regs[3] & 0xFFFF
        match function:
            case 0:
                return files.open(self._text(1) or "/unnamed")
            case 1:
                return self._give(2, files.read(number, length))
            case 2:
                data = self._bytes(2, length)
                handle = self._vm.context.fd_table.get(number)
                if handle is None or not length:
                    return files.write(number, data)
                return self._send_written(number, handle, data)
            case 3:
                return files.close(number)
            case 10:
                return self._give(2, files.listing()[:length])
            case 11:
                return files.delete(self._text(1))
            case 12:
                return files.rename(self._text(1), self._text(2))
            case 13:
                return 0
        self._vm.log(f"[SVC] module 4, function {function}: there is no such function")
        return -1

    def _send_written(self, number: int, handle: int, data: bytes) -> int:
        """Sends what was written to a file that is a mailbox. Gives how many bytes were taken."""
        vm = self._vm
        if self.mailboxes is None:
            return 0
        pid, flags = vm.pid or 0, {1: 1, 2: 2}.get(number, 0)
        try:
            taken, descriptor = self.mailboxes.send(pid=pid, handle=handle, payload=data, flags=flags)
        except Exception as error:  # Refusals have a class that only the manager knows.
            self._refused(error)
            return 0
        if not taken:
            return 0
        if descriptor is not None:
            vm.emit_event(
                {
                    "type": "mailbox_send",
                    "pid": pid,
                    "descriptor": descriptor,
                    "handle": handle,
                    "length": len(data),
                    "flags": flags,
                    "channel": 0,
                    "src_pid": pid,
                }
            )
        return len(data)

    def _mailbox_call(self, function: int) -> int:
        """Asks the manager. Gives the status; what else it tells goes to R1 and up."""
        if self.mailboxes is None:
            return INTERNAL_ERROR
        try:
            return self._ask(self.mailboxes, function)
        except Exception as error:  # Refusals have a class that only the manager knows.
            self._refused(error)
            return INTERNAL_ERROR

    def _ask(self, mailboxes: Mailboxes, function: int) -> int:
        regs, pid = self._vm.regs, self._vm.pid or 0
        handle, second, third, fourth, fifth = (value & 0xFFFF for value in regs[1:6])
        match function:
            case 0:
                regs[1] = mailboxes.open(pid=pid, target=self._text(1), flags=second)
            case 1:
                bound = mailboxes.bind_target(pid=pid, target=self._text(1), capacity=second or None, mode_mask=third)
                regs[1] = bound.descriptor_id
            case 2:
                data = self._bytes(2, third)
                taken, _descriptor = mailboxes.send(pid=pid, handle=handle, payload=data, flags=fourth, channel=fifth)
                if not taken:
                    return WOULD_BLOCK
                regs[1] = len(data)
            case 3:
                message = mailboxes.recv(pid=pid, handle=handle)
                if message is None:
                    regs[1] = 0
                    return NO_DATA
                regs[1] = self._give(2, _core.octets(message.payload)[: min(third, message.length)])
                regs[2:5] = [message.flags, message.channel, message.src_pid]
            case 4:
                told = mailboxes.peek(pid=pid, handle=handle)
                regs[1:4] = [told.get(name, 0) for name in ("depth", "bytes_used", "next_len")]
            case 5:
                mailboxes.tap(pid=pid, handle=handle, enable=bool(second & 1))
            case 6:
                mailboxes.close(pid=pid, handle=handle)
            case _:
                return INTERNAL_ERROR
        return MAILBOX_OK

    def _refused(self, error: Exception) -> None:
        """Tells why a manager has refused, or raises what is no refusal."""
        if type(error).__module__ == "builtins":
            raise error
        self._vm.log(f"[SVC] mailboxes, task {self._vm.pid or 0}: {error}")
