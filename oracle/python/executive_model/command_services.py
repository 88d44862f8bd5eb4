"""Module 8: commands (facts 4.5)."""

from minivm_model.memory import SIZE

from .arguments import answer, byte, oid, serve, target, text, word
from .command import Asked, Result
from .commands import Commands
from .descriptors import BadChain, command_chain
from .failures import MailboxError
from .mailboxes import Mailboxes
from .registry import Failed, Status
from .task import Task
from .waits import Waits


class CommandServices:
    """R0 is the status."""

    def __init__(self, commands: Commands, mailboxes: Mailboxes, waits: Waits) -> None:
        self._commands = commands
        self._mailboxes = mailboxes
        self._waits = waits

    def call(self, task: Task, function: int) -> bool:
        serve(task, self, _FUNCTIONS, function)
        return True

    def _register(self, task: Task) -> None:
        try:
            records = command_chain(task.memory, word(task, 4))
        except BadChain:
            raise Failed(Status.EINVAL) from None
        self._commands.register(task.pid, oid(task), byte(task, 3), 0, records)
        answer(task, Status.OK, oid(task))

    def _look_up(self, task: Task) -> None:
        answer(task, Status.OK, self._commands.entry(oid(task)).oid)

    def _call(self, task: Task) -> None:
        command = self._commands.checked(word(task, 1), task.pid, _token(task), asynchronous=False)
        done = self._commands.run(command, Asked("call"))
        if done:
            answer(task, done.status, *_in_register(done.result))

    def _call_async(self, task: Task) -> None:
        """The registers are written before the command runs: its handler gives them back as they are then."""
        try:
            handle = self._mailboxes.open(task.pid, target(task, 3))
        except MailboxError:
            raise Failed(Status.EINVAL) from None
        try:
            command = self._commands.checked(word(task, 1), task.pid, _token(task), asynchronous=True)
        except Failed:
            self._waits.close(task.pid, handle)
            raise
        answer(task, Status.OK, handle)
        self._commands.run(command, Asked("async", handle))

    def _help(self, task: Task) -> None:
        """As much as there is room for, and a NUL."""
        ptr, most = word(task, 2), word(task, 3)
        help_text = self._commands.help_text(word(task, 1)).encode()
        if most == 0:
            answer(task, Status.OK, 0)
            return
        help_text = help_text[: min(most - 1, SIZE - 1 - ptr)]
        task.memory.write(ptr, help_text + b"\0")
        answer(task, Status.OK, len(help_text))


def _token(task: Task) -> str | None:
    return text(task, 2) if word(task, 2) else None


def _in_register(result: Result) -> tuple[int, ...]:
    """What R1 becomes: nothing if there is no result, and 0 if it is a text."""
    if result is None:
        return ()
    return (result if isinstance(result, int) else 0,)


_FUNCTIONS = (
    CommandServices._register,
    CommandServices._look_up,
    CommandServices._call,
    CommandServices._call_async,
    CommandServices._help,
)
