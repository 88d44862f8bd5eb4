"""Command handlers of the program's own, which run in their task (E27).

[handler] What the task was doing is put aside, the handler is called as CALL does it, and runs in the turns of its
task until the RET that brings the depth of calls back to what it was. Its R0 is the result. A task has one at a time.
"""

from .command import Asked, Command, Done
from .commands import Commands
from .registry import Status
from .task import Running, Task
from .tasks import Tasks


class Handlers:
    """Starts and ends them."""

    def __init__(self, tasks: Tasks, commands: Commands) -> None:
        self._tasks = tasks
        self._commands = commands

    def start(self, command: Command, asked: Asked) -> bool:
        """Call the handler, or False if its task cannot have one now."""
        task = self._tasks.task(command.owner)
        machine = task.machine
        if task.handler or not self._tasks.is_runnable(task) or machine.sp - 4 < task.stack.low:
            return False
        if command.handler % 4 or not machine.has_code(command.handler + 4):
            return False
        task.handler = Running(command, len(machine.call_stack), machine.regs(), machine.psw, asked)
        slot = machine.sp - 4
        machine.memory.store(slot, 4, machine.pc)
        machine.set_sp(slot)
        machine.call_stack.append(machine.pc)
        machine.pc = command.handler
        return True

    def returned(self, task: Task) -> None:
        """A RET was executed: the end of the handler, if there is one and it was its own."""
        running, machine = task.handler, task.machine
        if running is None or len(machine.call_stack) > running.depth:
            return
        task.handler = None
        result = machine.r[0]
        task.set_registers(running.registers)
        machine.psw = running.psw
        self._commands.completed(running.command, Done(Status.OK, result), running.asked)
        if running.asked.by == "call":
            machine.set_reg(0, Status.OK)
            machine.set_reg(1, result)

    def abandon(self, task: Task) -> None:
        """The task ends or faults within a handler; nobody gets a message."""
        running, task.handler = task.handler, None
        if running:
            self._commands.completed(running.command, Done(Status.EFAIL, None), Asked("nobody"))
