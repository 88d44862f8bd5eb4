"""Tasks that wait for a message, and how their waits end (facts 3.7).

[serve] Messages go to those who wait in the order in which they blocked. In a box that is not fan-out one who gets
nothing stops all behind him.

[ghosts] In the reference a task that is killed goes on waiting: it gets its message, and nobody reads it.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .clock import Clock
from .failures import MailboxError
from .journal import Journal
from .mailbox import Mailbox, Message
from .mailboxes import Mailboxes
from .profile import Profile
from .task import Task

FOREVER = 0xFFFF  # as a timeout
CLOSED, TIMED_OUT = 2, 7


class Wakes(Protocol):
    """Who is told that a wait is over: `tasks`."""

    def find(self, pid: int) -> Task | None: ...

    def lives(self, pid: int) -> bool: ...

    def wake(self, task: Task) -> None: ...


class Receive(NamedTuple):
    """What a task asks for with RECV: the message to `ptr`, `most` bytes of it, and a block about it to `info`."""

    handle: int
    ptr: int
    most: int
    timeout: int
    info: int


@dataclass(slots=True)
class Wait:
    """A task that is blocked in RECV. The deadline is in ms of virtual time."""

    pid: int
    box: Mailbox
    asked: Receive
    deadline: int | None


class Waits:
    """The records of all who wait, in the order in which they blocked."""

    tasks: Wakes  # who is told; set when there are tasks

    def __init__(self, profile: Profile, mailboxes: Mailboxes, journal: Journal, clock: Clock) -> None:
        self._profile = profile
        self._mailboxes = mailboxes
        self._journal = journal
        self._clock = clock
        self.records: dict[int, Wait] = {}

    def block(self, pid: int, asked: Receive) -> None:
        """Let a task wait. One that waits already has its record replaced in place."""
        box, timeout = self._mailboxes.handle(pid, asked.handle).box, asked.timeout
        if pid not in box.waiters:
            box.waiters.append(pid)
        deadline = None if timeout == FOREVER else self._clock.now + timeout
        self.records[pid] = Wait(pid, box, asked, deadline)
        self._journal.emit(
            "mailbox_wait", pid=pid, descriptor=box.id, handle=asked.handle, timeout=timeout, deadline=deadline
        )

    def enqueued(self, box: Mailbox) -> None:
        """A message was queued by other means than SEND or the host (E13)."""
        if self._profile.wakes:
            self.serve(box)

    def notify(self, pid: int, handle: int, data: bytes) -> bool:
        """Send a message in the name of this PID; whether it was taken."""
        try:
            sent = self._mailboxes.send(pid, handle, data)
        except MailboxError:
            return False
        if sent.taken:
            self.enqueued(sent.box)
        return sent.taken

    def serve(self, box: Mailbox) -> None:
        """Hand out the messages of a box to those who wait for them."""
        aside = self._profile.taps

        def readers() -> list[int]:
            return [pid for pid in box.waiters if not (aside and self._taps(pid))]

        if box.fanout:
            for pid in readers():
                self._offer(box, pid)
        else:
            while (waiting := readers()) and self._offer(box, waiting[0]):
                pass
        if aside:
            for pid in [each for each in box.waiters if self._taps(each)]:
                self._offer(box, pid)

    def _taps(self, pid: int) -> bool:
        wait = self.records[pid]
        return self._mailboxes.handle(pid, wait.asked.handle).tap is not None

    def _offer(self, box: Mailbox, pid: int) -> bool:
        """Whether this one no longer waits in this box."""
        wait = self.records.get(pid)
        if wait is None:
            box.forget_waiter(pid)
            return True
        try:
            message = self._mailboxes.receive(pid, wait.asked.handle)
        except MailboxError:
            box.forget_waiter(pid)
            del self.records[pid]
            return True
        if message is None:
            return False
        self._complete(wait, box, 0, message)
        return True

    def expire(self) -> None:
        """End every wait whose deadline has come."""
        if not self.records:
            return
        now = self._clock.now
        for wait in [each for each in self.records.values() if each.deadline is not None and now >= each.deadline]:
            if self.records.get(wait.pid) is wait:
                self._complete(wait, wait.box, TIMED_OUT)

    def close(self, pid: int, handle: int) -> None:
        """Close a handle; who waits on it is told (X6)."""
        self._mailboxes.close(pid, handle)
        wait = self.records.get(pid)
        if self._profile.closed_waiter and wait and wait.asked.handle == handle:
            self._complete(wait, wait.box, CLOSED)
        if self._profile.cleanup:
            self._mailboxes.sweep(self.tasks.lives)

    def forget(self, pid: int) -> None:
        """A task that ends waits no longer."""
        wait = self.records.pop(pid, None)
        if wait:
            wait.box.forget_waiter(pid)

    def _complete(self, wait: Wait, box: Mailbox, status: int, message: Message | None = None) -> None:
        del self.records[wait.pid]
        box.forget_waiter(wait.pid)
        data, flags, channel, src = b"", 0, 0, 0
        if message:
            data, flags, channel, src = message.data[: wait.asked.most], message.flags, message.channel, message.src
        task = self.tasks.find(wait.pid)
        if task:
            task.complete(wait.asked.ptr, data, (status, len(data), flags, channel, src), wait.asked.info)
            self.tasks.wake(task)
        self._journal.emit(
            "mailbox_timeout" if status == TIMED_OUT else "mailbox_wake",
            pid=wait.pid,
            descriptor=box.id,
            handle=wait.asked.handle,
            status=status,
            length=len(data),
            flags=flags,
            channel=channel,
            src_pid=src,
        )
