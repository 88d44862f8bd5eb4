"""What happens during a call: events for the host, and what the devices are told.

[pending] The reference has one list of events of its active machine, which only a step delivers, and one saved with
each task. What is emitted while no task is active is lost. In strict each call returns its own events (X1).
"""

from typing import Any

Event = dict[str, Any]


class Journal:
    """The events and device outputs of one executive."""

    def __init__(self, direct: bool) -> None:
        self._direct = direct
        self.pending: list[Event] | None = None  # of the active machine; None if there is none
        self._events: list[Event] = []
        self._io: list[Event] = []

    def emit(self, type_: str, **members: Any) -> None:
        event = {"type": type_, **members}
        if self._direct:
            self._events.append(event)
        elif self.pending is not None:
            self.pending.append(event)

    def io(self, device: str, **members: Any) -> None:
        self._io.append({"io": device, **members})

    def deliver(self) -> list[Event]:
        """Move the pending events into the reply of this call."""
        delivered = self.pending or []
        if delivered:
            self._events += delivered
            self.pending = []
        return delivered

    def take(self) -> tuple[list[Event], list[Event]]:
        """The events and outputs that this call has brought about; the next one begins with none."""
        taken = self._events, self._io
        self._events, self._io = [], []
        return taken
