"""Module 5: mailboxes (facts 2.4, 3)."""

from .arguments import answer, block, target, word
from .failures import BadPid, MailboxError, Raised
from .journal import Journal
from .mailbox import Message
from .mailboxes import Mailboxes
from .profile import Profile
from .task import Task
from .tasks import Tasks
from .waits import Receive, Waits

_OK, _WOULD_BLOCK, _NO_DATA, _NO_FUNCTION = 0, 1, 3, 0xFF


class MailboxServices:
    """An operation that fails tells its status and an event, and changes nothing else."""

    def __init__(self, profile: Profile, journal: Journal, mailboxes: Mailboxes, waits: Waits, tasks: Tasks) -> None:
        self._profile = profile
        self._journal = journal
        self._mailboxes = mailboxes
        self._waits = waits
        self._tasks = tasks

    def call(self, task: Task, function: int) -> bool:
        if function >= len(_FUNCTIONS):
            answer(task, _NO_FUNCTION)
            return True
        try:
            _FUNCTIONS[function](self, task)
        except MailboxError as error:
            if isinstance(error, BadPid) and not self._profile.suffix:
                raise Raised("bad_target") from None
            answer(task, error.status)
            self._journal.emit("mailbox_error", pid=task.pid, fn=function, status=error.status)
        return True

    def _open(self, task: Task) -> None:
        answer(task, _OK, self._mailboxes.open(task.pid, target(task, 1)))

    def _bind(self, task: Task) -> None:
        """The result is the id of the box, and no handle (E12)."""
        answer(task, _OK, self._mailboxes.bind(task.pid, target(task, 1), word(task, 2), word(task, 3)).id)

    def _send(self, task: Task) -> None:
        handle, data, flags, channel = word(task, 1), block(task, 2), word(task, 4), word(task, 5)
        sent = self._mailboxes.send(task.pid, handle, data, flags, channel)
        if not sent.taken:
            answer(task, _WOULD_BLOCK)
            return
        answer(task, _OK, len(data))
        self._tell("mailbox_send", task, handle, sent.box.id, Message(data, flags, channel, task.pid, 0))
        self._waits.serve(sent.box)

    def _receive(self, task: Task) -> None:
        asked = Receive(*(word(task, register) for register in range(1, 6)))
        handle, info = asked.handle, asked.info
        message = self._mailboxes.receive(task.pid, handle)
        if message:
            message = message._replace(data=message.data[: asked.most])
            task.memory.write(asked.ptr, message.data)
            words = (_OK, len(message.data), message.flags, message.channel, message.src)
            answer(task, *words)
            task.write_info(info, words)
            self._tell("mailbox_recv", task, handle, self._mailboxes.handle(task.pid, handle).box.id, message)
        elif asked.timeout:
            self._waits.block(task.pid, asked)
            self._tasks.block(task)
        else:
            answer(task, _NO_DATA, 0)
            task.write_info(info, (_NO_DATA, 0, 0, 0, 0))

    def _tell(self, event: str, task: Task, handle: int, descriptor: int, message: Message) -> None:
        self._journal.emit(
            event,
            pid=task.pid,
            descriptor=descriptor,
            handle=handle,
            length=len(message.data),
            flags=message.flags,
            channel=message.channel,
            src_pid=message.src,
        )

    def _peek(self, task: Task) -> None:
        handle = self._mailboxes.handle(task.pid, word(task, 1))
        queue, following = handle.box.queue, handle.box.next_for(handle)
        answer(task, _OK, len(queue.messages), queue.bytes_used, len(following.data) if following else 0)

    def _tap(self, task: Task) -> None:
        self._mailboxes.tap(task.pid, word(task, 1), bool(word(task, 2) & 1))
        answer(task, _OK)

    def _close(self, task: Task) -> None:
        self._waits.close(task.pid, word(task, 1))
        answer(task, _OK)


_FUNCTIONS = (
    MailboxServices._open,
    MailboxServices._bind,
    MailboxServices._send,
    MailboxServices._receive,
    MailboxServices._peek,
    MailboxServices._tap,
    MailboxServices._close,
)
