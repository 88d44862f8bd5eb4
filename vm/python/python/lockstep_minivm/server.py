"""The executive over TCP, for clients on this machine."""

from dataclasses import dataclass
from os import PathLike
from types import TracebackType

from . import _core
from .executive import ExecutiveProfile


@dataclass(frozen=True, slots=True)
class Limits:
    """What clients of a server may ask for at most: the default, or a copy of it with other fields.

    >>> from dataclasses import replace
    >>> replace(Limits.default(), connections=2).connections
    2
    """

    line: int
    """Bytes of a line, the line feed not counted; 1 to 2**30. A longer one is answered with an error and not kept."""
    connections: int
    """Connections at once, of both protocols; 1 to 65535. One more is answered with an error and closed."""
    sessions: int
    """Sessions at once; 1 to 65535."""
    events: int
    """Events that are kept for those who ask for what has been, and for the next `step`; 1 to 2**24."""
    idle_s: int
    """Seconds that a connection may be silent between two requests, if it gets no events; up to a year, at least 1."""
    steps: int
    """Instructions of one request, 32 bits; at least 1."""
    file: int
    """Bytes of a file that is loaded; 1 to 2**30."""
    mailboxes: int
    """Mailboxes that one connection has made; up to 65535."""
    held: int
    """Handles of mailboxes that one connection has open, watches and breakpoints of one task; up to 65535."""

    @classmethod
    def default(cls) -> "Limits":
        """Gives the limits of a server that is told nothing else.

        >>> Limits.default().line
        1048576
        """
        return cls(*_core.LIMITS)


class Server:
    """An executive that clients on this machine drive, from the moment it is made until it is stopped.

    Both protocols are of JSON, one request and one reply a line. That of a *VM server* is what `host_vm.py --listen` of
    the reference speaks, and `execd.py` drives; that of an *executive* is what its shell and its debuggers speak. The
    server has a thread of its own, so it goes on whatever Python does.

    >>> import json, socket
    >>> with Server(".") as server, socket.create_connection(server.address) as client:
    ...     lines = client.makefile("rw")
    ...     print(json.dumps({"cmd": "ping"}), file=lines, flush=True)
    ...     json.loads(lines.readline())["reply"]
    'pong'
    """

    __slots__ = ("_server",)

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        port: int = 0,
        executive_port: int | None = None,
        profile: ExecutiveProfile = "strict",
        pin: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Listens at a port of 127.0.0.1 for clients of the VM server's protocol, and at another for the executive's.

        Port 0 is one that is free; without `executive_port` there is no second one. Clients may load the images and
        symbols in `folder`, and read nothing outside it. `pin` is the token that opens commands with flag 1.

        OSError for a folder that is none and for a port that is taken, ValueError for an unknown profile and for a
        limit out of its range, OverflowError for a port that has not 16 bits and a limit that no machine can have.

        >>> Server("no such folder")
        Traceback (most recent call last):
        FileNotFoundError: No such file or directory (os error 2)
        """
        parts = limits or Limits.default()
        self._server = _core.Server(
            folder,
            (port, executive_port),
            profile,
            pin,
            (
                parts.line,
                parts.connections,
                parts.sessions,
                parts.events,
                parts.idle_s,
                parts.steps,
                parts.file,
                parts.mailboxes,
                parts.held,
            ),
        )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port for clients of the VM server's protocol.

        >>> with Server(".") as server:
        ...     server.address[0]
        '127.0.0.1'
        """
        return self._server.addresses[0]

    @property
    def executive_address(self) -> tuple[str, int] | None:
        """Host and port for clients of the executive's protocol; None if it is not served.

        >>> with Server(".", executive_port=0) as server:
        ...     server.executive_address[1] != server.address[1]
        True
        """
        return self._server.addresses[1] if len(self._server.addresses) > 1 else None

    @property
    def is_running(self) -> bool:
        """Whether it serves: neither `stop` nor a client has ended it.

        >>> server = Server(".")
        >>> server.stop()
        >>> server.is_running
        False
        """
        return self._server.is_running

    def stop(self) -> None:
        """Closes all connections, and waits until the server has ended. A server that has ended may be stopped again.

        >>> server = Server(".")
        >>> server.stop()
        >>> server.stop()
        """
        self._server.stop()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until a client shuts the server down, for so many seconds at most. Gives whether it has ended.

        An interrupt from the keyboard ends the waiting. A time that no clock can count to has no end. ValueError for a
        time that is negative or not finite.

        >>> with Server(".") as server:
        ...     server.wait(0.01)
        False
        """
        return self._server.wait(seconds)

    def take_lines(self) -> list[str]:
        """Gives what tasks have put out since the last time, as the reference prints it; the last 1024 lines if more.

        >>> with Server(".") as server:
        ...     server.take_lines()
        []
        """
        return self._server.take_lines()

    def __enter__(self) -> "Server":
        """Gives the server, which is stopped at the end of the block.

        >>> with Server(".") as server:
        ...     server.is_running
        True
        """
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops the server.

        >>> with Server(".") as server:
        ...     pass
        >>> server.is_running
        False
        """
        self.stop()
