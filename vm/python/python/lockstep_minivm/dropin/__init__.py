"""The drop-in for the class `MiniVM` of the Python reference.

Each module has one job: `minivm` is the class itself, `task` the state that it works on, `context` and `registers` are
what it lets others change, `debugger` knows when to halt, `services` answers supervisor calls and `files` is the file
system that some of them use.

What each does was observed by running the reference. Instructions are carried out by `_core` alone.

>>> vm = MiniVM(bytes.fromhex("01000007 25000000"))
>>> vm.step(), vm.regs[0]
(None, 7)
"""

from .context import TaskContext
from .minivm import MiniVM

__all__ = ["MiniVM", "TaskContext"]
