"""What the executive tells: events, and what tasks put out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened. Times are in ms of the executive's clock, lengths in bytes.

    | type | fields beside `pid` |
    |---|---|
    | `sleep_request` | `ms`, `deadline` |
    | `sleep_complete` | |
    | `vm_error` | `pc`, `code_len` (profile `reference`) |
    | `debug_stop` | `pc`, `opcode`, `code`, `steps`; without an instruction at pc: `pc`, `steps`, `code_len` |
    | `fault` | `pc`, `fault` (a name) |
    | `exited` | `status` |
    | `mailbox_send`, `mailbox_recv` | `descriptor`, `handle`, `status`, `length`, `flags`, `channel`, `src` |
    | `mailbox_wake`, `mailbox_timeout` | the same |
    | `mailbox_wait` | `descriptor`, `handle`, `timeout`, `deadline` (None: never) |
    | `mailbox_error` | `function`, `status` |
    | `mailbox_exhausted` of descriptors | `namespace`, `name`, `owner`, `max`; no `pid` |
    | `mailbox_exhausted` of handles | `limit`, `handles` |
    | `mailbox_backpressure` of a full mailbox | `descriptor`, `policy`, `capacity`, `used`, `requested`; no `pid` |
    | `mailbox_backpressure` of a tap | `descriptor`, `handle`, `limit` |
    | `mailbox_overrun` | `descriptor`, `seq`, `length`, `flags`, `channel`, `depth` |
    | `value_registered`, `cmd_registered` | `oid`, `flags`, `auth`, `desc_head` |
    | `value_changed` | `caller`, `oid`, `old`, `new` (bits of binary16), `flags`, `auth` |
    | `cmd_invoked` | `oid`, `owner`, `flags`, `auth` |
    | `cmd_completed` | `oid`, `owner`, `flags`, `auth`, `status`, `result` (None: it has none) |

    >>> Event("exited", 1, {"status": 42})["status"]
    42
    """

    type: str
    """What has happened."""
    pid: int | None
    """The task that it is about; None if it is about none."""
    fields: Mapping[str, int | str | None]
    """Everything else, by name."""

    def __getitem__(self, name: str) -> int | str | None:
        """Gives a field. KeyError if this type has none of that name.

        >>> Event("sleep_request", 1, {"ms": 5, "deadline": 1_000_005})["ms"]
        5
        """
        return self.fields[name]


@dataclass(frozen=True, slots=True)
class UartText:
    """A task has written to the console, by `SVC MOD=1 FN=1`.

    >>> UartText(1, b"hi").data.decode()
    'hi'
    """

    pid: int
    """The task."""
    data: bytes
    """What it has written."""


@dataclass(frozen=True, slots=True)
class CanFrame:
    """A task has sent a frame to the CAN bus, by `SVC MOD=2 FN=0`.

    >>> CanFrame(1, 0x123, b"abc").id
    291
    """

    pid: int
    """The task."""
    id: int
    """The identifier, 11 bits."""
    data: bytes
    """The payload, up to 255 bytes, of which a classic bus takes 8."""


@dataclass(frozen=True, slots=True)
class TaskExit:
    """A task has left, by `SVC MOD=1 FN=0`.

    >>> TaskExit(1, 5).code
    5
    """

    pid: int
    """The task."""
    code: int
    """Its R0, 32 bits unsigned."""


Output: TypeAlias = UartText | CanFrame | TaskExit
"""What a device of the host is told."""
