"""Modules 0, 1, 2, 6 and Eh: steps, exit, UART, CAN, sleep, and the functions that C programs are developed with."""

import math
from collections.abc import Callable

from minivm_model import f16

from .arguments import answer, block, byte, word
from .failures import Raised
from .journal import Journal
from .profile import Profile
from .task import Task
from .tasks import Tasks


class SystemServices:
    """The devices are told in the journal."""

    def __init__(self, profile: Profile, libm: bool, journal: Journal, tasks: Tasks) -> None:
        self._profile = profile
        self._libm = libm
        self._journal = journal
        self._tasks = tasks

    def core(self, task: Task, function: int) -> bool:
        """0:0, the steps of this task before this one."""
        if function:
            return False
        answer(task, task.steps)
        return True

    def exit_and_uart(self, task: Task, function: int) -> bool:
        """1:0 ends the task; 1:1 sends bytes, and tells the length asked for."""
        if function == 0:
            self._journal.io("exit", pid=task.pid, code=task.machine.r[0])
            self._tasks.exit(task)
        elif function == 1:
            self._journal.io("uart", pid=task.pid, data=block(task, 1).hex())
            answer(task, word(task, 2))
        return function <= 1

    def can(self, task: Task, function: int) -> bool:
        """2:0 sends a frame, of up to 255 bytes (E38)."""
        if function:
            return False
        data = task.memory.read(word(task, 2), byte(task, 3))
        self._journal.io("can", pid=task.pid, id=task.machine.r[1] & 0x7FF, data=data.hex())
        answer(task, 0)
        return True

    def sleep(self, task: Task, function: int) -> bool:
        """6:0; for 0 ms it is how a task yields."""
        if function:
            return False
        self._tasks.sleep(task, task.machine.r[0])
        answer(task, 0)
        return True

    def libm(self, task: Task, function: int) -> bool:
        """E:0 to E:2, in double precision and rounded once; only the low half of R0 changes."""
        if not self._libm:
            return False
        if function >= len(_FUNCTIONS):
            answer(task, 0)
            return True
        argument = f16.decode(word(task, 1))
        try:
            result = _FUNCTIONS[function](argument)
        except ValueError:
            if not self._profile.libm_total:
                raise Raised("libm_domain") from None
            result = math.nan
        except OverflowError:
            if not self._profile.libm_total:
                raise Raised("libm_overflow") from None
            result = math.inf
        half = f16.encode(result, self._profile.instructions)
        answer(task, task.machine.r[0] & 0xFFFF_0000 | half)
        return True


_FUNCTIONS: tuple[Callable[[float], float], ...] = (math.sin, math.cos, math.exp)
