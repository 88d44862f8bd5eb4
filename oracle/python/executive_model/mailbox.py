"""One mailbox: its queue, its readers and its taps (facts 3.1 to 3.6).

[fan-out] A box in fan-out mode keeps a message until every reader has had it; any other box is one queue from which
each message goes to whoever comes first. A handle that sends is no reader until it receives.

[reclaim] What all readers have had goes; with no reader at all nothing does.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from .targets import Name

FANOUT, FANOUT_BLOCK = 0x08, 0x20  # the only bits of a mode that mean anything (facts 3.3)
OVERRUN = 8  # in the flags of a message, after a loss
_HEADER = 8  # bytes that a message takes beside its data


class Message(NamedTuple):
    """What was sent; `src` is the PID that owns the handle it was sent through."""

    data: bytes
    flags: int
    channel: int
    src: int
    seq: int

    @property
    def cost(self) -> int:
        return len(self.data) + _HEADER


class Queue:
    """Messages, and the bytes that they take."""

    __slots__ = ("bytes_used", "messages")

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self.bytes_used = 0

    def append(self, message: Message) -> None:
        self.messages.append(message)
        self.bytes_used += message.cost

    def pop(self) -> Message:
        message = self.messages.popleft()
        self.bytes_used -= message.cost
        return message


class Tap(Queue):
    """Copies of a box's messages for one handle, and the window of time in which they are counted."""

    __slots__ = ("copies", "window")

    def __init__(self) -> None:
        super().__init__()
        self.window: int | None = None
        self.copies = 0


@dataclass(eq=False, slots=True)
class Handle:
    """How a PID has a box open."""

    pid: int
    number: int
    box: "Mailbox"
    last_seq: int = -1
    sender: bool = False
    overrun: bool = False
    tap: Tap | None = None
    tap_overrun: bool = False

    def start(self) -> None:
        """Begin to read: in fan-out mode behind everything that is there."""
        self.last_seq = self.box.next_seq - 1 if self.box.fanout else -1
        self.overrun = self.sender = False


@dataclass(eq=False, slots=True)
class Mailbox:
    """A descriptor."""

    id: int
    name: Name
    creator: int
    capacity: int
    mode: int
    taps_aside: bool  # E21
    queue: Queue = field(default_factory=Queue)
    waiters: list[int] = field(default_factory=list)
    handles: list[Handle] = field(default_factory=list)
    taps: list[Handle] = field(default_factory=list)
    head_seq: int = 0
    next_seq: int = 0

    @property
    def fanout(self) -> bool:
        return bool(self.mode & FANOUT)

    @property
    def space(self) -> int:
        return self.capacity - self.queue.bytes_used

    def set_capacity(self, capacity: int) -> None:
        self.capacity = capacity
        self._shrink()

    def set_mode(self, mode: int) -> None:
        """All who have the box open begin to read anew."""
        self.mode = mode
        for handle in self.handles:
            handle.start()
        self.reclaim()
        self._update_head()
        self._shrink()

    def append(self, message: Message) -> None:
        if not self.queue.messages:
            self.head_seq = message.seq
        self.queue.append(message)
        self.next_seq = message.seq + 1

    def pop(self) -> Message:
        message = self.queue.pop()
        self._update_head()
        return message

    def drop(self) -> Message:
        """Lose the oldest message; every reader that has not had it will be told."""
        message = self.pop()
        for handle in self.handles:
            if not handle.sender and handle.last_seq < message.seq:
                handle.overrun = True
        return message

    def reclaim(self) -> None:
        if not self.fanout or not self.queue.messages:
            return
        readers = [each for each in self.handles if not each.sender and not (self.taps_aside and each.tap)]
        if readers:
            acknowledged = min(reader.last_seq for reader in readers)
            while self.queue.messages and self.queue.messages[0].seq <= acknowledged:
                self.pop()

    def next_for(self, handle: Handle) -> Message | None:
        """The message that this handle would receive if it were no tap."""
        messages: Iterable[Message] = self.queue.messages
        if self.fanout:
            messages = (message for message in messages if message.seq > handle.last_seq)
        return next(iter(messages), None)

    def receive(self, handle: Handle) -> Message | None:
        """The next message for this handle, or None."""
        if handle.tap:
            return _receive_copy(handle, handle.tap)
        if self.fanout:
            self.reclaim()
        message = self.next_for(handle)
        if message is None:
            return None
        if self.fanout:
            handle.last_seq = message.seq
            handle.sender = False
            if handle.overrun:
                message = message._replace(flags=message.flags | OVERRUN)
                handle.overrun = False
            self.reclaim()
        else:
            self.pop()
        self.forget_waiter(handle.pid)
        return message

    def forget_waiter(self, pid: int) -> None:
        if pid in self.waiters:
            self.waiters.remove(pid)

    def _update_head(self) -> None:
        self.head_seq = self.queue.messages[0].seq if self.queue.messages else self.next_seq

    def _shrink(self) -> None:
        while self.queue.bytes_used > self.capacity:
            self.drop()


def _receive_copy(handle: Handle, tap: Tap) -> Message | None:
    if not tap.messages:
        return None
    message = tap.pop()
    if handle.tap_overrun:
        message = message._replace(flags=message.flags | OVERRUN)
        handle.tap_overrun = False
    return message
