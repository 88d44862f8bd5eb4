"""What a VM works on: its state, and how others see it."""

from __future__ import annotations

from collections.abc import Mapping
from operator import index
from typing import Any

from .. import _core
from . import context as contexts
from .context import WORD, TaskContext
from .registers import RegisterView


class Task:
    """The state of a VM: code, registers, memory, context, and what is remembered of the instruction executed last.

    >>> task = Task(b"", 8)
    >>> task.regs[3] = 5
    >>> task.pc, task.context.pc, task.regs[3], task.running
    (8, 8, 5, True)
    """

    def __init__(self, code: bytes, entry: int) -> None:
        """Makes the state at `entry`, a byte address; everything else is 0.

        >>> Task(b"", 0).regs[:2]
        [0, 0]
        """
        self._machine = _core.Machine(code, entry & WORD, "reference")
        self._context = TaskContext(pc=entry, state="running")
        self._machine.registers = self._context.registers
        self._has_stepped = False
        self.regs = RegisterView(self)
        """R0 to R15, a live view: an index or a slice, read or set. A value keeps its low 32 bits."""
        self.running = True
        """Whether it may go on. `MiniVM.step` does not look at it."""
        self.steps = 0
        """Instructions that have retired."""

    @property
    def context(self) -> TaskContext:
        """The context of the task, whose fields may be set.

        >>> Task(b"", 8).context.pc
        8
        """
        return self._context

    @property
    def mem(self) -> bytearray:
        """Data memory. ValueError from `step` if it has become shorter than 65536 bytes.

        >>> len(Task(b"", 0).mem)
        65536
        """
        return self._machine.memory

    @property
    def pc(self) -> int:
        """Byte address of the next instruction; 32 bits.

        >>> Task(b"", 8).pc
        8
        """
        return self._machine.pc

    @pc.setter
    def pc(self, value: int) -> None:
        self._machine.pc = value & WORD

    @property
    def sp(self) -> int:
        """Stack pointer, an absolute byte address; 32 bits.

        >>> hex(Task(b"", 0).sp)
        '0x8000'
        """
        return self._machine.sp

    @sp.setter
    def sp(self, value: int) -> None:
        self._machine.sp = value & WORD

    @property
    def flags(self) -> int:
        """Some of FLAG_Z, FLAG_C, FLAG_N and FLAG_V; 8 bits.

        >>> from lockstep_minivm import MiniVM
        >>> vm = MiniVM(bytes.fromhex("20000000"))
        >>> vm.step()
        >>> vm.flags == MiniVM.FLAG_Z | MiniVM.FLAG_C
        True
        """
        return self._machine.psw

    @flags.setter
    def flags(self, value: int) -> None:
        self._machine.psw = value & 0xFF

    @property
    def call_stack(self) -> list[int]:
        """Return addresses of the calls in progress, the oldest first; a copy.

        >>> from lockstep_minivm import MiniVM
        >>> vm = MiniVM(bytes.fromhex("24000001 25000000"))
        >>> vm.step()
        >>> vm.call_stack
        [4]
        """
        return self._machine.calls

    def read_mem(self, addr: int, length: int) -> bytes:
        """Reads up to `length` bytes from the low 16 bits of `addr` on, cut at the end of memory.

        >>> Task(b"", 0).read_mem(0x1FFFE, 4)
        b'\\x00\\x00'
        """
        start = addr & 0xFFFF
        return bytes(self.mem[start : start + max(length, 0)])

    def write_mem(self, addr: int, data: bytes) -> None:
        """Writes bytes there, cut at the end of memory. TypeError for what does not consist of bytes.

        >>> vm = Task(b"", 0)
        >>> vm.write_mem(0xFFFE, b"abc")
        >>> vm.mem[-2:], len(vm.mem)
        (bytearray(b'ab'), 65536)
        """
        data = _core.octets(data)
        memory = self.mem
        start = addr & 0xFFFF
        end = min(start + len(data), len(memory))
        memory[start:end] = data[: end - start]

    def _read_c_string(self, addr: int) -> str:
        """Reads text from the low 16 bits of `addr` up to a 0 or the end of memory. What is not UTF-8 is left out."""
        start = addr & 0xFFFF
        end = self.mem.find(0, start)
        return bytes(self.mem[start : None if end < 0 else end]).decode(errors="ignore")

    def snapshot_registers(self) -> dict[str, Any]:
        """Gives pc, regs, sp, flags, running, steps (also as cycles), and the context without what is already there.

        >>> Task(b"", 8).snapshot_registers()["pc"]
        8
        """
        pc, sp, flags = self._machine.place
        return {
            "pc": pc,
            "regs": self.regs[:],
            "sp": sp,
            "flags": flags,
            "running": self.running,
            "steps": self.steps,
            "cycles": self.steps,
            "context": contexts.summary(self._context),
        }

    def restore_registers(self, snapshot: Mapping[str, Any]) -> dict[str, Any]:
        """Takes over what a snapshot of registers has of context, regs, pc, sp, flags, running; gives a new snapshot.

        If it raises because something in the snapshot makes no sense, nothing has been taken over.

        >>> vm = Task(b"", 0)
        >>> vm.restore_registers({"pc": 4, "regs": [7]})["regs"][:2], vm.pc
        ([7, 0], 4)
        """
        context = contexts.from_dict(snapshot["context"]) if snapshot.get("context") else self._context
        contexts.check_window(context, self.mem)
        regs = snapshot.get("regs")
        if regs is not None:
            regs = contexts.sixteen(int(value) for value in regs)
        pc, sp = (index(snapshot.get(name, getattr(self, name))) for name in ("pc", "sp"))
        flags = index(snapshot.get("flags", self.flags))
        running = bool(snapshot.get("running", self.running))
        # All of it makes sense.
        if context is not self._context:
            self._adopt(context)
        if regs is not None:
            self.regs[:] = regs
        self.pc, self.sp, self.flags, self.running = pc, sp, flags, running
        self._save_context()
        context.state = "running" if self.running else "stopped"
        return self.snapshot_registers()

    def _adopt(self, context: TaskContext) -> None:
        self._context = context
        self._machine.registers = context.registers

    def _save_context(self) -> None:
        context = self._context
        context.pc, context.sp, context.psw = self._machine.place
        if context.reg_base & 0xFFFF:
            context.regs = self.regs[:]

    # The instruction executed last.

    def get_last_pc(self) -> int:
        """Gives the byte address of the instruction that was executed last, or tried last; pc before the first.

        >>> Task(b"", 8).get_last_pc()
        8
        """
        return self._machine.last[0] if self._machine.last[1] or self._has_stepped else self.pc

    def get_last_opcode(self) -> int:
        """Gives its first word; 0 before the first.

        >>> from lockstep_minivm import MiniVM
        >>> vm = MiniVM(bytes.fromhex("01000007"))
        >>> vm.step()
        >>> hex(vm.get_last_opcode())
        '0x1000007'
        """
        return self._machine.last[1]

    def get_last_regs(self) -> list[int]:
        """Gives the registers after the last instruction that has retired and halted nothing.

        >>> from lockstep_minivm import MiniVM
        >>> vm = MiniVM(bytes.fromhex("01000007"))
        >>> vm.step()
        >>> vm.get_last_regs()[:2]
        [7, 0]
        """
        return self._machine.settled_registers

    def get_last_mem_access(self) -> dict[str, Any] | None:
        """Gives what that instruction loaded or stored: op (`read`, `write`), address, width in bytes, value; or None.

        >>> from lockstep_minivm import MiniVM
        >>> vm = MiniVM(bytes.fromhex("06000002"))
        >>> vm.step()
        >>> vm.get_last_mem_access()
        {'op': 'read', 'address': 2, 'width': 1, 'value': 0}
        """
        access = self._machine.settled_access
        if access is None:
            return None
        is_write, address, width, value = access
        return {"op": "write" if is_write else "read", "address": address, "width": width, "value": value}
