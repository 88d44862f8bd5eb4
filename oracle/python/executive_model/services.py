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
    """Each answers whether it has such a function."""

    def __init__(
        self,
        system: SystemServices,
        files: FileServices,
        mailboxes: MailboxServices,
        values: ValueServices,
        commands: CommandServices,
    ) -> None:
        self._modules: dict[int, Service] = {
            0: system.core,
            1: system.exit_and_uart,
            2: system.can,
            4: files.call,
            5: mailboxes.call,
            6: system.sleep,
            7: values.call,
            8: commands.call,
            14: system.libm,
        }

    def call(self, task: Task, module: int, function: int) -> None:
        """Answer an SVC of this task."""
        service = self._modules.get(module)
        if service is None or not service(task, function):
            task.machine.set_reg(0, ENOSYS)
