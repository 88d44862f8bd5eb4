"""What `init` sets, and how it lays out the memory of a task (design 6.1.4; protocol).

[layout] Data memory, from below: what belongs to the program, up to 0x4000; rodata; bss; free space; heap; stack; and
the window of the 16 registers, from 0xFFC0 to the end. Code is apart from it. Every task has the same layout until the
next `init`, which takes all tasks down.

[limits] A limit that is not set limits nothing: the number of tasks is then that of the arenas. `limits.data_max` is
for window, stack, heap, rodata and bss of a task together.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from minivm_model.isa import U32
from minivm_model.memory import SIZE

from .refusal import Refused

RODATA = 0x4000
WINDOW_SIZE = 16 * 4
WINDOW = SIZE - WINDOW_SIZE

# policy_flags; bits that have no meaning are ignored.
DENY_MEM_WRITE_READY = 1
DENY_REG_SET = 2
ALLOW_PC_STOPPED = 4

Range = tuple[int, int]  # the first address, and the one behind the last


class Room(NamedTuple):
    """What the VM was built with: the `config` of a case. `code` and `metadata` are bytes for each task."""

    arenas: int = 3
    code: int = 256
    metadata: int = 256


class Configuration(NamedTuple):
    """The fields of the last `init` that was not refused."""

    autorun_quanta: int
    max_pids: int
    code_max: int
    data_max: int
    stack_size: int
    heap_size: int
    policy: int
    keep_last_regs: bool

    @property
    def stack(self) -> Range:
        return WINDOW - self.stack_size, WINDOW

    @property
    def heap(self) -> Range:
        top = self.stack[0]
        return top - self.heap_size, top

    @property
    def reserved(self) -> int:
        """The bytes of a task's data memory that are not for its image."""
        return WINDOW_SIZE + self.stack_size + self.heap_size

    @property
    def data_room(self) -> int:
        """The most bytes of rodata and bss that fit below the heap and within the limit."""
        return min(self.heap[0] - RODATA, self.data_max - self.reserved)

    def allows(self, flag: int) -> bool:
        return bool(self.policy & flag)


def configure(fields: Mapping[str, int], room: Room) -> Configuration:
    """The configuration that `fields` ask for, with defaults for those left out; unknown ones are ignored.

    [init-order] What is wrong in itself (EINVAL) comes before what there is no room for (ENOSPC).
    """
    wanted = Configuration(
        autorun_quanta=fields.get("autorun_quanta", 1),
        max_pids=fields.get("limits.max_pids", room.arenas),
        code_max=fields.get("limits.code_max", U32),
        data_max=fields.get("limits.data_max", U32),
        stack_size=fields.get("stack_size_bytes", 0x1000),
        heap_size=fields.get("heap_size_bytes", 0),
        policy=fields.get("policy_flags", 0),
        keep_last_regs=fields.get("keep_last_regs", 0) != 0,
    )
    if not (wanted.autorun_quanta and wanted.max_pids and wanted.code_max and wanted.stack_size):
        raise Refused("EINVAL")
    if wanted.stack_size % 8 or wanted.heap_size % 8:
        raise Refused("EINVAL")
    if wanted.max_pids > room.arenas or wanted.reserved > min(wanted.data_max, SIZE - RODATA):
        raise Refused("ENOSPC")
    return wanted


@lru_cache(maxsize=256)
def uninitialised(room: Room) -> Configuration:
    """What `init` without fields sets."""
    return configure({}, room)
