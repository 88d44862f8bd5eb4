"""Module 4: the file system, and the standard streams as files (facts 2.3)."""

from .arguments import answer, block, text, word
from .failures import MailboxError
from .files import Files
from .journal import Journal
from .mailboxes import Mailboxes
from .task import Task
from .waits import Waits

_BAD_PATH = 0xFFFF_FFEA
_FAILED = 0xFFFF_FFFF


class FileServices:
    """What is written to fds 0 to 2 goes to a mailbox, with the fd as its flags."""

    def __init__(self, files: Files, journal: Journal, mailboxes: Mailboxes, waits: Waits) -> None:
        self._files = files
        self._journal = journal
        self._mailboxes = mailboxes
        self._waits = waits

    def call(self, task: Task, function: int) -> bool:
        answer(task, self._result(task, function))
        return True

    def _result(self, task: Task, function: int) -> int:
        match function:
            case 0:
                fd = self._files.open(task.pid, text(task, 1))
                return _BAD_PATH if fd is None else fd
            case 1:
                return self._put(task, self._files.read(task.pid, word(task, 1), word(task, 3)))
            case 2:
                return self._write(task)
            case 3:
                return _status(self._files.close(task.pid, word(task, 1)))
            case 10:
                return self._put(task, self._files.listing()[: word(task, 3)])
            case 11:
                return _status(self._files.delete(text(task, 1)))
            case 12:
                return _status(self._files.rename(text(task, 1), text(task, 2)))
            case 13:
                return 0
            case _:
                return _FAILED

    def _put(self, task: Task, data: bytes) -> int:
        task.memory.write(word(task, 2), data)
        return len(data)

    def _write(self, task: Task) -> int:
        fd, data = word(task, 1), block(task, 2)
        if fd < len(task.stdio) and data:
            return self._send(task, fd, data)
        return self._files.write(task.pid, fd, data)

    def _send(self, task: Task, stream: int, data: bytes) -> int:
        """The bytes sent; 0 if they are not taken, for whatever reason."""
        handle = task.stdio[stream]
        try:
            sent = self._mailboxes.send(task.pid, handle, data, flags=stream)
        except MailboxError:
            return 0
        if not sent.taken:
            return 0
        self._journal.emit(
            "mailbox_send",
            pid=task.pid,
            descriptor=sent.box.id,
            handle=handle,
            length=len(data),
            flags=stream,
            channel=0,
            src_pid=task.pid,
        )
        self._waits.enqueued(sent.box)
        return len(data)


def _status(done: bool) -> int:
    return 0 if done else _FAILED
