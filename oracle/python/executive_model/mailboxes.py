"""All mailboxes, and the handles of every PID, 0 being the host (facts 3.3 to 3.6)."""

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from model_kit.answers import Unsupported

from . import targets
from .case import Quotas
from .clock import Clock
from .failures import bad_handle, no_descriptor, no_handle, too_large
from .journal import Journal
from .mailbox import FANOUT_BLOCK, Handle, Mailbox, Message, Tap
from .profile import Profile

STDIO = {"in": "stdio.in", "out": "stdio.out", "err": "stdio.err"}
READ_WRITE = 3
_TAP_WINDOW = 1000  # ms
_MOST_QUEUED = 1 << 20  # [machine-bounds] bytes in all queues, not in those of taps


class Sent(NamedTuple):
    """Whether a message was taken, and the box it was for."""

    taken: bool
    box: Mailbox


class Mailboxes:
    """Raises `MailboxError`. Who waits is served by `waits`."""

    def __init__(self, profile: Profile, quotas: Quotas, journal: Journal, clock: Clock) -> None:
        self._profile = profile
        self._quotas = quotas
        self._journal = journal
        self._clock = clock
        self.by_id: dict[int, Mailbox] = {}
        self._by_name: dict[targets.Name, Mailbox] = {}
        self._next_id = 1
        self.handles: defaultdict[int, dict[int, Handle]] = defaultdict(dict)
        self.next_handles: dict[int, int] = {}
        self.stdio_modes = dict.fromkeys(STDIO, READ_WRITE)

    # --- boxes and handles --------------------------------------------------------------------------------------------

    def bind(self, pid: int, target: str | bytes, capacity: int = 0, mode: int = 0) -> Mailbox:
        """Find or make the box; a capacity or mode of 0 is nothing asked for."""
        name = targets.parse(target, pid, ascii_only=self._profile.names)
        box = self._by_name.get(name)
        if box is None:
            return self._make(name, pid, capacity or self._quotas.capacity, mode)
        if capacity:
            box.set_capacity(capacity)
        if mode:
            box.set_mode(mode)
        return box

    def _make(self, name: targets.Name, creator: int, capacity: int, mode: int) -> Mailbox:
        if len(self.by_id) >= self._quotas.descriptors:
            self._journal.emit(
                "mailbox_exhausted",
                reason="descriptor_pool_full",
                namespace=name.namespace,
                name=name.name,
                owner=owner_text(name.owner),
                max_descriptors=self._quotas.descriptors,
            )
            raise no_descriptor()
        box = Mailbox(self._next_id, name, creator, capacity, mode, taps_aside=self._profile.taps)
        self._next_id += 1
        self.by_id[box.id] = self._by_name[name] = box
        return box

    def open(self, pid: int, target: str | bytes) -> int:
        """The number of a new handle. A box that was made stays even if there is no handle for it."""
        return self.open_box(pid, self.bind(pid, target))

    def open_box(self, pid: int, box: Mailbox) -> int:
        """The same for a box that is at hand."""
        table = self.handles[pid]
        if len(table) >= self._quotas.handles:
            limit = self._quotas.handles
            self._journal.emit(
                "mailbox_exhausted", reason="handle_limit", pid=pid, handle_limit=limit, handles=len(table)
            )
            raise no_handle()
        number = self.next_handles.get(pid, 1)
        self.next_handles[pid] = number + 1
        handle = table[number] = Handle(pid, number, box)
        handle.start()
        box.handles.append(handle)
        return number

    def close(self, pid: int, number: int) -> Handle:
        """The handle, which is no more."""
        handle = self.handle(pid, number)
        del self.handles[pid][number]
        handle.box.handles.remove(handle)
        if handle.tap:
            handle.box.taps.remove(handle)
        handle.box.reclaim()
        return handle

    def handle(self, pid: int, number: int) -> Handle:
        handle = self.handles[pid].get(number)
        if handle is None:
            raise bad_handle()
        return handle

    def set_stdio_mode(self, stream: str, mode: int, update: bool) -> list[int]:
        """The mode for the boxes of this stream of tasks to come, and if asked for of all there are: their ids."""
        self.stdio_modes[stream] = mode
        boxes = [box for box in self.by_id.values() if box.name[:2] == (targets.SVC, STDIO[stream])] if update else []
        for box in boxes:
            box.set_mode(mode)
        return [box.id for box in boxes]

    def sweep(self, lives: Callable[[int], bool]) -> None:
        """Drop every box that is left: nobody has it open, and neither its creator nor its owner is there any more."""
        for box in list(self.by_id.values()):
            owner = box.name.owner
            if not (box.handles or lives(box.creator) or (owner is not None and lives(owner))):
                del self.by_id[box.id], self._by_name[box.name]

    # --- messages -----------------------------------------------------------------------------------------------------

    def send(self, pid: int, number: int, data: bytes, flags: int = 0, channel: int = 0) -> Sent:
        """Queue a message. An empty one is taken, but it is none."""
        handle = self.handle(pid, number)
        box = handle.box
        handle.sender = True
        if not data:
            return Sent(True, box)
        message = Message(data, flags, channel, pid, box.next_seq)
        if message.cost > box.capacity:
            raise too_large()
        if not self._make_room(box, message.cost):
            return Sent(False, box)
        box.append(message)
        if sum(each.queue.bytes_used for each in self.by_id.values()) > _MOST_QUEUED:
            raise Unsupported(f"more than {_MOST_QUEUED} bytes of messages")
        for tap in list(box.taps):
            self._copy(message, tap)
        return Sent(True, box)

    def _make_room(self, box: Mailbox, cost: int) -> bool:
        box.reclaim()
        if box.fanout and not box.mode & FANOUT_BLOCK:
            while cost > box.space:
                dropped = box.drop()
                self._journal.emit(
                    "mailbox_overrun",
                    pid=dropped.src,
                    descriptor=box.id,
                    dropped_seq=dropped.seq,
                    dropped_length=len(dropped.data),
                    dropped_flags=dropped.flags,
                    channel=dropped.channel,
                    reason="fanout_drop",
                    queue_depth=len(box.queue.messages),
                )
        if cost <= box.space:
            return True
        self._journal.emit(
            "mailbox_backpressure",
            descriptor=box.id,
            policy="fanout_block" if box.fanout else "single",
            capacity=box.capacity,
            bytes_used=box.queue.bytes_used,
            requested=cost,
        )
        return False

    def _copy(self, message: Message, handle: Handle) -> None:
        tap, capacity = handle.tap, handle.box.capacity
        assert tap is not None
        if not self._within_rate(tap):
            handle.tap_overrun = True
            self._journal.emit(
                "mailbox_backpressure",
                descriptor=handle.box.id,
                policy="tap_rate_limit",
                tap_pid=handle.pid,
                tap_handle=handle.number,
                limit=self._quotas.tap_rate,
            )
            return
        while tap.bytes_used + message.cost > capacity:
            tap.pop()
            handle.tap_overrun = True
        tap.append(message)

    def _within_rate(self, tap: Tap) -> bool:
        if not self._quotas.tap_rate:
            return True
        if tap.window is None or self._clock.now - tap.window >= _TAP_WINDOW:
            tap.window, tap.copies = self._clock.now, 0
        if tap.copies >= self._quotas.tap_rate:
            return False
        tap.copies += 1
        return True

    def receive(self, pid: int, number: int) -> Message | None:
        handle = self.handle(pid, number)
        return handle.box.receive(handle)

    def tap(self, pid: int, number: int, on: bool) -> None:
        """Copy the box's messages for this handle from now on, or no longer. Copies stay if it is told to go on."""
        handle = self.handle(pid, number)
        if on:
            if handle.tap is None:
                handle.tap = Tap()
                handle.box.taps.append(handle)
            handle.tap.window = None
        elif handle.tap:
            handle.box.taps.remove(handle)
            handle.tap, handle.tap_overrun = None, False


def owner_text(owner: int | None) -> str | None:
    """An owner may be any number, so it is written as text."""
    return None if owner is None else str(owner)
