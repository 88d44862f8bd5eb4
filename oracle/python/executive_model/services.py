"""Supervisor calls: which service answers which (facts 2, spec 3.1).

[cut] Pointers, lengths, handles, ids of values and commands, flags and channels are the low 16 bits of their registers;
groups, ids within a group and their flags the low 8. A register that no service names is kept.
"""

from .command_services import CommandServices
from .file_services import FileServices
from .mailbox_services import MailboxServices
from .system_services import SystemServices
from .task import Task
from .value_services import ValueServices

ENOSYS = 0xFFFF_FF01


class Services:
    """Those of all modules. Each answers whether it has such a function."""

    def __init__(
        self,
        system: SystemServices,
        files: FileServices,
        mailboxes: MailboxServices,
        values: ValueServices,
        commands: CommandServices,
    ) -> None:
        self._system = system
        self._files = files
        self._mailboxes = mailboxes
        self._values = values
        self._commands = commands

    def call(self, task: Task, module: int, function: int) -> None:
        """Answer an SVC of this task."""
        if not self._answers(task, module, function):
            task.machine.set_reg(0, ENOSYS)

    def _answers(self, task: Task, module: int, function: int) -> bool:
        match module:
            case 0:
                return self._system.core(task, function)
            case 1:
                return self._system.exit_and_uart(task, function)
            case 2:
                return self._system.can(task, function)
            case 4:
                return self._files.call(task, function)
            case 5:
                return self._mailboxes.call(task, function)
            case 6:
                return self._system.sleep(task, function)
            case 7:
                return self._values.call(task, function)
            case 8:
                return self._commands.call(task, function)
            case 14:
                return self._system.libm(task, function)
            case _:
                return False
