"""How an executive is set up."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .. import _core

ExecutiveProfile: TypeAlias = Literal["reference", "strict"]
"""One reading of the executive: what the reference does, where it locks up included; what its documents say."""

SchedulerPolicy: TypeAlias = Literal["instruction", "cooperative", "preemptive"]
"""Who has the next turn: every runnable task in order; whoever has not yielded; by priority, quantum and age."""


@dataclass(frozen=True, slots=True)
class ExecutiveConfig:
    """What may be chosen when an executive is made: one of the two below, or a copy of it with other fields.

    >>> from dataclasses import replace
    >>> replace(ExecutiveConfig.desktop(), tasks=2).tasks
    2
    """

    descriptors: int
    """How many mailboxes there may be at once; at least 1."""
    handles: int
    """How many open handles a task may have; at least 1."""
    host_handles: int
    """How many open handles the host may have in its own name; at least 1."""
    capacity: int
    """Bytes that a mailbox holds if nothing else is said, 8 for each message included; 1 to 65535."""
    tap_rate: int
    """Copies that a tap gets in a second; 0: any number."""
    libm: bool
    """Whether services on binary16 numbers (module 14) exist."""
    tasks: int
    """How many tasks there may be at once in profile `strict`, 1 to 64; `reference` has 14."""
    start: int
    """The clock at the start, in ms; not 0."""
    queued: int
    """Bytes that all queues together may hold, 8 for each message included."""
    pending: int
    """Events that may wait for the next step (profile `reference`)."""

    @classmethod
    def desktop(cls) -> "ExecutiveConfig":
        """Gives the reference's profile "desktop".

        >>> ExecutiveConfig.desktop().descriptors
        256
        """
        return cls(*_core.DESKTOP)

    @classmethod
    def embedded(cls) -> "ExecutiveConfig":
        """Gives the reference's profile "embedded".

        >>> ExecutiveConfig.embedded().descriptors
        16
        """
        return cls(*_core.EMBEDDED)
