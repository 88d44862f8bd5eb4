"""Supervisor calls: which service answers which (facts 2, spec 3.1).

[cut] Pointers, lengths, handles, ids of values and commands, flags and channels are the low 16 bits of their registers;
groups, ids within a group and their flags the low 8. A register that no service names is kept.
"""

from collections.abc import Callable

from .command_services import CommandServices
from .file_services import FileServices
from .mailbox_services import MailboxServices
from .system_services import SystemServices
from .task import Task
from .value_services import ValueServices

ENOSYS = 0xFFFF_FF01

Service = Callable[[Task, int], bool]


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
        service = self._service(module)
        if service is None or not service(task, function):
            task.machine.set_reg(0, ENOSYS)

    def _service(self, module: int) -> Service | None:
        """Looked up at each call: a table of methods would be made anew for each executive, and refer back to it."""
        match module:
            case 0:
                return self._system.core
            case 1:
                return self._system.exit_and_uart
            case 2:
                return self._system.can
            case 4:
                return self._files.call
            case 5:
                return self._mailboxes.call
            case 6:
                return self._system.sleep
            case 7:
                return self._values.call
            case 8:
                return self._commands.call
            case 14:
                return self._system.libm
            case _:
                return None
