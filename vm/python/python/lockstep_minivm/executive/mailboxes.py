"""The mailboxes of an executive, as the host reaches them."""

from dataclasses import dataclass
from typing import Literal

from .. import _core


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox.

    >>> Mailbox(5, "app", "log", owner=None, capacity=64, mode=3, used=0).capacity
    64
    """

    descriptor: int
    """Its id: 1, 2, 3 and so on; never used again."""
    namespace: str
    """`pid`, `svc`, `app` or `shared`."""
    name: str
    """Its name in the namespace."""
    owner: int | None
    """The PID it belongs to; None if to none."""
    capacity: int
    """In bytes, 8 for each message included."""
    mode: int
    """Mode bits: 8 every reader gets every message, 32 a full mailbox of that kind takes nothing; others are kept."""
    used: int
    """Bytes that are queued, 8 for each message included."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that the host has received.

    >>> Message(b"text", flags=0, channel=0, src=1).data
    b'text'
    """

    data: bytes
    """The payload."""
    flags: int
    """As sent, 32 bits; 8 is added if others were lost before."""
    channel: int
    """As sent, 32 bits."""
    src: int
    """The PID whose handle sent it; 0: the host."""


@dataclass(frozen=True, slots=True)
class MailboxPeek:
    """What can be seen of a mailbox through a handle.

    >>> MailboxPeek(1, used=12, capacity=64, next_length=4, head_seq=0, next_seq=0, mode=3).depth
    1
    """

    depth: int
    """Messages in the queue."""
    used: int
    """Bytes in the queue, 8 for each message included."""
    capacity: int
    """In bytes."""
    next_length: int
    """Length of the message that this handle would get, in bytes; 0 if there is none."""
    head_seq: int
    """Number of the first message in the queue, or else of the next one."""
    next_seq: int
    """Number of the message that this handle would get, or else of the next one."""
    mode: int
    """Mode bits."""


class Mailboxes:
    """The mailboxes: `Executive.mailboxes`. Nothing here waits.

    A target is a name such as `app:log`, `svc:stdio.out@1` or `pid:1`. A call acts in the name of a PID, which need not
    be that of a task; 0 is the host. Calls that are refused raise `VmError`.

    >>> from lockstep_minivm import Executive
    >>> mailboxes = Executive().mailboxes
    >>> handle = mailboxes.open("app:log")
    >>> mailboxes.send(b"text", handle=handle, channel=2)
    True
    >>> mailboxes.receive(handle)
    Message(data=b'text', flags=0, channel=2, src=0)
    """

    __slots__ = ("_executive",)

    def __init__(self, executive: _core.Executive) -> None:
        """Is called by `Executive` only.

        >>> from lockstep_minivm import Executive
        >>> Executive().mailboxes.all()
        []
        """
        self._executive = executive

    def all(self) -> list[Mailbox]:
        """Gives all mailboxes, ascending by descriptor.

        >>> from lockstep_minivm import Executive
        >>> mailboxes = Executive().mailboxes
        >>> mailboxes.open("app:log")
        1
        >>> mailboxes.all()
        [Mailbox(descriptor=1, namespace='app', name='log', owner=None, capacity=64, mode=0, used=0)]
        """
        return [Mailbox(*parts) for parts in self._executive.mailboxes()]

    def open(self, target: str, *, pid: int = 0) -> int:
        """Opens a handle; makes the mailbox if there is none. Gives the number of the handle.

        VmError `EINVAL` for a target that is none, `ENODESC` if there are too many mailboxes, `ENOHANDLE` if the PID
        has as many handles as it may.

        >>> from lockstep_minivm import Executive
        >>> Executive().mailboxes.open("")
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: EINVAL: an argument makes no sense
        """
        return self._executive.mailbox_open(pid, target)

    def close(self, handle: int, *, pid: int = 0) -> None:
        """Closes a handle. VmError `EBADF` if it is not open.

        >>> from lockstep_minivm import Executive
        >>> mailboxes = Executive().mailboxes
        >>> mailboxes.close(mailboxes.open("app:log"))
        """
        self._executive.mailbox_close(pid, handle)

    def bind(self, target: str, *, capacity: int = 0, mode: int = 0, pid: int = 0) -> Mailbox:
        """Makes a mailbox or finds it, and sets what is not 0 of capacity (bytes, 16 bits) and mode (16 bits).

        VmError `EINVAL` for a target that is none, `ENODESC` if there are too many mailboxes.

        >>> from lockstep_minivm import Executive
        >>> Executive().mailboxes.bind("app:log", capacity=100).capacity
        100
        """
        descriptor, *_ = self._executive.mailbox_bind(pid, target, capacity, mode)
        return next(mailbox for mailbox in self.all() if mailbox.descriptor == descriptor)

    def send(
        self,
        data: bytes | bytearray,
        *,
        handle: int | None = None,
        target: str | None = None,
        flags: int = 0,
        channel: int = 0,
        pid: int = 0,
    ) -> bool:
        """Sends through a handle; if that fails or there is none, to a target. Gives whether there was room.

        VmError `EINVAL` if neither leads anywhere, `EBADF` for a handle that is not open, `EMSGSIZE` if the message is
        larger than the mailbox, `ENODESC` and `ENOHANDLE` as `open`. OverflowError for flags or a channel that have not
        32 bits.

        >>> from lockstep_minivm import Executive
        >>> mailboxes = Executive().mailboxes
        >>> mailboxes.send(bytes(40), target="app:log"), mailboxes.send(bytes(40), target="app:log")
        (True, False)
        """
        taken, _ = self._executive.mailbox_send(pid, (handle, target), data, flags, channel)
        return taken

    def receive(self, handle: int, *, pid: int = 0) -> Message | None:
        """Gives the next message for a handle; None if there is none. VmError `EBADF` if the handle is not open.

        >>> from lockstep_minivm import Executive
        >>> mailboxes = Executive().mailboxes
        >>> mailboxes.receive(mailboxes.open("app:log")) is None
        True
        """
        parts = self._executive.mailbox_receive(pid, handle)
        return None if parts is None else Message(*parts)

    def peek(self, handle: int, *, pid: int = 0) -> MailboxPeek:
        """Gives what can be seen of a mailbox through a handle. VmError `EBADF` if it is not open.

        >>> from lockstep_minivm import Executive
        >>> mailboxes = Executive().mailboxes
        >>> handle = mailboxes.open("app:log")
        >>> mailboxes.send(b"text", handle=handle), mailboxes.peek(handle).used
        (True, 12)
        """
        return MailboxPeek(*self._executive.mailbox_peek(pid, handle))

    def tap(self, handle: int, enable: bool = True, *, pid: int = 0) -> None:
        """Makes a handle a tap, which gets copies of all messages, or none. VmError `EBADF` if it is not open.

        >>> from lockstep_minivm import Executive
        >>> mailboxes = Executive().mailboxes
        >>> handle, tap = mailboxes.open("app:log"), mailboxes.open("app:log")
        >>> mailboxes.tap(tap)
        >>> mailboxes.send(b"text", handle=handle), mailboxes.receive(tap).data, mailboxes.receive(handle).data
        (True, b'text', b'text')
        """
        self._executive.mailbox_tap(pid, handle, enable)

    def discard(self, descriptor: int) -> bool:
        """Takes a mailbox away, with what is queued in it, if no handle is open on it. Gives whether that was so.

        >>> from lockstep_minivm import Executive
        >>> mailboxes = Executive().mailboxes
        >>> mailboxes.discard(mailboxes.bind("app:log").descriptor)
        True
        """
        return self._executive.mailbox_discard(descriptor)

    def set_stdio(self, stream: Literal["in", "out", "err"], mode: int, *, update: bool = False) -> list[int]:
        """Sets the mode (16 bits) of a standard stream of tasks to come, and with `update` of those that are there.

        Gives the descriptors of the mailboxes that have changed. ValueError if there is no such stream.

        >>> from lockstep_minivm import Executive, assemble, build_image
        >>> executive = Executive()
        >>> executive.load(build_image(assemble("RET"))).pid
        1
        >>> executive.mailboxes.set_stdio("out", 0x0B, update=True)
        [2]
        """
        streams = ("in", "out", "err")
        if stream not in streams:
            raise ValueError(f"a task has streams in, out and err, not {stream!r}")
        return self._executive.mailbox_stdio(streams.index(stream), mode, update)
