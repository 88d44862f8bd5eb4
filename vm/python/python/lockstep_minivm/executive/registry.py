"""The values and commands of an executive, as the host reaches them."""

import struct
from dataclasses import dataclass

from .. import _core


@dataclass(frozen=True, slots=True)
class Value:
    """A number in binary16 that tasks share.

    >>> Value(0x101, owner=1, number=1.5, flags=0, auth=0, name="temp", group="sensors", unit="degC").oid >> 8
    1
    """

    oid: int
    """Group above id, 16 bits."""
    owner: int
    """The PID that registered it."""
    number: float
    """The number."""
    flags: int
    """1: nobody sets it; 2: it is kept in the non-volatile store."""
    auth: int
    """0: open to all."""
    name: str
    """Its name; empty if it has none, as the texts below."""
    group: str
    """The name of its group."""
    unit: str
    """Its unit."""


@dataclass(frozen=True, slots=True)
class Command:
    """A function that a task offers.

    >>> Command(0x101, owner=1, flags=2, auth=0, name="reset", group="", help="Reset it").name
    'reset'
    """

    oid: int
    """Group above id, 16 bits."""
    owner: int
    """The PID that registered it."""
    flags: int
    """1: it wants the token; 2: it may be called without waiting."""
    auth: int
    """0: open to all."""
    name: str
    """Its name; empty if it has none, as the texts below."""
    group: str
    """The name of its group."""
    help: str
    """What it is good for."""


class Values:
    """The values: `Executive.values`. A call acts in the name of a PID, or else of the owner.

    >>> from lockstep_minivm import Executive
    >>> Executive().values.all()
    []
    """

    __slots__ = ("_executive",)

    def __init__(self, executive: _core.Executive) -> None:
        """Is called by `Executive` only.

        >>> from lockstep_minivm import Executive
        >>> len(Executive().values.all())
        0
        """
        self._executive = executive

    def all(self) -> list[Value]:
        """Gives all values in the order of registration.

        >>> from lockstep_minivm import Executive
        >>> [value.name for value in Executive().values.all()]
        []
        """
        return [
            Value(oid, owner, _number(bits), flags, auth, name, group, unit)
            for oid, owner, bits, flags, auth, name, group, unit in self._executive.values()
        ]

    def get(self, oid: int, *, pid: int | None = None) -> float:
        """Gives a value. VmError `ENOENT` if there is none, `EPERM` if the PID may not read it.

        >>> from lockstep_minivm import Executive
        >>> Executive().values.get(0x101)
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: ENOENT: there is no such OID
        """
        return _number(self._executive.value(oid, pid))

    def set(self, oid: int, number: float, *, pid: int | None = None) -> float:
        """Sets a value to the nearest binary16. Gives it as it is then: a change can be too small to count.

        VmError `ENOENT`, `EPERM` as `get`, `EBUSY` if it changed a moment ago. OverflowError beyond 65504.

        >>> from lockstep_minivm import Executive
        >>> Executive().values.set(0x101, 1e6)
        Traceback (most recent call last):
        OverflowError: float too large to pack with e format
        """
        (bits,) = struct.unpack("<H", struct.pack("<e", number))
        return _number(self._executive.set_value(oid, bits, pid))


class Commands:
    """The commands: `Executive.commands`.

    >>> from lockstep_minivm import Executive
    >>> Executive().commands.all()
    []
    """

    __slots__ = ("_executive",)

    def __init__(self, executive: _core.Executive) -> None:
        """Is called by `Executive` only.

        >>> from lockstep_minivm import Executive
        >>> len(Executive().commands.all())
        0
        """
        self._executive = executive

    def all(self) -> list[Command]:
        """Gives all commands in the order of registration.

        >>> from lockstep_minivm import Executive
        >>> [command.name for command in Executive().commands.all()]
        []
        """
        return [Command(*parts) for parts in self._executive.commands()]

    def call(self, oid: int, *, pid: int | None = None, token: str | None = None, wait: bool = True) -> int | None:
        """Calls a command in the name of a PID, or else of its owner. Gives what it came to, if it came to a number.

        A handler that is declared in the image runs in its task (profile `strict`): the call only begins it, and the
        event `cmd_completed` has the result. Without `wait` nobody is told what becomes of it.

        VmError `ENOENT` if there is no such command, `EPERM` if the PID may not call it or the token is wrong,
        `ENOASYNC` if it may not be called without waiting, `EFAIL` if its handler failed.

        >>> from lockstep_minivm import Executive
        >>> Executive().commands.call(0x101)
        Traceback (most recent call last):
        lockstep_minivm.errors.VmError: ENOENT: there is no such OID
        """
        return self._executive.call_command(oid, pid, token, wait)


def _number(bits: int) -> float:
    (number,) = struct.unpack("<e", struct.pack("<H", bits))
    return float(number)
