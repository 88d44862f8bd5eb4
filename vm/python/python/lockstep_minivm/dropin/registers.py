"""The registers of a VM, wherever its context has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast, overload

from .context import WORD

if TYPE_CHECKING:
    from .task import Task


class RegisterView:
    """A live view of R0 to R15: outside memory, or in it at `context.reg_base`.

    IndexError for a number that is not 0 to 15, RuntimeError for a register beyond the end of memory.

    >>> from lockstep_minivm import MiniVM
    >>> vm = MiniVM(b"")
    >>> vm.regs[0:2] = [1, -1]
    >>> vm.context.reg_base = 0x1000
    >>> vm.regs[1] = 0x01020304
    >>> vm.mem[0x1004:0x1008].hex(), vm.regs[:2], len(vm.regs)
    ('04030201', [0, 16909060], 16)
    """

    __slots__ = ("_vm",)

    def __init__(self, vm: Task) -> None:
        self._vm = vm

    def __len__(self) -> int:
        return 16

    @overload
    def __getitem__(self, key: int) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> list[int]: ...
    def __getitem__(self, key: int | slice) -> int | list[int]:
        context = self._vm.context
        if not context.reg_base & 0xFFFF:
            return context.registers[key]
        if isinstance(key, slice):
            return [self[number] for number in range(*key.indices(16))]
        start = self._place(key)
        return int.from_bytes(self._vm.mem[start : start + 4], "little")

    @overload
    def __setitem__(self, key: int, value: int) -> None: ...
    @overload
    def __setitem__(self, key: slice, value: Iterable[int]) -> None: ...
    def __setitem__(self, key: int | slice, value: int | Iterable[int]) -> None:
        if isinstance(key, slice):
            values = list(cast("Iterable[int]", value))
            for place, number in enumerate(range(*key.indices(16))):
                self[number] = values[place]
            return
        word = int(cast("int", value)) & WORD
        context = self._vm.context
        if context.reg_base & 0xFFFF:
            start = self._place(key)
            self._vm.mem[start : start + 4] = word.to_bytes(4, "little")
        context.registers[key] = word

    def __iter__(self) -> Iterator[int]:
        return iter(self[:])

    def _place(self, number: int) -> int:
        if not 0 <= number < 16:
            raise IndexError("a register has a number from 0 to 15")
        start = (self._vm.context.reg_base & 0xFFFF) + 4 * number
        if start + 4 > len(self._vm.mem):
            raise RuntimeError(f"R{number} would be at {start:#x}, beyond the end of memory")
        return start
